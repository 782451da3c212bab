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
# Two to five steps, of 1, 2 or 5 times a power of ten.
decade(y) = 10 ** floor(log10(y))
tics(y) = decade(y) * (y / decade(y) < 2 ? 0.5 : y / decade(y) < 5 ? 1 : 2)

do for [format in 'svg png'] {
	eval page(format)
	eval headings
	eval axes
	set multiplot
	set style fill solid 1 noborder
	set grid ytics linecolor rgb PALE linewidth 1
	set key at screen 0.985, screen 1 - 22.0 / height right top Right noreverse horizontal \
		samplen 1.5 textcolor rgb TEXT
	do for [i = 0:count - 1] {
		set lmargin at screen left(i)
		set rmargin at screen right(i)
		set tmargin at screen top(i)
		set bmargin at screen bottom(i)
		set label 3 names[i + 1] at graph 0, graph 1 offset 0, 0.7 \
			textcolor rgb '#000000'
		set xrange [0:ends[i + 1] / second(i)]
		set xtics tics(ends[i + 1] / second(i))
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
					set label 100 + f short(fault_name[f]) left front offset 0.3, 0 \
						at from, room(i) * (f % 2 ? 0.94 : 0.82) font ',11'
				} else {
					set label 100 + f short(fault_name[f]) right front offset -0.3, 0 \
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
