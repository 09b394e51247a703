/* test_live - does store/live keep its header's promises? */

#include "check.h"

#include "store/live.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct inv_live *
add(struct inv_lives *l, uint64_t seq, struct inv_str parent)
{
	struct inv_rows rows = { 0 };
	char keyed_by[] = "[\"a\"]";
	char hex[] = HEX;

	inv_rows_join(&rows, seq, seq + 9);
	const struct inv_intent intent = {
		.manifest = { hex, INV_DIGEST_HEX },
		.submission = 2,
		.arrival = 3,
		.rows = &rows,
		.key = { hex, INV_DIGEST_HEX },
		.parent = parent,
		.batch_hash = { hex, INV_DIGEST_HEX },
		.records_root = { hex, INV_DIGEST_HEX },
		.keyed_by = inv_str_of(keyed_by),
		.body = INV_LIT("[{}]"),
	};
	struct inv_live *v = inv_lives_add(l, seq, &intent);

	/* What it was made of is gone now. */
	memset(hex, 'x', sizeof(hex));
	memset(keyed_by, 'x', sizeof(keyed_by));
	inv_rows_free(&rows);
	return v;
}

static void
an_intent_is_kept_without_its_body(void)
{
	struct inv_lives l = { 0 };
	const struct inv_live *v = add(&l, 7, INV_LIT(HEX));

	check(v->seq == 7 && v->closed == 0 && !v->committed);
	check_str(v->of.manifest, HEX);
	check_str(v->of.key, HEX);
	check_str(v->of.parent, HEX);
	check_str(v->of.batch_hash, HEX);
	check_str(v->of.records_root, HEX);
	check_str(v->of.keyed_by, "[\"a\"]");
	check(v->of.body.n == 0);
	check(v->of.rows->count == 10 && v->of.rows->range[0].first == 7);
	check(v->of.submission == 2 && v->of.arrival == 3);
	inv_lives_free(&l);
}

static void
they_are_found_by_number_and_dropped_in_any_order(void)
{
	struct inv_lives l = { 0 };

	for (uint64_t seq = 3; seq <= 300; seq += 3)
		check(add(&l, seq, INV_LIT(""))->of.parent.n == 0);
	check(l.n == 100 && inv_lives_find(&l, 4) == NULL);
	check(inv_lives_find(&l, 300)->seq == 300);
	inv_lives_drop(&l, 3);
	inv_lives_drop(&l, 150);
	inv_lives_drop(&l, 300);
	check(l.n == 97 && inv_lives_find(&l, 150) == NULL);
	check(inv_lives_find(&l, 300) == NULL);
	check(l.at[0]->seq == 6 && l.at[96]->seq == 297);
	for (size_t i = 1; i < l.n; i++)
		check(l.at[i - 1]->seq < l.at[i]->seq);
	inv_lives_free(&l);
	check(l.n == 0);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(an_intent_is_kept_without_its_body),
		TEST(they_are_found_by_number_and_dropped_in_any_order),
	};

	return RUN(tests);
}
