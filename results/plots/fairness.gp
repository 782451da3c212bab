# A row per strategy, in it a point for each writer, rank 0 on top.  Left: its share of
# the records when the first writer had finished, 1 being a fair one.  Middle: the longest
# that it had to wait for one append.  Right: how many records stand in a row in the file
# before it is another's turn; the bars are shares of all records.
#
# fairness.tsv, block 0: height, share, longest wait (s).  Block 1: row, run length as a
# power of two, share of the records that stand in such runs.  Block 2: row, why there
# are no runs, name.

TOP = 80.0
BOTTOM = 82.0
ROW = writers > 32 ? 84.0 : writers > 8 ? 64.0 : 52.0
height = TOP + ROW * count + BOTTOM
left = (label_chars * 6.6 + 46) / width
part = (0.985 - left) / 3
dot = writers > 32 ? 0.35 : 0.6
panel(i) = sprintf('set lmargin at screen %f; set rmargin at screen %f', \
	left + i * part + (i > 0 ? 0.03 : 0), left + (i + 1) * part - 0.015)
run(bin) = bin == 0 ? '1' : bin == 20 ? '1M+' : \
	bin < 4 ? sprintf('%d-%d', 2 ** bin, 2 ** (bin + 1) - 1) : \
	bin < 10 ? sprintf('%d+', 2 ** bin) : sprintf('%dk+', 2 ** (bin - 10))

do for [format in 'svg png'] {
	eval page(format)
	set multiplot
	eval headings
	eval axes
	set border 1 linecolor rgb TEXT
	set tmargin at screen 1 - TOP / height
	set bmargin at screen BOTTOM / height
	set yrange [count - 0.5:-0.5]
	set ytics scale 0
	set grid xtics linecolor rgb PALE linewidth 1
	unset key
	do for [i = 1:count - 1] {
		set arrow 10 + i from graph 0, first i - 0.5 to graph 1, first i - 0.5 nohead \
			back linecolor rgb PALE linewidth 1
	}

	eval panel(0)
	set xrange [0:(largest > 1.9 ? largest * 1.05 : 2)]
	set xtics autofreq
	set arrow 1 from 1, graph 0 to 1, graph 1 nohead back dashtype 2 linecolor rgb TEXT
	set xlabel "share of the records when the\nfirst was done (1 = fair)" textcolor rgb TEXT
	plot 'fairness.tsv' index 2 using (NaN):1:ytic(stringcolumn(3)) with points, \
		'' index 0 using 2:1 with points pointtype 7 pointsize dot linecolor rgb BLUE

	unset label
	unset arrow 1
	eval panel(1)
	set ytics ('' 0)
	set logscale x
	set xrange [*:*]
	set format x '%.0s %cs'
	set xtics 10
	set xlabel "longest wait of each writer\nfor one append" textcolor rgb TEXT
	plot 'fairness.tsv' index 0 using 3:1 with points pointtype 5 pointsize dot \
			linecolor rgb ORANGE
	unset logscale x
	set format x

	eval panel(2)
	set xrange [-0.6:longest_run + 0.6]
	unset xtics
	set xtics scale 0 textcolor rgb TEXT font ',11'
	step = longest_run > 12 ? 3 : longest_run > 5 ? 2 : 1
	do for [b = 0:longest_run:step] { set xtics add (run(b) b) }
	set xlabel "records in a row from one " . who . ",\nby share of all records" textcolor rgb TEXT
	set style fill solid 1 noborder
	plot 'fairness.tsv' index 1 using 2:1:($2 - 0.42):($2 + 0.42):($1 + 0.4):($1 + 0.4 - 0.8 * $3) \
			with boxxyerror linecolor rgb GREEN, \
		'' index 2 using (0):1:2 with labels left offset -1.5, 0 \
			textcolor rgb TEXT
	unset multiplot
	unset output
	unset arrow
}
