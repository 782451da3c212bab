# Above this line: what differs from run to run.
#
# Above: which rank wrote which part of the file, and how much of that was lost.
# Below: a few appends from begin (of the lock's hold, where there is a lock) to the
# end of the write, over the bytes where each believed to write.  Boxes that share
# a height are records at the same place; hatched ones are lost.  Where each rank has
# its own file, there is a row for each.
#
# Data: block 0 has cells: first and last offset, first and last rank, records, lost.
# Block 1 has the appends: begin and end in ms, bytes from and to, rank, lost.

TEXT = '#333333'
NONE_LOST = '#A6CEE3'
array colours[8] = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', \
	'#56B4E9', '#D55E00', '#999999', '#F0E442']
few = ranks <= 8

width = 960.0
height = 820.0
right = 0.875
data = name . '.tsv'
# Cells that only touch show a seam.
overlap = last_offset / 1000

set datafile separator "\t"
set datafile commentschars ''

do for [format in 'svg png'] {
	if (format eq 'svg') {
		set terminal svg size width, height font 'sans-serif,13' background '#ffffff'
	} else {
		set terminal pngcairo size 2 * width, 2 * height font 'sans-serif,13' \
			fontscale 1.5 linewidth 2 pointscale 2 background '#ffffff'
	}
	set output name . '.' . format
	set multiplot
	set label 1 title noenhanced at screen 0.012, screen 1 - 22.0 / height \
		font ',16' textcolor rgb '#000000'
	set label 2 subtitle noenhanced at screen 0.012, screen 1 - 46.0 / height \
		font ',11' textcolor rgb TEXT
	set border 3 linecolor rgb TEXT
	set tics nomirror out scale 0.5 textcolor rgb TEXT
	set grid noxtics noytics
	set lmargin at screen 0.1
	set rmargin at screen right

	set tmargin at screen 1 - 92.0 / height
	set bmargin at screen 0.55
	set xlabel where . ' (' . unit . ')' textcolor rgb TEXT
	set ylabel 'rank' textcolor rgb TEXT
	set xrange [0:last_offset / scale]
	set yrange [ranks - 0.5:-0.5]
	set ytics autofreq
	if (few) { set ytics 1 }
	set palette defined (0 '#F5C9A8', 0.5 '#D55E00', 1 '#5C2300')
	set cbrange [0:100]
	set cbtics ('0 %%' 0, '50 %%' 50, '100 %%' 100)
	unset cblabel
	set colorbox user origin screen right + 0.025, screen 0.585 size screen 0.018, screen 0.2
	if (lost == 0) {
		unset colorbox
	} else {
		set label 3 'lost:' at screen right + 0.025, screen 0.81 textcolor rgb TEXT
	}
	set label 4 overview_label at graph 0, graph 1 \
		offset 0, 0.7 textcolor rgb TEXT
	set style fill solid 1 noborder
	set key at screen right + 0.015, screen 0.875 left top Left reverse noenhanced samplen 1.5 \
		textcolor rgb TEXT
	plot data index 0 using ($6 == 0 ? $1 / scale : NaN):3:($1 / scale):(($2 + overlap) / scale):($3 - 0.4):($4 + 0.4) \
			with boxxyerror linecolor rgb NONE_LOST title 'none lost', \
		data index 0 using ($6 > 0 ? $1 / scale : NaN):3:($1 / scale):(($2 + overlap) / scale):($3 - 0.4):($4 + 0.4):(100.0 * $6 / $5) \
			with boxxyerror linecolor palette notitle

	unset label
	set label 4 'A few appends, one by one' at graph 0, graph 1 offset 0, 0.7 textcolor rgb TEXT
	set tmargin at screen 0.435
	set bmargin at screen 0.075
	set xlabel sprintf('milliseconds, from %.3f s after the first append', origin) textcolor rgb TEXT
	set ylabel detail_label textcolor rgb TEXT
	set xrange [0:*]
	set yrange [*:*]
	set ytics autofreq
	if (!shared) { set yrange [ranks - 0.5:-0.5] }
	if (!shared && few) { set ytics 1 }
	set format y '%.0f'
	set grid xtics ytics linecolor rgb '#dddddd' linewidth 1
	set key at screen right + 0.015, screen 0.44 left top Left reverse noenhanced samplen 1.5 \
		textcolor rgb TEXT
	if (few) {
		plot for [r = 0:ranks - 1] data index 1 \
				using ($5 == r && $6 == 0 ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2):1:2:3:4 \
				with boxxyerror linecolor rgb colours[r + 1] title 'rank ' . r, \
			for [r = 0:ranks - 1] data index 1 \
				using ($5 == r && $6 == 1 ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2):1:2:3:4 \
				with boxxyerror linecolor rgb colours[r + 1] fillstyle pattern 4 border linecolor rgb TEXT notitle, \
			NaN with boxes linecolor rgb '#000000' fillstyle pattern 4 border \
				title (lost > 0 ? 'lost' : '')
	} else {
		set palette defined (0 '#440154', 0.25 '#3B528B', 0.5 '#21918C', 0.75 '#5EC962', 1 '#FDE725')
		set cbrange [0:ranks - 1]
		set cbtics autofreq
		unset cblabel
		set label 3 'rank:' at screen right + 0.025, screen 0.345 textcolor rgb TEXT
		set colorbox user origin screen right + 0.025, screen 0.12 size screen 0.018, screen 0.2
		plot data index 1 using ($6 == 0 ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2):1:2:3:4:5 \
				with boxxyerror linecolor palette notitle, \
			data index 1 using ($6 == 1 ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2):1:2:3:4:5 \
				with boxxyerror linecolor palette fillstyle pattern 4 border linecolor rgb TEXT notitle, \
			NaN with boxes linecolor rgb '#000000' fillstyle pattern 4 border \
				title (lost > 0 ? 'lost' : '')
	}
	set format y
	unset multiplot
	unset output
}
