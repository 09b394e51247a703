/* xml_rows.c - the elements of an XML text that a path leads to, as records */

#include "data/xml_rows.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/scan.h"
#include "data/xml_mapped.h"
#include "data/xml_members.h"
#include "io/xml.h"

enum {
	BYTES = 4 << 20,      /* kept of what was read, for a row's own */
	PIECE_MAX = 64 << 10, /* bytes that are parsed at a time, at most */
	PROPOSALS = 1 << 10,  /* bytes of places that are proposed */
};

/* The parser has not seen the end of what began so many bytes ago. */
static const uint64_t PENDING = INV_XML_TOKEN_MAX + PIECE_MAX;

struct inv_xml_rows {
	struct inv_input *in;
	struct inv_str path;
	const struct inv_xml_map *map; /* NULL: all members, by their names */
	const char *reason;

	struct inv_xml_face reads;
	struct inv_xml *read;
	struct inv_xml_path way;
	struct inv_xml_members *members;
	struct inv_xml_mapped *mapped; /* NULL before the first map */
	uint64_t late_line;     /* 0: no member of the header came too late */
	struct inv_xml_row row; /* raw is not set before it is told */
	bool open;              /* within a row */
	bool found;             /* there was one */

	struct inv_buf bytes; /* the last that were read */
	uint64_t base;        /* where they begin */
	struct inv_buf head;  /* of the row, which is too long */
	bool again;           /* they are read once more */
};

/* ---- rows ---- */

static void
look_behind(struct inv_xml_rows *x)
{
	if (inv_xml_mapped_late(x->mapped) == NULL || x->late_line != 0)
		return;
	x->late_line = inv_xml_at(x->read).line;
	inv_xml_pause(x->read);
}

static void
read_open(void *self, const char *name, const char *const *attributes)
{
	struct inv_xml_rows *x = self;

	if (inv_xml_path_open(&x->way, name)) {
		struct inv_xml_place at = inv_xml_at(x->read);

		x->row.line = at.line;
		x->row.begin = at.begin;
		x->row.cut = false;
		x->open = x->found = true;
	}
	if (x->map != NULL) {
		inv_xml_mapped_open(x->mapped, name, attributes);
		look_behind(x);
	} else if (x->open)
		inv_xml_members_open(x->members, name, attributes);
}

static void
read_text(void *self, struct inv_str text)
{
	struct inv_xml_rows *x = self;

	if (x->map != NULL)
		inv_xml_mapped_text(x->mapped, text);
	else if (x->open)
		inv_xml_members_text(x->members, text);
}

static void
read_close(void *self, const char *name)
{
	struct inv_xml_rows *x = self;

	(void)name;
	if (x->map != NULL) {
		inv_xml_mapped_close(x->mapped);
		look_behind(x);
	} else if (x->open)
		inv_xml_members_close(x->members);
	if (!inv_xml_path_close(&x->way))
		return;
	x->row.end = inv_xml_at(x->read).end;
	x->open = false;
	inv_xml_pause(x->read);
}

bool
inv_xml_rows_is_sound(const struct inv_xml_rows *x)
{
	return x->map != NULL ? inv_xml_mapped_is_sound(x->mapped)
			      : inv_xml_members_are_sound(x->members);
}

struct inv_str
inv_xml_rows_json(const struct inv_xml_rows *x)
{
	return x->map != NULL ? inv_xml_mapped_json(x->mapped)
			      : inv_xml_members_json(x->members);
}

void
inv_xml_rows_errors(struct inv_xml_rows *x, const struct inv_place *at,
    struct inv_buf *out)
{
	if (x->map != NULL)
		inv_xml_mapped_errors(x->mapped, at, out);
	else
		inv_xml_members_errors(x->members, at, out);
}

void
inv_xml_rows_give_up(struct inv_xml_rows *x)
{
	if (x->map != NULL)
		inv_xml_mapped_give_up(x->mapped);
	else
		inv_xml_members_give_up(x->members);
}

/* ---- their bytes ---- */

/* Room for a piece: what no row at hand or to come begins in is forgotten. */
static void
make_room(struct inv_xml_rows *x)
{
	uint64_t fed = x->base + x->bytes.n;
	uint64_t keep = fed > PENDING ? fed - PENDING : 0;

	if (x->bytes.n + PIECE_MAX <= BYTES)
		return;
	if (x->open && x->row.begin < keep && fed - x->row.begin <= BYTES / 2)
		keep = x->row.begin;
	else if (x->open && x->row.begin < keep && !x->row.cut) {
		inv_buf_reset(&x->head);
		inv_buf_add(&x->head,
		    (struct inv_str){ x->bytes.p + (x->row.begin - x->base),
			INV_RECORD_MAX });
		x->row.cut = true;
		inv_xml_rows_give_up(x);
	}
	if (keep < x->base)
		keep = x->base;
	x->bytes.n -= (size_t)(keep - x->base);
	memmove(x->bytes.p, x->bytes.p + (keep - x->base), x->bytes.n);
	x->base = keep;
}

static ssize_t
get(void *self, char *p, size_t n, struct inv_err *err)
{
	struct inv_xml_rows *x = self;
	ssize_t got = inv_pull_get(inv_text_pull(x->in->text), p,
	    n < PIECE_MAX ? n : PIECE_MAX, err);

	if (got > 0) {
		make_room(x);
		inv_buf_add(&x->bytes, (struct inv_str){ p, (size_t)got });
	}
	return got;
}

static struct inv_str
raw_of(const struct inv_xml_rows *x)
{
	if (x->row.cut && x->head.n > 0 && x->row.begin < x->base)
		return inv_buf_str(&x->head);
	uint64_t size = x->row.end - x->row.begin;

	return (struct inv_str){ x->bytes.p + (x->row.begin - x->base),
		size < INV_RECORD_MAX ? (size_t)size : INV_RECORD_MAX };
}

const char *
inv_xml_rows_encoding(const struct inv_xml_rows *x)
{
	return x->reads.encoding == NULL ? inv_xml_encoding(x->read) : NULL;
}

/* Up to the end of a row, of what begins with it; 0: there is no more. */
static ssize_t
get_more(struct inv_xml_rows *x, uint64_t begin, struct inv_err *err)
{
	uint64_t over = begin > x->base ? begin - x->base : 0;
	size_t drop = over < x->bytes.n ? (size_t)over : x->bytes.n;

	if (x->bytes.n + PIECE_MAX > BYTES) {
		x->bytes.n -= drop;
		memmove(x->bytes.p, x->bytes.p + drop, x->bytes.n);
		x->base += drop;
	}
	ssize_t got = inv_pull_get(inv_text_pull(x->in->text),
	    x->bytes.p + x->bytes.n, PIECE_MAX, err);

	x->bytes.n += got > 0 ? (size_t)got : 0;
	return got;
}

bool
inv_xml_rows_again(struct inv_xml_rows *x, uint64_t begin, uint64_t end,
    struct inv_str *raw, struct inv_err *err)
{
	uint64_t mark = inv_text_mark(x->in->text);

	begin -= mark;
	end -= mark;
	if (end - begin > INV_RECORD_MAX)
		end = begin + INV_RECORD_MAX;
	if (!x->again && !inv_input_rewind(x->in, err))
		return false;
	if (!x->again) {
		inv_buf_reset(&x->bytes);
		x->base = 0;
		x->again = true;
	}
	while (x->base + x->bytes.n < end) {
		ssize_t got = get_more(x, begin, err);

		if (got <= 0)
			return got == 0 &&
			    inv_fail(err, INV_IO, "%s: cut short", x->in->name);
	}
	*raw = (struct inv_str){ x->bytes.p + (begin - x->base),
		(size_t)(end - begin) };
	return true;
}

/* ---- where rows could be ---- */

static void
meet_place(void *self, const char *name, const char *const *attributes)
{
	(void)attributes;
	inv_xml_places_open(self, name);
}

static void
leave_place(void *self, const char *name)
{
	(void)name;
	inv_xml_places_close(self);
}

/* All of it once more; it is well-formed. */
static bool
find_places(struct inv_xml_rows *x, struct inv_xml_places *places,
    struct inv_err *err)
{
	const struct inv_xml_face face = {
		.open = meet_place,
		.close = leave_place,
		.namespaces = true,
		.encoding = x->reads.encoding,
	};

	if (!inv_input_rewind(x->in, err))
		return false;
	struct inv_xml *xml = inv_xml_new(&face, places);

	inv_xml_begin(xml, inv_text_pull(x->in->text), x->in->name);
	bool ok = inv_xml_next(xml, err) == INV_NEXT_END;

	inv_xml_free(xml);
	return ok;
}

static const char *
missing(const struct inv_xml_rows *x)
{
	return x->map == NULL && x->path.n == 0
	    ? "it has to be said which elements are rows"
	    : "there is no such element";
}

/* The path leads nowhere: say where there are elements. */
static enum inv_next
propose(struct inv_xml_rows *x, struct inv_err *err)
{
	struct inv_buf list = INV_BUF(PROPOSALS);
	struct inv_xml_places *places = inv_xml_places_new();

	x->reason = "no_element";
	if (find_places(x, places, err)) {
		bool any = inv_xml_places_put(places, &list);

		inv_fail(err, INV_BAD,
		    any ? "%s: %s; there is %.*s (%s)"
			: "%s: %s, and there is none within the root%.*s",
		    x->in->name, missing(x), INV_ARG(inv_buf_str(&list)),
		    x->map != NULL ? "rows/path of the mapping, with its "
				     "namespaces"
				   : "--path");
	}
	inv_xml_places_free(places);
	inv_buf_free(&list);
	return INV_NEXT_ERR;
}

/* ---- one after the other ---- */

static enum inv_next
refuse_late(struct inv_xml_rows *x, struct inv_err *err)
{
	const struct inv_xml_member *late = inv_xml_mapped_late(x->mapped);

	x->reason = "element_late";
	inv_fail(err, INV_BAD,
	    "%s: line %ju: %.64s: %.256s: behind rows that "
	    "should have it",
	    x->in->name, (uintmax_t)x->late_line, late->name.p, late->path.p);
	return INV_NEXT_ERR;
}

enum inv_next
inv_xml_rows_next(struct inv_xml_rows *x, struct inv_xml_row *row,
    struct inv_err *err)
{
	enum inv_next next = inv_xml_next(x->read, err);
	uint64_t mark = inv_text_mark(x->in->text);

	if (next == INV_NEXT_ERR && err->fault == INV_BAD)
		x->reason =
		    inv_xml_has_doctype(x->read) ? "doctype" : "malformed";
	if (next == INV_NEXT_END && !x->found &&
	    (!x->way.arrived || x->way.strayed))
		return propose(x, err);
	if (next != INV_NEXT_LINE)
		return next;
	if (x->late_line != 0)
		return refuse_late(x, err);
	if (x->row.end - x->row.begin > INV_RECORD_MAX) {
		x->row.cut = true;
		inv_xml_rows_give_up(x);
	}
	*row = x->row;
	row->raw = raw_of(x);
	row->begin += mark;
	row->end += mark;
	return next;
}

/* ---- opening ---- */

struct inv_xml_rows *
inv_xml_rows_new(void)
{
	struct inv_xml_rows *x = inv_mem_new(sizeof(*x));

	x->reads = (struct inv_xml_face){
		.open = read_open,
		.close = read_close,
		.text = read_text,
		.namespaces = true,
	};
	x->read = inv_xml_new(&x->reads, x);
	x->members = inv_xml_members_new();
	x->bytes = INV_BUF(BYTES);
	x->head = INV_BUF(INV_RECORD_MAX);
	inv_mem_need(inv_buf_room(&x->bytes, BYTES));
	return x;
}

void
inv_xml_rows_free(struct inv_xml_rows *x)
{
	if (x == NULL)
		return;
	inv_xml_free(x->read);
	inv_xml_members_free(x->members);
	inv_xml_mapped_free(x->mapped);
	inv_buf_free(&x->bytes);
	inv_buf_free(&x->head);
	free(x);
}

const char *
inv_xml_rows_reason(const struct inv_xml_rows *x)
{
	return x->reason;
}

void
inv_xml_rows_begin(struct inv_xml_rows *x, struct inv_input *in,
    struct inv_str path, const struct inv_xml_map *map,
    struct inv_naming *naming)
{
	bool decoded =
	    !inv_text_is_plain(in->text) || inv_text_mark(in->text) > 0;

	x->in = in;
	x->path = path;
	x->reason = "";
	/* What is UTF-8 by now is no more what it says of itself. */
	x->reads.encoding = decoded ? "UTF-8" : NULL;
	x->map = map;
	x->late_line = 0;
	if (map != NULL && x->mapped == NULL)
		x->mapped = inv_xml_mapped_new();
	if (map != NULL) {
		inv_xml_mapped_begin(x->mapped, map);
		inv_xml_path_follow(&x->way, map->path, map->path_n);
	} else {
		inv_xml_members_begin(x->members, naming);
		inv_xml_path_begin(&x->way, path);
	}
	inv_buf_reset(&x->bytes);
	x->base = 0;
	x->open = x->found = x->again = false;
	inv_xml_begin(x->read, (struct inv_pull){ get, x }, in->name);
}
