/* live.c - the intents of the journal that are not done with */

#include "store/live.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

/* Index of the first whose number is not below seq. */
static size_t
index_of(const struct inv_lives *l, uint64_t seq)
{
	size_t lo = 0;
	size_t hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->at[mid]->seq < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct inv_str
keep(char to[INV_DIGEST_HEX], struct inv_str hex)
{
	if (hex.n == 0)
		return hex;
	assert(hex.n == INV_DIGEST_HEX);
	memcpy(to, hex.p, INV_DIGEST_HEX);
	return (struct inv_str){ to, INV_DIGEST_HEX };
}

struct inv_live *
inv_lives_add(struct inv_lives *l, uint64_t seq,
    const struct inv_intent *intent)
{
	struct inv_live *v = inv_mem_new(sizeof(*v));

	assert(l->n == 0 || l->at[l->n - 1]->seq < seq);
	v->seq = seq;
	v->of = *intent;
	v->of.manifest = keep(v->manifest, intent->manifest);
	v->of.key = keep(v->key, intent->key);
	v->of.parent = keep(v->parent, intent->parent);
	v->of.batch_hash = keep(v->batch_hash, intent->batch_hash);
	v->of.records_root = keep(v->records_root, intent->records_root);
	v->keyed_by = inv_mem_dup(intent->keyed_by.p, intent->keyed_by.n);
	v->of.keyed_by.p = v->keyed_by;
	if (intent->order.n > 0)
		v->order = inv_mem_dup(intent->order.p, intent->order.n);
	v->of.order.p = v->order;
	if (intent->files.n > 0)
		v->files = inv_mem_dup(intent->files.p, intent->files.n);
	v->of.files.p = v->files;
	v->of.body = (struct inv_str){ 0 };
	for (size_t i = 0; i < intent->rows->n; i++)
		inv_rows_join(&v->rows, intent->rows->range[i].first,
		    intent->rows->range[i].last);
	v->of.rows = &v->rows;
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		l->at =
		    inv_mem_resize(l->at, l->cap, sizeof(struct inv_live *));
	}
	l->at[l->n++] = v;
	return v;
}

struct inv_live *
inv_lives_find(const struct inv_lives *l, uint64_t seq)
{
	size_t i = index_of(l, seq);

	return i < l->n && l->at[i]->seq == seq ? l->at[i] : NULL;
}

static void
release(struct inv_live *v)
{
	inv_rows_free(&v->rows);
	inv_rows_free(&v->took);
	free(v->keyed_by);
	free(v->order);
	free(v->files);
	free(v);
}

void
inv_lives_drop(struct inv_lives *l, uint64_t seq)
{
	size_t i = index_of(l, seq);

	assert(i < l->n && l->at[i]->seq == seq);
	release(l->at[i]);
	l->n--;
	memmove(l->at + i, l->at + i + 1,
	    (l->n - i) * sizeof(struct inv_live *));
}

void
inv_lives_free(struct inv_lives *l)
{
	for (size_t i = 0; i < l->n; i++)
		release(l->at[i]);
	free(l->at);
	*l = (struct inv_lives){ 0 };
}
