/* html_faults - what was done to the run on purpose, and when. */
#include "results/html.h"

#include "results/fault_json.h"

static void put_fault(const struct html *html, const struct manifest_fault *fault)
{
	const struct manifest *m = html->page.result->manifest;
	FILE *stream = html->page.stream;

	fputs("<tr><th scope=\"row\">", stream);
	html_name(html, fault->what);
	fputs("</th><td>", stream);
	html_name(html, m->strategies[fault->strategy].name);
	fputs("</td><td class=\"figure\">", stream);
	if (fault->at_ns)
		fprintf(stream, "%.3f s", fault_at_s(m, fault));
	else
		fputs("never", stream);
	fputs("</td><td>", stream);
	html_name(html, m->hosts[fault->host].name);
	fputs("</td><td>", stream);
	html_name(html, fault->note ? fault->note : "");
	fputs("</td></tr>\n", stream);
}

int html_faults(const struct html *html)
{
	const struct manifest *m = html->page.result->manifest;
	FILE *stream = html->page.stream;

	if (m->fault_count == 0)
		return 0;
	fputs("<section id=\"faults\">\n<h2>Faults</h2>\n"
	      "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>"
	      "<th scope=\"col\">fault</th><th scope=\"col\">strategy</th>"
	      "<th scope=\"col\" class=\"figure\">at</th><th scope=\"col\">host</th>"
	      "<th scope=\"col\">what happened</th></tr></thead>\n<tbody>\n",
	      stream);
	for (size_t i = 0; i < m->fault_count; i++)
		put_fault(html, &m->faults[i]);
	fputs("</tbody></table></div>\n</section>\n", stream);
	return 0;
}
