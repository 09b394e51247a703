/* test_xml - events, pauses, places, and what is refused */

#include "io/xml.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"
#include "memory.h"

struct seen {
	struct inv_xml *xml;
	struct inv_buf told; /* (name a=v text) ... */
	bool pausing;        /* behind each element `row` */
};

static void
on_open(void *self, const char *name, const char *const *attributes)
{
	struct seen *s = self;

	inv_buf_addf(&s->told, "(%s", name);
	for (; *attributes != NULL; attributes += 2)
		inv_buf_addf(&s->told, " %s=%s", attributes[0], attributes[1]);
	inv_buf_byte(&s->told, ' ');
}

static void
on_close(void *self, const char *name)
{
	struct seen *s = self;

	inv_buf_byte(&s->told, ')');
	if (s->pausing && strcmp(name, "row") == 0)
		inv_xml_pause(s->xml);
}

static void
on_text(void *self, struct inv_str text)
{
	struct seen *s = self;

	inv_buf_add(&s->told, text);
}

static const struct inv_xml_face plain = {
	.open = on_open,
	.close = on_close,
	.text = on_text,
};

/* All of it, in pieces of that size; what was told is added to s. */
static enum inv_next
read_all(struct seen *s, const struct inv_xml_face *face, struct inv_str text,
    size_t piece, struct inv_err *err)
{
	struct memory m = { text, piece };
	enum inv_next next;

	s->told.max = 64 << 20;
	s->xml = inv_xml_new(face, s);
	inv_xml_begin(s->xml, memory_pull(&m), "m.xml");
	while ((next = inv_xml_next(s->xml, err)) == INV_NEXT_LINE)
		inv_buf_byte(&s->told, '|');
	return next;
}

static void
finish(struct seen *s)
{
	inv_xml_free(s->xml);
	inv_buf_free(&s->told);
}

static void
tells(const struct inv_xml_face *face, const char *text, const char *want)
{
	for (size_t piece = INV_PULL_LEAST; piece < 64; piece += 7) {
		struct seen s = { .pausing = true };
		struct inv_err err;

		check(read_all(&s, face, inv_str_of(text), piece, &err) ==
		    INV_NEXT_END);
		check_str(inv_buf_str(&s.told), want);
		finish(&s);
	}
}

static void
refuses(struct inv_str text, const char *why, bool doctype)
{
	struct seen s = { 0 };
	struct inv_err err;

	check(read_all(&s, &plain, text, 4096, &err) == INV_NEXT_ERR);
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), why);
	check(inv_xml_has_doctype(s.xml) == doctype);
	finish(&s);
}

static void
tells_elements_attributes_and_text(void)
{
	tells(&plain,
	    "<?xml version='1.0'?><a x='1' y=\"&lt;&#65;\">b<c/>"
	    "<![CDATA[<d>]]>&amp;e<!-- not told --></a>",
	    "(a x=1 y=<A b(c )<d>&e)");
}

static void
pauses_where_a_callback_says_so(void)
{
	tells(&plain, "<t><row>1</row><row/>\n<row>3</row></t>",
	    "(t (row 1)|(row )|\n(row 3)|)");
}

static void
names_have_a_prefix_or_a_namespace(void)
{
	struct inv_xml_face spaced = plain;

	spaced.namespaces = true;
	tells(&plain, "<p:a xmlns:p='urn:x'/>", "(p:a xmlns:p=urn:x )");
	tells(&spaced, "<p:a xmlns:p='urn:x' p:b='1'/>",
	    "(urn:x a urn:x b=1 )");
}

static void
an_encoding_is_what_the_text_says_or_the_caller(void)
{
	static const char text[] =
	    "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa9</a>";
	struct inv_xml_face utf8 = plain;

	utf8.encoding = "UTF-8";
	tells(&plain, text, "(a \xc3\x83\xc2\xa9)");
	tells(&utf8, text, "(a \xc3\xa9)");
}

static void
refuses_any_doctype(void)
{
	refuses(INV_LIT("<!DOCTYPE a><a/>"),
	    "m.xml: XML: line 1, column 12: it has a DOCTYPE", true);
	refuses(INV_LIT("<?xml version='1.0'?>\n<!DOCTYPE a [\n"
			"<!ENTITY b 'c'>]><a>&b;</a>"),
	    "m.xml: XML: line 2, column 13: it has a DOCTYPE", true);
	refuses(INV_LIT("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
	    "m.xml: XML: line 1, column 40: it has a DOCTYPE", true);
}

static void
refuses_what_is_not_well_formed(void)
{
	refuses(INV_LIT("<a>\n<b></a>"),
	    "m.xml: XML: line 2, column 6: mismatched tag", false);
	refuses(INV_LIT("<a>&b;</a>"),
	    "m.xml: XML: line 1, column 4: undefined entity", false);
	refuses(INV_LIT("<a b='1' b='2'/>"),
	    "m.xml: XML: line 1, column 10: duplicate attribute", false);
	refuses(INV_LIT("<a>\xff</a>"),
	    "m.xml: XML: line 1, column 4: not well-formed (invalid token)",
	    false);
	refuses(INV_LIT("<a>"),
	    "m.xml: XML: line 1, column 4: no element found", false);
	refuses(INV_LIT(""), "m.xml: XML: line 1, column 1: no element found",
	    false);
}

static void
refuses_a_tower(void)
{
	struct inv_buf b = INV_BUF(1 << 20);

	for (int i = 0; i < INV_XML_DEPTH; i++)
		inv_buf_add(&b, INV_LIT("<a>"));
	refuses(inv_buf_str(&b),
	    "m.xml: XML: line 1, column 769: no element found", false);
	inv_buf_add(&b, INV_LIT("<a/>"));
	refuses(inv_buf_str(&b),
	    "m.xml: XML: line 1, column 773: more than 256 elements within "
	    "each other",
	    false);
	inv_buf_free(&b);
}

static void
refuses_more_names_than_a_text_has(void)
{
	static const char *const why[] = {
		"m.xml: XML: line 1, column 64430: more than 8,192 different "
		"names",
		"m.xml: XML: line 1, column 113568: more than 8,192 different "
		"names",
	};
	struct inv_buf b = INV_BUF(4 << 20);

	for (size_t i = 0; i < 2; i++) {
		inv_buf_reset(&b);
		inv_buf_add(&b, INV_LIT("<t>"));
		for (int k = 0; k < INV_XML_NAMES; k++)
			inv_buf_addf(&b, i == 0 ? "<a%d/>" : "<a b%d='1'/>", k);
		refuses(inv_buf_str(&b), why[i], false);
	}
	struct inv_xml_face spaced = plain;
	struct seen s = { 0 };
	struct inv_err err;

	inv_buf_reset(&b);
	inv_buf_add(&b, INV_LIT("<t"));
	for (int k = 0; k < 4 * INV_XML_NAMES; k++)
		inv_buf_addf(&b, " xmlns:p%d='u'", k);
	inv_buf_add(&b, INV_LIT("/>"));
	spaced.namespaces = true;
	check(read_all(&s, &spaced, inv_buf_str(&b), 4096, &err) ==
	    INV_NEXT_ERR);
	check_str(inv_str_of(err.msg),
	    "m.xml: XML: line 1, column 545951: more than 8,192 different "
	    "names");
	finish(&s);
	inv_buf_reset(&b);
	inv_buf_add(&b, INV_LIT("<t "));
	for (int k = 0; k <= INV_XML_NAME_MAX; k++)
		inv_buf_byte(&b, 'x');
	inv_buf_add(&b, INV_LIT("='1'/>"));
	refuses(inv_buf_str(&b),
	    "m.xml: XML: line 1, column 1035: a name longer than 1,024 bytes",
	    false);
	inv_buf_free(&b);
}

static void
takes_few_names_any_number_of_times(void)
{
	struct inv_buf b = INV_BUF(16 << 20);
	struct seen s = { 0 };
	struct inv_err err;

	inv_buf_add(&b, INV_LIT("<t>"));
	for (int k = 0; k < 100000; k++)
		inv_buf_addf(&b, "<a%d b%d='1'/>", k % 1000, k % 3000);
	inv_buf_add(&b, INV_LIT("</t>"));
	check(read_all(&s, &plain, inv_buf_str(&b), 4096, &err) ==
	    INV_NEXT_END);
	finish(&s);
	inv_buf_free(&b);
}

static void
refuses_a_long_token_and_takes_a_long_text(void)
{
	static const char *const begins[] = { "<a b='", "<?a ", "<!-- " };
	struct inv_buf b = INV_BUF(64 << 20);
	struct seen s = { 0 };
	struct inv_err err;

	for (size_t i = 0; i < 3; i++) {
		inv_buf_reset(&b);
		inv_buf_add(&b, inv_str_of(begins[i]));
		while (b.n < 32 << 20)
			inv_buf_add(&b, INV_LIT("xxxxxxxxxxxxxxxx"));
		refuses(inv_buf_str(&b),
		    "m.xml: XML: line 1, column 1: a tag or a comment "
		    "longer than 1 MiB",
		    false);
	}
	inv_buf_reset(&b);
	inv_buf_add(&b, INV_LIT("<a>"));
	while (b.n < 8 << 20)
		inv_buf_add(&b, INV_LIT("xxxxxxxxxxxxxxxx"));
	inv_buf_add(&b, INV_LIT("</a>"));
	check(read_all(&s, &plain, inv_buf_str(&b), 64 << 10, &err) ==
	    INV_NEXT_END);
	check(s.told.n == b.n - 3);
	finish(&s);
	inv_buf_free(&b);
}

static void
on_place(void *self, const char *name)
{
	struct seen *s = self;
	struct inv_xml_place at = inv_xml_at(s->xml);

	inv_buf_addf(&s->told, "%s %ju %ju-%ju|", name, (uintmax_t)at.line,
	    (uintmax_t)at.begin, (uintmax_t)at.end);
}

static void
tells_where_an_event_is(void)
{
	static const struct inv_xml_face face = { .close = on_place };

	tells(&face, "<t>\n<row>1</row>\n<row/></t>",
	    "row 2 10-16|row 3 23-23|t 3 23-27|");
}

static void
reads_one_text_after_the_other(void)
{
	struct seen s = { .told = INV_BUF(1 << 20) };
	struct memory bad = { INV_LIT("<a><b>"), 1 << 20 };
	struct memory good = { INV_LIT("<c/>"), 1 << 20 };
	struct inv_err err;

	s.xml = inv_xml_new(&plain, &s);
	inv_xml_begin(s.xml, memory_pull(&bad), "1");
	check(inv_xml_next(s.xml, &err) == INV_NEXT_ERR);
	inv_xml_begin(s.xml, memory_pull(&good), "2");
	check(inv_xml_next(s.xml, &err) == INV_NEXT_END);
	check_str(inv_buf_str(&s.told), "(a (b (c )");
	finish(&s);
}

static ssize_t
fail_to_read(void *self, char *p, size_t n, struct inv_err *err)
{
	(void)self;
	(void)p;
	(void)n;
	inv_fail(err, INV_NOINPUT, "no luck");
	return -1;
}

static void
passes_on_what_the_pull_says(void)
{
	struct seen s = { .told = INV_BUF(1 << 20) };
	struct inv_err err;

	s.xml = inv_xml_new(&plain, &s);
	inv_xml_begin(s.xml, (struct inv_pull){ fail_to_read, NULL }, "m.xml");
	check(inv_xml_next(s.xml, &err) == INV_NEXT_ERR);
	check(err.fault == INV_NOINPUT);
	check_str(inv_str_of(err.msg), "no luck");
	finish(&s);
}

static const struct test tests[] = {
	TEST(tells_elements_attributes_and_text),
	TEST(pauses_where_a_callback_says_so),
	TEST(names_have_a_prefix_or_a_namespace),
	TEST(an_encoding_is_what_the_text_says_or_the_caller),
	TEST(refuses_any_doctype),
	TEST(refuses_what_is_not_well_formed),
	TEST(refuses_a_tower),
	TEST(refuses_more_names_than_a_text_has),
	TEST(takes_few_names_any_number_of_times),
	TEST(refuses_a_long_token_and_takes_a_long_text),
	TEST(tells_where_an_event_is),
	TEST(reads_one_text_after_the_other),
	TEST(passes_on_what_the_pull_says),
};

int
main(void)
{
	return RUN(tests);
}
