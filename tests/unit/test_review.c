/* test_review - does quarantine/review keep its header's promises? */

#include "check.h"

#include <stdio.h>

#include "quarantine/review.h"

enum { DAY = INV_REVIEW_DAY };

static const uint64_t now = 20000ull * DAY + DAY / 2;

/* An open item that failed so long ago, for one reason, with one error. */
static struct inv_item
item_of(uint64_t number, uint64_t ago, const char *errors)
{
	struct inv_item item = {
		.number = number,
		.verdict = INV_QUARANTINED,
		.failures = 1,
		.first_at = now - ago,
		.last = {
			.verdict = INV_QUARANTINED,
			.at = now - ago,
			.reason = INV_LIT("r"),
			.name = INV_LIT("m.csv"),
			.errors = inv_str_of(errors),
			.form = INV_FORM_RECORD,
			.content = INV_LIT("{}"),
		},
	};

	snprintf(item.id, sizeof(item.id), "i-%ju", (uintmax_t)number);
	return item;
}

static void
add(struct inv_review *v, uint64_t number, uint64_t ago, const char *errors)
{
	struct inv_item item = item_of(number, ago, errors);

	inv_review_add(v, &item);
}

static void
a_day_ago_is_told_from_today(void)
{
	struct inv_review *v = inv_review_new(now);
	struct inv_item closed = item_of(4, 3 * DAY, "");

	closed.verdict = INV_COMMITTED;
	closed.closed_at = now - 10;
	add(v, 1, DAY, "");
	add(v, 2, DAY - 1, "");
	add(v, 3, 0, "");
	inv_review_add(v, &closed);
	closed.closed_at = now - 2 * DAY;
	inv_review_add(v, &closed);
	check(v->open_all == 3 && v->open_before == 2);
	check(v->fresh == 2 && v->settled == 1 && v->closed_all == 2);
	check(v->oldest_at == now - DAY);
	check(v->age[0] == 2 && v->age[1] == 1);
	check(v->failed_on[INV_REVIEW_DAYS - 1] == 1);
	check(v->failed_on[INV_REVIEW_DAYS - 2] == 2);
	check(v->failed_on[INV_REVIEW_DAYS - 4] == 2);
	check(v->closed_on[INV_REVIEW_DAYS - 1] == 1);
	check(v->closed_on[INV_REVIEW_DAYS - 3] == 1);
	inv_review_free(v);
}

static void
what_is_later_than_now_counts_as_now(void)
{
	struct inv_review *v = inv_review_new(10);

	add(v, 1, 0, "");
	check(v->age[0] == 1 && v->failed_on[INV_REVIEW_DAYS - 1] == 1);
	check(v->fresh == 1 && v->open_before == 0);
	inv_review_free(v);
}

static void
an_item_counts_once_in_each_of_its_groups(void)
{
	static const char both[] =
	    "[{\"type\":\"t\",\"loc\":[\"a\",1],\"msg\":\"m\"},"
	    "{\"type\":\"t\",\"loc\":[\"a\",7],\"msg\":\"m\"},"
	    "{\"type\":\"u\",\"loc\":[],\"msg\":\"m\"}]";
	static const char one[] =
	    "[{\"type\":\"u\",\"loc\":[],\"msg\":\"other\"}]";
	struct inv_review *v = inv_review_new(now);

	add(v, 1, 100, both);
	add(v, 2, 50, one);
	inv_review_sort(v);
	check(v->groups == 2 && v->reasons == 1 && v->reason[0].count == 2);
	check_str(inv_buf_str(&v->group[0].type), "u");
	check(v->group[0].count == 2 && v->group[0].first_at == now - 100 &&
	    v->group[0].last_at == now - 50);
	check_str(inv_buf_str(&v->group[1].field), "a.[]");
	check(v->group[1].count == 1);
	check(inv_review_row(v, 1)->groups == 2);
	check(inv_review_row(v, 0)->groups == 1);
	inv_review_free(v);
}

static void
the_newest_items_are_kept(void)
{
	struct inv_review *v = inv_review_new(now);

	for (uint64_t i = 1; i <= INV_REVIEW_ROWS + 3; i++)
		add(v, i, 0, "");
	check(inv_review_kept(v) == INV_REVIEW_ROWS);
	check(v->open_all == INV_REVIEW_ROWS + 3);
	check_str(inv_str_of(inv_review_row(v, 0)->id), "i-5003");
	check_str(inv_str_of(inv_review_row(v, INV_REVIEW_ROWS - 1)->id),
	    "i-4");
	inv_review_free(v);
}

static void
a_thousand_groups_are_kept_and_go_on_counting(void)
{
	struct inv_review *v = inv_review_new(now);
	char errors[64];

	for (uint64_t i = 0; i <= INV_REVIEW_GROUPS; i++) {
		snprintf(errors, sizeof(errors), "[{\"type\":\"t%ju\"}]",
		    (uintmax_t)i);
		add(v, i + 1, 0, errors);
	}
	add(v, INV_REVIEW_GROUPS + 2, 0, "[{\"type\":\"t0\"}]");
	inv_review_sort(v);
	check(v->groups == INV_REVIEW_GROUPS && v->more_groups);
	check(v->group[0].count == 2);
	check_str(inv_buf_str(&v->group[0].type), "t0");
	inv_review_free(v);
}

static void
a_long_text_is_cut_between_characters(void)
{
	struct inv_review *v = inv_review_new(now);
	struct inv_item item = item_of(1, 0, "");
	static char row[8192];
	struct inv_str kept;

	for (size_t i = 1; i + 1 < sizeof(row); i += 2)
		memcpy(row + i, "\xc3\xb6", 2);
	row[0] = '"';
	item.last.content = (struct inv_str){ row, sizeof(row) - 1 };
	inv_review_add(v, &item);
	kept = inv_review_part(inv_review_row(v, 0), INV_REVIEW_ROW);
	check(kept.n == 1999 + 3);
	kept.p += kept.n - 5;
	kept.n = 5;
	check_str(kept, "\xc3\xb6\xe2\x80\xa6");
	inv_review_free(v);
}

static void
headers_are_a_line_each_and_no_more_than_texts(void)
{
	struct inv_review *v = inv_review_new(now);
	struct inv_item item = item_of(1, 0, "");

	inv_review_add(v, &item);
	check_str(inv_review_part(inv_review_row(v, 0), INV_REVIEW_SENT), "");
	item = item_of(2, 0, "");
	item.last.more = INV_LIT(
	    "{\"status\":503,\"headers\":{\"response\":{\"Ser\\u0076er\":\"a"
	    "\\\"b\"},\"odd\":1,\"request\":{\"A\":\"1\",\"n\":2,\"B\":\"\"}}}");
	inv_review_add(v, &item);
	check_str(inv_review_part(inv_review_row(v, 0), INV_REVIEW_SENT),
	    "> A: 1\n> B: \n< Server: a\"b");
	item = item_of(3, 0, "");
	item.last.more = INV_LIT("{\"headers\":[1]}");
	inv_review_add(v, &item);
	check_str(inv_review_part(inv_review_row(v, 0), INV_REVIEW_SENT), "");
	inv_review_free(v);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_day_ago_is_told_from_today),
		TEST(what_is_later_than_now_counts_as_now),
		TEST(an_item_counts_once_in_each_of_its_groups),
		TEST(the_newest_items_are_kept),
		TEST(a_thousand_groups_are_kept_and_go_on_counting),
		TEST(a_long_text_is_cut_between_characters),
		TEST(headers_are_a_line_each_and_no_more_than_texts),
	};

	return RUN(tests);
}
