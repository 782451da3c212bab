# Draws latency.svg and latency.png: gnuplot latency.gp
name = 'latency'
parts = '1 2 3 4 '
title = 'How long an append takes'
subtitle = 'nfs4 (vers=4.2,wsize=131072), 8 ranks on 4 hosts, 1,000 records of 256 B to 1.0 KiB each'
count = 11
label_chars = 27
array names[count] = ['append'.' (UNSAFE)', 'seek-before-lock'.' (UNSAFE)', 'flock', 'fcntl', 'ofd', 'flock:batch=4', 'flock-poll', 'mpi-token', 'aggregator', 'sequencer-aligned:io=direct', 'per-file']
array safe[count] = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]
shortest = 1e-05
longest = 1
rarest = 5e-05

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
height = TOP + MAIN + PART * part_rows + 8

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
		reverse noenhanced maxrows key_rows samplen 3 textcolor rgb TEXT
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
		set tmargin at screen 1 - (TOP + MAIN + (p - 1) / 2 * PART + 20) / height
		set bmargin at screen 1 - (TOP + MAIN + ((p - 1) / 2 + 1) * PART - 44) / height
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
