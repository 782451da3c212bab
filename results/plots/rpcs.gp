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
	set ytics scale 0
	set grid xtics linecolor rgb PALE linewidth 1
	set xlabel 'calls for each acknowledged record, on all hosts together' textcolor rgb TEXT
	set style fill solid 1 border linecolor rgb '#FFFFFF'
	set key at screen left, screen 1 - 74.0 / height left top Left reverse horizontal \
		samplen 1.5 width 1 textcolor rgb TEXT
	plot 'rpcs.tsv' index 1 using (NaN):1:ytic(stringcolumn(4)) with points notitle, \
		for [o = 1:operations] '' index 0 \
			using ($2 == o && $4 > $3 ? $3 : NaN):1:3:4:($1 - 0.32):($1 + 0.32) \
			with boxxyerror linecolor rgb colours[o] title operation[o], \
		for [o = 1:operations] '' index 0 \
			using ($2 == o && fits(stringcolumn(5), $4 - $3) ? ($3 + $4) / 2 : NaN):1:5 \
			with labels center font ',11' textcolor rgb inks[o] notitle, \
		'' index 1 using 2:1:3 with labels left offset 0.6, 0 \
			textcolor rgb TEXT notitle
	unset output
}
