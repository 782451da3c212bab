# Draws timeline.svg and timeline.png: gnuplot timeline.gp
name = 'timeline'
array names[12]
array ends[12]
array highest[12]
array fault_panel[1]
array fault_from[1]
array fault_to[1]
array fault_name[1]
names[1] = 'append (UNSAFE)'
ends[1] = 0.692746112
highest[1] = 13300
names[2] = 'seek-before-lock (UNSAFE)'
ends[2] = 3.48611853
highest[2] = 3340
names[3] = 'flock'
ends[3] = 3.7004823
highest[3] = 3220
names[4] = 'fcntl'
ends[4] = 4.19980058
highest[4] = 3380
names[5] = 'ofd'
ends[5] = 4.5329504
highest[5] = 2852.77265
names[6] = 'flock:batch=4'
ends[6] = 1.11355878
highest[6] = 13200
names[7] = 'flock-poll'
ends[7] = 3.70858931
highest[7] = 2960
names[8] = 'mpi-token'
ends[8] = 5.0733952
highest[8] = 2020
names[9] = 'aggregator'
ends[9] = 1.78568397
highest[9] = 6250
names[10] = 'sequencer-aligned:io=direct'
ends[10] = 2.44853043
highest[10] = 3540
names[11] = 'per-file'
ends[11] = 0.538649856
highest[11] = 18500
title = 'Acknowledged records per second over time'
subtitle = 'nfs4 (vers=4.2,wsize=131072), 8 ranks on 4 hosts, 1,000 records of 256 B to 1.0 KiB each'
count = 11
lost = 1
faults = 0

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

# A panel per strategy, each with axes of its own: what was acknowledged in each
# short time, how much of that was lost, and (dashed) when faults happened.
#
# timeline.tsv: a block per strategy of from and to (s), acknowledged and lost records
# per second.

columns = count > 4 ? 2 : 1
rows = (count + columns - 1) / columns
TOP = 96.0
BOTTOM = 8.0
ROW = rows > 1 ? 150.0 : 260.0
height = TOP + ROW * rows + BOTTOM

# Where panel number i, from 0, stands; as shares of the picture.
left(i) = (78.0 + (i % columns) * (width - 36) / columns) / width
right(i) = ((i % columns + 1) * (width - 36) / columns) / width
top(i) = 1 - (TOP + (i / columns) * ROW) / height
bottom(i) = 1 - (TOP + (i / columns + 1) * ROW - 62) / height

scale(i) = highest[i + 1] >= 2e6 ? 1e6 : highest[i + 1] >= 2e3 ? 1e3 : 1.0
unit(i) = scale(i) == 1e6 ? 'M' : scale(i) == 1e3 ? 'k' : ''
second(i) = ends[i + 1] >= 2 ? 1.0 : ends[i + 1] >= 2e-3 ? 1e-3 : 1e-6
# The top of a panel; with faults there is room for their names.
room(i) = highest[i + 1] / scale(i) * (faults ? 1.4 : 1.05)
short(text) = strlen(text) > 30 ? text[1:27] . '...' : text
# About four gridlines, at 1, 2 or 5 times a power of ten.
decade(y) = 10 ** floor(log10(y))
tics(y) = decade(y) * (y / decade(y) < 2 ? 0.5 : y / decade(y) < 5 ? 1 : 2)

do for [format in 'svg png'] {
	eval page(format)
	eval headings
	eval axes
	set multiplot
	set style fill solid 1 noborder
	set grid ytics linecolor rgb PALE linewidth 1
	set xtics autofreq
	set key at screen 0.985, screen 1 - 22.0 / height right top Right noreverse horizontal \
		samplen 1.5 textcolor rgb TEXT
	do for [i = 0:count - 1] {
		set lmargin at screen left(i)
		set rmargin at screen right(i)
		set tmargin at screen top(i)
		set bmargin at screen bottom(i)
		set label 3 names[i + 1] noenhanced at graph 0, graph 1 offset 0, 0.7 \
			textcolor rgb '#000000'
		set xrange [0:ends[i + 1] / second(i)]
		set format x '%g ' . (second(i) == 1 ? 's' : second(i) == 1e-3 ? 'ms' : 'us')
		set yrange [0:room(i)]
		set ytics tics(highest[i + 1] / scale(i))
		set ytics add ('0' 0)
		set format y '%g' . unit(i)
		set xlabel (i >= count - columns ? 'time since the first append' : '') \
			offset 0, 0.3 textcolor rgb TEXT
		set ylabel (i % columns == 0 ? 'records/s' : '') textcolor rgb TEXT
		do for [f = 1:faults] {
			if (fault_panel[f] == i + 1) {
				from = fault_from[f] / second(i)
				to = fault_to[f] / second(i)
				early = fault_from[f] < 0.6 * ends[i + 1]
				if (to > from) {
					set object 100 + f rectangle from from, 0 to to, room(i) back \
						fillcolor rgb '#E6E6E6' fillstyle solid 1 noborder
				}
				set arrow 100 + f from from, 0 to from, room(i) nohead front \
					linewidth 2 dashtype 2 linecolor rgb '#000000'
				if (early) {
					set label 100 + f short(fault_name[f]) noenhanced left front offset 0.3, 0 \
						at from, room(i) * (f % 2 ? 0.94 : 0.82) font ',11'
				} else {
					set label 100 + f short(fault_name[f]) noenhanced right front offset -0.3, 0 \
						at from, room(i) * (f % 2 ? 0.94 : 0.82) font ',11'
				}
			}
		}
		plot 'timeline.tsv' index i using ($1 / second(i)):3: \
				($1 / second(i)):($2 / second(i)):(0):($3 / scale(i)) \
				with boxxyerror linecolor rgb BLUE fillstyle solid 1 border \
				title (i == 0 && lost ? 'acknowledged' : ''), \
			'' index i using ($4 > 0 ? $1 : NaN):3: \
				($1 / second(i)):($2 / second(i)):(0):($4 / scale(i)) \
				with boxxyerror linecolor rgb RED fillstyle solid 1 border \
				title (i == 0 && lost ? 'of them lost' : '')
		unset object
		unset arrow
		unset label
	}
	unset multiplot
	unset output
}
