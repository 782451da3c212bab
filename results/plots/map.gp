# Above: which rank wrote which part of the file, and how much of that was lost.
# Below: a few appends, a column for each, in the order in which they began to write
# (with a lock: in which it was granted), over the bytes where each believed to write.
# What shares a height is at the same place of the file; what is crossed out was
# lost.  Where each rank has its own file, there is a row for each.
#
# Data: block 0 has cells: first and last offset, first and last rank, records, lost.
# Block 1 has the appends: column, bytes from and to (or row), writer, lost, rank, time
# since the first of them or "-".  Block 2 has the labels of the rows.

NONE_LOST = '#A6CEE3'
array colours[12] = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', \
	'#F0E442', '#882255', '#999999', '#332288', '#999933', '#44AA99']

height = 840.0
data = name . '.tsv'
least(a, b) = a < b ? a : b
most(a, b) = a > b ? a : b
below(time) = time eq '-' ? '' : "\n" . time
left = most(tick_chars * 7.4 + 52, 96) / width
right = 1 - most(writer_chars * 7.4 + 56, 120) / width
# A single append does not fill the picture.
last_column = most(columns, 12) - 0.3
room = (highest - lowest) * 0.03
# Cells that only touch show a seam.
overlap = last_offset / 1000

do for [format in 'svg png'] {
	eval page(format)
	set multiplot
	eval headings
	set border 3 linecolor rgb TEXT
	set tics nomirror out scale 0.5 textcolor rgb TEXT
	set grid noxtics noytics
	set lmargin at screen left
	set rmargin at screen right

	set tmargin at screen 1 - 92.0 / height
	set bmargin at screen 0.55
	set xlabel where . ' (' . unit . ')' offset 0, 0.3 textcolor rgb TEXT
	set xtics scale 0.5 font ',13' autofreq
	set ylabel 'rank' textcolor rgb TEXT
	set xrange [0:last_offset / scale]
	set yrange [ranks - 0.5:-0.5]
	set ytics autofreq
	if (ranks <= 8) { set ytics 1 }
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
	if (shared) {
		set arrow 1 from lowest / scale, graph -0.02 to lowest / scale, graph 1.02 nohead \
			front dashtype 3 linecolor rgb TEXT
	}
	set style fill solid 1 noborder
	set key at screen right + 0.015, screen 0.875 left top Left reverse samplen 1.5 \
		textcolor rgb TEXT
	plot data index 0 using ($6 == 0 ? $1 / scale : NaN):3:($1 / scale):(($2 + overlap) / scale):($3 - 0.4):($4 + 0.4) \
			with boxxyerror linecolor rgb NONE_LOST title 'none lost', \
		data index 0 using ($6 > 0 ? $1 / scale : NaN):3:($1 / scale):(($2 + overlap) / scale):($3 - 0.4):($4 + 0.4):(100.0 * $6 / $5) \
			with boxxyerror linecolor palette notitle

	unset label
	unset arrow
	set label 4 'A few appends, in the order in which they began to write' . \
		(shared ? ' (at the line above)' : '') \
		at graph 0, graph 1 offset 0, 0.7 textcolor rgb TEXT
	set tmargin at screen 0.435
	set bmargin at screen 0.115
	set xlabel sprintf("rank of each, and time since the first of them, " . \
		"which began at %.3f s", origin) offset 0, -0.4 textcolor rgb TEXT
	set ylabel detail_label textcolor rgb TEXT
	set xrange [-0.7:last_column]
	set xtics scale 0 font ',10'
	set grid noxtics ytics linecolor rgb '#dddddd' linewidth 1
	if (shared) {
		set yrange [lowest - room:highest + room]
		set ytics
	} else {
		set yrange [highest:lowest]
		set ytics scale 0
	}
	set key at screen right + 0.015, screen 0.44 left top Left reverse samplen 1.5 \
		textcolor rgb TEXT
	# The first two only set the labels of both axes.
	plot data index 2 using (NaN):1:ytic(stringcolumn(2)) with points notitle, \
		data index 1 using 1:(NaN):xtic(stringcolumn(6) . below(stringcolumn(7))) with points notitle, \
		for [w = 1:shown] data index 1 \
			using ($4 == w && $5 == 0 ? $1 : NaN):2:($1 - 0.42):($1 + 0.42):2:3 \
			with boxxyerror linecolor rgb colours[w] fillstyle solid 1 \
			border linecolor rgb colours[w] title (shared ? writers[w] : ''), \
		for [w = 1:shown] data index 1 \
			using ($4 == w && $5 == 1 ? $1 : NaN):2:($1 - 0.42):($1 + 0.42):2:3 \
			with boxxyerror linecolor rgb colours[w] fillstyle solid 0.3 \
			border linecolor rgb colours[w] notitle, \
		data index 1 using ($5 == 1 ? $1 : NaN):(($2 + $3) / 2) with points pointtype 2 \
			pointsize 1.4 linewidth 2 linecolor rgb '#000000' title (crossed > 0 ? 'lost' : '')
	unset multiplot
	unset output
}
