/* audit_bodies.c - bodies in the journal, held against what is told of them */

#include "store/audit_bodies.h"

#include "data/files.h"
#include "data/merkle.h"

void
inv_audit_bodies_open(struct inv_audit_bodies *b)
{
	*b = (struct inv_audit_bodies){
		.scan = inv_scan_new(),
		.digest = inv_digest_new(),
	};
}

void
inv_audit_bodies_close(struct inv_audit_bodies *b)
{
	inv_lives_free(&b->open);
	inv_scan_free(b->scan);
	inv_digest_free(b->digest);
	*b = (struct inv_audit_bodies){ 0 };
}

static bool
has_its_hash(struct inv_audit_bodies *b, const struct inv_entry *e,
    struct inv_err *err)
{
	char hash[INV_DIGEST_HEX];

	inv_digest_hex_of(b->digest, e->of.body, hash);
	if (inv_str_eq(e->of.batch_hash,
		(struct inv_str){ hash, sizeof(hash) }))
		return true;
	return inv_fail(err, INV_NO,
	    "journal: entry %ju: its body has SHA-256 %.16s..., "
	    "its batch_hash is %.16s...",
	    (uintmax_t)e->seq, hash, e->of.batch_hash.p);
}

/* The next leaf, of row r. */
static void
add_leaf(struct inv_audit_bodies *b, struct inv_merkle *tree,
    struct inv_str record, struct inv_str *files, uint64_t r)
{
	unsigned char hash[INV_DIGEST];

	inv_files_leaf(b->digest, record, inv_files_of(files, r), hash);
	inv_merkle_add(tree, b->digest, hash);
}

/* The root of the body's records; how many there are. */
static uint64_t
root_of(struct inv_audit_bodies *b, const struct inv_intent *of,
    char hex[INV_DIGEST_HEX])
{
	struct inv_str body = of->body;
	struct inv_str files = of->files;
	struct inv_merkle tree = { 0 };
	unsigned char hash[INV_DIGEST];
	struct inv_member element;

	for (size_t i = 0; i < of->rows->n; i++)
		for (uint64_t r = of->rows->range[i].first;
		     r <= of->rows->range[i].last &&
		     inv_scan_each(&body, &element);
		     r++)
			add_leaf(b, &tree, element.value, &files, r);
	tree.n += inv_scan_each(&body, &element);
	inv_merkle_root(&tree, b->digest, hash);
	inv_str_hex(hash, INV_DIGEST, hex);
	return tree.n;
}

static bool
has_its_root(struct inv_audit_bodies *b, const struct inv_entry *e,
    struct inv_err *err)
{
	struct inv_str said = e->of.records_root;
	char root[INV_DIGEST_HEX];
	enum inv_kind kind;
	struct inv_err ignored;

	if (said.n == 0)
		return true;
	if (!inv_scan_value(b->scan, e->of.body, &kind, &ignored) ||
	    kind != INV_KIND_ARRAY ||
	    root_of(b, &e->of, root) != e->of.rows->count)
		return inv_fail(err, INV_NO,
		    "journal: entry %ju: its body is no list of %ju records",
		    (uintmax_t)e->seq, (uintmax_t)e->of.rows->count);
	if (inv_str_eq(said, (struct inv_str){ root, sizeof(root) }))
		return true;
	return inv_fail(err, INV_NO,
	    "journal: entry %ju: the root of its records is %.16s..., "
	    "its records_root is %.16s...",
	    (uintmax_t)e->seq, root, said.p);
}

static bool
is_of(const struct inv_intent *one, const struct inv_intent *other)
{
	return inv_str_eq(one->manifest, other->manifest) &&
	    one->submission == other->submission &&
	    inv_str_eq(one->key, other->key) &&
	    inv_str_eq(one->batch_hash, other->batch_hash) &&
	    inv_str_eq(one->records_root, other->records_root);
}

static bool
repeats_its_intent(struct inv_audit_bodies *b, const struct inv_entry *e,
    struct inv_err *err)
{
	const struct inv_live *live = inv_lives_find(&b->open, e->intent);

	return (live != NULL && is_of(&live->of, &e->of)) ||
	    inv_fail(err, INV_NO,
		"journal: entry %ju: is not about what intent %ju is",
		(uintmax_t)e->seq, (uintmax_t)e->intent);
}

static bool
take_intent(struct inv_audit_bodies *b, const struct inv_entry *e,
    struct inv_err *err)
{
	if (!has_its_hash(b, e, err) || !has_its_root(b, e, err))
		return false;
	b->n++;
	if (e->copied)
		return repeats_its_intent(b, e, err);
	(void)inv_lives_add(&b->open, e->seq, &e->of);
	return true;
}

bool
inv_audit_bodies_take(struct inv_audit_bodies *b, const struct inv_entry *e,
    struct inv_err *err)
{
	switch (e->type) {
	case INV_ENTRY_INTENT:
		return take_intent(b, e, err);
	case INV_ENTRY_OUTCOME:
		if (!repeats_its_intent(b, e, err))
			return false;
		if (e->outcome.kind != INV_OUTCOME_OPEN)
			inv_lives_drop(&b->open, e->intent);
		return true;
	case INV_ENTRY_KEPT:
		return true;
	}
	return true;
}
