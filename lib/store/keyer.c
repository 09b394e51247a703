/* keyer.c - the rows of a batch as seen knows them, read from its body */

#include "store/keyer.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/files.h"

struct inv_keyer {
	struct inv_scan *scan;
	struct inv_digest *digest;
	struct inv_key key;
	struct inv_seen_row *rows;
	size_t cap;
};

struct inv_keyer *
inv_keyer_new(void)
{
	struct inv_keyer *k = inv_mem_new(sizeof(*k));

	k->scan = inv_scan_new();
	k->digest = inv_digest_new();
	return k;
}

void
inv_keyer_free(struct inv_keyer *k)
{
	if (k == NULL)
		return;
	inv_scan_free(k->scan);
	inv_digest_free(k->digest);
	free(k->rows);
	free(k);
}

static bool
start(struct inv_keyer *k, const struct inv_intent *intent, struct inv_err *err)
{
	enum inv_kind kind;

	if (!inv_scan_value(k->scan, intent->keyed_by, &kind, err) ||
	    !inv_key_init(&k->key, k->digest, intent->keyed_by, err) ||
	    !inv_scan_value(k->scan, intent->body, &kind, err))
		return false;
	if (kind != INV_KIND_ARRAY)
		return inv_fail(err, INV_BAD, "the body is not an array");
	/* A record takes two bytes and a comma at least. */
	if (intent->rows->count > intent->body.n / 2)
		return inv_fail(err, INV_BAD, "more rows than records");
	if (k->cap < intent->rows->count) {
		k->cap = (size_t)intent->rows->count;
		k->rows = inv_mem_resize(k->rows, k->cap, sizeof(*k->rows));
	}
	return true;
}

static bool
add(struct inv_keyer *k, struct inv_str record, struct inv_str files,
    struct inv_seen_row *row, struct inv_err *err)
{
	unsigned char leaf[INV_DIGEST];

	if (!inv_scan_object(k->scan, record, err))
		return false;
	inv_key_of(&k->key, k->digest, inv_scan_record(k->scan), record,
	    row->key);
	inv_files_leaf(k->digest, record, files, leaf);
	memcpy(row->digest, leaf, INV_KEY);
	return true;
}

bool
inv_keyer_rows(struct inv_keyer *k, const struct inv_intent *intent,
    const struct inv_seen_row **rows, size_t *n, struct inv_err *err)
{
	struct inv_str rest = intent->body;
	struct inv_str files = intent->files;
	struct inv_member element;

	if (!start(k, intent, err))
		return false;
	*n = 0;
	for (size_t i = 0; i < intent->rows->n; i++) {
		const struct inv_range *range = &intent->rows->range[i];

		for (uint64_t r = range->first; r <= range->last; r++) {
			struct inv_seen_row *row = &k->rows[*n];

			if (!inv_scan_each(&rest, &element))
				return inv_fail(err, INV_BAD,
				    "more rows than records");
			if (!add(k, element.value, inv_files_of(&files, r), row,
				err))
				return false;
			row->arrival = intent->arrival;
			row->row = r;
			++*n;
		}
	}
	if (inv_scan_each(&rest, &element))
		return inv_fail(err, INV_BAD, "more records than rows");
	*rows = k->rows;
	return true;
}
