/* dedup.c - rows held against the last row of their key */

#include "data/dedup.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/recall.h"
#include "data/canon.h"
#include "data/emit.h"
#include "data/files.h"

enum {
	ROW_BITS = 40,                 /* of a map's value; INV_ROW_MAX */
	TEXT_MAX = 2 * INV_RECORD_MAX, /* bytes of a canonical record */
	/* Bytes of a key, or of a record and its files. */
	PARTS_MAX = TEXT_MAX + INV_FILES_MAX + INV_KEY_NAMES * 8 + 8,
};

struct inv_dedup {
	struct inv_canon *canon;
	struct inv_digest *digest;
	struct inv_recall *recall;
	struct inv_map map;
	unsigned char secret[INV_HASH_KEY];
	struct inv_key key;

	/* The first bytes of each manifest's id, in the order they came. */
	unsigned char (*block)[INV_MANIFEST_SHORT / 2];
	size_t blocks;
	size_t cap;

	struct inv_str text;        /* of the row at hand, canonical */
	struct inv_buf form;        /* the same, where it had to be made */
	struct inv_members members; /* its members, where it had to be made */
	struct inv_buf parts;       /* of its key, each with its length; or of
				       its content */
	uint64_t other;             /* the value of the row that stands */
};

struct inv_dedup *
inv_dedup_new(void)
{
	struct inv_dedup *d = inv_mem_new(sizeof(*d));

	d->canon = inv_canon_new();
	d->digest = inv_digest_new();
	d->recall = inv_recall_new();
	d->form = INV_BUF(TEXT_MAX);
	d->parts = INV_BUF(PARTS_MAX);
	inv_random(d->secret, sizeof(d->secret));
	return d;
}

void
inv_dedup_free(struct inv_dedup *d)
{
	if (d == NULL)
		return;
	inv_canon_free(d->canon);
	inv_digest_free(d->digest);
	inv_recall_free(d->recall);
	inv_map_free(&d->map);
	inv_buf_free(&d->form);
	inv_buf_free(&d->parts);
	free(d->block);
	free(d);
}

/* Names are compared with those of canonical records: so must be their form. */
static bool
take_key(struct inv_dedup *d, struct inv_str json, struct inv_err *err)
{
	inv_buf_reset(&d->form);
	if (json.n > 0 && !inv_canon_value(d->canon, json, &d->form, err))
		return false;
	return inv_key_init(&d->key, d->digest, inv_buf_str(&d->form), err);
}

bool
inv_dedup_begin(struct inv_dedup *d, struct inv_str manifest,
    struct inv_str key, struct inv_err *err)
{
	if (d->blocks == INV_DEDUP_BLOCKS)
		return inv_fail(err, INV_BAD,
		    "more than %d manifests in one stream", INV_DEDUP_BLOCKS);
	if (!take_key(d, key, err))
		return false;
	if (d->blocks == d->cap) {
		d->cap = d->cap == 0 ? 64 : d->cap + d->cap / 2;
		d->block = inv_mem_resize(d->block, d->cap, sizeof(*d->block));
	}
	manifest.n = INV_MANIFEST_SHORT;
	if (!inv_str_unhex(manifest, d->block[d->blocks], sizeof(*d->block)))
		return inv_fail(err, INV_BAD, "a manifest without an id");
	d->blocks++;
	return true;
}

struct inv_str
inv_dedup_key(const struct inv_dedup *d)
{
	return inv_key_json(&d->key);
}

/* Bring the record into canonical form; its members, or NULL. */
static const struct inv_members *
bring_in_form(struct inv_dedup *d, const struct inv_record *rec)
{
	struct inv_err err;
	size_t n = 0;

	if (inv_canon_is(rec->record, rec->fields)) {
		d->text = rec->record;
		return rec->fields;
	}
	inv_buf_reset(&d->form);
	if (!inv_canon_object(d->canon, rec->record, rec->fields, &d->form,
		&err) ||
	    d->form.failed)
		return NULL;
	d->text = inv_buf_str(&d->form);
	for (struct inv_str rest = d->text; n < rec->fields->n; n++)
		if (!inv_scan_each(&rest, &d->members.at[n]))
			break;
	d->members.n = n;
	return &d->members;
}

/* The values of the key, each with its length; false where one is lacking. */
static bool
gather(struct inv_dedup *d, const struct inv_members *fields)
{
	inv_buf_reset(&d->parts);
	inv_buf_add(&d->parts,
	    (struct inv_str){
		(const char *)d->key.names, sizeof(d->key.names) });
	for (size_t i = 0; i < d->key.n; i++) {
		size_t k = 0;

		while (k < fields->n &&
		    !inv_str_eq(fields->at[k].key, d->key.name[i]))
			k++;
		if (k == fields->n)
			return false;
		struct inv_str value = fields->at[k].value;
		uint64_t n = value.n;

		inv_buf_add(&d->parts,
		    (struct inv_str){ (const char *)&n, sizeof(n) });
		inv_buf_add(&d->parts, value);
	}
	return !d->parts.failed;
}

/* Of the record, and of the files that it names; false: they are too long. */
static bool
mark_content(struct inv_dedup *d, const struct inv_record *rec,
    unsigned char mark[INV_HASH])
{
	const struct inv_member *files =
	    inv_member_find(rec->outer, "attachments");

	if (files == NULL || inv_str_is(files->value, "[]")) {
		inv_hash_of(d->secret, d->text, mark);
		return true;
	}
	inv_buf_reset(&d->parts);
	inv_buf_add(&d->parts, d->text);
	inv_buf_byte(&d->parts, '\n');
	inv_buf_add(&d->parts, files->value);
	inv_hash_of(d->secret, inv_buf_str(&d->parts), mark);
	return !d->parts.failed;
}

static void
tell_of(const struct inv_dedup *d, struct inv_dedup_of *of)
{
	inv_str_hex(d->block[d->other >> ROW_BITS], sizeof(*d->block),
	    of->manifest);
	of->row = d->other & INV_ROW_MAX;
}

/* The same manifest again in this stream, and the same row of it. */
static bool
is_itself(const struct inv_dedup *d, uint64_t value)
{
	return (d->other & INV_ROW_MAX) == (value & INV_ROW_MAX) &&
	    memcmp(d->block[d->other >> ROW_BITS], d->block[value >> ROW_BITS],
		sizeof(*d->block)) == 0;
}

enum inv_dedup_answer
inv_dedup_row(struct inv_dedup *d, const struct inv_record *rec,
    struct inv_dedup_of *of)
{
	const struct inv_members *fields = bring_in_form(d, rec);
	uint64_t block = d->blocks - 1;
	uint64_t value = block << ROW_BITS | rec->row;
	unsigned char mark[INV_HASH];
	unsigned char key[INV_HASH];

	if (fields == NULL || (d->key.n > 0 && !gather(d, fields)))
		return INV_DEDUP_UNCOMPARED;
	if (d->key.n > 0) {
		inv_hash_of(d->secret, inv_buf_str(&d->parts), key);
		inv_map_expect(&d->map, key);
	}
	if (!mark_content(d, rec, mark))
		return INV_DEDUP_UNCOMPARED;
	if (d->key.n == 0)
		memcpy(key, mark, sizeof(key));

	struct inv_map_entry *e = inv_map_at(&d->map, key);

	d->other = e->value;
	if (e->value != 0 && !is_itself(d, value)) {
		tell_of(d, of);
		if (inv_map_marked(e, mark))
			return INV_DEDUP_SAME;
		if (e->value >> ROW_BITS == block)
			return INV_DEDUP_OTHER;
	}
	inv_map_mark(e, mark, value);
	if (d->key.n > 0)
		inv_recall_put(d->recall, value, d->text);
	return INV_DEDUP_STANDS;
}

static void
add_error(struct inv_buf *out, const struct inv_member *mine,
    const struct inv_member *its, const struct inv_dedup_of *of)
{
	struct inv_str name = mine != NULL ? mine->key : its->key;

	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("type"), INV_LIT("conflict"));
	inv_emit_key(out, INV_LIT("loc"));
	inv_buf_add(out, INV_LIT("[\""));
	inv_buf_add(out, name);
	inv_buf_add(out, INV_LIT("\"]"));
	inv_emit_key(out, INV_LIT("msg"));
	inv_buf_addf(out, "\"differs from row %ju, which has the same key\"",
	    (uintmax_t)of->row);
	if (mine != NULL)
		inv_emit_member_raw(out, INV_LIT("input"), mine->value);
	inv_emit_key(out, INV_LIT("ctx"));
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("row"), of->row);
	if (its != NULL)
		inv_emit_member_raw(out, INV_LIT("value"), its->value);
	inv_emit_close(out, '}');
	inv_emit_close(out, '}');
}

/* Both in canonical form: their members stand in the same order. */
static void
add_differences(struct inv_str mine, struct inv_str its,
    const struct inv_dedup_of *of, struct inv_buf *out)
{
	struct inv_member a;
	struct inv_member b;
	bool more_a = inv_scan_each(&mine, &a);
	bool more_b = inv_scan_each(&its, &b);

	while (more_a || more_b) {
		int order = !more_a ? 1
		    : !more_b       ? -1
				    : inv_canon_cmp(a.key, b.key);

		if (order != 0)
			add_error(out, order < 0 ? &a : NULL,
			    order > 0 ? &b : NULL, of);
		else if (!inv_str_eq(a.value, b.value))
			add_error(out, &a, &b, of);
		if (order <= 0)
			more_a = inv_scan_each(&mine, &a);
		if (order >= 0)
			more_b = inv_scan_each(&its, &b);
	}
}

void
inv_dedup_errors(struct inv_dedup *d, const struct inv_dedup_of *of,
    struct inv_buf *out)
{
	struct inv_str its;

	inv_emit_open(out, '[');
	size_t before = out->n;

	if (inv_recall_get(d->recall, d->other, &its))
		add_differences(d->text, its, of, out);
	/* Too far back, or equal but for the files that it names. */
	if (out->n == before)
		inv_buf_addf(out,
		    "{\"type\":\"conflict\",\"loc\":[],\"msg\":\"row %ju has "
		    "the same key and other content\",\"ctx\":{\"row\":%ju}}",
		    (uintmax_t)of->row, (uintmax_t)of->row);
	inv_emit_close(out, ']');
}
