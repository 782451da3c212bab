# A panel per strategy, each with axes of its own: what was acknowledged in each
# short time, and how much of that was lost.
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
		set yrange [0:highest[i + 1] / scale(i) * 1.05]
		set ytics tics(highest[i + 1] / scale(i))
		set ytics add ('0' 0)
		set format y '%g' . unit(i)
		set xlabel (i >= count - columns ? 'time since the first append' : '') \
			offset 0, 0.3 textcolor rgb TEXT
		set ylabel (i % columns == 0 ? 'records/s' : '') textcolor rgb TEXT
		plot 'timeline.tsv' index i using ($1 / second(i)):3: \
				($1 / second(i)):($2 / second(i)):(0):($3 / scale(i)) \
				with boxxyerror linecolor rgb BLUE fillstyle solid 1 border \
				title (i == 0 && lost ? 'acknowledged' : ''), \
			'' index i using ($4 > 0 ? $1 : NaN):3: \
				($1 / second(i)):($2 / second(i)):(0):($4 / scale(i)) \
				with boxxyerror linecolor rgb RED fillstyle solid 1 border \
				title (i == 0 && lost ? 'of them lost' : '')
		unset label
	}
	unset multiplot
	unset output
}
