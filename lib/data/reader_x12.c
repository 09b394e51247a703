/*
 * reader_x12.c - the line items of X12 transaction sets as rows
 *
 * A file is gone through twice: once for what does not add up, and then for its
 * rows, of which each is told what is wrong with its set and around it.
 */

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"
#include "data/json.h"
#include "data/object.h"
#include "data/reader.h"
#include "data/ruling.h"
#include "data/scan.h"
#include "data/x12_envelope.h"
#include "data/x12_row.h"

enum {
	SETS = 1000,          /* ids of three digits */
	MAPS_TEXT = 1 << 20,  /* bytes of all mappings that are used */
	RECORD_MAX = 8 << 20, /* bytes of a record, too long ones among them */
};

/* What a row is made of. */
enum kind {
	KIND_ITEM,  /* a loop that the mapping makes a row of */
	KIND_BARE,  /* a set without a mapping, or without such a loop */
	KIND_STRAY, /* segments that belong to no set */
};

struct x12_reader {
	struct inv_reader base;
	struct inv_input *in;
	struct inv_x12 *x12;
	struct inv_segment seg;
	struct inv_x12_envelope envelope;
	struct inv_x12_totals totals;
	struct inv_x12_faults faults;
	struct inv_x12_hls hls;       /* while they are looked for */
	size_t cursor[INV_X12_DEPTH]; /* of faults that are not over */

	struct inv_x12_map *map[SETS];
	bool asked[SETS];    /* for that map, which may be none */
	struct inv_buf maps; /* [{...},...]: those that were used */

	const struct inv_x12_map *now; /* of the set; NULL: none */
	bool is_bare;                  /* a set is open, and has given no row */
	struct inv_x12_row *row;
	struct inv_segment first; /* of the row */
	uint64_t end;             /* behind its last segment */
	enum kind kind;
	bool cut;
	struct inv_buf isa, gs; /* of what is open */
	struct inv_object *object;
	struct inv_buf record; /* before its members are named */
};

static struct x12_reader *
of(struct inv_reader *r)
{
	return (struct x12_reader *)r;
}

static const struct x12_reader *
is(const struct inv_reader *r)
{
	return (const struct x12_reader *)r;
}

/* ---- mappings ---- */

/* Which of SETS it is; SETS where it is not three digits. */
static size_t
set_number(struct inv_str id)
{
	size_t n = 0;

	for (size_t i = 0; i < id.n; i++) {
		if (id.p[i] < '0' || id.p[i] > '9')
			return SETS;
		n = n * 10 + (size_t)(id.p[i] - '0');
	}
	return id.n == 3 ? n : SETS;
}

static void
drop_maps(struct x12_reader *x)
{
	for (size_t i = 0; i < SETS; i++) {
		inv_x12_map_free(x->map[i]);
		x->map[i] = NULL;
		x->asked[i] = false;
	}
	inv_buf_reset(&x->maps);
}

/* Those that were used when the file was read before, and no others. */
static bool
read_given(struct x12_reader *x, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_MAPPING_MAX);
	struct inv_json *all = inv_json_new(x->base.how->mappings, err);
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < inv_json_count(all); i++) {
		struct inv_x12_map *map;

		inv_buf_reset(&text);
		inv_json_print(inv_json_at(all, i), &text);
		map = inv_x12_map_new(inv_buf_str(&text), "mappings", err);
		ok = map != NULL;
		if (!ok)
			break;
		size_t n = set_number(map->set);

		inv_x12_map_free(x->map[n]);
		x->map[n] = map;
	}
	inv_json_free(all);
	inv_buf_free(&text);
	return ok;
}

/* The mapping of the set that begins; it is asked for once. */
static bool
find_map(struct x12_reader *x, struct inv_err *err)
{
	const struct inv_source_options *how = x->base.how;
	const struct inv_str *element;
	size_t n = inv_x12_split(x->x12, x->seg.raw, &element);
	struct inv_str id = n > 1 ? element[1] : INV_LIT("");
	size_t set = set_number(id);
	char name[4];

	x->now = NULL;
	if (set == SETS)
		return true;
	if (how->find_mapping != NULL && how->mappings.n == 0 &&
	    !x->asked[set]) {
		snprintf(name, sizeof(name), "%.3s", id.p);
		if (!how->find_mapping(how->finder, name, &x->map[set], err))
			return false;
		if (x->map[set] != NULL)
			inv_emit_raw(&x->maps, inv_x12_map_text(x->map[set]));
		if (x->maps.failed)
			return inv_fail(err, INV_CONFIG,
			    "%s: its mappings are longer than 1 MiB together",
			    x->in->name);
	}
	x->asked[set] = true;
	x->now = x->map[set];
	return true;
}

/* ---- opening ---- */

static void
restart(struct x12_reader *x)
{
	inv_x12_free(x->x12);
	x->x12 =
	    inv_x12_new(inv_text_pull(x->in->text), inv_text_mark(x->in->text));
	x->envelope = (struct inv_x12_envelope){ .x12 = x->x12 };
	x->is_bare = false;
	x->now = NULL;
}

static bool
refuse(struct x12_reader *x, const char *reason, const char *what,
    struct inv_err *err)
{
	x->base.reason = reason;
	return inv_fail(err, INV_BAD, "%s: %s", x->in->name, what);
}

/* What promises are kept, of the whole file. */
static bool
check_all(struct x12_reader *x, struct inv_err *err)
{
	struct inv_x12_envelope *e = &x->envelope;
	enum inv_next next;

	e->faults = &x->faults;
	e->hls = &x->hls;
	while ((next = inv_x12_next(x->x12, &x->seg, err)) == INV_NEXT_LINE) {
		if (x->seg.number == 1 &&
		    (x->seg.id != INV_X12_ID('I', 'S', 'A') ||
			x->seg.flaw != INV_X12_SOUND))
			return refuse(x, "bad_envelope",
			    "does not begin with an ISA segment of 106 bytes",
			    err);
		if (inv_x12_envelope_take(e, &x->seg) != INV_X12_BEGINS)
			continue;
		if (!find_map(x, err))
			return false;
		e->map = x->now;
	}
	if (next == INV_NEXT_ERR)
		return false;
	if (x->seg.number == 0)
		return refuse(x, "empty", "empty: no ISA segment", err);
	inv_x12_envelope_end(e);
	inv_x12_hls_free(&x->hls);
	x->totals = e->totals;
	if (x->faults.has_untold) {
		x->base.reason = "bad_envelope";
		return inv_fail(err, INV_BAD,
		    "%s: line %ju: %s, and it has no set", x->in->name,
		    (uintmax_t)x->faults.untold.at.line, x->faults.untold.msg);
	}
	if (x->faults.full)
		return refuse(x, "bad_envelope",
		    "more than 32768 totals do not add up", err);
	return true;
}

static bool
begin(struct inv_reader *r, struct inv_input *in, enum inv_format format,
    struct inv_err *err)
{
	struct x12_reader *x = of(r);

	(void)format;
	x->in = in;
	x->seg = (struct inv_segment){ 0 };
	inv_x12_faults_free(&x->faults);
	memset(x->cursor, 0, sizeof(x->cursor));
	drop_maps(x);
	if (r->how->mappings.n > 0 && !read_given(x, err))
		return false;
	restart(x);
	if (!check_all(x, err) || !inv_input_rewind(in, err))
		return false;
	restart(x);
	return true;
}

/* ---- rows ---- */

/* The row is what is held, up to the segment before one that was put back. */
static enum inv_next
give(struct x12_reader *x, enum kind kind, uint64_t end)
{
	struct inv_reader *r = &x->base;

	x->kind = kind;
	x->end = end;
	r->line = x->first.line;
	r->offset = x->first.offset;
	r->raw = inv_x12_held(x->x12, &x->cut);
	return INV_NEXT_LINE;
}

static enum inv_next
next_segment(struct x12_reader *x, struct inv_err *err)
{
	return inv_x12_next(x->x12, &x->seg, err);
}

/* It begins a row, or stands beside one. */
static bool
is_part(const struct x12_reader *x)
{
	return x->now->has_levels ? x->seg.id == INV_X12_ID('H', 'L', 0)
				  : x->seg.id == x->now->row.id;
}

static bool
is_row(struct x12_reader *x)
{
	const struct inv_str *element;

	if (x->seg.id != x->now->row.id)
		return false;
	size_t n = inv_x12_split(x->x12, x->seg.raw, &element);

	return inv_x12_fits(&x->now->row, x->seg.id, element, n);
}

static bool
is_behind_rows(const struct x12_reader *x)
{
	for (size_t i = 0; i < x->now->ends; i++)
		if (x->seg.id == x->now->end[i])
			return true;
	return false;
}

/* The loop of a row, whose first segment is at hand and has been taken. */
static enum inv_next
read_item(struct x12_reader *x, struct inv_err *err)
{
	enum inv_next next;
	uint64_t end = x->seg.end;

	x->first = x->seg;
	x->is_bare = false;
	inv_x12_hold(x->x12);
	while ((next = next_segment(x, err)) == INV_NEXT_LINE) {
		if (inv_x12_ends_set(x->seg.id) || is_part(x) ||
		    is_behind_rows(x)) {
			inv_x12_back(x->x12);
			break;
		}
		(void)inv_x12_envelope_take(&x->envelope, &x->seg);
		inv_x12_row_take(x->row, x->x12, &x->seg);
		end = x->seg.end;
	}
	return next == INV_NEXT_ERR ? next : give(x, KIND_ITEM, end);
}

/* A run of segments that belong to no set. */
static enum inv_next
read_stray(struct x12_reader *x, struct inv_err *err)
{
	enum inv_next next;
	uint64_t end = x->seg.end;

	x->first = x->seg;
	inv_x12_hold(x->x12);
	while ((next = next_segment(x, err)) == INV_NEXT_LINE) {
		if (!inv_x12_is_stray(&x->envelope, x->seg.id)) {
			inv_x12_back(x->x12);
			break;
		}
		end = x->seg.end;
	}
	return next == INV_NEXT_ERR ? next : give(x, KIND_STRAY, end);
}

static void
keep_around(struct x12_reader *x)
{
	struct inv_buf *b = x->seg.id == INV_X12_ID('I', 'S', 'A') ? &x->isa
	    : x->seg.id == INV_X12_ID('G', 'S', 0)                 ? &x->gs
								   : NULL;

	if (b == NULL)
		return;
	inv_buf_reset(b);
	inv_buf_add(b, x->seg.raw);
	if (b == &x->isa)
		inv_buf_reset(&x->gs);
}

static void
take_around(struct x12_reader *x, uint32_t id, const struct inv_buf *b)
{
	struct inv_segment seg = x->seg;

	if (b->n == 0)
		return;
	seg.id = id;
	seg.raw = inv_buf_str(b);
	inv_x12_row_take(x->row, x->x12, &seg);
}

static bool
begin_set(struct x12_reader *x, struct inv_err *err)
{
	if (!find_map(x, err))
		return false;
	x->first = x->seg;
	x->is_bare = true;
	inv_x12_hold(x->x12);
	if (x->now == NULL)
		return true;
	inv_x12_row_set(x->row, x->now);
	take_around(x, INV_X12_ID('I', 'S', 'A'), &x->isa);
	take_around(x, INV_X12_ID('G', 'S', 0), &x->gs);
	inv_x12_row_take(x->row, x->x12, &x->seg);
	return true;
}

/* A segment of a set that no row has; true where one begins with it. */
static bool
take_within(struct x12_reader *x)
{
	if (x->now == NULL)
		return false;
	if (is_behind_rows(x))
		inv_x12_row_pause(x->row);
	bool begins = is_row(x);

	if (begins || (x->now->has_levels && is_part(x)))
		inv_x12_row_begin(x->row, x->x12, &x->seg);
	inv_x12_row_take(x->row, x->x12, &x->seg);
	return begins;
}

/* The set at hand is over and has given no row: it is one. */
static enum inv_next
give_set(struct x12_reader *x, enum inv_next next, uint64_t end)
{
	x->is_bare = false;
	if (next == INV_NEXT_LINE && x->seg.id == INV_X12_ID('S', 'E', 0)) {
		(void)inv_x12_envelope_take(&x->envelope, &x->seg);
		end = x->seg.end;
	} else if (next == INV_NEXT_LINE)
		inv_x12_back(x->x12);
	return give(x, KIND_BARE, end);
}

static enum inv_next
next_row(struct x12_reader *x, struct inv_err *err)
{
	for (;;) {
		uint64_t end = x->seg.end;
		enum inv_next next = next_segment(x, err);

		if (next == INV_NEXT_ERR)
			return next;
		if (x->is_bare &&
		    (next == INV_NEXT_END || inv_x12_ends_set(x->seg.id)))
			return give_set(x, next, end);
		if (next == INV_NEXT_END)
			return next;
		switch (inv_x12_envelope_take(&x->envelope, &x->seg)) {
		case INV_X12_AROUND:
			keep_around(x);
			break;
		case INV_X12_BEGINS:
			if (!begin_set(x, err))
				return INV_NEXT_ERR;
			break;
		case INV_X12_WITHIN:
			if (take_within(x))
				return read_item(x, err);
			break;
		case INV_X12_ENDS:
			break;
		case INV_X12_STRAY:
			return read_stray(x, err);
		}
	}
}

static enum inv_next
next(struct inv_reader *r, struct inv_err *err)
{
	return next_row(of(r), err);
}

/* ---- writing ---- */

static struct inv_place
place_of_row(const struct x12_reader *x)
{
	struct inv_place at = inv_x12_place_of(&x->first);

	at.end = x->end;
	return at;
}

/* The faults of a level, from *at on; those of what is over are passed. */
static const struct inv_x12_fault *
fault_at(struct x12_reader *x, int level, size_t i)
{
	const struct inv_x12_fault *f = x->faults.at[level];
	uint64_t number = x->envelope.open[level].number;
	size_t *cursor = &x->cursor[level];

	while (*cursor < x->faults.n[level] && f[*cursor].of < number)
		++*cursor;
	i += *cursor;
	return i < x->faults.n[level] && f[i].of == number ? &f[i] : NULL;
}

static bool
has_faults(struct x12_reader *x)
{
	for (int level = 0; level < INV_X12_DEPTH; level++)
		if (fault_at(x, level, 0) != NULL)
			return true;
	return false;
}

static void
put_faults(struct x12_reader *x, struct inv_buf *out)
{
	const struct inv_x12_fault *f;

	for (int level = 0; level < INV_X12_DEPTH; level++)
		for (size_t i = 0; (f = fault_at(x, level, i)) != NULL; i++)
			inv_ruling_error(f->type, INV_LIT("[]"), f->msg, &f->at,
			    out);
}

static void
put_error(const struct x12_reader *x, const char *type, const char *msg,
    struct inv_buf *out)
{
	struct inv_place at = place_of_row(x);

	inv_ruling_error(type, INV_LIT("[]"), msg, &at, out);
}

/* What is wrong with the row itself, whatever is around it. */
static void
put_own(struct x12_reader *x, bool too_long, struct inv_buf *out)
{
	switch (x->kind) {
	case KIND_ITEM:
		inv_x12_row_errors(x->row, out);
		if (x->cut)
			put_error(x, "record_too_long",
			    "its segments are longer than 1 MiB", out);
		else if (too_long)
			put_error(x, "record_too_long",
			    "as JSON longer than 1 MiB, or a value of it than "
			    "256 KiB",
			    out);
		break;
	case KIND_BARE:
		if (x->now == NULL)
			put_error(x, "no_mapping",
			    "no mapping for this transaction set", out);
		else
			put_error(x, "set_empty",
			    "no segment of it begins a row", out);
		break;
	case KIND_STRAY:
		put_error(x, "segment_outside",
		    "segments that belong to no transaction set", out);
		break;
	}
}

static bool
rule(struct x12_reader *x, bool too_long, struct inv_buf *out)
{
	inv_ruling_begin(x->base.stage, "malformed_row", out);
	if (x->kind != KIND_STRAY)
		put_faults(x, out);
	put_own(x, too_long, out);
	inv_ruling_end(x->base.raw, x->cut, out);
	return false;
}

/* A record whose members get other names, or more of them. */
static bool
write_named(struct x12_reader *x, struct inv_buf *out)
{
	inv_buf_reset(&x->record);
	if (!inv_x12_row_put(x->row, &x->record))
		return rule(x, true, out);
	const struct inv_object_row row = {
		.text = inv_buf_str(&x->record),
		.reason = "malformed_row",
		.at = place_of_row(x),
		.raw = x->base.raw,
	};

	return inv_object_write(x->object, &x->base, &row, out);
}

static bool
write_row(struct inv_reader *r, struct inv_buf *out)
{
	struct x12_reader *x = of(r);
	size_t from = out->n;

	if (x->kind != KIND_ITEM || x->cut || has_faults(x) ||
	    !inv_x12_row_is_sound(x->row))
		return rule(x, false, out);
	if (r->naming != NULL)
		return write_named(x, out);
	inv_buf_add(out, INV_LIT("\"record\":"));
	if (inv_x12_row_put(x->row, out))
		return true;
	out->n = from;
	return rule(x, true, out);
}

/* ---- the rest ---- */

static void
notes(const struct inv_reader *r, struct inv_buf *out)
{
	const struct x12_reader *x = is(r);

	if (x->maps.n == 0)
		return;
	inv_emit_key(out, INV_LIT("mappings"));
	inv_buf_byte(out, '[');
	inv_buf_add(out, inv_buf_str(&x->maps));
	inv_buf_byte(out, ']');
}

static void
totals(const struct inv_reader *r, struct inv_buf *out)
{
	inv_x12_totals_put(&is(r)->totals, out);
}

static void
free_reader(struct inv_reader *r)
{
	struct x12_reader *x = of(r);

	drop_maps(x);
	inv_buf_free(&x->maps);
	inv_buf_free(&x->isa);
	inv_buf_free(&x->gs);
	inv_buf_free(&x->record);
	inv_object_free(x->object);
	inv_x12_free(x->x12);
	inv_x12_row_free(x->row);
	inv_x12_faults_free(&x->faults);
	inv_x12_hls_free(&x->hls);
	free(x);
}

struct inv_reader *
inv_reader_x12(void)
{
	static const struct inv_reader_face face = {
		.begin = begin,
		.next = next,
		.write = write_row,
		.notes = notes,
		.totals = totals,
		.free = free_reader,
	};
	struct x12_reader *x = inv_mem_new(sizeof(*x));

	x->base.face = &face;
	x->maps = INV_BUF(MAPS_TEXT);
	x->isa = INV_BUF(INV_X12_SEGMENT_MAX);
	x->gs = INV_BUF(INV_X12_SEGMENT_MAX);
	x->row = inv_x12_row_new();
	x->object = inv_object_new();
	x->record = INV_BUF(RECORD_MAX);
	return &x->base;
}
