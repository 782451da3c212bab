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
	set ytics scale 0
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
		'' using ($2 == 3 ? 0 : $3):1:4 with labels left offset 0.6, 0 \
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
		'' using ($5 > 0 ? $5 : 0.5):1:6 with labels left offset 0.6, 0 \
			textcolor rgb TEXT
	unset logscale x
	set format y
	unset multiplot
	unset output
}
