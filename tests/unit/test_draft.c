/* test_draft.c - schemas of what was surveyed */

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "data/draft.h"
#include "data/json.h"

struct work {
	struct inv_scan *scan;
	struct inv_survey survey;
	struct inv_uniques uniques;
	struct inv_buf draft;
	struct inv_json *json; /* the draft, read */
	struct inv_buf text;
};

static void
start(struct work *w)
{
	*w = (struct work){
		.scan = inv_scan_new(),
		.draft = INV_BUF(INV_DRAFT_MAX),
		.text = INV_BUF(INV_DRAFT_MAX),
	};
	inv_survey_init(&w->survey);
	inv_uniques_init(&w->uniques);
}

static void
add(struct work *w, const char *record, bool cells)
{
	struct inv_err err;
	struct inv_site *hint = NULL;

	check(inv_scan_object(w->scan, inv_str_of(record), &err));
	const struct inv_members *m = inv_scan_record(w->scan);

	inv_survey_add(&w->survey, m, cells);
	for (size_t i = 0; i < m->n; i++)
		inv_uniques_put(&w->uniques,
		    inv_survey_site(&w->survey, &m->at[i], &hint)->index,
		    m->at[i].value);
	inv_uniques_end(&w->uniques);
	inv_draft_choose(&w->survey, &w->uniques);
}

static void
draft(struct work *w)
{
	struct inv_err err;

	inv_draft_write(&w->survey, &w->uniques, INV_LIT("a\"b.csv"),
	    &w->draft);
	w->json = inv_json_new(inv_buf_str(&w->draft), &err);
	check(w->json != NULL);
}

static void
stop(struct work *w)
{
	inv_json_free(w->json);
	inv_survey_free(&w->survey);
	inv_uniques_free(&w->uniques);
	inv_buf_free(&w->draft);
	inv_buf_free(&w->text);
	inv_scan_free(w->scan);
}

/* The draft's member of that name, "" where there is none. */
static struct inv_str
top(struct work *w, const char *name)
{
	const struct inv_json *j = inv_json_member(w->json, name);

	inv_buf_reset(&w->text);
	if (j != NULL)
		inv_json_print(j, &w->text);
	return inv_buf_str(&w->text);
}

/* What it says of a column. */
static struct inv_str
of(struct work *w, const char *column)
{
	const struct inv_json *j = inv_json_member(w->json, "properties");

	inv_buf_reset(&w->text);
	j = j == NULL ? NULL : inv_json_member(j, column);
	if (j != NULL)
		inv_json_print(j, &w->text);
	return inv_buf_str(&w->text);
}

/* The draft of one column of cells, between commas. */
static void
check_cells(const char *cells, const char *want, const char *file, int line)
{
	struct work w;
	char record[256];

	start(&w);
	for (const char *p = cells;; p++) {
		size_t n = strcspn(p, ",");

		snprintf(record, sizeof(record), "{\"c\":\"%.*s\"}", (int)n, p);
		add(&w, record, true);
		p += n;
		if (*p == '\0')
			break;
	}
	draft(&w);
	check_same(of(&w, "c"), inv_str_of(want), file, line);
	stop(&w);
}

#define CELLS(cells, want) check_cells((cells), (want), __FILE__, __LINE__)

static void
reads_cells_as_what_all_of_them_are(void)
{
	CELLS("1,2,30",
	    "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000}");
	CELLS("1,2.5,-3",
	    "{\"type\":\"number\",\"minimum\":-100,"
	    "\"maximum\":100}");
	CELLS("1e2,2",
	    "{\"type\":\"number\",\"minimum\":0,"
	    "\"maximum\":10000}");
	CELLS("true,false", "{\"type\":\"boolean\"}");
	CELLS("true,1",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
	CELLS("1, 2",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
}

static void
leaves_numbers_as_text_where_they_would_change(void)
{
	CELLS("05,1",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
	CELLS("-0,1",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
	CELLS("1,9007199254740993",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":32}");
	CELLS("1.,1",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
	CELLS("1e400,1",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
}

static void
leaves_room_for_numbers_to_come(void)
{
	CELLS("0,0", "{\"type\":\"integer\",\"minimum\":0}");
	CELLS("-5,-10", "{\"type\":\"integer\",\"minimum\":-1000}");
	CELLS("0.001,0.5",
	    "{\"type\":\"number\",\"minimum\":0,\"maximum\":10}");
	CELLS("999999999999999", "{\"type\":\"integer\",\"minimum\":0}");
}

static void
lets_empty_cells_be_null_where_text_has_a_form(void)
{
	CELLS("1,,2",
	    "{\"type\":[\"integer\",\"null\"],\"minimum\":0,"
	    "\"maximum\":100,\"x-inv-empty\":\"null\"}");
	CELLS("2026-01-02,",
	    "{\"type\":[\"string\",\"null\"],"
	    "\"format\":\"date\",\"x-inv-empty\":\"null\"}");
	CELLS("some text,", "{\"type\":\"string\",\"maxLength\":32}");
	CELLS(",", "{\"type\":\"string\"}");
}

static void
knows_formats(void)
{
	CELLS("2026-01-02,2024-02-29",
	    "{\"type\":\"string\","
	    "\"format\":\"date\"}");
	CELLS("2026-01-02,2026-02-30",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":32}");
	CELLS("2026-01-02T10:00:00Z",
	    "{\"type\":\"string\",\"format\":\"date-time\"}");
	CELLS("a@b.example",
	    "{\"type\":\"string\",\"format\":\"email\","
	    "\"x-inv-empty\":\"string\"}");
	CELLS("https://a.example/b",
	    "{\"type\":\"string\","
	    "\"format\":\"uri\","
	    "\"x-inv-empty\":\"string\"}");
	CELLS("a:b",
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
	CELLS("10.0.0.1",
	    "{\"type\":\"string\",\"format\":\"ipv4\","
	    "\"x-inv-empty\":\"string\"}");
	CELLS("123e4567-e89b-12d3-a456-426614174000",
	    "{\"type\":\"string\",\"format\":\"uuid\","
	    "\"x-inv-empty\":\"string\"}");
}

static void
knows_patterns_and_choices(void)
{
	CELLS("LAB-0001,LAB-0002,LAB-0003",
	    "{\"type\":\"string\",\"pattern\":\"^LAB-[0-9]{4}$\"}");
	CELLS("a,b,a,b,a,b,a,b,a,b",
	    "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}");
	CELLS("a,b,a,b,a,b,a,b,a,b,",
	    "{\"type\":[\"string\",\"null\"],\"enum\":[\"a\",\"b\",null],"
	    "\"x-inv-empty\":\"null\"}");
	CELLS("a,b,a,b,a,b,a,b,a",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":16}");
	CELLS("a,b,a,b,a,b,a,b,a,b,c",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":16}");
	CELLS("a,a,a,a,a,a,a,a,a,a,a",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":16}");
}

static void
counts_characters_not_bytes(void)
{
	CELLS("ääääääää,ä b",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":16}");
	CELLS("äääääääää,ä b",
	    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":32}");
}

static void
looks_into_objects_and_arrays(void)
{
	struct work w;

	start(&w);
	add(&w, "{\"a\":{\"b\":1,\"c\":[1.5,null]},\"d\":[]}", false);
	add(&w, "{\"a\":{\"b\":\"x\"},\"d\":[],\"e\":true}", false);
	draft(&w);
	check_str(of(&w, "a"),
	    "{\"type\":\"object\",\"properties\":{"
	    "\"b\":{\"type\":[\"string\",\"integer\"],\"minLength\":1,"
	    "\"maxLength\":16,\"minimum\":0,\"maximum\":100},"
	    "\"c\":{\"type\":\"array\",\"items\":{\"type\":[\"number\","
	    "\"null\"],\"minimum\":0,\"maximum\":100}}},"
	    "\"required\":[\"b\"],\"additionalProperties\":false}");
	check_str(of(&w, "d"), "{\"type\":\"array\"}");
	check_str(top(&w, "required"), "[\"a\",\"d\"]");
	check_str(top(&w, "additionalProperties"), "false");
	check_str(top(&w, "title"), "\"a\\\"b.csv\"");
	stop(&w);
}

static void
takes_a_string_of_a_typed_source_as_it_is(void)
{
	struct work w;

	start(&w);
	add(&w, "{\"a\":\"5\",\"b\":\"\",\"\\u0063\":\"5\"}", false);
	add(&w, "{\"a\":\"6\",\"b\":\"2026-01-01\",\"c\":5}", false);
	draft(&w);
	check_str(of(&w, "a"),
	    "{\"type\":\"string\",\"minLength\":1,"
	    "\"maxLength\":16}");
	check_str(of(&w, "b"), "{\"type\":\"string\",\"maxLength\":32}");
	check_str(of(&w, "c"),
	    "{\"type\":[\"string\",\"integer\"],\"minLength\":1,"
	    "\"maxLength\":16,\"minimum\":0,\"maximum\":100}");
	stop(&w);
}

static void
does_not_look_further_than_it_should(void)
{
	struct work w;
	struct inv_buf b = INV_BUF(1 << 16);

	start(&w);
	for (int i = 0; i < 12; i++)
		inv_buf_addf(&b, "{\"a\":");
	inv_buf_addf(&b, "1");
	for (int i = 0; i < 12; i++)
		inv_buf_byte(&b, '}');
	inv_buf_byte(&b, '\0');
	add(&w, b.p, false);
	draft(&w);
	check(memmem(w.draft.p, w.draft.n, "integer", 7) == NULL);
	check_str(top(&w, "additionalProperties"), "false");
	stop(&w);

	/* Names that are data: no two objects have the same. */
	start(&w);
	for (int i = 0; i < 100; i++) {
		inv_buf_reset(&b);
		inv_buf_addf(&b, "{\"a\":{\"k%d\":1}}", i);
		inv_buf_byte(&b, '\0');
		add(&w, b.p, false);
	}
	draft(&w);
	check_str(of(&w, "a"), "{\"type\":\"object\"}");
	stop(&w);
	inv_buf_free(&b);
}

static void
proposes_the_key_that_looks_like_one(void)
{
	struct work w;

	start(&w);
	add(&w,
	    "{\"n\":\"1\",\"name\":\"Ann\",\"tag_id\":\"7\","
	    "\"on\":\"2026-01-01\"}",
	    true);
	add(&w,
	    "{\"n\":\"2\",\"name\":\"Bob\",\"tag_id\":\"8\","
	    "\"on\":\"2026-01-02\"}",
	    true);
	draft(&w);
	check_str(top(&w, "x-inv-key"), "[\"tag_id\"]");
	check_str(top(&w, "$comment"),
	    "\"Drafted from 2 rows by inv-validate --infer; unique as well: "
	    "name\"");
	stop(&w);
}

static void
proposes_a_pair_where_no_column_is_unique(void)
{
	struct work w;
	char record[128];

	start(&w);
	for (int i = 0; i < 20; i++) {
		snprintf(record, sizeof(record),
		    "{\"sensor\":\"S-%04d\",\"day\":\"2026-01-0%d\","
		    "\"quantity\":\"%d\"}",
		    i / 5, 1 + i % 5, i);
		add(&w, record, true);
	}
	draft(&w);
	check_str(top(&w, "x-inv-key"), "[\"sensor\",\"day\"]");
	stop(&w);
}

static void
proposes_no_key_where_there_is_none(void)
{
	struct work w;

	start(&w);
	add(&w, "{\"id\":\"1\"}", true);
	draft(&w);
	check_str(top(&w, "x-inv-key"), ""); /* of one row all is unique */
	stop(&w);

	start(&w);
	add(&w, "{\"id\":\"1\",\"text\":\"some words\"}", true);
	add(&w, "{\"id\":\"\",\"text\":\"other words\"}", true);
	draft(&w);
	check_str(top(&w, "x-inv-key"), "");
	stop(&w);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(reads_cells_as_what_all_of_them_are),
		TEST(leaves_numbers_as_text_where_they_would_change),
		TEST(leaves_room_for_numbers_to_come),
		TEST(lets_empty_cells_be_null_where_text_has_a_form),
		TEST(knows_formats),
		TEST(knows_patterns_and_choices),
		TEST(counts_characters_not_bytes),
		TEST(looks_into_objects_and_arrays),
		TEST(takes_a_string_of_a_typed_source_as_it_is),
		TEST(does_not_look_further_than_it_should),
		TEST(proposes_the_key_that_looks_like_one),
		TEST(proposes_a_pair_where_no_column_is_unique),
		TEST(proposes_no_key_where_there_is_none),
	};

	return RUN(tests);
}
