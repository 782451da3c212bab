# Above this line: what differs from run to run.
#
# How long appends took, with the tail drawn out: each gridline up is ten times
# rarer.  A curve further left is faster.  Strategies that are not safe are dashed.
#
# latency.tsv: a block per strategy of seconds and the share of appends that
# took longer.

TEXT = '#333333'
array colours[8] = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', \
	'#56B4E9', '#D55E00', '#000000', '#F0E442']
set dashtype 2 (10, 4)
colour(i) = colours[(i - 1) % 8 + 1]
dashes(i) = safe[i] ? 1 : 2

width = 960.0
# Two columns where the names are short.
key_rows = label_chars > 40 ? count : (count + 1) / 2
height = 566.0 + 17 * key_rows

set datafile separator "\t"
set datafile commentschars ''

do for [format in 'svg png'] {
	if (format eq 'svg') {
		set terminal svg size width, height font 'sans-serif,13' background '#ffffff'
	} else {
		set terminal pngcairo size 2 * width, 2 * height font 'sans-serif,13' \
			fontscale 1.5 linewidth 2 pointscale 2 background '#ffffff'
	}
	set output 'latency.' . format
	set label 1 title noenhanced at screen 0.012, screen 1 - 22.0 / height \
		font ',16' textcolor rgb '#000000'
	set label 2 subtitle noenhanced at screen 0.012, screen 1 - 46.0 / height \
		font ',11' textcolor rgb TEXT
	set tmargin at screen 1 - 76.0 / height
	set bmargin at screen (92.0 + 17 * key_rows) / height
	set lmargin at screen 0.12
	set rmargin at screen 0.97
	set border 3 linecolor rgb TEXT
	set tics nomirror out scale 0.5 textcolor rgb TEXT
	set grid xtics ytics linecolor rgb '#dddddd' linewidth 1
	set logscale x
	set logscale y
	set xrange [shortest:longest]
	set yrange [1:rarest]
	set format x '%.0s %cs'
	set ytics ('0 %%' 1, '50 %%' 0.5, '90 %%' 0.1, '99 %%' 0.01, '99.9 %%' 1e-3, \
		'99.99 %%' 1e-4, '99.999 %%' 1e-5, '99.9999 %%' 1e-6, '99.99999 %%' 1e-7)
	set xlabel 'time of an append, from call to completion' textcolor rgb TEXT
	set ylabel 'share of appends that were done by then' textcolor rgb TEXT
	set key at screen 0.12, screen (14.0 + 17 * key_rows) / height left top Left \
		reverse noenhanced maxrows key_rows samplen 3 \
		textcolor rgb TEXT
	plot for [i = 1:count] 'latency.tsv' index i - 1 using 1:2 with lines \
		linewidth 2 dashtype dashes(i) linecolor rgb colour(i) title names[i]
	unset output
}
