# Draws rpcs.svg and rpcs.png: gnuplot rpcs.gp
name = 'rpcs'
title = 'Remote procedure calls for each acknowledged record'
subtitle = 'nfs4 (vers=4.2,wsize=131072), 8 ranks on 4 hosts, 1,000 records of 256 B to 1.0 KiB each'
count = 11
label_chars = 27
most = 8.27
operations = 7
array operation[operations] = ['LOCK_refused', 'WRITE', 'FREE_STATEID', 'LOCK', 'LOCKU', 'GETATTR', 'other']

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

# A bar per strategy, of one part for each operation of the NFS protocol.  Unsafe
# strategies are there too: what they save is what they do not ask for.
#
# rpcs.tsv, block 0: row, number of the operation, from and to (calls a record), its
# name.  Block 1: row, sum, its label, name of the strategy.

array colours[7] = [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, GREY]
# What is written on them, so that it can be read.
array inks[7] = ['#FFFFFF', '#000000', '#FFFFFF', '#000000', '#000000', '#FFFFFF', '#000000']

TOP = 104.0
BOTTOM = 70.0
height = TOP + 46 * count + BOTTOM
left = (label_chars * 6.6 + 46) / width
room = most * 1.12
# Does a text of that many characters fit into that many calls?
fits(text, calls) = calls / room * (0.97 - left) * width > strlen(text) * 6.6 + 4

do for [format in 'svg png'] {
	eval page(format)
	eval headings
	eval axes
	set border 1 linecolor rgb TEXT
	set lmargin at screen left
	set rmargin at screen 0.97
	set tmargin at screen 1 - TOP / height
	set bmargin at screen BOTTOM / height
	set yrange [count - 0.5:-0.5]
	set xrange [0:room]
	set ytics scale 0 noenhanced
	set grid xtics linecolor rgb PALE linewidth 1
	set xlabel 'calls for each acknowledged record, on all hosts together' textcolor rgb TEXT
	set style fill solid 1 border linecolor rgb '#FFFFFF'
	set key at screen left, screen 1 - 74.0 / height left top Left reverse horizontal \
		noenhanced samplen 1.5 width 1 textcolor rgb TEXT
	plot 'rpcs.tsv' index 1 using (NaN):1:ytic(stringcolumn(4)) with points notitle, \
		for [o = 1:operations] '' index 0 \
			using ($2 == o && $4 > $3 ? $3 : NaN):1:3:4:($1 - 0.32):($1 + 0.32) \
			with boxxyerror linecolor rgb colours[o] title operation[o], \
		for [o = 1:operations] '' index 0 \
			using ($2 == o && fits(stringcolumn(5), $4 - $3) ? ($3 + $4) / 2 : NaN):1:5 \
			with labels noenhanced center font ',11' textcolor rgb inks[o] notitle, \
		'' index 1 using 2:1:3 with labels noenhanced left offset 0.6, 0 \
			textcolor rgb TEXT notitle
	unset output
}
