/* audit_key.c - the key that signs the checkpoints of the audit log */

#include "store/audit_key.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/mem.h"
#include "io/file.h"

enum {
	HOST_MAX = 64,      /* bytes of a host's name that go into a key's */
	RANDOM = 4,         /* bytes that keep the keys of a host apart */
	PRIVATE_MAX = 1024, /* bytes of a private key as text */
};

static const char private_name[] = "key";
static const char public_name[] = "key.pub";
static const char before[] = "PRIVATE+KEY+";

static bool
is_ascii(struct inv_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] > 0x7e)
			return false;
	return true;
}

static void
put_own_name(struct inv_buf *b)
{
	char host[HOST_MAX + 1] = { 0 };
	unsigned char random[RANDOM];
	char hex[2 * RANDOM];

	if (gethostname(host, HOST_MAX) == -1 || host[0] == '\0' ||
	    !is_ascii(inv_str_of(host)) || !inv_note_is_name(inv_str_of(host)))
		inv_buf_add(b, INV_LIT("localhost"));
	else
		inv_buf_add(b, inv_str_of(host));
	inv_random(random, sizeof(random));
	inv_str_hex(random, sizeof(random), hex);
	inv_buf_add(b, INV_LIT("/inv-audit/"));
	inv_buf_add(b, (struct inv_str){ hex, sizeof(hex) });
}

static void
put_private(struct inv_buf *b, const struct inv_note_key *public,
    const unsigned char seed[INV_SIGN_SEED])
{
	char bytes[1 + INV_SIGN_SEED] = { INV_NOTE_SIGNATURE };
	char hex[2 * INV_NOTE_ID];

	memcpy(bytes + 1, seed, INV_SIGN_SEED);
	inv_str_hex(public->id, INV_NOTE_ID, hex);
	inv_buf_add(b, inv_str_of(before));
	inv_buf_add(b, inv_str_of(public->name));
	inv_buf_byte(b, '+');
	inv_buf_add(b, (struct inv_str){ hex, sizeof(hex) });
	inv_buf_byte(b, '+');
	inv_base64_put(b, (struct inv_str){ bytes, sizeof(bytes) });
	inv_buf_byte(b, '\n');
	explicit_bzero(bytes, sizeof(bytes));
}

static void
wipe(struct inv_buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	inv_buf_free(b);
}

bool
inv_audit_key_is_there(int dir)
{
	return faccessat(dir, private_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The public half first: the private one says that both are there. */
static bool
write_both(int dir, struct inv_str name, struct inv_err *err)
{
	struct inv_buf private = INV_BUF(PRIVATE_MAX);
	struct inv_buf public = INV_BUF(INV_NOTE_KEY_TEXT);
	unsigned char seed[INV_SIGN_SEED];
	unsigned char bytes[INV_SIGN_PUBLIC];
	struct inv_note_key key;

	inv_random(seed, sizeof(seed));
	struct inv_signer *signer = inv_signer_new(seed);

	inv_signer_public(signer, bytes);
	inv_note_key_make(&key, name, INV_NOTE_SIGNATURE, bytes);
	inv_note_key_put(&public, &key);
	inv_buf_byte(&public, '\n');
	/* At its full size from the start: no copy stays behind. */
	bool ok = inv_buf_room(&private, PRIVATE_MAX);

	put_private(&private, &key, seed);
	ok = ok && !private.failed &&
	    inv_file_replace(dir, public_name, inv_buf_str(&public), err) &&
	    inv_file_replace(dir, private_name, inv_buf_str(&private), err);
	explicit_bzero(seed, sizeof(seed));
	wipe(&private);
	inv_buf_free(&public);
	inv_signer_free(signer);
	return ok;
}

bool
inv_audit_key_make(int dir, struct inv_str name, struct inv_err *err)
{
	struct inv_buf own = INV_BUF(INV_NOTE_NAME);
	bool ok = true;

	if (inv_audit_key_is_there(dir))
		return inv_fail(err, INV_CREATE, "audit/key: there is one");
	if (name.n == 0) {
		put_own_name(&own);
		name = inv_buf_str(&own);
	} else if (!inv_note_is_name(name) || !is_ascii(name)) {
		ok = inv_fail(err, INV_USAGE,
		    "a key's name is visible ASCII without a plus, "
		    "at most %d bytes",
		    INV_NOTE_NAME - 1);
	}
	ok = ok && write_both(dir, name, err);
	inv_buf_free(&own);
	return ok;
}

/* ---- reading ---- */

/* name is what stands before the last two pluses. */
static bool
parse_private(struct inv_audit_key *k, struct inv_str text)
{
	struct inv_buf bytes = INV_BUF(PRIVATE_MAX);
	unsigned char public[INV_SIGN_PUBLIC];
	unsigned char id[INV_NOTE_ID];
	struct inv_str name = { text.p + sizeof(before) - 1, 0 };

	if (!inv_str_starts(text, inv_str_of(before)))
		return false;
	const char *plus =
	    memchr(name.p, '+', (size_t)(text.p + text.n - name.p));

	if (plus == NULL)
		return false;
	name.n = (size_t)(plus - name.p);
	struct inv_str rest = { plus + 1,
		(size_t)(text.p + text.n - plus) - 1 };
	struct inv_str seed = { rest.p + 2 * INV_NOTE_ID + 1,
		rest.n - 2 * INV_NOTE_ID - 1 };
	bool ok = rest.n > 2 * INV_NOTE_ID + 1 && inv_note_is_name(name) &&
	    inv_str_unhex((struct inv_str){ rest.p, 2 * INV_NOTE_ID }, id,
		sizeof(id)) &&
	    rest.p[2 * INV_NOTE_ID] == '+' &&
	    inv_buf_room(&bytes, PRIVATE_MAX) && inv_base64_get(&bytes, seed) &&
	    bytes.n == 1 + INV_SIGN_SEED && bytes.p[0] == INV_NOTE_SIGNATURE;

	if (ok) {
		k->signer = inv_signer_new((const unsigned char *)bytes.p + 1);
		inv_signer_public(k->signer, public);
		inv_note_key_make(&k->public, name, INV_NOTE_SIGNATURE, public);
		ok = memcmp(k->public.id, id, sizeof(id)) == 0;
	}
	wipe(&bytes);
	return ok;
}

bool
inv_audit_key_open(struct inv_audit_key *k, const struct inv_state *state,
    const struct inv_secret_place *place, struct inv_err *err)
{
	struct inv_secret_place own = { .fd = -1 };
	char *path = NULL;

	if (place == NULL) {
		size_t n = strlen(state->path) + sizeof("/audit/key");

		path = inv_mem_new(n);
		snprintf(path, n, "%s/audit/%s", state->path, private_name);
		own.path = path;
		place = &own;
	}
	*k = (struct inv_audit_key){ 0 };
	struct inv_secret *word = inv_secret_open(place, err);
	bool ok = word != NULL && parse_private(k, inv_secret_word(word));

	if (word != NULL && !ok)
		inv_fail(err, INV_CONFIG, "%s: not a private key of inv-audit",
		    place->path != NULL ? place->path : "the key");
	if (!ok)
		inv_audit_key_close(k);
	inv_secret_close(word);
	free(path);
	return ok;
}

void
inv_audit_key_close(struct inv_audit_key *k)
{
	inv_signer_free(k->signer);
	*k = (struct inv_audit_key){ 0 };
}

bool
inv_audit_key_public(int dir, const char *path, struct inv_note_key *key,
    struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_NOTE_KEY_TEXT);
	bool ok = inv_file_read(dir, path, &text, err);

	while (ok && text.n > 0 &&
	    (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	if (ok && !inv_note_key_parse(inv_buf_str(&text), key))
		ok = inv_fail(err, INV_CONFIG, "%s: not a public key", path);
	inv_buf_free(&text);
	return ok;
}
