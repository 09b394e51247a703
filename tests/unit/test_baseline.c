/* test_baseline.c - a profile as a file */

#include "data/baseline.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"

enum { TEXT = 512 };

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD                                                                   \
	"{\"inv_baseline\":1,\"manifest\":\"" ID                               \
	"\",\"manifests\":1,\"rows\":100,"
#define COLUMN(members) HEAD "\"columns\":[{\"name\":\"a\"," members "}]}"
#define LOOKS "\"looks\":{\"text\":100}"

/* Of 100 rows: a category, a number, an id, padded digits. */
static void
make(struct inv_baseline *b)
{
	char record[TEXT];

	*b = (struct inv_baseline){ .thresholds = inv_thresholds_usual(),
		.manifests = 2 };
	memcpy(b->manifest, ID, sizeof(b->manifest));
	inv_profile_init(&b->profile, INV_LIT(ID));
	for (int i = 0; i < 100; i++) {
		snprintf(record, sizeof(record),
		    "{\"room\":\"R\\\"%d\",\"n\":%s%d,\"id\":\"secret-%d\","
		    "\"zip\":\"0%04d\",\"void\":null}",
		    i % 4, i % 2 ? "-1.5e30" : "1e2", i % 3, i, i);
		inv_profile_add(&b->profile, inv_str_of(record));
	}
	inv_profile_settle(&b->profile);
}

static void
what_was_written_is_read_again(void)
{
	struct inv_buf first = INV_BUF(1 << 20);
	struct inv_buf second = INV_BUF(1 << 20);
	struct inv_findings found = { 0 };
	struct inv_baseline b;
	struct inv_baseline again;
	struct inv_err err;

	make(&b);
	b.thresholds.at[INV_PSI] = 0.1;
	inv_baseline_write(&b, &first);
	check(inv_baseline_read(&again, inv_buf_str(&first), &err));
	inv_baseline_write(&again, &second);
	check(inv_str_eq(inv_buf_str(&first), inv_buf_str(&second)));
	check(again.thresholds.at[INV_PSI] == 0.1 && again.manifests == 2);
	inv_drift_compare(&again.profile, &b.profile, &b.thresholds, &found);
	check(found.n == 0 && !found.few);
	const struct inv_figures *zip =
	    inv_profile_column(&again.profile, INV_LIT("zip"));

	check(zip != NULL && zip->padded == 100 && zip->most_digits == 5);
	inv_findings_free(&found);
	inv_baseline_free(&again);
	inv_baseline_free(&b);
	inv_buf_free(&first);
	inv_buf_free(&second);
}

static void
only_categories_keep_their_values(void)
{
	struct inv_buf out = INV_BUF(1 << 20);
	struct inv_baseline b;

	make(&b);
	inv_baseline_write(&b, &out);
	inv_buf_byte(&out, '\0');
	check(strstr(out.p, "[[\"R\\\"0\",25],") != NULL);
	check(strstr(out.p, "secret") == NULL);
	check(strstr(out.p, "0001") == NULL);
	inv_baseline_free(&b);
	inv_buf_free(&out);
}

static void
refuses_what_is_no_baseline(void)
{
	static const struct {
		const char *text;
		const char *msg;
	} cases[] = {
		{ "{", "byte 2: expected a member name" },
		{ "[]", "not a baseline: no inv_baseline" },
		{ "{\"inv_baseline\":2}",
		    "inv_baseline: a version that is not known" },
		{ "{\"inv_baseline\":1}",
		    "manifest: missing, or not 64 hexadecimal digits" },
		{ "{\"inv_baseline\":1,\"manifest\":\"" ID "\"}",
		    "manifests: missing, or not a count" },
		{ "{\"inv_baseline\":1,\"manifest\":\"" ID
		  "\",\"manifests\":1}",
		    "rows: missing, or not a count" },
		{ HEAD "\"more\":1}", "more: unknown member" },
		{ HEAD "\"thresholds\":{\"psy\":1}}",
		    "thresholds/psy: unknown member" },
		{ HEAD "\"thresholds\":{\"ks\":1.5}}",
		    "thresholds/ks: not a number that it may be" },
		{ HEAD "\"columns\":{}}", "columns: missing, or not a list" },
		{ HEAD "\"columns\":[1]}",
		    "columns/0/name: missing, or not a string" },
		{ HEAD "\"columns\":[{\"name\":\"a\"," LOOKS
		       "},{\"name\":\"a\"," LOOKS "}]}",
		    "columns/1/name: is there twice" },
		{ COLUMN("\"length\":[1,2]"), "columns/0/looks: missing" },
		{ COLUMN("\"looks\":{\"text\":101}"),
		    "columns/0/looks: more than there are rows" },
		{ COLUMN("\"looks\":{\"texts\":1}"),
		    "columns/0/looks: not counts of looks" },
		{ COLUMN("\"looks\":{\"text\":-1}"),
		    "columns/0/looks: not counts of looks" },
		{ COLUMN(LOOKS ",\"length\":[1]"),
		    "columns/0/length: not two counts" },
		{ COLUMN(LOOKS ",\"digits\":[1,2,3]"),
		    "columns/0/digits: not four counts" },
		{ COLUMN(LOOKS ",\"sample\":[[1,1],[1,1]]"),
		    "columns/0/sample: not in ascending order" },
		{ COLUMN(LOOKS ",\"sample\":[[1,1001]]"),
		    "columns/0/sample: too many numbers" },
		{ COLUMN(LOOKS ",\"sample\":[[1]]"),
		    "columns/0/sample: not numbers and counts" },
		{ COLUMN(LOOKS ",\"values\":[[1,1]]"),
		    "columns/0/values: not strings and counts" },
		{ COLUMN(LOOKS ",\"values\":[[\"a\",0]]"),
		    "columns/0/values: not strings and counts" },
		{ COLUMN(LOOKS ",\"value\":[]"),
		    "columns/0/value: unknown member" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct inv_baseline b;
		struct inv_err err = { 0 };

		check(!inv_baseline_read(&b, inv_str_of(cases[i].text), &err));
		check(err.fault == INV_CONFIG);
		check_str(inv_str_of(err.msg), cases[i].msg);
		inv_baseline_free(&b);
	}
}

static void
thresholds_that_are_not_there_are_the_usual(void)
{
	struct inv_baseline b;
	struct inv_err err;

	check(inv_baseline_read(&b,
	    INV_LIT(HEAD "\"thresholds\":{\"ks\":0.2},\"columns\":[]}"), &err));
	check(b.thresholds.at[INV_KS] == 0.2);
	check(b.thresholds.at[INV_PSI] == inv_thresholds_usual().at[INV_PSI]);
	inv_baseline_free(&b);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(what_was_written_is_read_again),
		TEST(only_categories_keep_their_values),
		TEST(refuses_what_is_no_baseline),
		TEST(thresholds_that_are_not_there_are_the_usual),
	};

	return RUN(tests);
}
