/* test_xml_path - where in an XML text the rows are, and where they could be */

#include "data/xml_path.h"

#include "check.h"

/* (name opens an element, ) closes one: which of them are rows, by number. */
static void
rows_are(struct inv_xml_path *p, const char *path, const char *text,
    const char *want)
{
	struct inv_buf rows = INV_BUF(256);
	char name[16];
	int open = 0;

	inv_xml_path_begin(p, inv_str_of(path));
	for (; *text != '\0'; text++) {
		if (*text == ')') {
			(void)inv_xml_path_close(p);
			continue;
		}
		size_t n = strcspn(++text, "()");

		memcpy(name, text, n);
		name[n] = '\0';
		text += n - 1;
		open++;
		if (inv_xml_path_open(p, name))
			inv_buf_addf(&rows, "%d.", open);
	}
	inv_buf_byte(&rows, '\0');
	check_str(inv_str_of(rows.p), want);
	inv_buf_free(&rows);
}

static void
rows_are_at_the_depth_of_the_path(void)
{
	struct inv_xml_path p;

	rows_are(&p, "/l/i", "(l(i)(x(i))(i(i)))", "2.5.");
	rows_are(&p, "/l", "(l(l))", "1.");
	rows_are(&p, "/l/*", "(l(a(b))(c))", "2.4.");
	rows_are(&p, "/*/i", "(l(i)(j)(i))", "2.4.");
	rows_are(&p, "/m/i", "(l(i))", "");
	rows_are(&p, "", "(l(i))", "");
	rows_are(&p, "/", "(l(i))", "");
}

static void
names_are_local_ones(void)
{
	struct inv_xml_path p;

	rows_are(&p, "/l/i", "(urn:a l(urn:b i)(urn:i j))", "2.");
	check_str(inv_xml_local(INV_LIT("urn:b i")), "i");
	check_str(inv_xml_local(INV_LIT("i")), "i");
}

static void
it_is_told_whether_there_could_be_rows(void)
{
	struct inv_xml_path p;

	rows_are(&p, "/l/i", "(l)", "");
	check(p.arrived && !p.strayed);
	rows_are(&p, "/l/i", "(l(j))", "");
	check(p.arrived && p.strayed);
	rows_are(&p, "/l/i", "(m)", "");
	check(!p.arrived);
	rows_are(&p, "/l", "(m)", "");
	check(p.arrived && p.strayed);
}

static void
proposes(const char *text, const char *want)
{
	struct inv_xml_places *p = inv_xml_places_new();
	struct inv_buf list = INV_BUF(256);

	for (; *text != '\0'; text++) {
		const char name[] = { *text, '\0' };

		if (*text == ')')
			inv_xml_places_close(p);
		else
			inv_xml_places_open(p, name);
	}
	check(inv_xml_places_put(p, &list) == (*want != '\0'));
	inv_buf_byte(&list, '\0');
	check_str(inv_str_of(list.p), want);
	inv_buf_free(&list);
	inv_xml_places_free(p);
}

static void
proposes_what_repeats_else_what_is_in_the_root(void)
{
	proposes("la)b))", "/l/a, /l/b");
	proposes("la)b)a))", "/l/a");
	proposes("lac)c))b)b))", "/l/a/c, /l/b");
	proposes("lac)c))ac)))", "/l/a");
	proposes("la)a)b)b)c)c)d)d)e)e))", "/l/a, /l/b, /l/c, /l/d");
	proposes("l)", "");
}

static const struct test tests[] = {
	TEST(rows_are_at_the_depth_of_the_path),
	TEST(names_are_local_ones),
	TEST(it_is_told_whether_there_could_be_rows),
	TEST(proposes_what_repeats_else_what_is_in_the_root),
};

int
main(void)
{
	return RUN(tests);
}
