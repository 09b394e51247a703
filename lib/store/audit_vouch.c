/* audit_vouch.c - the log, held against the checkpoints signed over it */

#include "store/audit_vouch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/file.h"

static const char log_name[] = "audit/log.ndjson";
static const char own_name[] = "audit/checkpoints.ndjson";

/* One of the keys has signed it, and none that is said to has not. */
static bool
is_signed(const struct inv_audit_trust *trust, const struct inv_note *note,
    const char *name, struct inv_err *err)
{
	bool any = false;
	uint64_t at;

	for (size_t i = 0; i < trust->keys; i++)
		switch (inv_note_look(note, &trust->key[i], &at)) {
		case INV_NOTE_NONE:
			break;
		case INV_NOTE_GOOD:
			any = true;
			break;
		case INV_NOTE_FALSE:
			return inv_fail(err, INV_NO,
			    "%s: the signature of %s is false", name,
			    trust->key[i].name);
		}
	return any ||
	    inv_fail(err, INV_NO, "%s: signed by none of the keys given", name);
}

static bool
read_note(struct inv_audit_vouch *v, const char *name, struct inv_checkpoint *c,
    struct inv_err *err)
{
	struct inv_note note;
	struct inv_err why;

	if (!inv_note_parse(inv_buf_str(&v->note), &note, &why) ||
	    !inv_checkpoint_parse(note.text, c, &why))
		return inv_fail(err, INV_NO, "%s: %s", name, why.msg);
	return is_signed(v->trust, &note, name, err);
}

/* ---- those kept elsewhere ---- */

static bool
read_kept(struct inv_audit_vouch *v, struct inv_audit_kept *kept,
    struct inv_err *err)
{
	struct inv_checkpoint c;

	inv_buf_reset(&v->note);
	if (!inv_file_read(AT_FDCWD, kept->path, &v->note, err) ||
	    !read_note(v, kept->path, &c, err))
		return false;
	kept->size = c.size;
	memcpy(kept->root, c.root, INV_DIGEST);
	return true;
}

static bool
agrees_with_kept(struct inv_audit_vouch *v, struct inv_err *err)
{
	unsigned char root[INV_DIGEST];

	for (size_t i = 0; i < v->trust->checkpoints; i++) {
		const struct inv_audit_kept *kept = &v->kept[i];

		if (kept->size != v->tree.n)
			continue;
		inv_merkle_root(&v->tree, v->digest, root);
		if (memcmp(root, kept->root, INV_DIGEST) != 0)
			return inv_fail(err, INV_NO,
			    "%s: the first %ju entries of %s are not those "
			    "that it was signed over",
			    kept->path, (uintmax_t)kept->size, log_name);
		v->passed++;
		v->covered = v->tree.n;
	}
	return true;
}

/* ---- those beside the log ---- */

/* The checkpoint of as many entries as there are, if one was signed. */
static bool
agrees_with_own(struct inv_audit_vouch *v, struct inv_err *err)
{
	size_t i = inv_checkpoints_from(&v->own, v->tree.n);
	struct inv_checkpoint c;
	char name[64];

	if (i == v->own.n || v->own.of[i].size != v->tree.n)
		return true;
	snprintf(name, sizeof(name), "%s: line %zu", own_name, i + 1);
	inv_buf_reset(&v->note);
	if (!inv_checkpoints_agree(&v->own, &v->tree, v->digest, err) ||
	    !inv_checkpoints_note(&v->own, i, &v->note, err) ||
	    !read_note(v, name, &c, err))
		return false;
	if (c.size != v->own.of[i].size ||
	    memcmp(c.root, v->own.of[i].root, INV_DIGEST) != 0)
		return inv_fail(err, INV_NO,
		    "%s: says otherwise than the note in it", name);
	v->passed++;
	v->covered = v->tree.n;
	return true;
}

bool
inv_audit_vouch_open(struct inv_audit_vouch *v, int dir,
    const struct inv_audit_trust *trust, struct inv_err *err)
{
	*v = (struct inv_audit_vouch){
		.trust = trust,
		.own = INV_CHECKPOINTS,
		.kept =
		    inv_mem_new((trust->checkpoints + 1) * sizeof(*v->kept)),
		.digest = inv_digest_new(),
		.note = INV_BUF(INV_NOTE_MAX),
	};
	for (size_t i = 0; i < trust->checkpoints; i++) {
		v->kept[i].path = trust->checkpoint[i];
		if (!read_kept(v, &v->kept[i], err))
			return false;
	}
	if (dir == -1 || inv_checkpoints_open(&v->own, dir, false, err))
		return true;
	if (err->fault == INV_IO)
		err->fault = INV_NO;
	return false;
}

void
inv_audit_vouch_close(struct inv_audit_vouch *v)
{
	inv_checkpoints_close(&v->own);
	inv_digest_free(v->digest);
	inv_buf_free(&v->note);
	free(v->kept);
}

bool
inv_audit_vouch_entry(struct inv_audit_vouch *v, struct inv_str entry,
    struct inv_err *err)
{
	unsigned char leaf[INV_DIGEST];

	if (!agrees_with_kept(v, err) || !agrees_with_own(v, err))
		return false;
	inv_merkle_leaf(v->digest, entry, leaf);
	inv_merkle_add(&v->tree, v->digest, leaf);
	return true;
}

bool
inv_audit_vouch_end(struct inv_audit_vouch *v, struct inv_err *err)
{
	const struct inv_checkpoints *own = &v->own;

	for (size_t i = 0; i < v->trust->checkpoints; i++)
		if (v->kept[i].size > v->tree.n)
			return inv_fail(err, INV_NO,
			    "%s: of %ju entries, %s has %ju: its end was cut "
			    "off",
			    v->kept[i].path, (uintmax_t)v->kept[i].size,
			    log_name, (uintmax_t)v->tree.n);
	if (own->n > 0 && own->of[own->n - 1].size > v->tree.n)
		return inv_fail(err, INV_NO,
		    "%s: %ju entries, a checkpoint of %ju was signed: its end "
		    "was cut off",
		    log_name, (uintmax_t)v->tree.n,
		    (uintmax_t)own->of[own->n - 1].size);
	return agrees_with_kept(v, err) && agrees_with_own(v, err);
}
