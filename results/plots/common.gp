# Above this line: what differs from run to run.
#
# What all pictures have in common: colours that colour-blind readers tell apart
# (Okabe and Ito, https://jfly.uni-koeln.de/color/), paper, type and headings.  A
# script sets `height`, and in a loop over 'svg png' does `eval page(format)`.  Names are
# shown as they are: in an enhanced text `_` and `^` would be commands.

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

terminal_svg = "set terminal svg size width, height font 'sans-serif,13' noenhanced " . \
	"background '#ffffff'"
terminal_png = "set terminal pngcairo size 2 * width, 2 * height font 'sans-serif,13' noenhanced " . \
	"fontscale 1.5 linewidth 2 pointscale 2 background '#ffffff'"
page(format) = (format eq 'svg' ? terminal_svg : terminal_png) . \
	"; set output name . '." . format . "'"
headings = "set label 1 title at screen 0.012, screen 1 - 22.0 / height " . \
	"font ',16' textcolor rgb '#000000'; " . \
	"set label 2 subtitle at screen 0.012, screen 1 - 46.0 / height " . \
	"font ',11' textcolor rgb TEXT"
axes = "set tics nomirror out scale 0.5 textcolor rgb TEXT; " . \
	"set border 3 linecolor rgb TEXT"

