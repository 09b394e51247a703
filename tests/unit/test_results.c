/* test_results - does net/results keep its header's promises? */

#include <stdlib.h>

#include "check.h"

#include "net/results.h"

static struct inv_results_tools t;
static struct inv_key key;
static struct inv_results r;
static char text[4096]; /* statuses, and errors behind them */

static void
set_up(const char *names)
{
	struct inv_err err;

	check(inv_key_init(&key, t.digest, inv_str_of(names), &err));
}

static void
add(size_t i, const char *record)
{
	struct inv_str s = inv_str_of(record);
	struct inv_err err;

	check(inv_scan_object(t.scan, s, &err));
	inv_key_of(&key, t.digest, inv_scan_record(t.scan), s, r.row[i].key);
}

/* Records a, b and c, or other three; the statuses, "-" if not believed. */
static const char *records[3];

static const char *
read_as(unsigned status, enum inv_results_form form, const char *results)
{
	struct inv_buf body = INV_BUF(8192);
	struct inv_answer a = { .net = INV_NET_ANSWERED, .status = status };
	size_t n = 0;

	inv_buf_addf(&body, "{\"ok\":1,\"results\":%s}", results);
	a.body = inv_buf_str(&body);
	inv_results_room(&r, 3);
	for (size_t i = 0; i < 3; i++)
		add(i, records[i]);
	snprintf(text, sizeof(text), "-");
	if (inv_results_read(&r, &t, &a, form))
		for (size_t i = 0; i < 3; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%u%.*s", i == 0 ? "" : " ", r.row[i].status,
			    INV_ARG(r.row[i].error));
	inv_buf_free(&body);
	return text;
}

#define check_read(results, want)                                              \
	check_str(inv_str_of(read_as(207, INV_RESULTS_ANY, results)), want)

static void
by_id(void)
{
	set_up("[\"id\"]");
	records[0] = "{\"id\":\"a\",\"v\":1}";
	records[1] = "{\"id\":\"b\",\"v\":1}";
	records[2] = "{\"id\":\"c\",\"v\":1}";
}

#define I0 "{\"index\":0,\"status\":200}"
#define I1 "{\"index\":1,\"status\":422}"
#define I2 "{\"index\":2,\"status\":503}"

static void
an_index_is_a_place_from_0(void)
{
	by_id();
	check_read("[" I0 "," I1 "," I2 "]", "200 422 503");
	check_read("[" I2 "," I0 "," I1 "]", "200 422 503");
	check_read(
	    "[" I0 "," I1
	    ",{\"x\":[],\"error\":{\"a\":1},\"status\":429,\"index\":2}]",
	    "200 422 429{\"a\":1}");
}

static void
one_result_for_each_record_or_none_is_believed(void)
{
	static const char *const wrong[] = {
		"[]",
		"[" I0 "," I1 "]",
		"[" I0 "," I1 "," I1 "]",
		"[" I0 "," I1 "," I2 "," I2 "]",
		"[" I0 "," I1 ",{\"index\":3,\"status\":200}]",
		"[" I0 "," I1 ",{\"index\":-1,\"status\":200}]",
		"[" I0 "," I1 ",{\"index\":2.0,\"status\":200}]",
		"[" I0 "," I1 ",{\"index\":\"2\",\"status\":200}]",
		"[" I0 "," I1
		",{\"index\":18446744073709551618,\"status\":200}]",
		"[" I0 "," I1 ",{\"status\":200}]",
		"[" I0 "," I1 ",2]",
		"{\"0\":" I0 ",\"1\":" I1 ",\"2\":" I2 "}",
		"null",
	};

	by_id();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		check_read(wrong[i], "-");
}

static void
a_status_is_one_to_go_by(void)
{
	static const char *const wrong[] = { "100", "199", "300", "399", "600",
		"0", "-200", "200.0", "2e2", "\"200\"", "null", "true" };
	char results[256];

	by_id();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(results, sizeof(results),
		    "[" I0 "," I1 ",{\"index\":2,\"status\":%s}]", wrong[i]);
		check_read(results, "-");
	}
	check_read("[" I0 "," I1 ",{\"index\":2}]", "-");
	check_read("[" I0 "," I1 ",{\"index\":2,\"status\":299}]",
	    "200 422 299");
	check(inv_row_means(200) == INV_ROW_COMMITTED);
	check(inv_row_means(299) == INV_ROW_COMMITTED);
	check(inv_row_means(400) == INV_ROW_REFUSED);
	check(inv_row_means(409) == INV_ROW_REFUSED);
	check(inv_row_means(499) == INV_ROW_REFUSED);
	check(inv_row_means(429) == INV_ROW_AGAIN);
	check(inv_row_means(500) == INV_ROW_AGAIN);
	check(inv_row_means(599) == INV_ROW_AGAIN);
}

static void
a_refusal_that_refuses_nothing_is_not_believed(void)
{
	const char *all = "[{\"index\":0,\"status\":200},"
			  "{\"index\":1,\"status\":201},"
			  "{\"index\":2,\"status\":204}]";

	by_id();
	check_read(all, "200 201 204");
	check_str(inv_str_of(read_as(422, INV_RESULTS_ANY, all)), "-");
	check_str(inv_str_of(read_as(422, INV_RESULTS_ANY,
		      "[" I0 "," I1 "," I2 "]")),
	    "200 422 503");
}

#define KEYED(a, b, c)                                                         \
	"[{\"key\":" c ",\"status\":503},{\"key\":" a                          \
	",\"status\":200},{\"key\":" b ",\"status\":422}]"

static void
a_key_is_an_object_a_list_or_the_value(void)
{
	by_id();
	check_read(KEYED("\"a\"", "\"b\"", "\"c\""), "200 422 503");
	check_read(KEYED("[\"a\"]", "[\"b\"]", "[ \"c\" ]"), "200 422 503");
	check_read(KEYED("{\"id\":\"a\"}", "{\"v\":7,\"id\":\"b\"}",
		       "{\"id\":\"\\u0063\"}"),
	    "200 422 503");
	check_read(KEYED("\"a\"", "\"b\"", "\"d\""), "-");
	check_read(KEYED("\"a\"", "\"b\"", "\"b\""), "-");
	check_read(KEYED("\"a\"", "\"b\"", "[\"c\",1]"), "-");
	check_read(KEYED("\"a\"", "\"b\"", "[]"), "-");
	check_read(KEYED("\"a\"", "\"b\"", "{}"), "-");
	check_read(KEYED("\"a\"", "\"b\"", "10000000000000001"), "-");
}

static void
a_key_of_several_members_is_in_their_order(void)
{
	set_up("[\"id\",\"n\"]");
	records[0] = "{\"id\":\"a\",\"n\":1}";
	records[1] = "{\"id\":\"a\",\"n\":2}";
	records[2] = "{\"id\":\"\xc3\xa9\",\"n\":1}";
	check_read(KEYED("[\"a\",1]", "[\"a\",2]", "[\"\\u00e9\",1]"),
	    "200 422 503");
	check_read(KEYED("{\"n\":1,\"id\":\"a\"}", "[\"a\",2.0]",
		       "[\"\\u00e9\",1]"),
	    "200 422 503");
	check_read(KEYED("[1,\"a\"]", "[\"a\",2]", "[\"\\u00e9\",1]"), "-");
	check_read(KEYED("\"a\"", "[\"a\",2]", "[\"\\u00e9\",1]"), "-");
}

static void
without_a_key_a_record_is_named_by_all_of_it(void)
{
	set_up("null");
	records[0] = "{\"a\":1}";
	records[1] = "{\"b\":1}";
	records[2] = "{\"c\":1}";
	check_read(KEYED("{\"a\":1}", "{\"b\": 1}", "{\"c\":1.0}"),
	    "200 422 503");
	check_read(KEYED("1", "{\"b\":1}", "{\"c\":1}"), "-");
	check_read(KEYED("[1]", "{\"b\":1}", "{\"c\":1}"), "-");
}

static void
records_of_one_key_are_told_in_their_order(void)
{
	by_id();
	records[1] = "{\"id\":\"a\",\"v\":2}";
	check_read("[{\"key\":\"a\",\"status\":503},"
		   "{\"key\":\"c\",\"status\":200},"
		   "{\"key\":\"a\",\"status\":422}]",
	    "503 422 200");
	check_read("[{\"key\":\"a\",\"status\":503},"
		   "{\"key\":\"a\",\"status\":200},"
		   "{\"key\":\"a\",\"status\":422}]",
	    "-");
}

static void
one_form_alone_can_be_asked_for(void)
{
	const char *index = "[" I0 "," I1 "," I2 "]";
	const char *items = KEYED("\"a\"", "\"b\"", "\"c\"");
	const char *both = "[{\"index\":0,\"key\":\"c\",\"status\":200},"
			   "{\"index\":1,\"key\":\"b\",\"status\":422},"
			   "{\"index\":2,\"key\":\"a\",\"status\":503}]";

	by_id();
	check_str(inv_str_of(read_as(200, INV_RESULTS_INDEX, index)),
	    "200 422 503");
	check_str(inv_str_of(read_as(200, INV_RESULTS_INDEX, items)), "-");
	check_str(inv_str_of(read_as(200, INV_RESULTS_ITEMS, index)), "-");
	check_str(inv_str_of(read_as(200, INV_RESULTS_ITEMS, items)),
	    "200 422 503");
	check_str(inv_str_of(read_as(200, INV_RESULTS_ANY, both)),
	    "200 422 503");
	check_str(inv_str_of(read_as(200, INV_RESULTS_ITEMS, both)),
	    "503 422 200");
}

static void
the_order_is_by_key_and_then_by_place(void)
{
	by_id();
	records[1] = records[0];
	inv_results_room(&r, 3);
	for (size_t i = 0; i < 3; i++)
		add(i, records[i]);
	inv_results_order(&r);
	size_t at = r.order[0] == 2 ? 1 : 0;

	check(r.order[at] == 0 && r.order[at + 1] == 1);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(an_index_is_a_place_from_0),
		TEST(one_result_for_each_record_or_none_is_believed),
		TEST(a_status_is_one_to_go_by),
		TEST(a_refusal_that_refuses_nothing_is_not_believed),
		TEST(a_key_is_an_object_a_list_or_the_value),
		TEST(a_key_of_several_members_is_in_their_order),
		TEST(without_a_key_a_record_is_named_by_all_of_it),
		TEST(records_of_one_key_are_told_in_their_order),
		TEST(one_form_alone_can_be_asked_for),
		TEST(the_order_is_by_key_and_then_by_place),
	};

	t = (struct inv_results_tools){ inv_scan_new(), inv_canon_new(),
		inv_digest_new(), &key };
	int rc = RUN(tests);

	inv_results_free(&r);
	inv_scan_free(t.scan);
	inv_canon_free(t.canon);
	inv_digest_free(t.digest);
	return rc;
}
