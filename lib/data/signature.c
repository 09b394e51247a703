/* signature.c - who vouches for a manifest line */

#include "data/signature.h"

#include <fcntl.h>

#include "base/base64.h"
#include "data/canon.h"
#include "data/emit.h"
#include "io/file.h"
#include "io/stream.h"

enum {
	BY_MAX = INV_NOTE_NAME + 2 * INV_NOTE_ID, /* NAME+ID */
};

/* ---- keys ---- */

/* The next line without its end; false behind the last. */
static bool
next_line(struct inv_str *rest, struct inv_str *line)
{
	if (rest->n == 0)
		return false;
	const char *end = memchr(rest->p, '\n', rest->n);
	size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;

	*line = (struct inv_str){ rest->p, n };
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	n += end != NULL;
	rest->p += n;
	rest->n -= n;
	return true;
}

static bool
take_key(struct inv_trusted *t, struct inv_str line, uint64_t number,
    struct inv_err *err)
{
	if (line.n == 0)
		return true;
	if (t->n == INV_TRUSTED_MAX)
		return inv_fail(err, INV_CONFIG, "%s: more than %d keys",
		    t->path, INV_TRUSTED_MAX);
	if (!inv_note_key_parse(line, &t->key[t->n]) ||
	    t->key[t->n].type != INV_NOTE_SIGNATURE)
		return inv_fail(err, INV_CONFIG, "%s:%ju: not a public key",
		    t->path, (uintmax_t)number);
	t->n++;
	return true;
}

bool
inv_trusted_read(struct inv_trusted *t, const char *path, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_TRUSTED_BYTES);
	struct inv_str rest;
	struct inv_str line;
	uint64_t number = 0;
	bool ok = inv_file_read(AT_FDCWD, path, &text, err);

	t->path = path;
	t->n = 0;
	if (!ok)
		err->fault = INV_CONFIG;
	rest = inv_buf_str(&text);
	while (ok && next_line(&rest, &line))
		ok = take_key(t, line, ++number, err);
	if (ok && t->n == 0)
		ok = inv_fail(err, INV_CONFIG, "%s: no public key", path);
	inv_buf_free(&text);
	return ok;
}

/* ---- what is signed ---- */

static bool
is_signed(const struct inv_member *m)
{
	return !inv_str_is(m->key, "signature") && !inv_str_is(m->key, "run") &&
	    !inv_str_is(m->key, "subset");
}

static bool
canonical(struct inv_buf *out, const struct inv_members *line,
    struct inv_err *err)
{
	struct inv_canon *canon = inv_canon_new();
	struct inv_buf object = INV_BUF(INV_LINE_MAX);

	inv_buf_byte(&object, '{');
	for (size_t i = 0; i < line->n; i++) {
		if (!is_signed(&line->at[i]))
			continue;
		if (object.n > 1)
			inv_buf_byte(&object, ',');
		inv_buf_byte(&object, '"');
		inv_buf_add(&object, line->at[i].key);
		inv_buf_add(&object, INV_LIT("\":"));
		inv_buf_add(&object, line->at[i].value);
	}
	inv_buf_byte(&object, '}');
	bool ok = inv_canon_value(canon, inv_buf_str(&object), out, err) &&
	    ((!object.failed && !out->failed) ||
		inv_fail(err, INV_BAD, "a manifest line that is too long"));

	inv_buf_free(&object);
	inv_canon_free(canon);
	return ok;
}

/* NAME+ID, as a key's text begins. */
static void
put_by(struct inv_buf *b, const struct inv_note_key *key)
{
	char hex[2 * INV_NOTE_ID];

	inv_str_hex(key->id, INV_NOTE_ID, hex);
	inv_buf_add(b, inv_str_of(key->name));
	inv_buf_byte(b, '+');
	inv_buf_add(b, (struct inv_str){ hex, sizeof(hex) });
}

bool
inv_signature_add(struct inv_buf *b, size_t begin,
    const struct inv_note_key *key, const struct inv_signer *by,
    struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_LINE_MAX);
	struct inv_buf who = INV_BUF(BY_MAX);
	struct inv_scan *scan = inv_scan_new();
	char signature[INV_SIGN];

	inv_buf_byte(b, '}');
	bool ok = inv_scan_line(scan,
		      (struct inv_str){ b->p + begin, b->n - begin }, err) &&
	    canonical(&text, inv_scan_outer(scan), err);

	b->n--;
	if (ok) {
		inv_sign(by, inv_buf_str(&text), (unsigned char *)signature);
		put_by(&who, key);
		inv_emit_key(b, INV_LIT("signature"));
		inv_emit_open(b, '{');
		inv_emit_member_str(b, INV_LIT("key"), inv_buf_str(&who));
		inv_emit_key(b, INV_LIT("ed25519"));
		inv_buf_byte(b, '"');
		inv_base64_put(b,
		    (struct inv_str){ signature, sizeof(signature) });
		inv_buf_byte(b, '"');
		inv_emit_close(b, '}');
	}
	inv_scan_free(scan);
	inv_buf_free(&who);
	inv_buf_free(&text);
	return ok;
}

/* ---- who has signed ---- */

struct claim {
	struct inv_buf by;        /* NAME+ID, decoded */
	struct inv_buf signature; /* its bytes */
};

static bool
take_by(struct claim *c, const struct inv_member *m)
{
	char by[BY_MAX];

	if (m->kind != INV_KIND_STRING || m->value.n - 2 > sizeof(by))
		return false;
	inv_buf_add(&c->by,
	    (struct inv_str){ by, inv_text_decode(inv_member_inner(m), by) });
	return true;
}

static bool
take_signature(struct claim *c, const struct inv_member *m)
{
	return m->kind == INV_KIND_STRING &&
	    inv_base64_get(&c->signature, inv_member_inner(m)) &&
	    c->signature.n == INV_SIGN;
}

/* Those two members and no other, in any order. */
static bool
read_claim(struct claim *c, const struct inv_member *member)
{
	struct inv_str rest = member->value;
	struct inv_member m;

	if (member->kind != INV_KIND_OBJECT)
		return false;
	while (inv_scan_each(&rest, &m))
		if (!(inv_str_is(m.key, "key") && take_by(c, &m)) &&
		    !(inv_str_is(m.key, "ed25519") && take_signature(c, &m)))
			return false;
	return c->by.n > 0 && c->signature.n > 0;
}

static const struct inv_note_key *
key_by(const struct inv_trusted *t, struct inv_str by)
{
	struct inv_buf who = INV_BUF(BY_MAX);
	const struct inv_note_key *key = NULL;

	for (size_t i = 0; i < t->n && key == NULL; i++) {
		inv_buf_reset(&who);
		put_by(&who, &t->key[i]);
		if (inv_str_eq(inv_buf_str(&who), by))
			key = &t->key[i];
	}
	inv_buf_free(&who);
	return key;
}

static const struct inv_note_key *
check(const struct inv_trusted *t, const struct claim *c,
    const struct inv_members *line, struct inv_err *err)
{
	const struct inv_note_key *key = key_by(t, inv_buf_str(&c->by));
	struct inv_buf text = INV_BUF(INV_LINE_MAX);

	if (key == NULL)
		inv_fail(err, INV_DENIED, "signed by %.*s, which is not in %s",
		    INV_ARG(inv_buf_str(&c->by)), t->path);
	else if (!canonical(&text, line, err) ||
	    !inv_sign_is_good(key->key, inv_buf_str(&text),
		(const unsigned char *)c->signature.p)) {
		inv_fail(err, INV_DENIED,
		    "the signature of %.*s is not over this manifest line",
		    INV_ARG(inv_buf_str(&c->by)));
		key = NULL;
	}
	inv_buf_free(&text);
	return key;
}

const struct inv_note_key *
inv_signature_by(const struct inv_trusted *t, const struct inv_members *line,
    struct inv_err *err)
{
	const struct inv_member *member = inv_member_find(line, "signature");
	struct claim c = { INV_BUF(BY_MAX), INV_BUF(INV_SIGN + 2) };
	const struct inv_note_key *key = NULL;

	if (member == NULL)
		inv_fail(err, INV_DENIED, "not signed");
	else if (!read_claim(&c, member))
		inv_fail(err, INV_DENIED, "its signature is none");
	else
		key = check(t, &c, line, err);
	inv_buf_free(&c.by);
	inv_buf_free(&c.signature);
	return key;
}
