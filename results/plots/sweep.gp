# A curve per strategy: the geometric mean of the repeats, and its 95 % interval.  What
# is not safe everywhere is dashed: the speed of what loses records is no price.
#
# throughput-by-ranks.tsv: a block per curve of x, records per second, low and high end
# of the interval, safe there (0 or 1).

array colours[8] = [BLUE, ORANGE, GREEN, PURPLE, SKY, RED, '#000000', GREY]
array shapes[8] = [7, 5, 9, 11, 13, 6, 4, 8]
set dashtype 2 (10, 4)
colour(i) = colours[(i - 1) % 8 + 1]
shape(i) = shapes[(i - 1 + (i - 1) / 8) % 8 + 1]
dashes(i) = safe[i] ? 1 : 2
named(i) = names[i] . (safe[i] ? '' : ' (not safe)')

key_columns = floor(820 / ((label_chars + 11) * 7.4 + 60.0))
key_columns = key_columns < 1 ? 1 : key_columns > 5 ? 5 : key_columns
key_rows = (count + key_columns - 1) / key_columns
TOP = 84.0 + 18 * key_rows
height = TOP + 440

# Where values differ by much, equal factors have equal lengths.
wide_x = x_max >= 8 * x_min
wide_y = highest >= 20 * lowest
# Curves stand a little beside each other, so that each interval is seen.
span = wide_x ? log(1.44 * x_max / x_min) : 1.12 * (x_max - x_min + 1)
nudge(i) = span * (i - (count + 1) / 2.0) * (count > 8 ? 0.032 / count : 0.004)
place(x, i) = wide_x ? x * exp(nudge(i)) : x + nudge(i)

do for [format in 'svg png'] {
	eval page(format)
	eval headings
	eval axes
	set tmargin at screen 1 - TOP / height
	set bmargin at screen 62 / height
	set lmargin at screen 0.1
	set rmargin at screen 0.96
	set grid xtics ytics linecolor rgb PALE linewidth 1
	if (wide_x) {
		set logscale x 2
		set xrange [x_min / 1.2:x_max * 1.2]
	} else {
		set xrange [x_min - 0.06 * (x_max - x_min + 1):x_max + 0.06 * (x_max - x_min + 1)]
	}
	if (wide_y) {
		set logscale y
		set yrange [lowest / 2:highest * 1.5]
	} else {
		set yrange [0:highest * 1.08]
	}
	if (strlen(x_tics)) { eval 'set xtics (' . x_tics . ')' }
	# Tics of less than one unit, say at 1.2M, need a digit more.
	mantissa = highest / 1000.0 ** floor(log10(highest) / 3)
	set format y (!wide_y && mantissa < 5 ? '%.1s%c' : '%.0s%c')
	set xlabel x_label textcolor rgb TEXT
	set ylabel 'acknowledged records per second' textcolor rgb TEXT
	set key at screen 0.1, screen 1 - 66.0 / height left top Left \
		reverse maxrows key_rows samplen 3 textcolor rgb TEXT
	plot for [i = 1:count] name . '.tsv' index i - 1 using (place($1, i)):2:3:4 with yerrorbars \
			linewidth 1 linecolor rgb colour(i) pointtype shape(i) pointsize 0 notitle, \
		for [i = 1:count] '' index i - 1 using (place($1, i)):2 with linespoints \
			linewidth 2 dashtype dashes(i) linecolor rgb colour(i) \
			pointtype shape(i) pointsize 1 title named(i)
	unset output
	unset logscale
}
