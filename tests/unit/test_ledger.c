/* test_ledger - does store/ledger keep its header's promises? */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "data/digest.h"
#include "store/ledger.h"

enum { TEXT_MAX = 8 << 20 };

#define PAIR INV_LIT("[\"asset_id\",\"grant_code\"]")

static struct inv_ledger *
again(void)
{
	struct inv_err err;
	struct inv_ledger *l =
	    inv_ledger_open("l.db", INV_DB_WRITE, PAIR, &err);

	check(l != NULL);
	return l;
}

static struct inv_ledger *
fresh(void)
{
	unlink("l.db");
	return again();
}

/* One batch in a group of its own; the answer's text is freed by the caller. */
static struct inv_ledger_answer
sent(struct inv_ledger *l, const char *key, const char *body)
{
	struct inv_ledger_answer answer = { 0 };
	struct inv_ledger_request r = { .key = inv_str_of(key),
		.body = inv_str_of(body),
		.path = INV_LIT("/inventory/upsert") };
	struct inv_err err;

	check(inv_ledger_begin(l, &err));
	check(inv_ledger_upsert(l, &r, &answer, &err));
	check(inv_ledger_commit(l, &err));
	return answer;
}

static bool
says(struct inv_ledger_answer *answer, int status, const char *text)
{
	struct inv_buf *b = &answer->body;
	bool ok = answer->status == status &&
	    memmem(b->p, b->n, text, strlen(text)) != NULL;

	if (!ok)
		printf("# answer: %d %.*s\n", answer->status, (int)b->n, b->p);
	inv_buf_free(b);
	return ok;
}

static struct inv_buf
exported(struct inv_ledger *l, enum inv_ledger_table table, size_t piece)
{
	struct inv_ledger_cursor c = { .table = table };
	struct inv_buf all = INV_BUF(TEXT_MAX);
	struct inv_buf out = INV_BUF(TEXT_MAX);
	struct inv_err err;

	while (!c.end) {
		inv_buf_reset(&out);
		check(inv_ledger_export(l, &c, &out, piece, &err));
		inv_buf_add(&all, inv_buf_str(&out));
	}
	inv_ledger_cursor_done(&c);
	inv_buf_free(&out);
	return all;
}

static bool
holds(struct inv_ledger *l, const char *records)
{
	struct inv_buf b = exported(l, INV_LEDGER_RECORDS, 1);
	bool ok = inv_str_is(inv_buf_str(&b), records);

	if (!ok)
		printf("# records: %.*s\n", (int)b.n, b.p);
	inv_buf_free(&b);
	return ok;
}

#define A1 "{\"asset_id\":\"A\",\"grant_code\":\"N\",\"q\":1}"
#define A2 "{\"asset_id\":\"A\",\"grant_code\":\"N\",\"q\":2}"
#define B1 "{\"asset_id\":\"B\",\"grant_code\":\"N\",\"q\":1}"

static void
a_batch_takes_effect_and_is_answered(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = sent(l, "k1", "[" B1 "," A1 "]");

	check(a.count == 2 && !a.replayed && strlen(a.processed_at) == 20);
	check(says(&a, 200, "{\"status\":\"committed\",\"count\":2,"));
	check(holds(l, A1 "\n" B1 "\n"));
	inv_ledger_close(l);
}

static void
the_same_key_and_body_is_answered_alike_without_effect(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer one = sent(l, "k1", "[" A1 "]");
	struct inv_ledger_answer two = sent(l, "k2", "[" A2 "]");
	struct inv_ledger_answer three = sent(l, "k1", "[" A1 "]");

	check(three.replayed && three.status == 200);
	check(inv_str_eq(inv_buf_str(&one.body), inv_buf_str(&three.body)));
	check(holds(l, A2 "\n"));
	inv_ledger_close(l);
	inv_buf_free(&one.body);
	inv_buf_free(&two.body);
	inv_buf_free(&three.body);

	l = again();
	one = sent(l, "k1", "[" A1 "]");
	check(one.replayed && says(&one, 200, "\"count\":1"));
	check(holds(l, A2 "\n"));
	inv_ledger_close(l);
}

static void
the_same_key_with_another_body_is_a_mismatch(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = sent(l, "k1", "[" A1 "]");

	inv_buf_free(&a.body);
	a = sent(l, "k1", "[" A2 "]");
	check(says(&a, 422, "idempotency-key-reused"));
	check(holds(l, A1 "\n"));
	inv_ledger_close(l);
}

static void
a_missing_or_overlong_key_is_refused(void)
{
	struct inv_ledger *l = fresh();
	char key[INV_LEDGER_KEY_MAX + 2];

	memset(key, 'k', sizeof(key));
	key[INV_LEDGER_KEY_MAX + 1] = '\0';
	struct inv_ledger_answer a = sent(l, "", "[" A1 "]");

	check(says(&a, 400, "idempotency-key-missing"));
	a = sent(l, key, "[" A1 "]");
	check(says(&a, 400, "idempotency-key-missing"));
	key[INV_LEDGER_KEY_MAX] = '\0';
	a = sent(l, key, "[" A1 "]");
	check(says(&a, 200, "committed"));
	inv_ledger_close(l);
}

static void
a_bad_row_refuses_the_whole_batch_by_number(void)
{
	static const struct {
		const char *row;
		int status;
		const char *says;
	} cases[] = {
		{ "{\"asset_id\":\"A\"}", 422,
		    "record 2: grant_code: missing" },
		{ "{\"asset_id\":null,\"grant_code\":\"N\"}", 422,
		    "record 2: asset_id: not a string or a whole number" },
		{ "{\"asset_id\":1.5,\"grant_code\":\"N\"}", 422, "asset_id" },
		{ "{\"asset_id\":[1],\"grant_code\":\"N\"}", 422, "asset_id" },
		{ "{\"asset_id\":\"A\",\"asset_id\":\"B\"}", 400, "byte" },
		{ "7", 400, "record 2: not an object" },
		{ "[]", 400, "record 2: not an object" },
	};
	struct inv_ledger *l = fresh();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char body[256];

		snprintf(body, sizeof(body), "[%s,%s]", B1, cases[i].row);
		struct inv_ledger_answer a = sent(l, "k", body);

		/* What is refused must not look like trouble with the key. */
		check(memmem(a.body.p, a.body.n, "ey", 2) == NULL);
		check(says(&a, cases[i].status, cases[i].says));
	}
	check(holds(l, ""));
	inv_ledger_close(l);
}

static void
what_is_not_an_array_is_refused(void)
{
	static const char *const bodies[] = { "", "[", "[" A1 ",]", "{}", A1,
		"null", "[" A1 "] x", "\xef\xbb\xbf[]", "[{\"a\":\"\xff\"}]" };
	struct inv_ledger *l = fresh();

	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct inv_ledger_answer a = sent(l, "k", bodies[i]);

		check(says(&a, 400, "Bad Request"));
	}
	check(holds(l, ""));
	inv_ledger_close(l);
}

static void
what_was_refused_is_judged_anew(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = sent(l, "k", "[7]");

	check(says(&a, 400, "not an object"));
	a = sent(l, "k", "[" A1 "]");
	check(!a.replayed && says(&a, 200, "committed"));
	inv_ledger_close(l);
}

static void
the_last_record_of_a_batch_stands(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = sent(l, "k", "[" A1 "," B1 "," A2 "]");

	check(a.count == 3 && says(&a, 200, "committed"));
	check(holds(l, A2 "\n" B1 "\n"));
	inv_ledger_close(l);
}

static void
keys_are_compared_decoded_and_with_their_lengths(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = sent(l, "k",
	    "[{\"asset_id\":\"\\u0041\",\"grant_code\":\"N\"},"
	    "{\"asset_id\":\"A\",\"grant_code\":\"N\",\"q\":2},"
	    "{\"asset_id\":\"a,b\",\"grant_code\":\"c\"},"
	    "{\"asset_id\":\"a\",\"grant_code\":\"b,c\"},"
	    "{\"asset_id\":7,\"grant_code\":\"c\"},"
	    "{\"asset_id\":\"7\",\"grant_code\":\"c\"},"
	    "{\"asset_id\":\"\\\"\",\"grant_code\":\"c\"}]");

	check(says(&a, 200, "committed"));
	check(holds(l,
	    "{\"asset_id\":\"7\",\"grant_code\":\"c\"}\n"
	    "{\"asset_id\":\"A\",\"grant_code\":\"N\",\"q\":2}\n"
	    "{\"asset_id\":\"\\\"\",\"grant_code\":\"c\"}\n"
	    "{\"asset_id\":\"a\",\"grant_code\":\"b,c\"}\n"
	    "{\"asset_id\":\"a,b\",\"grant_code\":\"c\"}\n"
	    "{\"asset_id\":7,\"grant_code\":\"c\"}\n"));
	inv_ledger_close(l);
}

static void
without_fields_a_record_is_its_text(void)
{
	struct inv_err err;

	unlink("l.db");
	struct inv_ledger *l = inv_ledger_open("l.db", INV_DB_WRITE,
	    (struct inv_str){ NULL, 0 }, &err);
	struct inv_ledger_answer a =
	    sent(l, "k", "[{\"a\":2},{\"a\":1},{\"a\":2}]");

	check(says(&a, 200, "\"count\":3"));
	check(holds(l, "{\"a\":1}\n{\"a\":2}\n"));
	inv_ledger_close(l);
}

static void
other_fields_than_it_was_made_with_are_refused(void)
{
	struct inv_err err;

	inv_ledger_close(fresh());
	check(inv_ledger_open("l.db", INV_DB_WRITE, INV_LIT("[\"asset_id\"]"),
		  &err) == NULL);
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg),
	    "l.db: its records are identified by [\"asset_id\",\"grant_code\"]"
	    ", not [\"asset_id\"]");
	struct inv_ledger *l = inv_ledger_open("l.db", INV_DB_READ,
	    (struct inv_str){ NULL, 0 }, &err);

	check(l != NULL && holds(l, ""));
	inv_ledger_close(l);
}

static void
a_key_used_twice_within_a_group_takes_effect_once(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a[3] = { { 0 }, { 0 }, { 0 } };
	struct inv_ledger_request r[3] = { { .key = INV_LIT("k"),
					       .body = INV_LIT("[" A1 "]") },
		{ .key = INV_LIT("k"), .body = INV_LIT("[" A1 "]") },
		{ .key = INV_LIT("k"), .body = INV_LIT("[" A2 "]") } };
	struct inv_err err;

	check(inv_ledger_begin(l, &err));
	for (int i = 0; i < 3; i++)
		check(inv_ledger_upsert(l, &r[i], &a[i], &err));
	check(inv_ledger_commit(l, &err));
	check(!a[0].replayed && says(&a[0], 200, "committed"));
	check(a[1].replayed && says(&a[1], 200, "committed"));
	check(says(&a[2], 422, "idempotency-key-reused"));
	check(holds(l, A1 "\n"));
	inv_ledger_close(l);
}

static void
the_later_batch_of_a_group_stands(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = { 0 };
	struct inv_ledger_request one = { .key = INV_LIT("k1"),
		.body = INV_LIT("[" A1 "," B1 "]") };
	struct inv_ledger_request bad = { .key = INV_LIT("k2"),
		.body = INV_LIT("[" B1 ",1]") };
	struct inv_ledger_request two = { .key = INV_LIT("k3"),
		.body = INV_LIT("[" A2 "]") };
	struct inv_err err;

	check(inv_ledger_begin(l, &err));
	check(inv_ledger_upsert(l, &one, &a, &err) && a.status == 200);
	check(inv_ledger_upsert(l, &bad, &a, &err) && a.status == 400);
	check(inv_ledger_upsert(l, &two, &a, &err) && a.status == 200);
	check(inv_ledger_commit(l, &err));
	check(holds(l, A2 "\n" B1 "\n"));
	inv_buf_free(&a.body);
	inv_ledger_close(l);
}

static void
a_group_that_was_not_committed_is_gone_whole(void)
{
	struct inv_err err;
	pid_t pid;
	int status;

	inv_ledger_close(fresh());
	if ((pid = fork()) == 0) {
		struct inv_ledger *l = again();
		struct inv_ledger_answer a = sent(l, "k1", "[" A1 "]");
		struct inv_ledger_request r = { .key = INV_LIT("k2"),
			.body = INV_LIT("[" B1 "]"),
			.path = INV_LIT("/") };
		bool ok = inv_ledger_begin(l, &err) &&
		    inv_ledger_upsert(l, &r, &a, &err) && a.status == 200;

		_exit(ok ? 0 : 1);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0);
	struct inv_ledger *l = again();
	struct inv_ledger_answer a = { 0 };
	struct inv_buf log = exported(l, INV_LEDGER_REQUESTS, 1);

	check(holds(l, A1 "\n"));
	check(memmem(log.p, log.n, "k1", 2) != NULL);
	check(memmem(log.p, log.n, "k2", 2) == NULL);
	check(inv_ledger_batch(l, INV_LIT("k2"), &a, &err));
	check(says(&a, 404, "Not Found"));
	inv_buf_free(&log);
	inv_ledger_close(l);
}

static void
a_batch_can_be_looked_up(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer sent_one = sent(l, "k1", "[" A1 "]");
	struct inv_digest *d = inv_digest_new();
	struct inv_ledger_answer a = { 0 };
	struct inv_err err;
	char hex[INV_DIGEST_HEX];
	char want[256];

	inv_digest_hex_of(d, INV_LIT("[" A1 "]"), hex);
	snprintf(want, sizeof(want),
	    "{\"key\":\"k1\",\"status\":\"committed\",\"body_sha256\":"
	    "\"%.64s\",\"count\":1,\"processed_at\":\"%s\"}",
	    hex, sent_one.processed_at);
	check(inv_ledger_batch(l, INV_LIT("k1"), &a, &err));
	check_str(inv_buf_str(&a.body), want);
	check(says(&a, 200, "k1"));
	inv_buf_free(&sent_one.body);
	inv_digest_free(d);
	inv_ledger_close(l);
}

static void
the_log_tells_every_request_and_the_body_where_it_took_effect(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = sent(l, "k\"1",
	    "[" A1 " ,\n{\"asset_id\":"
	    "\"B\",\"grant_code\":1}]");
	struct inv_ledger_request r = { .key = INV_LIT("k2"),
		.body = INV_LIT("[]"),
		.path = INV_LIT("/p"),
		.fault = INV_LIT("500") };
	struct inv_err err;

	inv_buf_free(&a.body);
	a = sent(l, "", "x");
	inv_buf_free(&a.body);
	check(inv_ledger_begin(l, &err));
	check(inv_ledger_note(l, &r, 500, &err));
	check(inv_ledger_commit(l, &err));
	struct inv_buf b = exported(l, INV_LEDGER_REQUESTS, 1);
	struct inv_str text = inv_buf_str(&b);

	/* The times and digests are cut out. */
	struct inv_buf got = INV_BUF(TEXT_MAX);
	static const char *const cut[] = { "\"time\":\"",
		"\"body_sha256\":\"" };
	const size_t length[] = { 20, 64 };

	for (size_t i = 0; i < text.n;) {
		inv_buf_byte(&got, text.p[i++]);
		for (size_t k = 0; k < 2; k++) {
			size_t n = strlen(cut[k]);

			if (got.n >= n &&
			    memcmp(got.p + got.n - n, cut[k], n) == 0)
				i += length[k];
		}
	}
	check_str(inv_buf_str(&got),
	    "{\"seq\":1,\"time\":\"\",\"path\":\"/inventory/upsert\","
	    "\"key\":\"k\\\"1\",\"body_sha256\":\"\",\"status\":200,"
	    "\"effect\":true,\"replayed\":false,\"fault\":null,"
	    "\"body\":[" A1 " , {\"asset_id\":\"B\",\"grant_code\":1}]}\n"
	    "{\"seq\":2,\"time\":\"\",\"path\":\"/inventory/upsert\","
	    "\"key\":null,\"body_sha256\":\"\",\"status\":400,"
	    "\"effect\":false,\"replayed\":false,\"fault\":null}\n"
	    "{\"seq\":3,\"time\":\"\",\"path\":\"/p\",\"key\":\"k2\","
	    "\"body_sha256\":\"\",\"status\":500,\"effect\":false,"
	    "\"replayed\":false,\"fault\":\"500\"}\n");
	inv_buf_free(&got);
	inv_buf_free(&b);
	inv_ledger_close(l);
}

static void
an_export_in_pieces_is_the_same(void)
{
	struct inv_ledger *l = fresh();
	struct inv_buf body = INV_BUF(TEXT_MAX);

	inv_buf_byte(&body, '[');
	for (int i = 0; i < 1000; i++)
		inv_buf_addf(&body,
		    "%s{\"asset_id\":\"%d\",\"grant_code\":\"N\"}",
		    i == 0 ? "" : ",", i * 7919 % 1000);
	inv_buf_add(&body, INV_LIT("]\0"));
	struct inv_ledger_answer a = sent(l, "k", body.p);
	struct inv_buf small = exported(l, INV_LEDGER_RECORDS, 1);
	struct inv_buf large = exported(l, INV_LEDGER_RECORDS, TEXT_MAX / 2);

	check(says(&a, 200, "\"count\":1000"));
	check(inv_str_eq(inv_buf_str(&small), inv_buf_str(&large)));
	size_t lines = 0;

	for (size_t i = 0; i < small.n; i++)
		lines += small.p[i] == '\n';
	check(lines == 1000);
	inv_buf_free(&small);
	inv_buf_free(&large);
	inv_buf_free(&body);
	inv_ledger_close(l);
}

static void
too_much_is_refused_with_413(void)
{
	struct inv_ledger *l = fresh();
	struct inv_buf body = INV_BUF(TEXT_MAX);

	inv_buf_byte(&body, '[');
	while (body.n < INV_LEDGER_BODY_MAX)
		inv_buf_byte(&body, ' ');
	inv_buf_add(&body, INV_LIT("]\0"));
	struct inv_ledger_answer a = sent(l, "k", body.p);

	check(says(&a, 413, "Content Too Large"));
	inv_buf_reset(&body);
	inv_buf_byte(&body, '[');
	for (int i = 0; i <= INV_LEDGER_ROWS_MAX; i++)
		inv_buf_addf(&body, "%s{\"asset_id\":%d,\"grant_code\":\"N\"}",
		    i == 0 ? "" : ",", i);
	inv_buf_add(&body, INV_LIT("]\0"));
	a = sent(l, "k", body.p);
	check(says(&a, 413, "record 65537: too many records"));
	check(holds(l, ""));
	inv_buf_free(&body);
	inv_ledger_close(l);
}

static void
a_large_group_is_written_in_pieces_that_commit_as_one(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a = { 0 };
	struct inv_err err;
	static struct inv_buf body[5];

	check(inv_ledger_begin(l, &err));
	for (int k = 0; k < 5; k++) {
		char key[16];

		snprintf(key, sizeof(key), "k%d", k);
		body[k] = INV_BUF(TEXT_MAX);
		inv_buf_byte(&body[k], '[');
		for (int i = 0; i < 20000; i++)
			inv_buf_addf(&body[k],
			    "%s{\"asset_id\":%d,\"grant_code\":\"N\",\"k\":%d}",
			    i == 0 ? "" : ",", i, k);
		inv_buf_byte(&body[k], ']');
		check(inv_ledger_upsert(l,
		    &(struct inv_ledger_request){
			.key = inv_str_of(key), .body = inv_buf_str(&body[k]) },
		    &a, &err));
		check(a.status == 200 && a.count == 20000);
	}
	check(inv_ledger_commit(l, &err));
	struct inv_buf b = exported(l, INV_LEDGER_RECORDS, 1 << 20);

	check(memmem(b.p, b.n, "\"k\":3", 5) == NULL);
	check(memmem(b.p, b.n, "\"k\":4", 5) != NULL);
	for (int k = 0; k < 5; k++)
		inv_buf_free(&body[k]);
	inv_buf_free(&b);
	inv_buf_free(&a.body);
	inv_ledger_close(l);
}

/* Bad is what has a 2 in it. */
static int
no_two(const void *status, struct inv_str record)
{
	return memchr(record.p, '2', record.n) == NULL ? 200
						       : *(const int *)status;
}

static struct inv_ledger_answer
judged(struct inv_ledger *l, const char *key, const char *body,
    enum inv_ledger_naming naming)
{
	static const int status = 422;
	struct inv_ledger_answer answer = { 0 };
	struct inv_ledger_request r = { .key = inv_str_of(key),
		.body = inv_str_of(body),
		.path = INV_LIT("/inventory/upsert"),
		.judge = no_two,
		.judge_of = &status,
		.naming = naming };
	struct inv_err err;

	check(inv_ledger_begin(l, &err));
	check(inv_ledger_upsert(l, &r, &answer, &err));
	check(inv_ledger_commit(l, &err));
	return answer;
}

#define TAKEN "{\"index\":1,\"status\":200}]"

static void
records_that_are_judged_take_effect_one_by_one(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a =
	    judged(l, "k1", "[" A2 "," B1 "]", INV_LEDGER_BY_INDEX);
	struct inv_err err;

	check(a.effect && !a.replayed && a.count == 1);
	check(says(&a, 207, "\"results\":[{\"index\":0,\"status\":422,"));
	check(holds(l, B1 "\n"));
	a = judged(l, "k1", "[" A2 "," B1 "]", INV_LEDGER_BY_INDEX);
	check(!a.effect && a.replayed);
	check(says(&a, 207, TAKEN));
	a = sent(l, "k1", "[" A2 "," B1 "]");
	check(says(&a, 207, TAKEN));
	check(inv_ledger_batch(l, INV_LIT("k1"), &a, &err));
	check(says(&a, 200, TAKEN));
	struct inv_buf b = exported(l, INV_LEDGER_REQUESTS, 1);

	check(memmem(b.p, b.n, "\"taken\":[[2,2]],\"body\"", 22) != NULL);
	inv_buf_free(&b);
	inv_ledger_close(l);
}

static void
a_judged_batch_of_good_records_is_answered_as_any(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a =
	    judged(l, "k1", "[" A1 "," B1 "]", INV_LEDGER_BY_INDEX);

	check(says(&a, 200, "{\"status\":\"committed\",\"count\":2,"));
	inv_ledger_close(l);
}

static void
a_judged_batch_of_bad_records_is_refused_and_not_kept(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a =
	    judged(l, "k1", "[" A2 "]", INV_LEDGER_BY_INDEX);

	check(!a.effect);
	check(says(&a, 422, "\"results\":[{\"index\":0,\"status\":422,"));
	a = sent(l, "k1", "[" A2 "]");
	check(!a.replayed && says(&a, 200, "committed"));
	inv_ledger_close(l);
}

static void
a_result_by_key_has_what_identifies_the_record(void)
{
	struct inv_ledger *l = fresh();
	struct inv_ledger_answer a =
	    judged(l, "k1", "[" A2 "," B1 "]", INV_LEDGER_BY_KEY);

	check(says(&a, 207,
	    "{\"key\":{\"asset_id\":\"B\",\"grant_code\":\"N\"},"
	    "\"status\":200}"));
	inv_ledger_close(l);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_batch_takes_effect_and_is_answered),
		TEST(the_same_key_and_body_is_answered_alike_without_effect),
		TEST(the_same_key_with_another_body_is_a_mismatch),
		TEST(a_missing_or_overlong_key_is_refused),
		TEST(a_bad_row_refuses_the_whole_batch_by_number),
		TEST(what_is_not_an_array_is_refused),
		TEST(what_was_refused_is_judged_anew),
		TEST(the_last_record_of_a_batch_stands),
		TEST(keys_are_compared_decoded_and_with_their_lengths),
		TEST(without_fields_a_record_is_its_text),
		TEST(other_fields_than_it_was_made_with_are_refused),
		TEST(a_key_used_twice_within_a_group_takes_effect_once),
		TEST(the_later_batch_of_a_group_stands),
		TEST(a_group_that_was_not_committed_is_gone_whole),
		TEST(a_batch_can_be_looked_up),
		TEST(
		    the_log_tells_every_request_and_the_body_where_it_took_effect),
		TEST(an_export_in_pieces_is_the_same),
		TEST(too_much_is_refused_with_413),
		TEST(a_large_group_is_written_in_pieces_that_commit_as_one),
		TEST(records_that_are_judged_take_effect_one_by_one),
		TEST(a_judged_batch_of_good_records_is_answered_as_any),
		TEST(a_judged_batch_of_bad_records_is_refused_and_not_kept),
		TEST(a_result_by_key_has_what_identifies_the_record),
	};
	char dir[] = "/tmp/test_ledger.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
