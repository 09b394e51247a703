/* test_x12_map - elements, patterns and types of a mapping, and what is none */

#include "data/x12_map.h"

#include "check.h"

#define ROWS "\"rows\":{\"begin\":\"PO1\"}"

/* Of one member of a header, as JSON. */
static struct inv_x12_map *
map_of(const char *member, struct inv_err *err)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "{\"transaction\":\"850\",\"header\":{\"m\":%s}," ROWS "}", member);
	return inv_x12_map_new(inv_str_of(text), "850.json", err);
}

static void
is_at(const char *member, uint32_t id, size_t element, size_t component)
{
	struct inv_err err;
	struct inv_x12_map *m = map_of(member, &err);

	check(m != NULL);
	if (m == NULL)
		return;
	check(m->members == 1 && m->member->area == INV_X12_HEADER);
	check(m->member->from.id == id);
	check(m->member->from.element == element);
	check(m->member->from.component == component);
	check((m->area[INV_X12_HEADER].ids & inv_x12_bit(id)) != 0);
	inv_x12_map_free(m);
}

static void
elements_are_named_by_segment_and_two_digits(void)
{
	is_at("\"BEG03\"", INV_X12_ID('B', 'E', 'G'), 3, 0);
	is_at("\"N102\"", INV_X12_ID('N', '1', 0), 2, 0);
	is_at("\"PO110-2\"", INV_X12_ID('P', 'O', '1'), 10, 2);
	is_at("{\"element\":\"ISA13\"}", INV_X12_ID('I', 'S', 'A'), 13, 0);
}

static void
what_is_no_element_is_refused(void)
{
	static const char *const wrong[] = { "\"\"", "\"N1\"", "\"BEG3\"",
		"\"BEG00\"", "\"beg03\"", "\"BEGX03\"", "\"BEG03-\"",
		"\"BEG03-0\"", "\"BEG03-100\"", "\"BEG03-x\"", "7", "null",
		"{}", "{\"element\":3}", "{\"element\":\"BEG03\",\"list\":1}",
		"{\"element\":\"BEG03\",\"pair\":\"\"}",
		"{\"element\":\"BEG03\",\"type\":\"N10\"}",
		"{\"element\":\"BEG03\",\"when\":\"*ST\"}",
		"{\"element\":\"BEG03\",\"when\":\"N1*1*2*3*4*5*6*7*8*9\"}" };
	struct inv_err err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct inv_x12_map *m = map_of(wrong[i], &err);

		check(m == NULL);
		check(m != NULL || err.fault == INV_CONFIG);
		inv_x12_map_free(m);
	}
}

static bool
fits(const char *pattern, size_t n)
{
	static const struct inv_str element[] = { { "HL", 2 }, { "3", 1 },
		{ "", 0 }, { "I", 1 } };
	char member[128];
	struct inv_err err;

	snprintf(member, sizeof(member),
	    "{\"element\":\"BEG03\",\"when\":\"%s\"}", pattern);
	struct inv_x12_map *m = map_of(member, &err);

	check(m != NULL);
	if (m == NULL)
		return false;
	bool fit =
	    inv_x12_fits(&m->member->when, INV_X12_ID('H', 'L', 0), element, n);

	inv_x12_map_free(m);
	return fit;
}

static void
a_pattern_compares_the_elements_that_it_names(void)
{
	check(fits("HL", 4));
	check(fits("HL***I", 4));
	check(fits("HL*3**I", 4));
	check(fits("HL*3*", 4));
	check(!fits("HL***I", 3));
	check(!fits("HL***O", 4));
	check(!fits("HL**I", 4));
	check(!fits("LIN", 4));
}

static void
its_text_is_read_as_the_same_mapping(void)
{
	struct inv_err err;
	struct inv_x12_map *m =
	    map_of("{ \"element\" : \"BEG05\",\n \"type\":\"N2\" }", &err);

	check(m != NULL && m->member->type == INV_X12_IMPLIED &&
	    m->member->decimals == 2);
	if (m == NULL)
		return;
	check_str(inv_x12_map_text(m),
	    "{\"transaction\":\"850\",\"header\":{\"m\":{\"element\":\"BEG05\","
	    "\"type\":\"N2\"}}," ROWS "}");
	struct inv_x12_map *again =
	    inv_x12_map_new(inv_x12_map_text(m), "again", &err);

	check(again != NULL &&
	    inv_str_eq(inv_x12_map_text(again), inv_x12_map_text(m)));
	inv_x12_map_free(again);
	inv_x12_map_free(m);
}

static const struct test tests[] = {
	TEST(elements_are_named_by_segment_and_two_digits),
	TEST(what_is_no_element_is_refused),
	TEST(a_pattern_compares_the_elements_that_it_names),
	TEST(its_text_is_read_as_the_same_mapping),
};

int
main(void)
{
	return RUN(tests);
}
