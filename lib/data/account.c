/* account.c - what a block of the stream says became of each row */

#include "data/account.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	STAGES_MAX = 16 << 20,  /* bytes of stage lines of a block */
	REFUSED_MAX = 64 << 10, /* bytes of `refused`, and of `failed` */
};

/* Room for one more of n; cap doubles. */
static void *
room(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap == 0 ? 16 : *cap * 2;
	return inv_mem_resize(p, *cap, size);
}

static void
empty(struct inv_account *a)
{
	for (size_t i = 0; i < a->groups; i++) {
		struct inv_group *g = &a->group[i];

		for (size_t k = 0; k < g->flaws; k++)
			free(g->flaw[k].type);
		free(g->flaw);
		free(g->stage);
		free(g->reason);
		inv_rows_free(&g->rows);
	}
	free(a->group);
	a->group = NULL;
	a->groups = a->last_group = 0;
	a->claims = a->ranges = a->winners = 0;
	memset(a->counts, 0, sizeof(a->counts));
	a->highest = a->malformed = a->rows = 0;
	a->complete = a->validated = a->open = false;
}

void
inv_account_free(struct inv_account *a)
{
	empty(a);
	inv_buf_free(&a->manifest);
	inv_buf_free(&a->stages);
	inv_buf_free(&a->refused);
	inv_buf_free(&a->failed);
	free(a->claim);
	free(a->range);
	free(a->winner);
	*a = (struct inv_account){ 0 };
}

void
inv_account_begin(struct inv_account *a, const struct inv_record *rec,
    uint64_t submission)
{
	empty(a);
	inv_buf_free(&a->manifest);
	inv_buf_free(&a->stages);
	inv_buf_free(&a->refused);
	inv_buf_free(&a->failed);
	a->manifest = INV_BUF(2 * STAGES_MAX);
	a->stages = INV_BUF(STAGES_MAX);
	a->refused = INV_BUF(REFUSED_MAX);
	a->failed = INV_BUF(REFUSED_MAX);
	a->open = true;
	a->submission = submission;
	memcpy(a->id, rec->manifest.p, INV_MANIFEST_ID);
	memcpy(a->run, inv_member_text(rec->outer, "run").p, INV_RUN_ID);
	a->subset = inv_member_find(rec->outer, "subset") != NULL;
	inv_buf_add(&a->manifest, rec->text);
}

void
inv_account_stage(struct inv_account *a, const struct inv_record *rec)
{
	if (inv_str_is(inv_member_text(rec->outer, "stage"), "inv-validate"))
		a->validated = true;
	inv_buf_add(&a->stages, rec->text);
	inv_buf_byte(&a->stages, '\n');
}

/* ---- groups ---- */

static bool
is_group(const struct inv_group *g, enum inv_verdict verdict,
    struct inv_str stage, struct inv_str reason)
{
	return g->verdict == verdict &&
	    inv_str_eq((struct inv_str){ g->stage, g->stage_n }, stage) &&
	    inv_str_eq((struct inv_str){ g->reason, g->reason_n }, reason);
}

static struct inv_group *
group_of(struct inv_account *a, enum inv_verdict verdict, struct inv_str stage,
    struct inv_str reason)
{
	if (a->last_group < a->groups &&
	    is_group(&a->group[a->last_group], verdict, stage, reason))
		return &a->group[a->last_group];
	for (a->last_group = 0; a->last_group < a->groups; a->last_group++)
		if (is_group(&a->group[a->last_group], verdict, stage, reason))
			return &a->group[a->last_group];
	/* Past the ceiling: one for each verdict, whatever the reason. */
	if (a->groups >= INV_GROUPS_MAX && stage.n + reason.n > 0)
		return group_of(a, verdict, (struct inv_str){ 0 },
		    (struct inv_str){ 0 });
	a->group = inv_mem_resize(a->group, a->groups + 1, sizeof(*a->group));
	a->group[a->groups] = (struct inv_group){
		.verdict = verdict,
		.stage = inv_mem_dup(stage.p, stage.n),
		.stage_n = stage.n,
		.reason = inv_mem_dup(reason.p, reason.n),
		.reason_n = reason.n,
	};
	return &a->group[a->groups++];
}

static void
count_flaw(struct inv_group *g, struct inv_str type)
{
	for (size_t i = 0; i < g->flaws; i++) {
		struct inv_flaw_count *f = &g->flaw[i];

		if (inv_str_eq((struct inv_str){ f->type, f->type_n }, type)) {
			f->count++;
			return;
		}
	}
	if (g->flaws >= INV_FLAWS_MAX && type.n > 0) {
		count_flaw(g, (struct inv_str){ 0 });
		return;
	}
	g->flaw = inv_mem_resize(g->flaw, g->flaws + 1, sizeof(*g->flaw));
	g->flaw[g->flaws++] = (struct inv_flaw_count){
		.type = inv_mem_dup(type.p, type.n),
		.type_n = type.n,
		.count = 1,
	};
}

static void
count_flaws(struct inv_group *g, struct inv_str errors)
{
	struct inv_member error;
	struct inv_member m;

	while (inv_scan_each(&errors, &error)) {
		struct inv_str rest = error.value;

		if (error.kind != INV_KIND_OBJECT)
			continue;
		while (inv_scan_each(&rest, &m))
			if (inv_str_is(m.key, "type") &&
			    m.kind == INV_KIND_STRING)
				count_flaw(g, inv_member_inner(&m));
	}
}

/* ---- duplicates ---- */

static void
add_winner(struct inv_account *a, struct inv_str manifest, uint64_t row)
{
	struct inv_winners *w =
	    a->winners > 0 ? &a->winner[a->winners - 1] : NULL;

	if (w != NULL && w->last != 0 && row == w->last + 1 &&
	    inv_str_eq((struct inv_str){ w->manifest, INV_MANIFEST_SHORT },
		manifest)) {
		w->last = row;
		return;
	}
	a->winner =
	    room(a->winner, a->winners, &a->winners_cap, sizeof(*a->winner));
	w = &a->winner[a->winners++];
	*w = (struct inv_winners){ .first = row, .last = row };
	if (row != 0)
		memcpy(w->manifest, manifest.p, INV_MANIFEST_SHORT);
}

/* "of":{"manifest":"<32 hex or more>","row":N} */
static void
note_winner(struct inv_account *a, const struct inv_record *rec)
{
	const struct inv_member *of = inv_member_find(rec->outer, "of");
	struct inv_str manifest = { 0 };
	struct inv_member m;
	uint64_t row = 0;

	if (of != NULL && of->kind == INV_KIND_OBJECT) {
		struct inv_str rest = of->value;

		while (inv_scan_each(&rest, &m)) {
			if (inv_str_is(m.key, "row") &&
			    !inv_str_u64(m.value, 1, INV_ROW_MAX, &row))
				row = 0;
			if (inv_str_is(m.key, "manifest") &&
			    m.kind == INV_KIND_STRING)
				manifest = inv_member_inner(&m);
		}
	}
	if (manifest.n < INV_MANIFEST_SHORT)
		row = 0;
	manifest.n = INV_MANIFEST_SHORT;
	add_winner(a, manifest, row);
}

void
inv_account_record(struct inv_account *a, const struct inv_record *rec)
{
	const struct inv_member *errors = inv_member_find(rec->outer, "errors");

	if (rec->row == 0) {
		a->malformed++;
		return;
	}
	struct inv_group *g = group_of(a, rec->verdict,
	    inv_member_text(rec->outer, "stage"), rec->reason);

	inv_rows_join(&g->rows, rec->row, rec->row);
	a->counts[rec->verdict]++;
	if (rec->row > a->highest)
		a->highest = rec->row;
	if (errors != NULL && errors->kind == INV_KIND_ARRAY)
		count_flaws(g, errors->value);
	if (rec->verdict == INV_SKIPPED && inv_str_is(rec->reason, "duplicate"))
		note_winner(a, rec);
}

/* ---- claims ---- */

static void
digest_of(const struct inv_record *rec, const char *name,
    unsigned char out[INV_DIGEST])
{
	if (!inv_str_unhex(inv_member_text(rec->outer, name), out, INV_DIGEST))
		memset(out, 0, INV_DIGEST);
}

void
inv_account_batch(struct inv_account *a, const struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "rows");
	struct inv_rows rows = { 0 };

	if (!inv_record_rows(m->value, &rows) || rows.n == 0) {
		inv_rows_free(&rows);
		return;
	}
	a->claim = room(a->claim, a->claims, &a->claims_cap, sizeof(*a->claim));
	struct inv_claim *c = &a->claim[a->claims++];

	*c = (struct inv_claim){
		.first = a->ranges, .n = rows.n, .rows = rows.count
	};
	digest_of(rec, "idempotency_key", c->key);
	digest_of(rec, "batch_hash", c->hash);
	for (size_t i = 0; i < rows.n; i++) {
		a->range = room(a->range, a->ranges, &a->ranges_cap,
		    sizeof(*a->range));
		a->range[a->ranges++] = rows.range[i];
	}
	a->counts[INV_COMMITTED] += rows.count;
	if (rows.range[rows.n - 1].last > a->highest)
		a->highest = rows.range[rows.n - 1].last;
	inv_rows_free(&rows);
}

static int
by_key(const void *a, const void *b)
{
	const struct inv_claim *x = a;
	const struct inv_claim *y = b;

	return memcmp(x->key, y->key, INV_DIGEST);
}

void
inv_account_sort(struct inv_account *a)
{
	if (a->claims > 0)
		qsort(a->claim, a->claims, sizeof(*a->claim), by_key);
}

struct inv_claim *
inv_account_claim(const struct inv_account *a,
    const unsigned char key[INV_DIGEST])
{
	struct inv_claim want;

	memcpy(want.key, key, INV_DIGEST);
	if (a->claims == 0)
		return NULL;
	return bsearch(&want, a->claim, a->claims, sizeof(*a->claim), by_key);
}

bool
inv_account_fits(const struct inv_account *a, const struct inv_claim *c,
    const struct inv_rows *rows)
{
	if (c->n != rows->n || c->rows != rows->count)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (a->range[c->first + i].first != rows->range[i].first ||
		    a->range[c->first + i].last != rows->range[i].last)
			return false;
	return true;
}

/* ---- the end ---- */

uint64_t
inv_account_seen(const struct inv_account *a)
{
	uint64_t n = 0;

	for (int v = 0; v < INV_VERDICTS; v++)
		n += a->counts[v];
	return n;
}

void
inv_account_end(struct inv_account *a, const struct inv_record *rec,
    bool complete)
{
	const struct inv_member *refused =
	    inv_member_find(rec->outer, "refused");
	const struct inv_member *failed = inv_member_find(rec->outer, "failed");

	a->complete = complete;
	a->rows = rec->row;
	if (refused != NULL)
		inv_buf_add(&a->refused, refused->value);
	if (failed != NULL)
		inv_buf_add(&a->failed, failed->value);
}
