/* choices.c - what a schema allows in a field */

#include "quarantine/choices.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/digest.h"
#include "data/record.h"
#include "io/file.h"
#include "prog/lookup.h"

enum {
	SCHEMA_MAX = 32 << 20, /* bytes of one */
	DEPTH = 8,             /* of references and alternatives */
	NAME_MAX_BYTES = 4096, /* of a schema's name, or of a reference */
};

/* One that was asked for; root is NULL where it is not at hand. */
struct known {
	char sha256[INV_DIGEST_HEX];
	struct inv_json *root;
};

struct inv_choices {
	struct inv_scan *scan;
	struct inv_digest *digest;
	struct known known[INV_CHOICES_SCHEMAS];
	size_t n;
};

struct inv_choices *
inv_choices_new(void)
{
	struct inv_choices *c = inv_mem_new(sizeof(*c));

	c->scan = inv_scan_new();
	c->digest = inv_digest_new();
	return c;
}

void
inv_choices_free(struct inv_choices *c)
{
	for (size_t i = 0; i < c->n; i++)
		inv_json_free(c->known[i].root);
	inv_scan_free(c->scan);
	inv_digest_free(c->digest);
	free(c);
}

/* The schema of that name, if it is the one with that digest. */
static struct inv_json *
open_schema(struct inv_choices *c, const char *name, struct inv_str sha256)
{
	struct inv_buf text = INV_BUF(SCHEMA_MAX);
	struct inv_json *root = NULL;
	char hex[INV_DIGEST_HEX];
	char path[PATH_MAX];
	struct inv_err ignored;

	if (inv_lookup_schema(name, path, &ignored) &&
	    inv_file_read(AT_FDCWD, path, &text, &ignored)) {
		inv_digest_hex_of(c->digest, inv_buf_str(&text), hex);
		if (inv_str_eq(sha256, (struct inv_str){ hex, sizeof(hex) }))
			root = inv_json_new(inv_buf_str(&text), &ignored);
	}
	inv_buf_free(&text);
	return root;
}

static void
learn_one(struct inv_choices *c, const struct inv_members *stage)
{
	struct inv_str name = inv_member_text(stage, "schema");
	struct inv_str sha256 = inv_member_text(stage, "schema_sha256");
	struct inv_buf text = INV_BUF(NAME_MAX_BYTES);

	if (name.n == 0 || sha256.n != INV_DIGEST_HEX ||
	    c->n == INV_CHOICES_SCHEMAS || !inv_buf_room(&text, name.n + 1))
		return;
	for (size_t i = 0; i < c->n; i++)
		if (memcmp(c->known[i].sha256, sha256.p, INV_DIGEST_HEX) == 0) {
			inv_buf_free(&text);
			return;
		}
	text.n = inv_text_decode(name, text.p);
	inv_buf_byte(&text, '\0');
	struct known *k = &c->known[c->n++];

	memcpy(k->sha256, sha256.p, INV_DIGEST_HEX);
	k->root = open_schema(c, text.p, sha256);
	inv_buf_free(&text);
}

void
inv_choices_learn(struct inv_choices *c, struct inv_str stages)
{
	struct inv_err ignored;

	while (stages.n > 0) {
		const char *end = memchr(stages.p, '\n', stages.n);
		size_t n = end != NULL ? (size_t)(end - stages.p) : stages.n;

		if (inv_scan_line(c->scan, (struct inv_str){ stages.p, n },
			&ignored))
			learn_one(c, inv_scan_outer(c->scan));
		n += end != NULL;
		stages.p += n;
		stages.n -= n;
	}
}

/* What "#/$defs/Name" refers to; NULL for any other reference. */
static const struct inv_json *
referred(const struct inv_json *root, const struct inv_json *ref)
{
	static const char defs[] = "#/$defs/";
	char name[NAME_MAX_BYTES];
	struct inv_str s;

	if (!inv_json_str(ref, &s) || !inv_str_starts(s, inv_str_of(defs)) ||
	    s.n >= sizeof(name))
		return NULL;
	s.p += sizeof(defs) - 1;
	s.n -= sizeof(defs) - 1;
	memcpy(name, s.p, s.n);
	name[s.n] = '\0';
	const struct inv_json *all = inv_json_member(root, "$defs");

	return all != NULL ? inv_json_member(all, name) : NULL;
}

static const struct inv_json *
enum_in(const struct inv_json *root, const struct inv_json *node, int depth)
{
	const struct inv_json *found = NULL;
	const struct inv_json *any;

	if (node == NULL || inv_json_kind(node) != INV_KIND_OBJECT ||
	    depth == DEPTH)
		return NULL;
	found = inv_json_member(node, "enum");
	if (found != NULL)
		return found;
	if (inv_json_member(node, "$ref") != NULL)
		found = enum_in(root,
		    referred(root, inv_json_member(node, "$ref")), depth + 1);
	any = inv_json_member(node, "anyOf");
	for (size_t i = 0;
	     found == NULL && any != NULL && i < inv_json_count(any); i++)
		found = enum_in(root, inv_json_at(any, i), depth + 1);
	return found;
}

static size_t
texts_of(const struct inv_json *list, struct inv_str *texts, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < inv_json_count(list); i++) {
		const struct inv_json *value = inv_json_at(list, i);

		if (inv_json_kind(value) == INV_KIND_NULL)
			continue;
		if (n == most || !inv_json_str(value, &texts[n]))
			return 0;
		n++;
	}
	return n;
}

size_t
inv_choices_of(const struct inv_choices *c, struct inv_str field,
    struct inv_str *texts, size_t most)
{
	struct inv_buf name = INV_BUF(INV_FIELD_MAX + 1);
	const struct inv_json *list = NULL;

	inv_buf_add(&name, field);
	inv_buf_byte(&name, '\0');
	for (size_t i = 0; list == NULL && i < c->n && !name.failed; i++) {
		const struct inv_json *root = c->known[i].root;
		const struct inv_json *all =
		    root != NULL ? inv_json_member(root, "properties") : NULL;

		if (all != NULL)
			list = enum_in(root, inv_json_member(all, name.p), 0);
	}
	inv_buf_free(&name);
	return list != NULL ? texts_of(list, texts, most) : 0;
}
