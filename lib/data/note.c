/* note.c - signed notes, and checkpoints of a log */

#include "data/note.h"

#include "base/base64.h"
#include "base/utf8.h"

enum {
	TIME = 8, /* bytes of a cosignature's time */
	MARK = 4, /* bytes of the dash and the blank */
};

static const char mark[] = "\xe2\x80\x94 ";

/* ---- names and keys ---- */

/* Unicode's White_Space of more than a byte. */
static bool
is_wide_space(struct inv_str c)
{
	static const char *const spaces[] = { "\xc2\x85", "\xc2\xa0",
		"\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
		"\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
		"\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
		"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
		"\xe3\x80\x80" };

	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++)
		if (inv_str_is(c, spaces[i]))
			return true;
	return false;
}

bool
inv_note_is_name(struct inv_str name)
{
	if (name.n == 0 || name.n >= INV_NOTE_NAME)
		return false;
	for (size_t i = 0; i < name.n;) {
		unsigned char c = (unsigned char)name.p[i];
		size_t n =
		    inv_utf8_len((const unsigned char *)name.p + i, name.n - i);

		if (n == 0 || c <= ' ' || c == '+' || c == 0x7f ||
		    is_wide_space((struct inv_str){ name.p + i, n }))
			return false;
		i += n;
	}
	return true;
}

void
inv_note_key_make(struct inv_note_key *key, struct inv_str name,
    enum inv_note_type type, const unsigned char public[INV_SIGN_PUBLIC])
{
	struct inv_digest *d = inv_digest_new();
	const char between[2] = { '\n', (char)type };
	unsigned char hash[INV_DIGEST];

	*key = (struct inv_note_key){ .type = type };
	memcpy(key->name, name.p, name.n);
	memcpy(key->key, public, INV_SIGN_PUBLIC);
	inv_digest_begin(d);
	inv_digest_add(d, name);
	inv_digest_add(d, (struct inv_str){ between, 2 });
	inv_digest_add(d,
	    (struct inv_str){ (const char *)public, INV_SIGN_PUBLIC });
	inv_digest_end(d, hash);
	inv_digest_free(d);
	memcpy(key->id, hash, INV_NOTE_ID);
}

void
inv_note_key_put(struct inv_buf *b, const struct inv_note_key *key)
{
	char bytes[1 + INV_SIGN_PUBLIC] = { (char)key->type };
	char hex[2 * INV_NOTE_ID];

	inv_str_hex(key->id, INV_NOTE_ID, hex);
	memcpy(bytes + 1, key->key, INV_SIGN_PUBLIC);
	inv_buf_add(b, inv_str_of(key->name));
	inv_buf_byte(b, '+');
	inv_buf_add(b, (struct inv_str){ hex, sizeof(hex) });
	inv_buf_byte(b, '+');
	inv_base64_put(b, (struct inv_str){ bytes, sizeof(bytes) });
}

/* The part up to a plus, which is taken off text; false if there is none. */
static bool
part(struct inv_str *text, struct inv_str *out)
{
	const char *plus = text->n == 0 ? NULL : memchr(text->p, '+', text->n);

	if (plus == NULL)
		return false;
	*out = (struct inv_str){ text->p, (size_t)(plus - text->p) };
	text->n -= out->n + 1;
	text->p = plus + 1;
	return true;
}

bool
inv_note_key_parse(struct inv_str text, struct inv_note_key *key)
{
	struct inv_buf bytes = INV_BUF(INV_NOTE_KEY_TEXT);
	unsigned char id[INV_NOTE_ID];
	struct inv_str name, hex;

	bool ok = part(&text, &name) && part(&text, &hex) &&
	    inv_note_is_name(name) && inv_str_unhex(hex, id, sizeof(id)) &&
	    inv_base64_get(&bytes, text) && bytes.n == 1 + INV_SIGN_PUBLIC &&
	    (bytes.p[0] == INV_NOTE_SIGNATURE ||
		bytes.p[0] == INV_NOTE_COSIGNATURE);

	if (ok) {
		inv_note_key_make(key, name, (enum inv_note_type)bytes.p[0],
		    (const unsigned char *)bytes.p + 1);
		ok = memcmp(key->id, id, sizeof(id)) == 0;
	}
	inv_buf_free(&bytes);
	return ok;
}

/* ---- reading a note ---- */

/* The next line of text, without its newline; text has one. */
static struct inv_str
line_of(struct inv_str *text)
{
	const char *nl = memchr(text->p, '\n', text->n);
	struct inv_str line = { text->p, (size_t)(nl - text->p) };

	text->n -= line.n + 1;
	text->p = nl + 1;
	return line;
}

static bool
is_note_text(struct inv_str all)
{
	for (size_t i = 0; i < all.n;) {
		size_t n =
		    inv_utf8_len((const unsigned char *)all.p + i, all.n - i);

		if (n == 0 ||
		    ((unsigned char)all.p[i] < ' ' && all.p[i] != '\n'))
			return false;
		i += n;
	}
	return true;
}

/* A signature line in its parts; the signature is decoded into bytes. */
static bool
split_line(struct inv_str line, struct inv_str *name, struct inv_buf *bytes)
{
	if (!inv_str_starts(line, (struct inv_str){ mark, MARK }))
		return false;
	*name = (struct inv_str){ line.p + MARK, line.n - MARK };
	const char *blank = name->n == 0 ? NULL : memchr(name->p, ' ', name->n);

	if (blank == NULL)
		return false;
	struct inv_str text = { blank + 1,
		(size_t)(name->p + name->n - blank) - 1 };

	name->n = (size_t)(blank - name->p);
	inv_buf_reset(bytes);
	return inv_note_is_name(*name) && inv_base64_get(bytes, text) &&
	    bytes->n > INV_NOTE_ID;
}

static bool
are_signatures(struct inv_str lines)
{
	struct inv_buf bytes = INV_BUF(INV_NOTE_MAX);
	struct inv_str name;
	bool ok = lines.n > 0;

	while (ok && lines.n > 0)
		ok = split_line(line_of(&lines), &name, &bytes);
	inv_buf_free(&bytes);
	return ok;
}

bool
inv_note_parse(struct inv_str all, struct inv_note *note, struct inv_err *err)
{
	size_t at = all.n;

	if (all.n > INV_NOTE_MAX)
		return inv_fail(err, INV_BAD, "a note of more than %d bytes",
		    INV_NOTE_MAX);
	if (!is_note_text(all) || all.n == 0 || all.p[all.n - 1] != '\n')
		return inv_fail(err, INV_BAD,
		    "no note: not lines of UTF-8 text");
	while (at >= 2 && !(all.p[at - 1] == '\n' && all.p[at - 2] == '\n'))
		at--;
	if (at < 3)
		return inv_fail(err, INV_BAD,
		    "no note: no empty line before the signatures");
	note->text = (struct inv_str){ all.p, at - 1 };
	note->lines = (struct inv_str){ all.p + at, all.n - at };
	if (!are_signatures(note->lines))
		return inv_fail(err, INV_BAD,
		    "no note: a line that is no signature");
	return true;
}

/* ---- signatures ---- */

/* What a witness signs: the text with a time before it. */
static void
put_witnessed(struct inv_buf *b, struct inv_str text, uint64_t at)
{
	inv_buf_addf(b, "cosignature/v1\ntime %ju\n", (uintmax_t)at);
	inv_buf_add(b, text);
}

static bool
is_witnessed(const struct inv_note *note, const struct inv_note_key *key,
    const unsigned char *signature, uint64_t *at)
{
	struct inv_buf text = INV_BUF(2 * INV_NOTE_MAX);

	*at = 0;
	for (int i = 0; i < TIME; i++)
		*at = *at << 8 | signature[i];
	put_witnessed(&text, note->text, *at);
	bool ok = *at <= INT64_MAX &&
	    inv_sign_is_good(key->key, inv_buf_str(&text), signature + TIME);

	inv_buf_free(&text);
	return ok;
}

static bool
is_good(const struct inv_note *note, const struct inv_note_key *key,
    struct inv_str signature, uint64_t *at)
{
	const unsigned char *p = (const unsigned char *)signature.p;

	*at = 0;
	switch (key->type) {
	case INV_NOTE_SIGNATURE:
		return signature.n == INV_SIGN &&
		    inv_sign_is_good(key->key, note->text, p);
	case INV_NOTE_COSIGNATURE:
		return signature.n == TIME + INV_SIGN &&
		    is_witnessed(note, key, p, at);
	}
	return false;
}

enum inv_note_found
inv_note_look(const struct inv_note *note, const struct inv_note_key *key,
    uint64_t *at)
{
	enum inv_note_found found = INV_NOTE_NONE;
	struct inv_buf bytes = INV_BUF(INV_NOTE_MAX);
	struct inv_str lines = note->lines;
	struct inv_str name;

	while (lines.n > 0 && found != INV_NOTE_FALSE) {
		if (!split_line(line_of(&lines), &name, &bytes) ||
		    !inv_str_is(name, key->name) ||
		    memcmp(bytes.p, key->id, INV_NOTE_ID) != 0)
			continue;
		struct inv_str signature = { bytes.p + INV_NOTE_ID,
			bytes.n - INV_NOTE_ID };

		found = is_good(note, key, signature, at) ? INV_NOTE_GOOD
							  : INV_NOTE_FALSE;
	}
	inv_buf_free(&bytes);
	return found;
}

static void
put_line(struct inv_buf *b, const struct inv_note_key *key,
    struct inv_str signature)
{
	char bytes[INV_NOTE_ID + TIME + INV_SIGN];

	memcpy(bytes, key->id, INV_NOTE_ID);
	memcpy(bytes + INV_NOTE_ID, signature.p, signature.n);
	inv_buf_add(b, (struct inv_str){ mark, MARK });
	inv_buf_add(b, inv_str_of(key->name));
	inv_buf_byte(b, ' ');
	inv_base64_put(b, (struct inv_str){ bytes, INV_NOTE_ID + signature.n });
	inv_buf_byte(b, '\n');
}

void
inv_note_sign(struct inv_buf *b, struct inv_str text, struct inv_str name,
    const struct inv_signer *by)
{
	unsigned char public[INV_SIGN_PUBLIC];
	unsigned char signature[INV_SIGN];
	struct inv_note_key key;

	inv_signer_public(by, public);
	inv_note_key_make(&key, name, INV_NOTE_SIGNATURE, public);
	inv_sign(by, text, signature);
	put_line(b, &key, (struct inv_str){ (char *)signature, INV_SIGN });
}

void
inv_note_cosign(struct inv_buf *b, struct inv_str text, struct inv_str name,
    const struct inv_signer *by, uint64_t at)
{
	struct inv_buf witnessed = INV_BUF(2 * INV_NOTE_MAX);
	unsigned char public[INV_SIGN_PUBLIC];
	unsigned char signature[TIME + INV_SIGN];
	struct inv_note_key key;

	for (int i = 0; i < TIME; i++)
		signature[i] = (unsigned char)(at >> (56 - 8 * i));
	inv_signer_public(by, public);
	inv_note_key_make(&key, name, INV_NOTE_COSIGNATURE, public);
	put_witnessed(&witnessed, text, at);
	inv_sign(by, inv_buf_str(&witnessed), signature + TIME);
	put_line(b, &key,
	    (struct inv_str){ (char *)signature, sizeof(signature) });
	inv_buf_free(&witnessed);
}

/* ---- a checkpoint ---- */

bool
inv_checkpoint_parse(struct inv_str text, struct inv_checkpoint *c,
    struct inv_err *err)
{
	struct inv_str line[3];
	struct inv_buf root = INV_BUF(2 * INV_DIGEST);
	size_t n = 0;

	while (n < 3 && text.n > 0 && memchr(text.p, '\n', text.n) != NULL)
		line[n++] = line_of(&text);
	bool ok = n == 3 && line[0].n > 0 &&
	    inv_str_u64(line[1], 0, INT64_MAX, &c->size) &&
	    inv_base64_get(&root, line[2]) && root.n == INV_DIGEST;

	if (ok) {
		c->origin = line[0];
		memcpy(c->root, root.p, INV_DIGEST);
	}
	inv_buf_free(&root);
	return ok ||
	    inv_fail(err, INV_BAD,
		"no checkpoint: not a name, a number and a hash");
}

void
inv_checkpoint_put(struct inv_buf *b, const struct inv_checkpoint *c)
{
	inv_buf_add(b, c->origin);
	inv_buf_addf(b, "\n%ju\n", (uintmax_t)c->size);
	inv_base64_put(b,
	    (struct inv_str){ (const char *)c->root, INV_DIGEST });
	inv_buf_byte(b, '\n');
}
