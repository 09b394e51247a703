/* xml_path.c - where in an XML text the rows are, and where they could be */

#include "data/xml_path.h"

#include <stdlib.h>

#include "base/mem.h"

enum { PUT = 4 }; /* places that are proposed */

struct inv_str
inv_xml_local(struct inv_str name)
{
	const char *space = name.n == 0 ? NULL : memrchr(name.p, ' ', name.n);

	if (space == NULL)
		return name;
	return (struct inv_str){ space + 1,
		(size_t)(name.p + name.n - space) - 1 };
}

/* ---- where they are ---- */

void
inv_xml_path_begin(struct inv_xml_path *p, struct inv_str path)
{
	p->n = p->depth = p->matched = 0;
	p->full = p->arrived = p->strayed = false;
	if (path.n == 0)
		return;
	const char *at = path.p, *end = path.p + path.n;

	while (at < end && p->n < INV_XML_PATH_MAX) {
		/* At a slash. */
		const char *slash = memchr(at + 1, '/', (size_t)(end - at) - 1);
		const char *behind = slash == NULL ? end : slash;

		p->name[p->n++] =
		    (struct inv_str){ at + 1, (size_t)(behind - at) - 1 };
		at = behind;
	}
}

void
inv_xml_path_follow(struct inv_xml_path *p, const struct inv_str *name,
    size_t n)
{
	inv_xml_path_begin(p, INV_LIT(""));
	memcpy(p->name, name, n * sizeof(*name));
	p->n = n;
	p->full = true;
}

static bool
is_wanted(const struct inv_xml_path *p, struct inv_str want, const char *name)
{
	struct inv_str s = inv_str_of(name);

	return p->full
	    ? inv_str_eq(want, s)
	    : inv_str_is(want, "*") || inv_str_eq(want, inv_xml_local(s));
}

bool
inv_xml_path_open(struct inv_xml_path *p, const char *name)
{
	bool on_way = p->matched == p->depth++ && p->matched < p->n;

	if (!on_way)
		return false;
	struct inv_str want = p->name[p->matched];
	bool last = p->matched + 1 == p->n;

	p->arrived = p->arrived || last;
	if (!is_wanted(p, want, name)) {
		p->strayed = p->strayed || last;
		return false;
	}
	p->matched++;
	/* It may hold rows, or be one. */
	p->arrived = p->arrived || p->matched + 1 == p->n;
	return last;
}

bool
inv_xml_path_close(struct inv_xml_path *p)
{
	bool was_row = p->matched == p->depth && p->matched == p->n;

	if (p->matched == p->depth--)
		p->matched--;
	return was_row;
}

/* ---- where they could be ---- */

struct place {
	char name[INV_XML_PLACE_NAME];
	size_t n;
	size_t up; /* place, from 0 */
	uint64_t count;
};

/* place[0] is the text, and those within another come behind it. */
struct inv_xml_places {
	struct place place[INV_XML_PLACES];
	size_t n;
	size_t at; /* of the elements that are open, the last with a place */
	size_t outside; /* of them, those behind it */
};

struct inv_xml_places *
inv_xml_places_new(void)
{
	struct inv_xml_places *p = inv_mem_new(sizeof(*p));

	p->n = 1;
	return p;
}

void
inv_xml_places_free(struct inv_xml_places *p)
{
	free(p);
}

/* 0: there is no room. */
static size_t
place_of(struct inv_xml_places *p, struct inv_str name)
{
	for (size_t i = p->at + 1; i < p->n; i++) {
		const struct place *q = &p->place[i];

		if (q->up == p->at &&
		    inv_str_eq((struct inv_str){ q->name, q->n }, name))
			return i;
	}
	if (p->n == INV_XML_PLACES || name.n > INV_XML_PLACE_NAME)
		return 0;
	struct place *q = &p->place[p->n];

	memcpy(q->name, name.p, name.n);
	q->n = name.n;
	q->up = p->at;
	return p->n++;
}

void
inv_xml_places_open(struct inv_xml_places *p, const char *name)
{
	/* What is in one that repeats is no row of its own. */
	bool within = p->outside > 0 || p->place[p->at].count > 1;
	size_t at = within ? 0 : place_of(p, inv_xml_local(inv_str_of(name)));

	if (at == 0) {
		p->outside++;
		return;
	}
	p->at = at;
	p->place[at].count++;
}

void
inv_xml_places_close(struct inv_xml_places *p)
{
	if (p->outside > 0)
		p->outside--;
	else
		p->at = p->place[p->at].up;
}

/* None of those it is in repeats. */
static bool
is_outermost(const struct inv_xml_places *p, size_t i)
{
	for (i = p->place[i].up; i != 0; i = p->place[i].up)
		if (p->place[i].count > 1)
			return false;
	return true;
}

static void
put_place(const struct inv_xml_places *p, size_t i, struct inv_buf *out)
{
	size_t way[INV_XML_PLACES];
	size_t n = 0;

	for (; i != 0; i = p->place[i].up)
		way[n++] = i;
	if (out->n > 0)
		inv_buf_add(out, INV_LIT(", "));
	while (n-- > 0) {
		inv_buf_byte(out, '/');
		inv_buf_add(out,
		    (struct inv_str){
			p->place[way[n]].name, p->place[way[n]].n });
	}
}

bool
inv_xml_places_put(const struct inv_xml_places *p, struct inv_buf *out)
{
	size_t put = 0;

	for (size_t i = 2; i < p->n && put < PUT; i++)
		if (p->place[i].count > 1 && is_outermost(p, i)) {
			put_place(p, i, out);
			put++;
		}
	bool any = put > 0;

	for (size_t i = 2; !any && i < p->n && put < PUT; i++)
		if (p->place[i].up == 1) {
			put_place(p, i, out);
			put++;
		}
	return put > 0;
}
