/* key.c - what identifies a record, as 16 bytes */

#include "data/key.h"

enum {
	SHORT = 1024, /* bytes of parts that are hashed in one call */
	LENGTH = 8,   /* bytes of a part's length */
};

static bool
add_name(struct inv_key *k, const struct inv_member *element,
    struct inv_err *err)
{
	if (element->kind != INV_KIND_STRING)
		return inv_fail(err, INV_BAD, "key: not a list of names");
	if (k->n == INV_KEY_NAMES)
		return inv_fail(err, INV_BAD, "key: more than %d names",
		    INV_KEY_NAMES);
	k->name[k->n++] =
	    (struct inv_str){ element->value.p + 1, element->value.n - 2 };
	return true;
}

bool
inv_key_init(struct inv_key *k, struct inv_digest *d, struct inv_str json,
    struct inv_err *err)
{
	unsigned char names[INV_DIGEST];
	struct inv_member element;

	k->n = 0;
	k->text_n = 0;
	if (json.n == 0 || inv_str_is(json, "null") || inv_str_is(json, "[]"))
		return true;
	if (json.n > sizeof(k->text))
		return inv_fail(err, INV_BAD, "key: longer than %d bytes",
		    INV_KEY_TEXT);
	if (json.p[0] != '[')
		return inv_fail(err, INV_BAD, "key: not a list of names");
	memcpy(k->text, json.p, json.n);
	k->text_n = json.n;

	struct inv_str rest = { k->text, k->text_n };

	while (inv_scan_each(&rest, &element))
		if (!add_name(k, &element, err))
			return false;
	inv_digest_begin(d);
	for (size_t i = 0; i < k->n; i++)
		inv_digest_part(d, k->name[i]);
	inv_digest_end(d, names);
	memcpy(k->names, names, sizeof(k->names));
	return true;
}

struct inv_str
inv_key_json(const struct inv_key *k)
{
	if (k->n == 0)
		return INV_LIT("null");
	return (struct inv_str){ k->text, k->text_n };
}

static struct inv_str
value_of(const struct inv_members *fields, struct inv_str name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (inv_str_eq(fields->at[i].key, name))
			return fields->at[i].value;
	return (struct inv_str){ 0 };
}

/* The parts behind each other in buf; false where they do not fit. */
static bool
gather(const struct inv_key *k, const struct inv_members *fields,
    unsigned char buf[SHORT], size_t *used)
{
	size_t n = sizeof(k->names);

	memcpy(buf, k->names, n);
	for (size_t i = 0; i < k->n; i++) {
		struct inv_str v = value_of(fields, k->name[i]);

		if (v.n > SHORT - LENGTH || n > SHORT - LENGTH - v.n)
			return false;
		for (int b = 0; b < LENGTH; b++)
			buf[n++] =
			    (unsigned char)((uint64_t)v.n >> (56 - 8 * b));
		if (v.n > 0)
			memcpy(buf + n, v.p, v.n);
		n += v.n;
	}
	*used = n;
	return true;
}

void
inv_key_of(const struct inv_key *k, struct inv_digest *d,
    const struct inv_members *fields, struct inv_str record,
    unsigned char out[INV_KEY])
{
	unsigned char full[INV_DIGEST];
	unsigned char buf[SHORT];
	size_t n;

	if (k->n == 0) {
		inv_key_digest(d, record, out);
		return;
	}
	if (gather(k, fields, buf, &n)) {
		inv_digest_of(d, (struct inv_str){ (const char *)buf, n },
		    full);
	} else {
		inv_digest_begin(d);
		inv_digest_add(d,
		    (struct inv_str){
			(const char *)k->names, sizeof(k->names) });
		for (size_t i = 0; i < k->n; i++)
			inv_digest_part(d, value_of(fields, k->name[i]));
		inv_digest_end(d, full);
	}
	memcpy(out, full, INV_KEY);
}

void
inv_key_digest(struct inv_digest *d, struct inv_str record,
    unsigned char out[INV_KEY])
{
	unsigned char full[INV_DIGEST];

	inv_digest_of(d, record, full);
	memcpy(out, full, INV_KEY);
}
