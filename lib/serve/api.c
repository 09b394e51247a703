/*
 * api.c - the HTTP API of the reference ledger, inv-ledger-api(5)
 */

#include "serve/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/problem.h"
#include "data/sfstring.h"

enum {
	PAGE_BYTES = 64 << 10, /* of an export, at least */
	PAGE_MAX = PAGE_BYTES + 2 * INV_LEDGER_BODY_MAX,
	ANSWER_MAX = 4096, /* bytes of an answer written here */
	LOCATION_MAX = INV_LEDGER_KEY_MAX + 64, /* bytes, with the NUL */
};

/* A batch that has arrived and is not answered yet. */
struct job {
	struct inv_exchange *x;
	struct inv_buf key; /* decoded; empty: missing or not valid */
	uint64_t due_ms;
	bool outstanding; /* another one with this key was before it */
	struct inv_rehearsed meets;
	struct inv_ledger_answer answer;
};

struct inv_api {
	struct inv_api_plan plan;
	struct inv_api_counts counts;
	bool hurry;
	size_t n;                                /* batches waiting */
	struct job *jobs[INV_HTTPD_CONNECTIONS]; /* the first n, in order */
	struct job pool[INV_HTTPD_CONNECTIONS];
};

/* ---- answers ---- */

static void
answer_problem(struct inv_api *a, struct inv_exchange *x,
    enum inv_problem problem, int status, const char *header, const char *value)
{
	struct inv_buf b = INV_BUF(ANSWER_MAX);

	inv_problem_write(&b, problem, status, (struct inv_str){ NULL, 0 });
	inv_httpd_answer(a->plan.httpd, x,
	    &(struct inv_httpd_answer){ .status = status,
		.header = { { "Content-Type", "application/problem+json" },
		    { header, value } },
		.body = inv_buf_str(&b) });
	inv_buf_free(&b);
}

static void
answer_json(struct inv_api *a, struct inv_exchange *x,
    const struct inv_ledger_answer *answer, enum inv_httpd_manner manner)
{
	bool ok = answer->status < 300;

	inv_httpd_answer(a->plan.httpd, x,
	    &(struct inv_httpd_answer){ .status = answer->status,
		.manner = manner,
		.header = { { "Content-Type",
				ok ? "application/json"
				   : "application/problem+json" },
		    { answer->replayed ? "Idempotent-Replayed" : NULL,
			"true" } },
		.body = inv_buf_str(&answer->body) });
}

static void
answer_text(struct inv_api *a, struct inv_exchange *x, const char *type,
    const char *body)
{
	inv_httpd_answer(a->plan.httpd, x,
	    &(struct inv_httpd_answer){ .status = 200,
		.header = { { "Content-Type", type } },
		.body = inv_str_of(body) });
}

static void
answer_status(struct inv_api *a, struct job *j)
{
	char after[INV_RETRY_AFTER_TEXT];
	const struct inv_rehearsed *r = &j->meets;

	inv_rehearsed_retry_after(r, inv_clock_wall(), after);
	if (r->status == 401)
		answer_problem(a, j->x, r->problem, r->status,
		    "WWW-Authenticate", "Bearer");
	else if (r->replayed)
		answer_problem(a, j->x, r->problem, r->status,
		    "Idempotent-Replayed", "true");
	else
		answer_problem(a, j->x, r->problem, r->status,
		    after[0] == '\0' ? NULL : "Retry-After", after);
}

/*
 * Who follows it is told what is no answer to the batch: a GET 200, and a POST
 * what comes of sending it again.
 */
static void
answer_redirect(struct inv_api *a, struct job *j)
{
	bool same = j->meets.status == 307 || j->meets.status == 308;

	answer_problem(a, j->x, INV_PROBLEM_PLAIN, j->meets.status, "Location",
	    same ? a->plan.path : "/health");
}

/* What the batch came to, in words that ledgers use as well. */
static void
answer_done(struct inv_api *a, struct job *j)
{
	const char *mark =
	    j->meets.renamed ? "Idempotency-Replayed" : "Idempotent-Replayed";

	if (j->answer.status != 200) {
		answer_json(a, j->x, &j->answer, INV_HTTPD_WHOLE);
		return;
	}
	inv_httpd_answer(a->plan.httpd, j->x,
	    &(struct inv_httpd_answer){ .status = j->meets.status,
		.header = { { "Content-Type", "application/json" },
		    { j->answer.replayed ? mark : NULL, "true" } },
		.body = j->meets.status == 204
		    ? INV_LIT("")
		    : inv_buf_str(&j->answer.body) });
}

/*
 * Come back, `polls` times more: then it is told at /batches/KEY.  How many
 * are left stands in the path, so that there is nothing to remember.
 */
static void
answer_accepted(struct inv_api *a, struct inv_exchange *x, struct inv_str key,
    char polls)
{
	char location[LOCATION_MAX];

	if (polls == '0')
		snprintf(location, sizeof(location), "/batches/%.*s",
		    INV_ARG(key));
	else
		snprintf(location, sizeof(location), "/batches/%.*s/after/%c",
		    INV_ARG(key), polls);
	inv_httpd_answer(a->plan.httpd, x,
	    &(struct inv_httpd_answer){ .status = 202,
		.header = { { "Location", location },
		    { "Content-Type", "application/json" } },
		.body = INV_LIT("{\"status\":\"accepted\"}") });
}

/* A result for each record that was taken but the last. */
static void
answer_missing(struct inv_api *a, struct job *j)
{
	struct inv_buf b = INV_BUF(INV_LEDGER_BODY_MAX);

	inv_emit_open(&b, '{');
	inv_emit_key(&b, INV_LIT("results"));
	inv_emit_open(&b, '[');
	for (uint64_t i = 0; i + 1 < j->answer.count; i++) {
		inv_emit_open(&b, '{');
		inv_emit_member_u64(&b, INV_LIT("index"), i);
		inv_emit_member_u64(&b, INV_LIT("status"), 200);
		inv_emit_close(&b, '}');
	}
	inv_emit_close(&b, ']');
	inv_emit_close(&b, '}');
	inv_httpd_answer(a->plan.httpd, j->x,
	    &(struct inv_httpd_answer){ .status = 207,
		.header = { { "Content-Type", "application/json" } },
		.body = inv_buf_str(&b) });
	inv_buf_free(&b);
}

static void
answer_job(struct inv_api *a, struct job *j)
{
	if (j->outstanding) {
		answer_problem(a, j->x, INV_PROBLEM_KEY_OUTSTANDING, 409,
		    "Retry-After", "1");
		return;
	}
	switch (j->meets.failure) {
	case INV_FAILURE_NONE:
	case INV_FAILURE_ROWS:
		answer_json(a, j->x, &j->answer, INV_HTTPD_WHOLE);
		break;
	case INV_FAILURE_RESET:
		inv_httpd_drop(a->plan.httpd, j->x);
		break;
	case INV_FAILURE_STATUS:
		answer_status(a, j);
		break;
	case INV_FAILURE_REDIRECT:
		answer_redirect(a, j);
		break;
	case INV_FAILURE_DONE:
		answer_done(a, j);
		break;
	case INV_FAILURE_TEXT:
		answer_text(a, j->x, "text/plain", "taken\n");
		break;
	case INV_FAILURE_ACCEPTED:
		answer_accepted(a, j->x, inv_buf_str(&j->key), '1');
		break;
	case INV_FAILURE_GARBAGE:
		answer_text(a, j->x, "application/json",
		    "{\"status\":\"committed\",");
		break;
	case INV_FAILURE_HTML:
		answer_text(a, j->x, "text/html",
		    "<!DOCTYPE html><title>Sign in</title>\n");
		break;
	case INV_FAILURE_SHORT:
		answer_json(a, j->x, &j->answer, INV_HTTPD_SHORT);
		break;
	case INV_FAILURE_SLOW:
		answer_json(a, j->x, &j->answer, INV_HTTPD_SLOW);
		break;
	case INV_FAILURE_ENDLESS:
		answer_json(a, j->x, &j->answer, INV_HTTPD_ENDLESS);
		break;
	case INV_FAILURE_MISSING:
		answer_missing(a, j);
		break;
	}
}

/* ---- a batch arrives, and is taken when it is due ---- */

static bool
is_outstanding(const struct inv_api *a, struct inv_str key)
{
	for (size_t i = 0; i < a->n; i++)
		if (key.n > 0 && inv_str_eq(inv_buf_str(&a->jobs[i]->key), key))
			return true;
	return false;
}

static void
batch_arrives(struct inv_api *a, struct inv_exchange *x)
{
	struct inv_str field = inv_exchange_header(x, "Idempotency-Key");
	struct job *j = a->jobs[a->n];

	j->x = x;
	j->key.max = INV_LEDGER_KEY_MAX;
	inv_buf_reset(&j->key);
	if (!inv_sfstring_parse(field, &j->key))
		inv_buf_reset(&j->key);
	j->meets = (struct inv_rehearsed){ .name = "" };
	a->counts.batches++;
	if (a->plan.rehearsal != NULL)
		inv_rehearse(a->plan.rehearsal, a->counts.batches,
		    inv_buf_str(&x->body), &j->meets);
	a->counts.rehearsed += j->meets.name[0] != '\0';
	j->outstanding = is_outstanding(a, inv_buf_str(&j->key));
	j->due_ms = j->outstanding
	    ? 0
	    : inv_clock_ms() + a->plan.delay_ms + j->meets.delay_ms;
	a->n++;
}

/* What is rehearsed on the records of a batch. */
struct judging {
	const struct inv_rehearsal *rehearsal;
	const struct inv_rehearsed *meets;
};

static int
judge(const void *of, struct inv_str record)
{
	const struct judging *by = of;

	return inv_rehearsed_row(by->rehearsal, by->meets, record)
	    ? by->meets->status
	    : 200;
}

static bool
take(struct inv_api *a, struct job *j, struct inv_err *err)
{
	const struct judging by = { a->plan.rehearsal, &j->meets };
	const struct inv_ledger_request r = { .key = inv_buf_str(&j->key),
		.body = inv_buf_str(&j->x->body),
		.repeat = a->plan.repeat,
		.path = j->x->path,
		.fault = inv_str_of(j->meets.name),
		.judge = j->meets.failure == INV_FAILURE_ROWS ? judge : NULL,
		.judge_of = &by,
		.naming =
		    j->meets.by_key ? INV_LEDGER_BY_KEY : INV_LEDGER_BY_INDEX };
	bool untouched =
	    j->meets.failure != INV_FAILURE_NONE && !j->meets.processed;

	if (j->outstanding)
		return inv_ledger_note(a->plan.ledger, &r, 409, err);
	if (untouched)
		return inv_ledger_note(a->plan.ledger, &r, j->meets.status,
		    err);
	if (!inv_ledger_upsert(a->plan.ledger, &r, &j->answer, err))
		return false;
	a->counts.effects += j->answer.effect;
	a->counts.replays += j->answer.replayed;
	return true;
}

static void
swallow(struct job *j)
{
	char now[INV_CLOCK_TEXT];
	struct inv_buf *b = &j->answer.body;

	inv_clock_text(inv_clock_wall(), now);
	b->max = ANSWER_MAX;
	inv_buf_reset(b);
	inv_buf_addf(b, "{\"status\":\"committed\",\"processed_at\":\"%s\"}",
	    now);
	j->answer.status = 200;
}

/* Take the first n jobs as a group. */
static bool
take_group(struct inv_api *a, size_t n, struct inv_err *err)
{
	if (a->plan.ledger == NULL) {
		for (size_t i = 0; i < n; i++)
			swallow(a->jobs[i]);
		return true;
	}
	if (!inv_ledger_begin(a->plan.ledger, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!take(a, a->jobs[i], err))
			return false;
	return inv_ledger_commit(a->plan.ledger, err);
}

/* Those that are due to the front, each part in the order of arrival. */
static size_t
bring_forward(struct inv_api *a)
{
	struct job *later[INV_HTTPD_CONNECTIONS];
	uint64_t now = inv_clock_ms();
	size_t due = 0;
	size_t rest = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->hurry || a->jobs[i]->due_ms <= now)
			a->jobs[due++] = a->jobs[i];
		else
			later[rest++] = a->jobs[i];
	memcpy(a->jobs + due, later, rest * sizeof(*later));
	return due;
}

static bool
settle(struct inv_api *a, struct inv_err *err)
{
	struct job *done[INV_HTTPD_CONNECTIONS];
	size_t n = bring_forward(a);

	if (n == 0)
		return true;
	if (!take_group(a, n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		answer_job(a, a->jobs[i]);
	memcpy(done, a->jobs, n * sizeof(*done));
	a->n -= n;
	memmove(a->jobs, a->jobs + n, a->n * sizeof(*done));
	memcpy(a->jobs + a->n, done, n * sizeof(*done));
	return true;
}

/* ---- what can be asked ---- */

struct paging {
	struct inv_ledger *ledger;
	struct inv_ledger_cursor cursor;
};

static bool
page(void *of, struct inv_buf *out)
{
	struct paging *p = of;
	struct inv_err err;

	if (p->cursor.end ||
	    inv_ledger_export(p->ledger, &p->cursor, out, PAGE_BYTES, &err))
		return true;
	inv_say("%s", err.msg);
	return false;
}

static void
paged(void *of)
{
	struct paging *p = of;

	inv_ledger_cursor_done(&p->cursor);
	free(p);
}

static void
answer_table(struct inv_api *a, struct inv_exchange *x,
    enum inv_ledger_table table)
{
	struct paging *p = inv_mem_new(sizeof(*p));

	p->ledger = a->plan.ledger;
	p->cursor.table = table;
	inv_httpd_answer(a->plan.httpd, x,
	    &(struct inv_httpd_answer){ .status = 200,
		.manner = INV_HTTPD_PAGES,
		.header = { { "Content-Type", "application/x-ndjson" } },
		.page = page,
		.done = paged,
		.of = p,
		.page_max = PAGE_MAX });
}

static bool
ends_with(struct inv_str s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p + s.n - n, with, n) == 0;
}

/* The key in .../batches/KEY; empty if the path is another. */
static struct inv_str
batch_of(struct inv_str path)
{
	const char *slash = path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
	size_t before = slash == NULL ? 0 : (size_t)(slash - path.p);

	if (!ends_with((struct inv_str){ path.p, before }, "/batches"))
		return (struct inv_str){ NULL, 0 };
	return (struct inv_str){ slash + 1, path.n - before - 1 };
}

/* The key in .../batches/KEY/after/1; empty if the path is another. */
static struct inv_str
accepted_of(struct inv_str path)
{
	if (!ends_with(path, "/after/1"))
		return (struct inv_str){ NULL, 0 };
	path.n -= strlen("/after/1");
	return batch_of(path);
}

static bool
answer_batch(struct inv_api *a, struct inv_exchange *x, struct inv_str key,
    struct inv_err *err)
{
	struct inv_ledger_answer answer = { 0 };
	bool ok = inv_ledger_batch(a->plan.ledger, key, &answer, err);

	if (ok)
		answer_json(a, x, &answer, INV_HTTPD_WHOLE);
	inv_buf_free(&answer.body);
	return ok;
}

static bool
answer_get(struct inv_api *a, struct inv_exchange *x, struct inv_err *err)
{
	struct inv_str key = batch_of(x->path);

	if (ends_with(x->path, "/health"))
		answer_text(a, x, "application/json", "{\"status\":\"ok\"}");
	else if (a->plan.ledger == NULL)
		answer_problem(a, x, INV_PROBLEM_PLAIN, 404, NULL, NULL);
	else if (accepted_of(x->path).n > 0)
		answer_accepted(a, x, accepted_of(x->path), '0');
	else if (key.n > 0 && !a->plan.blind)
		return answer_batch(a, x, key, err);
	else if (ends_with(x->path, "/records"))
		answer_table(a, x, INV_LEDGER_RECORDS);
	else if (ends_with(x->path, "/requests"))
		answer_table(a, x, INV_LEDGER_REQUESTS);
	else
		answer_problem(a, x, INV_PROBLEM_PLAIN, 404, NULL, NULL);
	return true;
}

static bool
arrives(struct inv_api *a, struct inv_exchange *x, struct inv_err *err)
{
	bool batch = ends_with(x->path, a->plan.path);

	if (batch && !inv_str_is(x->method, "POST"))
		answer_problem(a, x, INV_PROBLEM_PLAIN, 405, "Allow", "POST");
	else if (batch && x->too_long)
		answer_problem(a, x, INV_PROBLEM_PLAIN, 413, NULL, NULL);
	else if (batch)
		batch_arrives(a, x);
	else if (inv_str_is(x->method, "GET"))
		return answer_get(a, x, err);
	else if (inv_str_is(x->method, "POST"))
		answer_problem(a, x, INV_PROBLEM_PLAIN, 404, NULL, NULL);
	else
		answer_problem(a, x, INV_PROBLEM_PLAIN, 405, "Allow",
		    "GET, POST");
	return true;
}

/* ---- the face ---- */

struct inv_api *
inv_api_new(const struct inv_api_plan *plan)
{
	struct inv_api *a = inv_mem_new(sizeof(*a));

	a->plan = *plan;
	for (size_t i = 0; i < INV_HTTPD_CONNECTIONS; i++)
		a->jobs[i] = &a->pool[i];
	return a;
}

void
inv_api_free(struct inv_api *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < INV_HTTPD_CONNECTIONS; i++) {
		inv_buf_free(&a->pool[i].key);
		inv_buf_free(&a->pool[i].answer.body);
	}
	free(a);
}

static int
until_due(const struct inv_api *a, int wait_ms)
{
	uint64_t now = inv_clock_ms();

	for (size_t i = 0; i < a->n; i++) {
		uint64_t due = a->jobs[i]->due_ms;
		uint64_t left = due > now ? due - now : 0;

		if (wait_ms < 0 || left < (uint64_t)wait_ms)
			wait_ms = left > INT32_MAX ? INT32_MAX : (int)left;
	}
	return wait_ms;
}

bool
inv_api_turn(struct inv_api *a, int other, int wait_ms, bool *ready,
    struct inv_err *err)
{
	struct inv_exchange *x;

	if (!inv_httpd_turn(a->plan.httpd, other, until_due(a, wait_ms), ready,
		err))
		return false;
	while ((x = inv_httpd_next(a->plan.httpd)) != NULL)
		if (!arrives(a, x, err))
			return false;
	return settle(a, err);
}

void
inv_api_hurry(struct inv_api *a)
{
	a->hurry = true;
}

struct inv_api_counts
inv_api_counts(const struct inv_api *a)
{
	return a->counts;
}
