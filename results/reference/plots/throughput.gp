# Draws throughput.svg and throughput.png: gnuplot throughput.gp
name = 'throughput'
title = 'Acknowledged records per second, and what was lost'
subtitle = 'nfs4 (vers=4.2,wsize=131072), 8 ranks on 4 hosts, 1,000 records of 256 B to 1.0 KiB each'
count = 11
label_chars = 27
best = 14838.6728
hatched = 1

# Above this line: what differs from run to run.
#
# What all pictures have in common: colours that colour-blind readers tell apart
# (Okabe and Ito, https://jfly.uni-koeln.de/color/), paper, type and headings.  A
# script sets `height`, and in a loop over 'svg png' does `eval page(format)`.

TEXT = '#333333'
PALE = '#DDDDDD'
BLUE = '#0072B2'
ORANGE = '#E69F00'
GREEN = '#009E73'
PURPLE = '#CC79A7'
SKY = '#56B4E9'
RED = '#D55E00'
GREY = '#999999'

width = 960.0

set datafile separator "\t"
set datafile commentschars ''

terminal_svg = "set terminal svg size width, height font 'sans-serif,13' " . \
	"background '#ffffff'"
terminal_png = "set terminal pngcairo size 2 * width, 2 * height font 'sans-serif,13' " . \
	"fontscale 1.5 linewidth 2 pointscale 2 background '#ffffff'"
page(format) = (format eq 'svg' ? terminal_svg : terminal_png) . \
	"; set output name . '." . format . "'"
headings = "set label 1 title noenhanced at screen 0.012, screen 1 - 22.0 / height " . \
	"font ',16' textcolor rgb '#000000'; " . \
	"set label 2 subtitle noenhanced at screen 0.012, screen 1 - 46.0 / height " . \
	"font ',11' textcolor rgb TEXT"
axes = "set tics nomirror out scale 0.5 textcolor rgb TEXT; " . \
	"set border 3 linecolor rgb TEXT"

# One row per strategy: acknowledged records per second on the left, what was lost
# of them on the right.  Only a safe strategy has a solid bar: the speed of one
# that loses records is no price to compare.
#
# throughput.tsv: place, verdict (0 safe, 1 inconclusive, 2 unsafe, 3 skipped),
# records/s, its label, lost per million, its label, name.

SAFE = BLUE
DOUBTFUL = GREY
LOST = RED

height = 190.0 + 46 * count
left = (label_chars * 6.6 + 46) / width
middle = left + (0.97 - left) * 0.56
top = 1 - 76.0 / height
bottom = 94.0 / height

verdict_is(wanted, value) = column(2) == wanted ? value : NaN

do for [format in 'svg png'] {
	eval page(format)
	set multiplot
	eval headings

	if (hatched) {
		set label 3 'hatched: not shown to be safe, so no price to compare' \
			at screen 0.012, screen 14.0 / height font ',11' textcolor rgb TEXT
	}

	set tmargin at screen top
	set bmargin at screen bottom
	set border 1 linecolor rgb TEXT
	set yrange [count - 0.5:-0.5]
	set tics nomirror out scale 0.5 textcolor rgb TEXT
	set ytics scale 0 noenhanced
	set grid xtics linecolor rgb '#dddddd' linewidth 1
	set style fill solid 1.0 noborder
	unset key

	set lmargin at screen left
	set rmargin at screen middle - 0.02
	set xrange [0:(best > 0 ? best * 1.25 : 1)]
	set xtics autofreq
	set format x '%.0s%c'
	set xlabel 'acknowledged records per second' textcolor rgb TEXT
	plot 'throughput.tsv' using (verdict_is(0, $3 / 2)):1:(0):3:($1 - 0.32):($1 + 0.32):ytic(stringcolumn(7)) \
			with boxxyerror linecolor rgb SAFE, \
		'' using ($2 == 1 || $2 == 2 ? $3 / 2 : NaN):1:(0):3:($1 - 0.32):($1 + 0.32) \
			with boxxyerror linecolor rgb DOUBTFUL fillstyle pattern 4 border, \
		'' using ($2 == 3 ? 0 : $3):1:4 with labels noenhanced left offset 0.6, 0 \
			textcolor rgb TEXT

	unset label
	set lmargin at screen middle + 0.02
	set rmargin at screen 0.97
	set logscale x
	set xrange [0.5:5e8]
	set xtics ('1' 1, '100' 100, '10k' 1e4, '1M' 1e6)
	set xlabel 'lost of a million acknowledged' textcolor rgb TEXT
	set format y ''
	set ytics ('' 0)
	plot 'throughput.tsv' using ($5 > 0 ? 1 : NaN):1:(0.5):5:($1 - 0.32):($1 + 0.32) \
			with boxxyerror linecolor rgb LOST, \
		'' using ($5 > 0 ? $5 : 0.5):1:6 with labels noenhanced left offset 0.6, 0 \
			textcolor rgb TEXT
	unset logscale x
	set format y
	unset multiplot
	unset output
}
