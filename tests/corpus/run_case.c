/*
 * run_case FILE - make the run that a recipe describes, judge it, and compare.
 */
#include "tests/corpus/compare.h"
#include "tests/corpus/recipe.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
	static struct recipe r;
	struct judgment judgment;
	unsigned int wrongs;

	if (argc != 2)
		craft_die("usage: run_case FILE");
	recipe_read(&r, argv[1]);
	craft_views_save(&r.views, &r.craft);
	craft_save(&r.craft);
	for (size_t i = 0; i < r.harm_count; i++)
		if (r.harms[i].act(&r.craft, r.harms[i].arguments) < 0)
			craft_die("%s: cannot do the harm: %m", r.path);
	craft_judge(&r.craft, &judgment);
	wrongs = judgment_compare(&r, &judgment);
	judgment_release(&judgment);
	recipe_release(&r);
	return wrongs ? EXIT_FAILURE : EXIT_SUCCESS;
}
