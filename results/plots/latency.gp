# How long appends took, with the tail drawn out: each gridline up is ten times
# rarer.  A curve further left is faster.  Strategies that are not safe are dashed.
# Above whole appends, below the parts of them.
#
# latency.tsv: for the append and each of its parts (lock wait, write, flush, unlock) a
# block per strategy of seconds and the share of appends that took longer.

array colours[8] = [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, '#000000', GREY]
array shapes[8] = [7, 5, 9, 11, 13, 6, 4, 8]
array headings_of[4] = ['waiting for the lock', 'writing', 'flushing', 'unlocking']
set dashtype 2 (10, 4)
colour(i) = colours[(i - 1) % 8 + 1]
shape(i) = shapes[(i - 1 + (i - 1) / 8) % 8 + 1]
dashes(i) = safe[i] ? 1 : 2

# As many columns as the names leave room for.
key_columns = floor(820 / (label_chars * 7.4 + 60.0))
key_columns = key_columns < 1 ? 1 : key_columns > 5 ? 5 : key_columns
key_rows = (count + key_columns - 1) / key_columns
# Fewer labels where there are many decades.
tens = longest > shortest * 1e5 ? 100 : 10
part_rows = (words(parts) + 1) / 2
TOP = 84.0 + 18 * key_rows
MAIN = 420.0
PART = 250.0
height = TOP + MAIN + PART * part_rows + 16

do for [format in 'svg png'] {
	eval page(format)
	set multiplot
	eval headings
	eval axes
	set tmargin at screen 1 - TOP / height
	set bmargin at screen 1 - (TOP + MAIN - 62) / height
	set lmargin at screen 0.1
	set rmargin at screen 0.96
	set grid xtics ytics linecolor rgb PALE linewidth 1
	set logscale x
	set logscale y
	set xrange [shortest:longest]
	set yrange [1:rarest]
	set format x '%.0s %cs'
	set xtics autofreq
	set ytics ('0 %%' 1, '50 %%' 0.5, '90 %%' 0.1, '99 %%' 0.01, '99.9 %%' 1e-3, \
		'99.99 %%' 1e-4, '99.999 %%' 1e-5, '99.9999 %%' 1e-6, '99.99999 %%' 1e-7)
	set xlabel 'time of an append, from call to completion' textcolor rgb TEXT
	set ylabel 'share of appends done by then' textcolor rgb TEXT
	set key at screen 0.1, screen 1 - 66.0 / height left top Left \
		reverse maxrows key_rows samplen 3 textcolor rgb TEXT
	plot for [i = 1:count] 'latency.tsv' index i - 1 using 1:2 with linespoints \
		linewidth 2 dashtype dashes(i) linecolor rgb colour(i) \
		pointtype shape(i) pointsize 0.8 pointnumber 8 title names[i]

	unset label
	unset key
	set ytics add ('' 0.5)
	do for [p = 1:words(parts)] {
		part = int(word(parts, p))
		column = (p - 1) % 2
		set lmargin at screen 0.1 + column * 0.47
		set rmargin at screen 0.49 + column * 0.47
		set tmargin at screen 1 - (TOP + MAIN + (p - 1) / 2 * PART + 28) / height
		set bmargin at screen 1 - (TOP + MAIN + ((p - 1) / 2 + 1) * PART - 36) / height
		set label 3 headings_of[part] at graph 0, graph 1 offset 0, 0.7 \
			textcolor rgb '#000000'
		set xtics tens
		unset xlabel
		set ylabel ''
		plot for [i = 1:count] 'latency.tsv' index part * count + i - 1 using 1:2 \
			with linespoints linewidth 2 dashtype dashes(i) linecolor rgb colour(i) \
			pointtype shape(i) pointsize 0.6 pointnumber 5
	}
	unset multiplot
	unset label
	unset output
	unset logscale
}
