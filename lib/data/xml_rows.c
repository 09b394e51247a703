/* xml_rows.c - the elements of an XML text that a path leads to, as records */

#include "data/xml_rows.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/scan.h"
#include "data/xml_path.h"
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
	struct inv_naming *naming;
	const char *reason;

	struct inv_xml_face checks;
	struct inv_xml *check;         /* NULL before the first text */
	struct inv_xml_places *places; /* NULL: nobody wants them */
	bool found;

	struct inv_xml_face reads;
	struct inv_xml *read; /* the same */
	struct inv_xml_path way;
	struct inv_xml_members *members;
	struct inv_xml_row row; /* raw is not set before it is told */
	bool open;              /* within a row */

	struct inv_buf bytes; /* the last that were read */
	uint64_t base;        /* where they begin */
	struct inv_buf head;  /* of the row, which is too long */
};

/* ---- what it has to be ---- */

static void
check_open(void *self, const char *name, const char *const *attributes)
{
	struct inv_xml_rows *x = self;

	(void)attributes;
	if (inv_xml_path_open(&x->way, name))
		x->found = true;
	if (x->places != NULL)
		inv_xml_places_open(x->places, name);
}

static void
check_close(void *self, const char *name)
{
	struct inv_xml_rows *x = self;

	(void)name;
	(void)inv_xml_path_close(&x->way);
	if (x->places != NULL)
		inv_xml_places_close(x->places);
}

/* ---- rows ---- */

static void
read_open(void *self, const char *name, const char *const *attributes)
{
	struct inv_xml_rows *x = self;

	if (inv_xml_path_open(&x->way, name)) {
		struct inv_xml_place at = inv_xml_at(x->read);

		x->row.line = at.line;
		x->row.begin = at.begin;
		x->row.cut = false;
		x->open = true;
	}
	if (x->open)
		inv_xml_members_open(x->members, name, attributes);
}

static void
read_text(void *self, struct inv_str text)
{
	struct inv_xml_rows *x = self;

	if (x->open)
		inv_xml_members_text(x->members, text);
}

static void
read_close(void *self, const char *name)
{
	struct inv_xml_rows *x = self;

	(void)name;
	if (x->open)
		inv_xml_members_close(x->members);
	if (!inv_xml_path_close(&x->way))
		return;
	x->row.end = inv_xml_at(x->read).end;
	x->open = false;
	inv_xml_pause(x->read);
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
		inv_xml_members_give_up(x->members);
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

enum inv_next
inv_xml_rows_next(struct inv_xml_rows *x, struct inv_xml_row *row,
    struct inv_err *err)
{
	enum inv_next next = inv_xml_next(x->read, err);
	uint64_t mark = inv_text_mark(x->in->text);

	if (next != INV_NEXT_LINE)
		return next;
	if (x->row.end - x->row.begin > INV_RECORD_MAX) {
		x->row.cut = true;
		inv_xml_members_give_up(x->members);
	}
	*row = x->row;
	row->raw = raw_of(x);
	row->members = x->members;
	row->begin += mark;
	row->end += mark;
	return next;
}

/* ---- opening ---- */

struct inv_xml_rows *
inv_xml_rows_new(void)
{
	struct inv_xml_rows *x = inv_mem_new(sizeof(*x));

	x->checks = (struct inv_xml_face){
		.open = check_open,
		.close = check_close,
		.namespaces = true,
	};
	x->reads = (struct inv_xml_face){
		.open = read_open,
		.close = read_close,
		.text = read_text,
		.namespaces = true,
	};
	x->check = inv_xml_new(&x->checks, x);
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
	inv_xml_free(x->check);
	inv_xml_free(x->read);
	inv_xml_members_free(x->members);
	inv_buf_free(&x->bytes);
	inv_buf_free(&x->head);
	free(x);
}

const char *
inv_xml_rows_reason(const struct inv_xml_rows *x)
{
	return x->reason;
}

static bool
see_through(struct inv_xml_rows *x, struct inv_err *err)
{
	enum inv_next next;

	inv_xml_path_begin(&x->way, x->path);
	x->found = false;
	inv_xml_begin(x->check, inv_text_pull(x->in->text), x->in->name);
	do
		next = inv_xml_next(x->check, err);
	while (next == INV_NEXT_LINE);
	if (next == INV_NEXT_ERR && err->fault == INV_BAD)
		x->reason =
		    inv_xml_has_doctype(x->check) ? "doctype" : "malformed";
	return next == INV_NEXT_END && inv_input_rewind(x->in, err);
}

/* The path leads nowhere: say where there are elements. */
static bool
propose(struct inv_xml_rows *x, struct inv_err *err)
{
	struct inv_buf list = INV_BUF(PROPOSALS);

	x->reason = "no_element";
	x->places = inv_xml_places_new();
	if (see_through(x, err)) {
		bool any = inv_xml_places_put(x->places, &list);

		inv_fail(err, INV_BAD,
		    any ? "%s: %s; there is %.*s (--path)"
			: "%s: %s, and there is none within the root%.*s",
		    x->in->name,
		    x->path.n == 0 ? "it has to be said which elements are rows"
				   : "there is no such element",
		    INV_ARG(inv_buf_str(&list)));
	}
	inv_xml_places_free(x->places);
	x->places = NULL;
	inv_buf_free(&list);
	return false;
}

bool
inv_xml_rows_begin(struct inv_xml_rows *x, struct inv_input *in,
    struct inv_str path, struct inv_naming *naming, struct inv_err *err)
{
	bool decoded =
	    !inv_text_is_plain(in->text) || inv_text_mark(in->text) > 0;

	x->in = in;
	x->path = path;
	x->reason = "";
	/* What is UTF-8 by now is no more what it says of itself. */
	x->checks.encoding = x->reads.encoding = decoded ? "UTF-8" : NULL;
	if (!see_through(x, err))
		return false;
	if (!x->found && (!x->way.arrived || x->way.strayed))
		return propose(x, err);
	inv_xml_members_begin(x->members, naming);
	inv_xml_path_begin(&x->way, path);
	inv_buf_reset(&x->bytes);
	x->base = 0;
	x->open = false;
	inv_xml_begin(x->read, (struct inv_pull){ get, x }, in->name);
	return true;
}
