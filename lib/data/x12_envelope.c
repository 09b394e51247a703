/* x12_envelope.c - interchanges, groups and sets, and whether they add up */

#include "data/x12_envelope.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/emit.h"

enum {
	SHOWN = 24,        /* bytes of a value in a message */
	DECIMALS = 6,      /* of a sum */
	SHOWN_FLAW = 96,   /* bytes of what is wrong with a segment */
	HASH_DIGITS = 10,  /* that a hash total may have */
	COUNT_DIGITS = 15, /* of a number that is read */
};

static const char control_total[] = "control_total";
static const char envelope_broken[] = "envelope_broken";
static const char segment_invalid[] = "segment_invalid";

struct level {
	const char *name;
	uint32_t begin, end;
	const char *begin_id, *end_id;
	const char *part;  /* what it counts */
	size_t control;    /* the element of its begin with the number */
	const char *named; /* the same in words */
};

static const struct level levels[INV_X12_DEPTH] = {
	[INV_X12_SET] = { "set", INV_X12_ID('S', 'T', 0),
	    INV_X12_ID('S', 'E', 0), "ST", "SE", "segments", 2, "ST02" },
	[INV_X12_GROUP] = { "group", INV_X12_ID('G', 'S', 0),
	    INV_X12_ID('G', 'E', 0), "GS", "GE", "sets", 6, "GS06" },
	[INV_X12_INTERCHANGE] = { "interchange", INV_X12_ID('I', 'S', 'A'),
	    INV_X12_ID('I', 'E', 'A'), "ISA", "IEA", "groups", 13, "ISA13" },
};

struct inv_place
inv_x12_place_of(const struct inv_segment *seg)
{
	return (struct inv_place){
		.line = seg->line,
		.begin = seg->offset,
		.end = seg->end,
		.segment = seg->number,
	};
}

void
inv_x12_faults_free(struct inv_x12_faults *f)
{
	for (int i = 0; i < INV_X12_DEPTH; i++)
		free(f->at[i]);
	*f = (struct inv_x12_faults){ 0 };
}

/* ---- what is wrong ---- */

static void fault(struct inv_x12_envelope *e, enum inv_x12_level level,
    const char *type, const struct inv_segment *seg, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

static void
fault(struct inv_x12_envelope *e, enum inv_x12_level level, const char *type,
    const struct inv_segment *seg, const char *fmt, ...)
{
	struct inv_x12_faults *f = e->faults;
	va_list args;

	e->totals.wrong += type == control_total;
	if (f == NULL)
		return;
	if (f->n[0] + f->n[1] + f->n[2] == INV_X12_FAULTS_MAX) {
		f->full = true;
		return;
	}
	if (f->n[level] == f->cap[level]) {
		f->cap[level] = f->cap[level] == 0 ? 16 : 2 * f->cap[level];
		f->at[level] = inv_mem_resize(f->at[level], f->cap[level],
		    sizeof(*f->at[level]));
	}
	struct inv_x12_fault *to = &f->at[level][f->n[level]++];

	to->of = e->open[level].number;
	to->type = type;
	to->at = inv_x12_place_of(seg);
	va_start(args, fmt);
	vsnprintf(to->msg, sizeof(to->msg), fmt, args);
	va_end(args);
}

/* A value of the file, so that it can stand in a message. */
static const char *
shown(struct inv_str s, char out[SHOWN + 4])
{
	size_t n = s.n < SHOWN ? s.n : SHOWN;

	if (s.n == 0)
		return "nothing";
	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i];
	for (size_t i = 0; i < n; i++)
		if (out[i] < ' ' || out[i] > '~')
			out[i] = '?';
	memcpy(out + n, s.n > SHOWN ? "..." : "", s.n > SHOWN ? 4 : 1);
	return out;
}

/* ---- numbers ---- */

/* Digits alone, leading zeros and all; false for anything else. */
static bool
number_of(struct inv_str s, uint64_t *v)
{
	*v = 0;
	if (s.n == 0 || s.n > COUNT_DIGITS)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*v = *v * 10 + (uint64_t)(s.p[i] - '0');
	}
	return true;
}

/* An amount as X12 writes it: 12, 12.5, .5; no sign in what is summed. */
static bool
amount_of(struct inv_str s, struct inv_x12_sum *to)
{
	size_t decimals = 0, digits = 0;
	bool point = false;

	*to = (struct inv_x12_sum){ 0 };
	if (s.n > COUNT_DIGITS)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		to->digits = to->digits * 10 + (uint64_t)(s.p[i] - '0');
		decimals += point;
		digits++;
	}
	if (digits == 0 || decimals > DECIMALS || digits - decimals > 12)
		return false;
	to->value = to->digits;
	for (; decimals < DECIMALS; decimals++)
		to->value *= 10;
	return true;
}

static void
add_amount(struct inv_x12_sum *sum, struct inv_str s)
{
	struct inv_x12_sum v;

	if (!amount_of(s, &v) || v.value > UINT64_MAX - sum->value) {
		sum->bad = true;
		return;
	}
	sum->value += v.value;
	sum->digits += v.digits;
}

/* As it is, or as X12 has it: decimal points ignored, the last digits. */
static bool
adds_up(const struct inv_x12_envelope *e)
{
	uint64_t digits = e->sum.digits, cut = 1;

	if (e->sum.bad)
		return false;
	for (size_t i = 0; i < e->sum_digits && i < HASH_DIGITS; i++)
		cut *= 10;
	if (e->sum_digits > 0 && digits >= UINT64_C(10000000000))
		digits %= cut;
	return e->sum.value == e->sum_promised.value ||
	    digits == e->sum_promised.digits;
}

static const char *
sum_text(uint64_t value, char out[SHOWN + 4])
{
	int n = snprintf(out, SHOWN, "%ju.%06ju", (uintmax_t)value / 1000000,
	    (uintmax_t)value % 1000000);

	while (out[n - 1] == '0')
		out[--n] = '\0';
	if (out[n - 1] == '.')
		out[--n] = '\0';
	return out;
}

/* ---- what a set has ---- */

static struct inv_str
element_at(const struct inv_x12_place *at, const struct inv_str *element,
    size_t n)
{
	return at->element < n ? element[at->element] : (struct inv_str){ 0 };
}

/* The first HL01 that is there a second time, and how many are. */
static void
note_hl(struct inv_x12_envelope *e, const struct inv_segment *seg)
{
	const struct inv_str *element;
	size_t n = inv_x12_split(e->x12, seg->raw, &element);
	char id[SHOWN + 4];

	/* Without one its rows say so. */
	if (n < 2 || element[1].n == 0)
		return;
	enum inv_x12_hl what = inv_x12_hls_add(e->hls, element[1]);

	if (what == INV_X12_HL_NEW || e->hl_twice++ > 0)
		return;
	e->first_twice = *seg;
	if (what == INV_X12_HL_TWICE)
		snprintf(e->first_hl, sizeof(e->first_hl),
		    "HL01 %s is that of an HL before it",
		    shown(element[1], id));
	else
		snprintf(e->first_hl, sizeof(e->first_hl),
		    "HL01 %s is behind %d that are not counted from 1",
		    shown(element[1], id), (int)INV_X12_HLS_MAX);
}

/* What is counted, and what is promised of it. */
static void
count(struct inv_x12_envelope *e, const struct inv_segment *seg)
{
	const struct inv_x12_map *m = e->map;
	const struct inv_str *element;

	if (m == NULL)
		return;
	e->lines += seg->id == m->lines_of;
	if (m->has_levels && seg->id == INV_X12_ID('H', 'L', 0))
		note_hl(e, seg);
	if (seg->id != m->lines.id && seg->id != m->sum.id &&
	    seg->id != m->sum_of.id)
		return;
	size_t n = inv_x12_split(e->x12, seg->raw, &element);

	if (seg->id == m->sum_of.id && element_at(&m->sum_of, element, n).n > 0)
		add_amount(&e->sum, element_at(&m->sum_of, element, n));
	if (seg->id == m->lines.id) {
		e->trailer = *seg;
		e->has_lines_promised =
		    number_of(element_at(&m->lines, element, n),
			&e->lines_promised);
	}
	if (seg->id == m->sum.id) {
		struct inv_str s = element_at(&m->sum, element, n);

		e->trailer = *seg;
		e->sum_digits =
		    s.n - (s.n > 0 && memchr(s.p, '.', s.n) != NULL);
		e->has_sum_promised = s.n > 0;
		if (s.n > 0 && !amount_of(s, &e->sum_promised))
			e->sum.bad = true;
	}
}

static void
check_lines(struct inv_x12_envelope *e)
{
	char of[4], from[4], a[SHOWN + 4], b[SHOWN + 4];
	const struct inv_x12_map *m = e->map;

	if (m == NULL)
		return;
	e->totals.lines.counted += e->lines;
	if (e->has_lines_promised) {
		e->totals.lines.promised += e->lines_promised;
		inv_x12_id_text(m->lines.id, from);
		inv_x12_id_text(m->lines_of, of);
		if (e->lines_promised != e->lines)
			fault(e, INV_X12_SET, control_total, &e->trailer,
			    "%s%02zu: %ju of %s promised, %ju counted", from,
			    m->lines.element, (uintmax_t)e->lines_promised, of,
			    (uintmax_t)e->lines);
	}
	if (!e->has_sum_promised || adds_up(e))
		return;
	inv_x12_id_text(m->sum.id, from);
	inv_x12_id_text(m->sum_of.id, of);
	fault(e, INV_X12_SET, control_total, &e->trailer,
	    "%s%02zu: a sum of %s%02zu of %s promised, %s counted", from,
	    m->sum.element, of, m->sum_of.element,
	    sum_text(e->sum_promised.value, a),
	    e->sum.bad ? "none that is a number" : sum_text(e->sum.value, b));
}

static const char *
flaw_text(enum inv_x12_flaw flaw)
{
	switch (flaw) {
	case INV_X12_SOUND:
		break;
	case INV_X12_OPEN:
		return "has no terminator";
	case INV_X12_LONG:
		return "is longer than 256 KiB";
	case INV_X12_NAME:
		return "does not begin with the id of a segment";
	case INV_X12_HEAD:
		return "is an ISA without its 106 bytes";
	}
	return "";
}

/* So long is none: its terminator, or that of the ISA, is another one. */
static void
describe_long(const struct inv_x12_envelope *e, char out[SHOWN_FLAW])
{
	const struct inv_segment *seg = &e->first_flawed;
	unsigned char c = (unsigned char)e->first_terminator;
	char name[8];

	*out = '\0';
	if (seg->flaw != INV_X12_LONG)
		return;
	snprintf(name, sizeof(name), c > ' ' && c < 0x7f ? "%c" : "0x%02x", c);
	snprintf(out, SHOWN_FLAW,
	    " (%ju bytes without %s, which the ISA says "
	    "ends segments)",
	    (uintmax_t)(seg->end - seg->offset), name);
}

static void
tell_flawed(struct inv_x12_envelope *e)
{
	const struct inv_segment *seg = &e->first_flawed;
	char more[SHOWN_FLAW];

	describe_long(e, more);
	if (e->flawed == 1)
		fault(e, INV_X12_SET, segment_invalid, seg, "segment %ju %s%s",
		    (uintmax_t)seg->number, flaw_text(seg->flaw), more);
	if (e->flawed > 1)
		fault(e, INV_X12_SET, segment_invalid, seg,
		    "segment %ju %s%s; %ju more of the set are damaged",
		    (uintmax_t)seg->number, flaw_text(seg->flaw), more,
		    (uintmax_t)e->flawed - 1);
}

static void
tell_twice(struct inv_x12_envelope *e)
{
	const struct inv_segment *seg = &e->first_twice;

	if (e->hl_twice == 1)
		fault(e, INV_X12_SET, "hl_twice", seg, "segment %ju: %s",
		    (uintmax_t)seg->number, e->first_hl);
	if (e->hl_twice > 1)
		fault(e, INV_X12_SET, "hl_twice", seg,
		    "segment %ju: %s; %ju more like it in the set",
		    (uintmax_t)seg->number, e->first_hl,
		    (uintmax_t)e->hl_twice - 1);
}

/* ---- levels ---- */

static void
open_level(struct inv_x12_envelope *e, enum inv_x12_level level,
    const struct inv_segment *seg)
{
	struct inv_x12_open *o = &e->open[level];

	o->is_open = true;
	o->number++;
	o->first = *seg;
	o->sets = e->totals.sets.counted;
	o->parts = 0;
	o->control_n = 0;
	switch (level) {
	case INV_X12_SET:
		e->map = NULL;
		e->lines = e->flawed = e->hl_twice = 0;
		if (e->hls != NULL)
			inv_x12_hls_reset(e->hls);
		e->sum = e->sum_promised = (struct inv_x12_sum){ 0 };
		e->has_lines_promised = e->has_sum_promised = false;
		e->open[INV_X12_GROUP].parts++;
		e->totals.sets.counted++;
		break;
	case INV_X12_GROUP:
		e->open[INV_X12_INTERCHANGE].parts++;
		e->totals.groups.counted++;
		break;
	case INV_X12_INTERCHANGE:
	case INV_X12_DEPTH:
		e->totals.interchanges++;
		break;
	}
}

static void
keep_control(struct inv_x12_envelope *e, enum inv_x12_level level,
    const struct inv_segment *seg)
{
	struct inv_x12_open *o = &e->open[level];
	const struct inv_str *element;
	size_t n = inv_x12_split(e->x12, seg->raw, &element);

	if (levels[level].control >= n)
		return;
	struct inv_str s = element[levels[level].control];

	o->control_n = s.n < INV_X12_CONTROL ? s.n : INV_X12_CONTROL;
	memcpy(o->control, s.p, o->control_n);
}

/* What was counted is what stands before the level's own end. */
static void
close_level(struct inv_x12_envelope *e, enum inv_x12_level level)
{
	struct inv_x12_open *o = &e->open[level];

	o->is_open = false;
	if (level != INV_X12_SET)
		return;
	e->totals.segments.counted += o->parts;
	check_lines(e);
	tell_flawed(e);
	tell_twice(e);
	e->map = NULL;
}

/* What is wrong with a level that is over is told by its sets: has it any? */
static void
check_told(struct inv_x12_envelope *e, enum inv_x12_level level)
{
	const struct inv_x12_open *o = &e->open[level];
	struct inv_x12_faults *f = e->faults;

	if (f == NULL || f->has_untold || f->n[level] == 0 ||
	    level == INV_X12_SET || o->sets < e->totals.sets.counted)
		return;
	f->untold = f->at[level][f->n[level] - 1];
	f->has_untold = f->untold.of == o->number;
}

/* All levels up to this one are over, without an end. */
static void
break_off(struct inv_x12_envelope *e, enum inv_x12_level upto)
{
	for (int i = 0; i <= (int)upto; i++) {
		enum inv_x12_level level = (enum inv_x12_level)i;
		struct inv_x12_open *o = &e->open[level];

		if (!o->is_open)
			continue;
		close_level(e, level);
		fault(e, level, envelope_broken, &o->first,
		    "the %s that begins with segment %ju has no %s",
		    levels[level].name, (uintmax_t)o->first.number,
		    levels[level].end_id);
		check_told(e, level);
	}
}

/* What has to be open so that a part of it can be. */
static void
need(struct inv_x12_envelope *e, enum inv_x12_level level,
    const struct inv_segment *seg)
{
	for (int i = INV_X12_INTERCHANGE; i >= (int)level; i--) {
		enum inv_x12_level at = (enum inv_x12_level)i;

		if (e->open[at].is_open)
			continue;
		open_level(e, at, seg);
		fault(e, at, envelope_broken, seg,
		    "the %s that begins with segment %ju has no %s",
		    levels[at].name, (uintmax_t)seg->number,
		    levels[at].begin_id);
	}
}

static void
begin_level(struct inv_x12_envelope *e, enum inv_x12_level level,
    const struct inv_segment *seg)
{
	break_off(e, level);
	if (level != INV_X12_INTERCHANGE)
		need(e, (enum inv_x12_level)(level + 1), seg);
	open_level(e, level, seg);
	e->open[level].parts = level == INV_X12_SET;
	keep_control(e, level, seg);
	if (seg->flaw != INV_X12_SOUND)
		fault(e, level, envelope_broken, seg, "segment %ju %s",
		    (uintmax_t)seg->number, flaw_text(seg->flaw));
}

static void
add_promised(struct inv_x12_envelope *e, enum inv_x12_level level, uint64_t n)
{
	switch (level) {
	case INV_X12_SET:
		e->totals.segments.promised += n;
		break;
	case INV_X12_GROUP:
		e->totals.sets.promised += n;
		break;
	case INV_X12_INTERCHANGE:
	case INV_X12_DEPTH:
		e->totals.groups.promised += n;
		break;
	}
}

static void
check_control(struct inv_x12_envelope *e, enum inv_x12_level level,
    const struct inv_segment *seg, struct inv_str found)
{
	const struct inv_x12_open *o = &e->open[level];
	const struct level *l = &levels[level];
	char a[SHOWN + 4], b[SHOWN + 4];
	struct inv_str control = { o->control, o->control_n };

	if (found.n < INV_X12_CONTROL && inv_str_eq(control, found))
		return;
	fault(e, level, control_total, seg,
	    "%s02: control number %s, but %s is %s (segments %ju to %ju)",
	    l->end_id, shown(found, a), l->named, shown(control, b),
	    (uintmax_t)o->first.number, (uintmax_t)seg->number);
}

/* SE, GE or IEA of a level that is open. */
static void
end_level(struct inv_x12_envelope *e, enum inv_x12_level level,
    const struct inv_segment *seg)
{
	const struct level *l = &levels[level];
	struct inv_x12_open *o = &e->open[level];
	const struct inv_str *element;
	struct inv_str none = { 0 };
	char a[SHOWN + 4];
	uint64_t promised;

	if (level != INV_X12_SET)
		break_off(e, (enum inv_x12_level)(level - 1));
	o->parts += level == INV_X12_SET;
	close_level(e, level);
	size_t n = inv_x12_split(e->x12, seg->raw, &element);
	struct inv_str first = n > 1 ? element[1] : none;
	bool is_number = number_of(first, &promised);

	if (is_number)
		add_promised(e, level, promised);
	if (!is_number || promised != o->parts)
		fault(e, level, control_total, seg,
		    "%s01: %s %s promised, %ju counted (segments %ju to %ju)",
		    l->end_id, shown(first, a), l->part, (uintmax_t)o->parts,
		    (uintmax_t)o->first.number, (uintmax_t)seg->number);
	check_control(e, level, seg, n > 2 ? element[2] : none);
	if (seg->flaw != INV_X12_SOUND)
		fault(e, level, envelope_broken, seg, "segment %ju %s",
		    (uintmax_t)seg->number, flaw_text(seg->flaw));
	check_told(e, level);
}

/* ---- segments ---- */

/* The level that it begins or ends; INV_X12_DEPTH where neither. */
static enum inv_x12_level
level_of(uint32_t id, bool *begins)
{
	int i = 0;

	while (i < INV_X12_DEPTH && id != levels[i].begin &&
	    id != levels[i].end)
		i++;
	*begins = i < INV_X12_DEPTH && id == levels[i].begin;
	return (enum inv_x12_level)i;
}

bool
inv_x12_ends_set(uint32_t id)
{
	bool ignored;

	return level_of(id, &ignored) != INV_X12_DEPTH;
}

bool
inv_x12_is_stray(const struct inv_x12_envelope *e, uint32_t id)
{
	bool begins;
	enum inv_x12_level level = level_of(id, &begins);

	if (level == INV_X12_DEPTH)
		return !e->open[INV_X12_SET].is_open;
	return !begins && !e->open[level].is_open;
}

enum inv_x12_event
inv_x12_envelope_take(struct inv_x12_envelope *e, const struct inv_segment *seg)
{
	bool begins;
	enum inv_x12_level level = level_of(seg->id, &begins);

	if (inv_x12_is_stray(e, seg->id))
		return INV_X12_STRAY;
	if (level == INV_X12_DEPTH) {
		e->open[INV_X12_SET].parts++;
		if (seg->flaw != INV_X12_SOUND && e->flawed++ == 0) {
			e->first_flawed = *seg;
			e->first_terminator = inv_x12_terminator(e->x12);
		}
		if (e->faults != NULL)
			count(e, seg);
		return INV_X12_WITHIN;
	}
	if (begins)
		begin_level(e, level, seg);
	else
		end_level(e, level, seg);
	if (level != INV_X12_SET)
		return INV_X12_AROUND;
	return begins ? INV_X12_BEGINS : INV_X12_ENDS;
}

void
inv_x12_envelope_end(struct inv_x12_envelope *e)
{
	break_off(e, INV_X12_INTERCHANGE);
}

/* ---- what was promised ---- */

static void
put_pair(struct inv_buf *out, struct inv_str name, uint64_t promised,
    uint64_t counted)
{
	inv_emit_key(out, name);
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("promised"), promised);
	inv_emit_member_u64(out, INV_LIT("counted"), counted);
	inv_emit_close(out, '}');
}

void
inv_x12_totals_put(const struct inv_x12_totals *t, struct inv_buf *out)
{
	inv_emit_open(out, '{');
	inv_emit_member_u64(out, INV_LIT("interchanges"), t->interchanges);
	put_pair(out, INV_LIT("groups"), t->groups.promised, t->groups.counted);
	put_pair(out, INV_LIT("sets"), t->sets.promised, t->sets.counted);
	put_pair(out, INV_LIT("segments"), t->segments.promised,
	    t->segments.counted);
	put_pair(out, INV_LIT("lines"), t->lines.promised, t->lines.counted);
	inv_emit_member_u64(out, INV_LIT("wrong"), t->wrong);
	inv_emit_close(out, '}');
}
