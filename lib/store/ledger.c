/*
 * ledger.c - the reference ledger: records, batches under keys, a request log
 *
 * Within a group the records are only collected; the commit writes them in
 * the order of their keys, which is what makes a B-tree fast.  Batches are
 * written as they come, so that a key used twice within a group is seen.
 */

#include "store/ledger.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rows.h"
#include "data/canon.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/key.h"
#include "data/problem.h"
#include "data/scan.h"

enum {
	KIND_OF_FILE = 0x696e766c, /* "invl" */
	CACHE_KIB = 8 << 10,
	KEYS_MAX = 64 << 20, /* bytes of the keys of collected records */
	KEYS_FLUSH =
	    32 << 20,      /* past this they are written before the commit */
	DETAIL_MAX = 1024, /* bytes of a problem's detail */
	RESULTS_MAX = INV_LEDGER_BODY_MAX +
	    INV_LEDGER_ROWS_MAX * 256, /* bytes: keys, and what is with them */
};

static const char *const steps[] = {
	"CREATE TABLE about(fields TEXT NOT NULL);"
	"CREATE TABLE record(key BLOB PRIMARY KEY, body BLOB NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE TABLE batch(key TEXT PRIMARY KEY, body_sha256 BLOB NOT NULL,"
	" count INTEGER NOT NULL, processed_at TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE request(seq INTEGER PRIMARY KEY, time TEXT NOT NULL,"
	" path TEXT NOT NULL, key TEXT, body_sha256 BLOB NOT NULL,"
	" status INTEGER NOT NULL, effect INTEGER NOT NULL,"
	" replayed INTEGER NOT NULL, fault TEXT, body BLOB)",
	"ALTER TABLE batch ADD COLUMN results TEXT;"
	"ALTER TABLE request ADD COLUMN taken TEXT",
	NULL,
};

/* A record that takes effect with the commit. */
struct coming {
	size_t key_at; /* in keys */
	size_t key_n;
	struct inv_str record; /* into the body */
	size_t order;
};

struct inv_ledger {
	struct inv_db *db;
	struct inv_digest *digest;
	struct inv_scan *scan;
	struct inv_key fields;
	struct inv_stmt *put_record;
	struct inv_stmt *put_batch;
	struct inv_stmt *put_request;
	struct inv_stmt *get_batch;
	struct inv_stmt *get_records;
	struct inv_stmt *get_requests;
	struct coming *coming;
	size_t n;
	size_t cap;
	struct inv_buf keys;
	struct inv_buf results; /* of a batch whose records are judged */
	struct inv_rows taken;  /* of them, the places from 1 */
};

static bool
prepare(struct inv_ledger *l, struct inv_err *err)
{
	const struct {
		struct inv_stmt **st;
		const char *sql;
	} all[] = {
		{ &l->put_record,
		    "INSERT INTO record VALUES(?1,?2)"
		    " ON CONFLICT(key) DO UPDATE SET body=excluded.body" },
		{ &l->put_batch, "INSERT INTO batch VALUES(?1,?2,?3,?4,?5)" },
		{ &l->put_request,
		    "INSERT INTO request(time,path,key,body_sha256,status,"
		    "effect,replayed,fault,body,taken)"
		    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)" },
		{ &l->get_batch,
		    "SELECT body_sha256,count,processed_at,results FROM batch"
		    " WHERE key=?1" },
		{ &l->get_records,
		    "SELECT key,body FROM record WHERE key>?1 ORDER BY key" },
		{ &l->get_requests,
		    "SELECT seq,time,path,key,body_sha256,status,effect,"
		    "replayed,fault,body,taken FROM request WHERE seq>?1"
		    " ORDER BY seq" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if ((*all[i].st = inv_db_prepare(l->db, all[i].sql, err)) ==
		    NULL)
			return false;
	return true;
}

/* The fields the ledger was made with, kept in it at its first opening. */
static bool
hold_fields(struct inv_ledger *l, const char *path, struct inv_err *err)
{
	struct inv_str mine = inv_key_json(&l->fields);
	struct inv_stmt *get =
	    inv_db_prepare(l->db, "SELECT fields FROM about", err);
	struct inv_stmt *put =
	    inv_db_prepare(l->db, "INSERT INTO about VALUES(?1)", err);

	if (get == NULL || put == NULL || !inv_db_begin(l->db, err))
		return false;
	switch (inv_stmt_step(get, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		inv_stmt_bind_text(put, 1, mine);
		if (!inv_stmt_run(put, err))
			return false;
		break;
	case INV_STEP_ROW:
		if (!inv_str_eq(inv_stmt_str(get, 0), mine))
			return inv_fail(err, INV_CONFIG,
			    "%s: its records are identified by %.*s, not %.*s",
			    path, INV_ARG(inv_stmt_str(get, 0)),
			    INV_ARG(inv_str_is(mine, "null")
				    ? INV_LIT("as a whole: name the key (-k)")
				    : mine));
		inv_stmt_reset(get);
		break;
	}
	return inv_db_commit(l->db, err);
}

struct inv_ledger *
inv_ledger_open(const char *path, enum inv_db_use use, struct inv_str fields,
    struct inv_err *err)
{
	const struct inv_db_plan plan = { .id = KIND_OF_FILE,
		.use = use,
		.sync = INV_DB_SYNC_EXTRA,
		.cache_kib = CACHE_KIB,
		.steps = steps };
	struct inv_ledger *l = inv_mem_new(sizeof(*l));

	l->digest = inv_digest_new();
	l->scan = inv_scan_new();
	l->keys = INV_BUF(KEYS_MAX);
	l->results = INV_BUF(RESULTS_MAX);
	bool ok = inv_key_init(&l->fields, l->digest, fields, err) &&
	    (l->db = inv_db_open(path, &plan, err)) != NULL &&
	    prepare(l, err) &&
	    (use == INV_DB_READ || hold_fields(l, path, err));

	if (ok)
		return l;
	inv_ledger_close(l);
	return NULL;
}

void
inv_ledger_close(struct inv_ledger *l)
{
	if (l == NULL)
		return;
	inv_db_close(l->db);
	inv_digest_free(l->digest);
	inv_scan_free(l->scan);
	inv_buf_free(&l->keys);
	inv_buf_free(&l->results);
	inv_rows_free(&l->taken);
	free(l->coming);
	free(l);
}

bool
inv_ledger_begin(struct inv_ledger *l, struct inv_err *err)
{
	l->n = 0;
	inv_buf_reset(&l->keys);
	return inv_db_begin(l->db, err);
}

static struct inv_str
key_of(const struct inv_ledger *l, const struct coming *c)
{
	return (struct inv_str){ l->keys.p + c->key_at, c->key_n };
}

static int
by_key(const void *a, const void *b, void *ledger)
{
	const struct coming *x = a;
	const struct coming *y = b;
	int d = inv_str_cmp(key_of(ledger, x), key_of(ledger, y));

	return d != 0 ? d : (x->order > y->order) - (x->order < y->order);
}

/* The last of each key, in the order of the keys. */
static bool
write_records(struct inv_ledger *l, struct inv_err *err)
{
	if (l->n > 0)
		qsort_r(l->coming, l->n, sizeof(*l->coming), by_key, l);
	for (size_t i = 0; i < l->n; i++) {
		struct inv_str key = key_of(l, &l->coming[i]);

		if (i + 1 < l->n &&
		    inv_str_eq(key, key_of(l, &l->coming[i + 1])))
			continue;
		inv_stmt_bind_blob(l->put_record, 1, key);
		inv_stmt_bind_blob(l->put_record, 2, l->coming[i].record);
		if (!inv_stmt_run(l->put_record, err))
			return false;
	}
	l->n = 0;
	inv_buf_reset(&l->keys);
	return true;
}

bool
inv_ledger_commit(struct inv_ledger *l, struct inv_err *err)
{
	return write_records(l, err) && inv_db_commit(l->db, err);
}

/* The answer is a problem; false, so that refusing is one line. */
static bool
refuse(struct inv_ledger_answer *answer, enum inv_problem problem, int status,
    const char *detail)
{
	answer->status = status;
	inv_problem_write(&answer->body, problem, status, inv_str_of(detail));
	return false;
}

static bool
refuse_row(struct inv_ledger_answer *answer, int status, size_t row,
    struct inv_str name, const char *what)
{
	struct inv_buf detail = INV_BUF(DETAIL_MAX);

	inv_buf_addf(&detail, "record %zu: %.*s%s%s", row, INV_ARG(name),
	    name.n > 0 ? ": " : "", what);
	inv_buf_byte(&detail, '\0');
	refuse(answer, INV_PROBLEM_PLAIN, status, detail.p);
	inv_buf_free(&detail);
	return false;
}

static bool
is_whole(struct inv_str number)
{
	for (size_t i = 0; i < number.n; i++)
		if (number.p[i] != '-' &&
		    (number.p[i] < '0' || number.p[i] > '9'))
			return false;
	return true;
}

static const struct inv_member *
find(const struct inv_members *members, struct inv_str name)
{
	for (size_t i = 0; i < members->n; i++)
		if (inv_str_eq(members->at[i].key, name))
			return &members->at[i];
	return NULL;
}

/* What is wrong with the value of a field; NULL where it was added. */
static const char *
add_field(struct inv_buf *keys, const struct inv_member *m)
{
	if (m == NULL)
		return "missing";
	if (m->kind == INV_KIND_NUMBER && is_whole(m->value)) {
		inv_buf_add(keys, m->value);
		return NULL;
	}
	if (m->kind != INV_KIND_STRING)
		return "not a string or a whole number";
	inv_buf_byte(keys, '"');
	inv_canon_text(keys, inv_member_inner(m));
	inv_buf_byte(keys, '"');
	return NULL;
}

/* What identifies a record, as a JSON list: ["LAB-1","NIH-7"]. */
static bool
add_key(struct inv_ledger *l, struct inv_str record, size_t row,
    struct inv_ledger_answer *answer)
{
	const struct inv_members *members = inv_scan_record(l->scan);

	if (l->fields.n == 0) {
		inv_buf_add(&l->keys, record);
		return true;
	}
	for (size_t i = 0; i < l->fields.n; i++) {
		struct inv_str name = l->fields.name[i];

		inv_buf_byte(&l->keys, i == 0 ? '[' : ',');
		const char *what = add_field(&l->keys, find(members, name));

		if (what != NULL)
			return refuse_row(answer, 422, row, name, what);
	}
	inv_buf_byte(&l->keys, ']');
	return true;
}

static struct coming *
room(struct inv_ledger *l)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 512 : 2 * l->cap;
		l->coming =
		    inv_mem_resize(l->coming, l->cap, sizeof(*l->coming));
	}
	return &l->coming[l->n];
}

/* The members that identify the record that was scanned last. */
static void
name_row(struct inv_ledger *l, struct inv_str record)
{
	const struct inv_members *members = inv_scan_record(l->scan);

	inv_emit_key(&l->results, INV_LIT("key"));
	if (l->fields.n == 0) {
		inv_emit_raw(&l->results, record);
		return;
	}
	inv_emit_open(&l->results, '{');
	for (size_t i = 0; i < l->fields.n; i++)
		inv_emit_member_raw(&l->results, l->fields.name[i],
		    find(members, l->fields.name[i])->value);
	inv_emit_close(&l->results, '}');
}

/* What is wrong with the record at that place. */
static void
emit_error(struct inv_buf *out, int status, size_t row)
{
	struct inv_buf detail = INV_BUF(DETAIL_MAX);
	struct inv_buf error = INV_BUF(DETAIL_MAX);

	inv_buf_addf(&detail, "record %zu is not taken", row);
	inv_problem_write(&error, INV_PROBLEM_PLAIN, status,
	    inv_buf_str(&detail));
	inv_emit_member_raw(out, INV_LIT("error"), inv_buf_str(&error));
	inv_buf_free(&detail);
	inv_buf_free(&error);
}

/* Is the record, the one at that place, to be taken?  Its result. */
static bool
judge_row(struct inv_ledger *l, const struct inv_ledger_request *r,
    struct inv_str record, size_t row)
{
	struct inv_buf *out = &l->results;

	if (r->judge == NULL)
		return true;
	int status = r->judge(r->judge_of, record);

	inv_emit_open(out, '{');
	if (r->naming == INV_LEDGER_BY_KEY)
		name_row(l, record);
	else
		inv_emit_member_u64(out, INV_LIT("index"), row - 1);
	inv_emit_member_u64(out, INV_LIT("status"), (uint64_t)status);
	if (status != 200)
		emit_error(out, status, row);
	inv_emit_close(out, '}');
	if (status == 200)
		inv_rows_join(&l->taken, row, row);
	return status == 200;
}

static bool
collect_row(struct inv_ledger *l, const struct inv_ledger_request *r,
    const struct inv_member *element, size_t row,
    struct inv_ledger_answer *answer)
{
	struct inv_err err;
	struct inv_str none = { NULL, 0 };
	size_t at = l->keys.n;

	if (element->kind != INV_KIND_OBJECT)
		return refuse_row(answer, 400, row, none, "not an object");
	if (row > INV_LEDGER_ROWS_MAX)
		return refuse_row(answer, 413, row, none, "too many records");
	if (!inv_scan_object(l->scan, element->value, &err))
		return refuse_row(answer, 422, row, none, err.msg);
	if (!add_key(l, element->value, row, answer))
		return false;
	if (!judge_row(l, r, element->value, row)) {
		l->keys.n = at;
		return true;
	}
	*room(l) = (struct coming){ .key_at = at,
		.key_n = l->keys.n - at,
		.record = element->value,
		.order = l->n };
	l->n++;
	return true;
}

/* False, with the answer, where the body is refused; *rows are in it. */
static bool
collect(struct inv_ledger *l, const struct inv_ledger_request *r, size_t *rows,
    struct inv_ledger_answer *answer)
{
	struct inv_str body = r->body;
	enum inv_kind kind;
	struct inv_err err;
	struct inv_member element;
	size_t row = 0;

	inv_rows_reset(&l->taken);
	inv_buf_reset(&l->results);
	inv_emit_open(&l->results, '[');

	if (!inv_scan_value(l->scan, body, &kind, &err))
		return refuse(answer, INV_PROBLEM_PLAIN, 400, err.msg);
	if (kind != INV_KIND_ARRAY)
		return refuse(answer, INV_PROBLEM_PLAIN, 400,
		    "the body is not an array of objects");
	while (inv_scan_each(&body, &element))
		if (!collect_row(l, r, &element, ++row, answer))
			return false;
	inv_emit_close(&l->results, ']');
	if (r->judge == NULL && row > 0)
		inv_rows_join(&l->taken, 1, row);
	*rows = row;
	return true;
}

/* Of all records, or where there are results of those that were taken. */
static void
write_receipt(struct inv_ledger_answer *answer, struct inv_str results)
{
	answer->status = results.n == 0 ? 200 : 207;
	answer->body.max += results.n;
	inv_emit_open(&answer->body, '{');
	inv_emit_member_str(&answer->body, INV_LIT("status"),
	    results.n == 0 ? INV_LIT("committed") : INV_LIT("partial"));
	inv_emit_member_u64(&answer->body, INV_LIT("count"), answer->count);
	inv_emit_member_str(&answer->body, INV_LIT("processed_at"),
	    inv_str_of(answer->processed_at));
	if (results.n > 0)
		inv_emit_member_raw(&answer->body, INV_LIT("results"), results);
	inv_emit_close(&answer->body, '}');
}

/*
 * A batch as it was committed: its count, time and the digest of its body;
 * its results, if it has any, in l->results.
 */
static enum inv_step
look_up(struct inv_ledger *l, struct inv_str key,
    struct inv_ledger_answer *answer, unsigned char sha256[INV_DIGEST],
    struct inv_err *err)
{
	inv_stmt_bind_text(l->get_batch, 1, key);
	enum inv_step step = inv_stmt_step(l->get_batch, err);

	if (step != INV_STEP_ROW)
		return step;
	struct inv_str digest = inv_stmt_str(l->get_batch, 0);
	struct inv_str time = inv_stmt_str(l->get_batch, 2);

	if (digest.n == INV_DIGEST && time.n < INV_CLOCK_TEXT) {
		memcpy(sha256, digest.p, INV_DIGEST);
		memcpy(answer->processed_at, time.p, time.n);
		answer->processed_at[time.n] = '\0';
		answer->count = inv_stmt_u64(l->get_batch, 1);
		inv_buf_reset(&l->results);
		inv_buf_add(&l->results, inv_stmt_str(l->get_batch, 3));
	} else {
		inv_fail(err, INV_BAD, "batch %.*s: damaged", INV_ARG(key));
		step = INV_STEP_ERR;
	}
	inv_stmt_reset(l->get_batch);
	return step;
}

static void
bind_optional(struct inv_stmt *st, int at, struct inv_str s)
{
	if (s.n > 0)
		inv_stmt_bind_text(st, at, s);
	else
		inv_stmt_bind_null(st, at);
}

static bool
take_effect(struct inv_ledger *l, const struct inv_ledger_request *r,
    const unsigned char sha256[INV_DIGEST], struct inv_str results,
    struct inv_ledger_answer *answer, struct inv_err *err)
{
	answer->count = l->taken.count;
	answer->effect = true;
	inv_clock_text(inv_clock_wall(), answer->processed_at);
	write_receipt(answer, results);
	if (r->repeat == INV_LEDGER_ANEW)
		return true;
	inv_stmt_bind_text(l->put_batch, 1, r->key);
	inv_stmt_bind_blob(l->put_batch, 2,
	    (struct inv_str){ (const char *)sha256, INV_DIGEST });
	inv_stmt_bind_u64(l->put_batch, 3, answer->count);
	inv_stmt_bind_text(l->put_batch, 4, inv_str_of(answer->processed_at));
	bind_optional(l->put_batch, 5, results);
	return inv_stmt_run(l->put_batch, err);
}

/* None of the records was taken, each for its own reason. */
static void
refuse_all(struct inv_ledger_answer *answer, struct inv_str results)
{
	answer->status = 422;
	answer->body.max += results.n;
	inv_emit_open(&answer->body, '{');
	inv_emit_member_str(&answer->body, INV_LIT("title"),
	    INV_LIT("no record was taken"));
	inv_emit_member_raw(&answer->body, INV_LIT("results"), results);
	inv_emit_close(&answer->body, '}');
}

static bool
take_new(struct inv_ledger *l, const struct inv_ledger_request *r,
    const unsigned char sha256[INV_DIGEST], struct inv_ledger_answer *answer,
    struct inv_err *err)
{
	if (l->n >= INV_LEDGER_ROWS_MAX || l->keys.n >= KEYS_FLUSH)
		if (!write_records(l, err))
			return false;
	size_t n = l->n;
	size_t keys_n = l->keys.n;
	size_t rows;

	if (!collect(l, r, &rows, answer)) {
		l->n = n;
		l->keys.n = keys_n;
		return true;
	}
	if (l->keys.failed || l->results.failed)
		return inv_fail(err, INV_INTERNAL,
		    "the keys of a group pass %d bytes", KEYS_MAX);
	if (l->taken.count == rows)
		return take_effect(l, r, sha256, (struct inv_str){ NULL, 0 },
		    answer, err);
	if (l->taken.count > 0)
		return take_effect(l, r, sha256, inv_buf_str(&l->results),
		    answer, err);
	refuse_all(answer, inv_buf_str(&l->results));
	return true;
}

static bool
take(struct inv_ledger *l, const struct inv_ledger_request *r,
    const unsigned char sha256[INV_DIGEST], struct inv_ledger_answer *answer,
    struct inv_err *err)
{
	unsigned char known[INV_DIGEST];

	if (r->key.n == 0 || r->key.n > INV_LEDGER_KEY_MAX) {
		refuse(answer, INV_PROBLEM_KEY_MISSING, 400, "");
		return true;
	}
	if (r->body.n > INV_LEDGER_BODY_MAX) {
		refuse(answer, INV_PROBLEM_PLAIN, 413, "");
		return true;
	}
	if (r->repeat == INV_LEDGER_ANEW)
		return take_new(l, r, sha256, answer, err);
	switch (look_up(l, r->key, answer, known, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		return take_new(l, r, sha256, answer, err);
	case INV_STEP_ROW:
		break;
	}
	if (memcmp(known, sha256, INV_DIGEST) != 0) {
		refuse(answer, INV_PROBLEM_KEY_REUSED, 422, "");
		return true;
	}
	if (r->repeat == INV_LEDGER_CONFLICT) {
		refuse(answer, INV_PROBLEM_PLAIN, 409, "");
		return true;
	}
	answer->replayed = true;
	write_receipt(answer, inv_buf_str(&l->results));
	return true;
}

struct outcome {
	int status;
	bool effect;
	bool replayed;
	const struct inv_rows *taken; /* NULL: all */
};

static bool
log_request(struct inv_ledger *l, const struct inv_ledger_request *r,
    const unsigned char sha256[INV_DIGEST], struct outcome o,
    struct inv_err *err)
{
	char now[INV_CLOCK_TEXT];

	if (r->path.n == 0)
		return true;
	inv_clock_text(inv_clock_wall(), now);
	inv_stmt_bind_text(l->put_request, 1, inv_str_of(now));
	inv_stmt_bind_text(l->put_request, 2, r->path);
	bind_optional(l->put_request, 3, r->key);
	inv_stmt_bind_blob(l->put_request, 4,
	    (struct inv_str){ (const char *)sha256, INV_DIGEST });
	inv_stmt_bind_u64(l->put_request, 5, (uint64_t)o.status);
	inv_stmt_bind_u64(l->put_request, 6, o.effect);
	inv_stmt_bind_u64(l->put_request, 7, o.replayed);
	bind_optional(l->put_request, 8, r->fault);
	if (o.effect)
		inv_stmt_bind_blob(l->put_request, 9, r->body);
	else
		inv_stmt_bind_null(l->put_request, 9);
	if (o.taken == NULL) {
		inv_stmt_bind_null(l->put_request, 10);
		return inv_stmt_run(l->put_request, err);
	}
	struct inv_buf ranges = INV_BUF(RESULTS_MAX);

	inv_emit_rows(&ranges, o.taken);
	inv_stmt_bind_text(l->put_request, 10, inv_buf_str(&ranges));
	bool ok = inv_stmt_run(l->put_request, err);

	inv_buf_free(&ranges);
	return ok;
}

static void
begin_answer(struct inv_ledger_answer *answer)
{
	struct inv_buf body = answer->body;

	body.max = INV_LEDGER_ANSWER_MAX;
	inv_buf_reset(&body);
	*answer = (struct inv_ledger_answer){ .body = body };
}

bool
inv_ledger_upsert(struct inv_ledger *l, const struct inv_ledger_request *r,
    struct inv_ledger_answer *answer, struct inv_err *err)
{
	unsigned char sha256[INV_DIGEST];

	begin_answer(answer);
	inv_digest_of(l->digest, r->body, sha256);
	if (!take(l, r, sha256, answer, err))
		return false;
	struct outcome o = { .status = answer->status,
		.effect = answer->effect,
		.replayed = answer->replayed };

	if (o.effect && o.status == 207)
		o.taken = &l->taken;

	return log_request(l, r, sha256, o, err);
}

bool
inv_ledger_note(struct inv_ledger *l, const struct inv_ledger_request *r,
    int status, struct inv_err *err)
{
	unsigned char sha256[INV_DIGEST];

	inv_digest_of(l->digest, r->body, sha256);
	return log_request(l, r, sha256, (struct outcome){ .status = status },
	    err);
}

static void
emit_hex(struct inv_buf *out, struct inv_str name, struct inv_str bytes)
{
	char hex[INV_DIGEST_HEX];
	size_t n = bytes.n < INV_DIGEST ? bytes.n : INV_DIGEST;

	inv_str_hex(bytes.p, n, hex);
	inv_emit_member_str(out, name, (struct inv_str){ hex, 2 * n });
}

bool
inv_ledger_batch(struct inv_ledger *l, struct inv_str key,
    struct inv_ledger_answer *answer, struct inv_err *err)
{
	unsigned char sha256[INV_DIGEST];

	begin_answer(answer);
	switch (look_up(l, key, answer, sha256, err)) {
	case INV_STEP_ERR:
		return false;
	case INV_STEP_DONE:
		refuse(answer, INV_PROBLEM_PLAIN, 404, "");
		return true;
	case INV_STEP_ROW:
		break;
	}
	struct inv_buf *out = &answer->body;

	answer->status = 200;
	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("key"), key);
	inv_emit_member_str(out, INV_LIT("status"),
	    l->results.n == 0 ? INV_LIT("committed") : INV_LIT("partial"));
	emit_hex(out, INV_LIT("body_sha256"),
	    (struct inv_str){ (const char *)sha256, INV_DIGEST });
	inv_emit_member_u64(out, INV_LIT("count"), answer->count);
	inv_emit_member_str(out, INV_LIT("processed_at"),
	    inv_str_of(answer->processed_at));
	if (l->results.n > 0) {
		out->max += l->results.n;
		inv_emit_member_raw(out, INV_LIT("results"),
		    inv_buf_str(&l->results));
	}
	inv_emit_close(out, '}');
	return true;
}

/* JSON on one line: a line break in it can only stand between tokens. */
static void
add_flat(struct inv_buf *out, struct inv_str json)
{
	size_t at = out->n;

	inv_buf_add(out, json);
	for (; at < out->n; at++)
		if (out->p[at] == '\n' || out->p[at] == '\r')
			out->p[at] = ' ';
}

static void
emit_optional(struct inv_buf *out, struct inv_str name, struct inv_str s)
{
	if (s.n > 0)
		inv_emit_member_str(out, name, s);
	else
		inv_emit_member_raw(out, name, INV_LIT("null"));
}

static void
emit_request(struct inv_buf *out, struct inv_stmt *row)
{
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("seq"), inv_stmt_u64(row, 0));
	inv_emit_member_str(out, INV_LIT("time"), inv_stmt_str(row, 1));
	inv_emit_member_str(out, INV_LIT("path"), inv_stmt_str(row, 2));
	emit_optional(out, INV_LIT("key"), inv_stmt_str(row, 3));
	emit_hex(out, INV_LIT("body_sha256"), inv_stmt_str(row, 4));
	inv_emit_member_u64(out, INV_LIT("status"), inv_stmt_u64(row, 5));
	inv_emit_member_bool(out, INV_LIT("effect"), inv_stmt_u64(row, 6) != 0);
	inv_emit_member_bool(out, INV_LIT("replayed"),
	    inv_stmt_u64(row, 7) != 0);
	emit_optional(out, INV_LIT("fault"), inv_stmt_str(row, 8));
	if (!inv_stmt_is_null(row, 10))
		inv_emit_member_raw(out, INV_LIT("taken"),
		    inv_stmt_str(row, 10));
	if (!inv_stmt_is_null(row, 9)) {
		inv_emit_key(out, INV_LIT("body"));
		add_flat(out, inv_stmt_str(row, 9));
	}
	inv_emit_close(out, '}');
}

static void
export_row(const struct inv_ledger_cursor *c, struct inv_stmt *row,
    struct inv_buf *out)
{
	switch (c->table) {
	case INV_LEDGER_RECORDS:
		add_flat(out, inv_stmt_str(row, 1));
		break;
	case INV_LEDGER_REQUESTS:
		emit_request(out, row);
		break;
	}
	inv_buf_byte(out, '\n');
}

/* The key is bound to the statement by its address: changed only at the end. */
static void
remember(struct inv_ledger_cursor *c, struct inv_stmt *row)
{
	switch (c->table) {
	case INV_LEDGER_RECORDS:
		inv_buf_reset(&c->key);
		inv_buf_add(&c->key, inv_stmt_str(row, 0));
		break;
	case INV_LEDGER_REQUESTS:
		c->seq = inv_stmt_u64(row, 0);
		break;
	}
}

static struct inv_stmt *
export_from(struct inv_ledger *l, struct inv_ledger_cursor *c)
{
	switch (c->table) {
	case INV_LEDGER_RECORDS:
		break;
	case INV_LEDGER_REQUESTS:
		inv_stmt_bind_u64(l->get_requests, 1, c->seq);
		return l->get_requests;
	}
	c->key.max = KEYS_MAX;
	inv_stmt_bind_blob(l->get_records, 1, inv_buf_str(&c->key));
	return l->get_records;
}

bool
inv_ledger_export(struct inv_ledger *l, struct inv_ledger_cursor *cursor,
    struct inv_buf *out, size_t enough, struct inv_err *err)
{
	struct inv_stmt *st = export_from(l, cursor);

	do {
		switch (inv_stmt_step(st, err)) {
		case INV_STEP_ERR:
			return false;
		case INV_STEP_DONE:
			cursor->end = true;
			return true;
		case INV_STEP_ROW:
			export_row(cursor, st, out);
			break;
		}
	} while (out->n < enough && !out->failed);
	remember(cursor, st);
	inv_stmt_reset(st);
	return !out->failed ||
	    inv_fail(err, INV_INTERNAL, "an exported line is too long");
}

void
inv_ledger_cursor_done(struct inv_ledger_cursor *cursor)
{
	inv_buf_free(&cursor->key);
}
