/*
 * test_html - report.html: what stands in it, in which order, and that a name cannot
 * become a part of it.  tests/cli/report.bats has it parsed by others.
 */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/xml.h"

static const struct fixture_strategy all[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "200 lost"},
	{"flock", "flock", VERDICT_SAFE, false, false, 0, 300, 50, "all are intact"},
	{"direct", "direct", VERDICT_SKIPPED, false, false, 0, 0, 0, "no O_DIRECT"},
};

static char *write_report(struct fixture *fixture,
			  const struct results_options *options)
{
	static const struct results_options none = {.no_pictures = true};
	struct error warning, err;

	ck_assert_msg(results_write(&fixture->result, fixture->dir, fixture->dir,
				    options ? options : &none, &warning, &err) == 0,
		      "%s", err.sentence);
	return fixture_read(fixture, "report.html");
}

/* Each of them behind the one before. */
static void assert_in_order(const char *text, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text = strstr(text, parts[i]);
		ck_assert_msg(text != NULL, "not there, or too early: %s", parts[i]);
	}
}

START_TEST(the_verdict_comes_first)
{
	static const char *const parts[] = {
		"<h1>SAFE</h1>",
		"with flock, every acknowledged record survived",
		"nfs4 (vers=4.2",
		"<h2>Why</h2>",
		"<b>flock</b>: <span class=\"safe\">safe</span>: all are intact",
		"Teeth shown:",
		"<h2>Strategies</h2>",
		"<th scope=\"row\">flock</th>",
		"<th scope=\"row\">append <small>control</small></th>",
		"<b>lost:</b> overwritten",
		"<th scope=\"row\">direct</th>",
		"<b>why:</b> no O_DIRECT",
		"<h2>Plots</h2>",
		"There are no pictures",
		"<h2>Findings</h2>",
		"<h3>append</h3>",
		"was overwritten by record",
		"--explain 'append/overwritten#1'",
		"--explain 'append/overwritten#2'",
		"anomalies.csv",
		"<h2>Environment</h2>",
		"<th scope=\"row\">host1</th>",
		"6.1.0",
		"local_lock=none",
		"<h2>Again</h2>",
		"tailrace verify ",
		"tailrace run @",
		"/args</pre>",
		"</html>\n",
	};
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 4, 2, all, 3);
	fixture.result.verdict = (struct run_verdict){VERDICT_SAFE, true, ""};
	text = write_report(&fixture, NULL);
	assert_in_order(text, parts, sizeof(parts) / sizeof(parts[0]));
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(a_check_is_told_as_one)
{
	static const char *const parts[] = {
		"<h1>ACCEPT</h1>",
		"appends to one file are safe here with flock",
		"<h2>What to take</h2>",
		"Recommended:</b> flock: ",
		"Locks:</b> 7 answers as the manuals say",
		"a &lt;lock&gt;, two hosts",
		"<h2>Strategies</h2>",
		"tailrace check @",
	};
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 4, 2, all, 2);
	fixture.result.verdict = (struct run_verdict){VERDICT_SAFE, true, ""};
	fixture.manifest.strategies[1].exclusive_lock = true;
	fixture.manifest.check.level = CHECK_QUICK;
	fixture.manifest.check.probes = CHECK_PROBES_CONFORM;
	fixture.manifest.check.conforming = 7;
	ck_assert_int_eq(check_facts_add_harm(&fixture.manifest.check, "p", "a <lock>",
					      "two hosts", "q", "a", "r"),
			 0);
	text = write_report(&fixture, NULL);
	assert_in_order(text, parts, sizeof(parts) / sizeof(parts[0]));
	free(text);
	fixture_release(&fixture);
}
END_TEST

static void replace(char **name, const char *with)
{
	free(*name);
	*name = strdup(with);
}

START_TEST(names_stay_names)
{
	static const char evil[] =
		"</td><script>alert(1)</script>&amp;\"'\xff\x01\n]]>";
	struct fixture_strategy named[2];
	struct fixture fixture;
	char *text;

	memcpy(named, all, sizeof(named));
	named[0].name = evil;
	named[1].reason = evil;
	fixture_init(&fixture, 4, 2, named, 2);
	replace(&fixture.manifest.hosts[0].name, evil);
	replace(&fixture.manifest.hosts[0].kernel, evil);
	replace(&fixture.manifest.hosts[0].fstype, evil);
	replace(&fixture.manifest.hosts[0].mount_options, evil);
	fixture.manifest.label = strdup(evil);
	fixture.manifest.command = strdup(evil);
	snprintf(fixture.judgments[1].reason, sizeof(fixture.judgments[1].reason), "%s",
		 evil);
	ck_assert_int_eq(manifest_add_fault(&fixture.manifest,
					    &(struct manifest_fault){
						    .what = strdupa(evil),
						    .note = strdupa(evil),
					    }),
			 0);
	text = write_report(&fixture, NULL);
	ck_assert_ptr_nonnull(strstr(text, "<h2>Faults</h2>"));
	ck_assert_ptr_null(strstr(text, "<script"));
	ck_assert_ptr_null(strchr(text, '\xff'));
	ck_assert_ptr_null(strchr(text, '\x01'));
	ck_assert_ptr_nonnull(
		strstr(text, "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
	ck_assert_ptr_nonnull(strstr(text, "%FF%01%0A"));
	free(text);
	fixture_release(&fixture);
}
END_TEST

/* A program in the place of gnuplot draws what gnuplot draws, in small. */
START_TEST(pictures_do_not_share_names)
{
	static const char program[] =
		"#!/bin/sh\n"
		"cat >${2%.gp}.svg <<END\n"
		"<?xml version=\"1.0\"?>\n<svg width=\"9\">\n"
		"<title>Gnuplot</title>\n<desc>Produced by GNUPLOT</desc>\n"
		"<g id=\"a\"><path id='b' d=''/></g><use xlink:href='#b' "
		"clip-path=\"url(#a)\"/><text>id='b' #b</text></svg>\n"
		"END\n"
		": >${2%.gp}.png\n";
	static const char *const parts[] = {
		"<svg role=\"img\" aria-labelledby=\"plot1-words\" width=\"9\">",
		"<title id=\"plot1-words\">Acknowledged records per second",
		"<g id=\"plot1-a\"><path id='plot1-b' d=''/></g>"
		"<use xlink:href='#plot1-b' clip-path=\"url(#plot1-a)\"/>"
		"<text>id='b' #b</text></svg>",
		"<path id='plot2-b'",
		"<a href=\"plots/map-append.png\">PNG</a>",
	};
	struct results_options options = {0};
	struct fixture fixture;
	char path[128], *text;
	FILE *file;

	fixture_init(&fixture, 4, 2, all, 1);
	snprintf(path, sizeof(path), "%s/program", fixture.dir);
	file = fopen(path, "w");
	fputs(program, file);
	fclose(file);
	ck_assert_int_eq(chmod(path, 0700), 0);
	options.gnuplot = path;
	text = write_report(&fixture, &options);
	assert_in_order(text, parts, sizeof(parts) / sizeof(parts[0]));
	ck_assert_ptr_null(strstr(text, "<?xml"));
	ck_assert_ptr_null(strstr(text, "GNUPLOT"));
	free(text);
	fixture_release(&fixture);
}
END_TEST

/* No plot has data then, or all have axes without any. */
START_TEST(nothing_acknowledged)
{
	static const struct fixture_strategy nothing[] = {
		{"flock", "flock", VERDICT_INCONCLUSIVE, false, false, 0, 300, 0,
		 "none"},
		{"append", "append", VERDICT_SKIPPED, true, false, 0, 0, 0, "none"},
	};
	static const char *const parts[] = {
		"<h1>INCONCLUSIVE</h1>",
		"<b>flock</b>: <span class=\"inconclusive\">inconclusive</span>",
		"Nothing was found that should not be there.",
		"</html>\n",
	};
	struct results_options options = {0};
	struct error warning, err;
	struct fixture fixture;
	char *text;

	fixture_init(&fixture, 4, 2, nothing, 2);
	fixture.result.verdict = (struct run_verdict){VERDICT_INCONCLUSIVE, false, ""};
	options.no_pictures = system("command -v gnuplot >/dev/null 2>&1") != 0;
	ck_assert_int_eq(results_write(&fixture.result, fixture.dir, fixture.dir,
				       &options, &warning, &err),
			 0);
	ck_assert_ptr_null(strstr(warning.sentence, "no picture"));
	text = fixture_read(&fixture, "report.html");
	assert_in_order(text, parts, sizeof(parts) / sizeof(parts[0]));
	free(text);
	fixture_release(&fixture);
}
END_TEST

START_TEST(lines_stay_lines)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	put_xml_lines(stream, "a<b\n\n\tc\r\n");
	fclose(stream);
	ck_assert_str_eq(text, "a&lt;b\n\n%09c%0D\n");
	free(text);
}
END_TEST

UNIT_MAIN("html", 60, the_verdict_comes_first, a_check_is_told_as_one, names_stay_names,
	  pictures_do_not_share_names, nothing_acknowledged, lines_stay_lines)
