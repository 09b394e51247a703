/* test_property - lib/data/property.h */

#include "data/property.h"

#include "check.h"

static void
says_what_pcre2_says(void)
{
	static const char *const names[][2] = { { "L", "L" }, { "Lu", "Lu" },
		{ "Letter", "L" }, { "digit", "Nd" }, { "LC", "L&" },
		{ "gc=Cased_Letter", "L&" }, { "General_Category=P", "P" },
		{ "punct", "P" }, { "Combining_Mark", "M" },
		{ "Script=Greek", "sc:Greek" }, { "sc=Grek", "sc:Grek" },
		{ "Script_Extensions=Old_Italic", "scx:Old_Italic" },
		{ "scx=Han", "scx:Han" }, { "Any", "Any" },
		{ "ASCII", "ASCII" }, { "Alphabetic", "Alphabetic" },
		{ "space", "space" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct inv_buf b = INV_BUF(64);

		check(inv_property_add(inv_str_of(names[i][0]), &b));
		check_str(inv_buf_str(&b), names[i][1]);
		inv_buf_free(&b);
	}
}

static void
has_no_other_names(void)
{
	static const char *const names[] = { "", "=", "L&", "letter", "LETTER",
		"lu", "greek", "Greek", "sc=", "sc=greek", "sc=Greek ",
		"sc=Old Italic", "Script=Old-Italic", "gc=Greek",
		"gc=Alphabetic", "script=Greek", "sc=G}\\d{", "Alphabetic=Y",
		"Xan", "L=L", "In_Greek" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct inv_buf b = INV_BUF(64);

		if (inv_property_add(inv_str_of(names[i]), &b))
			printf("# %s\n", names[i]);
		check(!inv_property_add(inv_str_of(names[i]), &b));
		inv_buf_free(&b);
	}
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(says_what_pcre2_says),
		TEST(has_no_other_names),
	};

	return RUN(tests);
}
