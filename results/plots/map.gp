# Above this line: what differs from run to run.
#
# Who wrote where, and when.  Above: the whole run.  Below: a few appends as boxes
# from the call to the end of the write, and over the bytes where each went: boxes
# of two writers at the same height are two records at the same place.
#
# Data: block 0 is the run: seconds, offset, rank, damaged (0 or 1).
# Block 1 is the detail: begin and end in seconds, offset, end of the record, rank,
# damaged.

TEXT = '#333333'
data = name . '.tsv'
array colours[8] = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', \
	'#56B4E9', '#D55E00', '#999999', '#F0E442']
few = ranks <= 8
rgb(hex) = int('0x' . hex[2:])
colour(rank) = few ? rgb(colours[int(rank) % 8 + 1]) : rank

width = 960.0
height = 800.0
right = few ? 0.87 : 0.88

set datafile separator "\t"
set datafile commentschars ''
set palette defined (0 '#00224E', 0.25 '#434E6C', 0.5 '#7D7C78', 0.75 '#BCAF6F', 1 '#FEE838')

do for [format in 'svg png'] {
	if (format eq 'svg') {
		set terminal svg size width, height font 'sans-serif,13' background '#ffffff'
	} else {
		set terminal pngcairo size 2 * width, 2 * height font 'sans-serif,13' \
			fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
	}
	set output name . '.' . format
	set multiplot
	set label 1 title noenhanced at screen 0.012, screen 1 - 22.0 / height \
		font ',16' textcolor rgb '#000000'
	set label 2 subtitle noenhanced at screen 0.012, screen 1 - 46.0 / height \
		font ',11' textcolor rgb TEXT
	set border 3 linecolor rgb TEXT
	set tics nomirror out scale 0.5 textcolor rgb TEXT
	set grid xtics ytics linecolor rgb '#dddddd' linewidth 1
	set lmargin at screen 0.1
	set rmargin at screen right
	set cbrange [0:ranks - 1]
	set cblabel 'rank' textcolor rgb TEXT
	set colorbox user origin screen right + 0.02, screen 0.55 size screen 0.018, screen 0.33
	set key at screen 0.995, screen 0.9 right top noenhanced samplen 1 width -1 \
		textcolor rgb TEXT

	set tmargin at screen 1 - 76.0 / height
	set bmargin at screen 0.47
	set xlabel 'time since the first append (s)' textcolor rgb TEXT
	set ylabel 'offset in the file (' . unit . ')' textcolor rgb TEXT
	set xrange [0:*]
	set yrange [0:*]
	if (few) {
		plot for [r = 0:ranks - 1] data index 0 \
				using ($4 == 0 && $3 == r ? $1 : NaN):($2 / scale) with points \
				pointtype 7 pointsize 0.25 linecolor rgb colours[r + 1] notitle, \
			for [r = 0:ranks - 1] NaN with points pointtype 5 pointsize 1 \
				linecolor rgb colours[r + 1] title 'rank ' . r, \
			data index 0 using ($4 == 1 ? $1 : NaN):($2 / scale) with points \
				pointtype 2 pointsize 0.4 linecolor rgb '#000000' \
				title (lost > 0 ? 'lost' : '')
	} else {
		plot data index 0 using ($4 == 0 ? $1 : NaN):($2 / scale):3 with points \
				pointtype 7 pointsize 0.25 linecolor palette notitle, \
			data index 0 using ($4 == 1 ? $1 : NaN):($2 / scale) with points \
				pointtype 2 pointsize 0.4 linecolor rgb '#000000' \
				title (lost > 0 ? 'lost' : '')
	}
	unset label 1
	unset label 2
	unset key
	unset colorbox
	set tmargin at screen 0.375
	set bmargin at screen 0.085
	set xlabel sprintf('time since %.6f s (ms)', origin) textcolor rgb TEXT
	set ylabel 'offset (bytes)' textcolor rgb TEXT
	set xrange [0:*]
	set yrange [*:*]
	set format y '%.0f'
	set style fill transparent solid 0.75 border
	if (few) {
		plot for [r = 0:ranks - 1] data index 1 \
				using ($5 == r ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2):1:2:3:4 \
				with boxxyerror linecolor rgb colours[r + 1], \
			data index 1 using ($6 == 1 ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2) \
				with points pointtype 2 pointsize 0.8 linecolor rgb '#000000'
	} else {
		plot data index 1 using (($1 + $2) / 2):(($3 + $4) / 2):1:2:3:4:5 \
				with boxxyerror linecolor palette, \
			data index 1 using ($6 == 1 ? ($1 + $2) / 2 : NaN):(($3 + $4) / 2) \
				with points pointtype 2 pointsize 0.8 linecolor rgb '#000000'
	}
	set format y
	unset multiplot
	unset output
}
