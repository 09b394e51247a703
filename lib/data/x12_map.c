/* x12_map.c - which elements of a transaction set become which members */

#include "data/x12_map.h"

#include <stdlib.h>

#include "base/mem.h"

struct whole {
	struct inv_x12_map map; /* what is handed out */
	struct inv_mapping_text text;
};

/* ---- elements and patterns ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* BEG03, or CTP11-2: the rest behind the id has two digits. */
static bool
read_place(struct inv_str s, struct inv_x12_place *p)
{
	uint64_t component = 0;
	struct inv_str rest = s;
	const char *dash = s.n == 0 ? NULL : memchr(s.p, '-', s.n);

	if (dash != NULL) {
		rest = (struct inv_str){ dash + 1,
			s.n - (size_t)(dash + 1 - s.p) };
		if (!inv_str_u64(rest, 1, INV_X12_ELEMENTS - 1, &component))
			return false;
		s.n = (size_t)(dash - s.p);
	}
	if (s.n < 4 || s.n > 5 || !is_digit(s.p[s.n - 1]) ||
	    !is_digit(s.p[s.n - 2]))
		return false;
	*p = (struct inv_x12_place){
		.id = inv_x12_id((struct inv_str){ s.p, s.n - 2 }),
		.element = (size_t)(s.p[s.n - 2] - '0') * 10 +
		    (size_t)(s.p[s.n - 1] - '0'),
		.component = (size_t)component,
	};
	return p->id != 0 && p->element > 0;
}

/* N1*ST: an element that says nothing may be anything. */
static bool
read_pattern(struct whole *w, struct inv_str s, struct inv_x12_pattern *p)
{
	*p = (struct inv_x12_pattern){ 0 };
	for (size_t element = 0;; element++) {
		const char *star = s.n == 0 ? NULL : memchr(s.p, '*', s.n);
		struct inv_str part = { s.p,
			star == NULL ? s.n : (size_t)(star - s.p) };

		if (element == 0 && (p->id = inv_x12_id(part)) == 0)
			return false;
		if (element > 0 && part.n > 0) {
			if (p->n == INV_X12_WANTED ||
			    element >= INV_X12_ELEMENTS)
				return false;
			p->want[p->n].element = element;
			p->want[p->n++].is = inv_mapping_keep(&w->text, part);
		}
		if (star == NULL)
			return true;
		s.p += part.n + 1;
		s.n -= part.n + 1;
	}
}

bool
inv_x12_fits(const struct inv_x12_pattern *p, uint32_t id,
    const struct inv_str *element, size_t n)
{
	if (id != p->id)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->want[i].element >= n ||
		    !inv_str_eq(element[p->want[i].element], p->want[i].is))
			return false;
	return true;
}

static bool
place_of(const struct inv_json *j, struct inv_x12_place *p)
{
	struct inv_str s;

	return j != NULL && inv_json_str(j, &s) && read_place(s, p);
}

static bool
pattern_of(struct whole *w, const struct inv_json *j, struct inv_x12_pattern *p)
{
	struct inv_str s;

	return inv_json_str(j, &s) && read_pattern(w, s, p);
}

/* A segment's id alone. */
static bool
id_of(const struct inv_json *j, uint32_t *id)
{
	struct inv_str s;

	return j != NULL && inv_json_str(j, &s) && (*id = inv_x12_id(s)) != 0;
}

/* ---- members ---- */

/* string, date, N2 */
static bool
read_type(const struct inv_json *j, struct inv_x12_member *m)
{
	struct inv_str s;

	if (!inv_json_str(j, &s))
		return false;
	if (inv_str_is(s, "date"))
		m->type = INV_X12_DATE;
	else if (s.n == 2 && s.p[0] == 'N' && is_digit(s.p[1])) {
		m->type = INV_X12_IMPLIED;
		m->decimals = (size_t)(s.p[1] - '0');
	} else
		return inv_str_is(s, "string");
	return true;
}

static bool
read_list(const struct inv_json *j, struct inv_x12_member *m)
{
	m->is_list = inv_json_kind(j) == INV_KIND_TRUE;
	return m->is_list || inv_json_kind(j) == INV_KIND_FALSE;
}

static bool
read_pair(struct whole *w, const struct inv_json *j, struct inv_x12_member *m)
{
	struct inv_str s;

	if (!inv_json_str(j, &s) || s.n == 0)
		return false;
	m->pair = inv_mapping_keep(&w->text, s);
	return true;
}

static bool
read_part(struct whole *w, struct inv_str key, const struct inv_json *value,
    struct inv_x12_member *m)
{
	if (inv_str_is(key, "element"))
		return place_of(value, &m->from);
	if (inv_str_is(key, "when"))
		return pattern_of(w, value, &m->when);
	if (inv_str_is(key, "pair"))
		return read_pair(w, value, m);
	if (inv_str_is(key, "type"))
		return read_type(value, m);
	return inv_str_is(key, "list") && read_list(value, m);
}

static bool
read_parts(struct whole *w, const struct inv_json *j, struct inv_x12_member *m)
{
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;

	if (inv_json_kind(j) == INV_KIND_STRING)
		return place_of(j, &m->from) ||
		    inv_mapping_wrong(&w->text, m->name.p,
			"not an element such as BEG03");
	if (inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(&w->text, m->name.p,
		    "neither an element nor an object");
	while (inv_json_next(j, &walk, &key, &value))
		if (!read_part(w, key, value, m)) {
			struct inv_err *err = w->text.err;

			return inv_fail(err, INV_CONFIG,
			    "%s: %s: %.32s: not known, or not as it must be",
			    w->text.name, m->name.p, key.p);
		}
	return m->from.id != 0 ||
	    inv_mapping_wrong(&w->text, m->name.p, "no element");
}

static bool
read_members(struct whole *w, const struct inv_json *j,
    struct inv_x12_area *area, const char *where)
{
	struct inv_x12_map *m = &w->map;
	const struct inv_json *value;
	struct inv_str key, name, as;
	void *walk = NULL;

	area->first = area->end = m->members;
	if (j == NULL)
		return true;
	if (inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(&w->text, where,
		    "not an object of members");
	while (inv_json_next(j, &walk, &key, &value)) {
		struct inv_x12_member *to = &m->member[m->members];

		if (!inv_mapping_member(&w->text, key, &name, &as))
			return false;
		*to = (struct inv_x12_member){
			.name = name,
			.key = as,
			.area = (size_t)(area - m->area),
		};
		if (!read_parts(w, value, to))
			return false;
		area->ids |=
		    inv_x12_bit(to->from.id) | inv_x12_bit(to->when.id);
		area->end = ++m->members;
	}
	return true;
}

/* ---- the parts of a mapping ---- */

static bool
read_ends(struct whole *w, const struct inv_json *j)
{
	struct inv_x12_map *m = &w->map;

	m->ends = j == NULL ? 0 : inv_json_count(j);
	if (j != NULL && inv_json_kind(j) != INV_KIND_ARRAY)
		return inv_mapping_wrong(&w->text, "rows/end",
		    "not a list of segments");
	if (m->ends > INV_X12_ENDINGS)
		return inv_mapping_wrong(&w->text, "rows/end",
		    "more than 16 segments");
	for (size_t i = 0; i < m->ends; i++)
		if (!id_of(inv_json_at(j, i), &m->end[i]))
			return inv_mapping_wrong(&w->text, "rows/end",
			    "not a list of segments");
	return true;
}

static bool
read_rows(struct whole *w, const struct inv_json *j)
{
	static const char *const names[] = { "begin", "end", "members", NULL };
	struct inv_x12_map *m = &w->map;

	if (!inv_mapping_knows(&w->text, j, "rows", names))
		return false;
	const struct inv_json *begin = inv_json_member(j, "begin");

	if (begin == NULL || !pattern_of(w, begin, &m->row))
		return inv_mapping_wrong(&w->text, "rows/begin",
		    "not a segment such as PO1");
	return read_ends(w, inv_json_member(j, "end")) &&
	    read_members(w, inv_json_member(j, "members"),
		&m->area[INV_X12_ROWS], "rows/members");
}

static bool
read_levels(struct whole *w, const struct inv_json *j)
{
	struct inv_x12_map *m = &w->map;
	const struct inv_json *value;
	struct inv_str key;
	void *walk = NULL;

	m->has_levels = j != NULL;
	m->areas = INV_X12_LEVELS;
	if (j == NULL)
		return true;
	if (inv_json_kind(j) != INV_KIND_OBJECT)
		return inv_mapping_wrong(&w->text, "levels", "not an object");
	while (inv_json_next(j, &walk, &key, &value)) {
		struct inv_x12_area *area = &m->area[m->areas];

		if (m->areas == INV_X12_AREAS)
			return inv_mapping_wrong(&w->text, "levels",
			    "more than 16");
		area->level = inv_mapping_keep(&w->text, key);
		if (!read_members(w, value, area, "levels"))
			return false;
		m->areas++;
	}
	return true;
}

static bool
read_totals(struct whole *w, const struct inv_json *j)
{
	static const char *const names[] = { "lines", "sum", NULL };
	struct inv_x12_map *m = &w->map;

	if (j == NULL)
		return true;
	if (!inv_mapping_knows(&w->text, j, "totals", names))
		return false;
	const struct inv_json *lines = inv_json_member(j, "lines");
	const struct inv_json *sum = inv_json_member(j, "sum");

	if (lines != NULL &&
	    (inv_json_count(lines) != 2 ||
		!place_of(inv_json_at(lines, 0), &m->lines) ||
		!id_of(inv_json_at(lines, 1), &m->lines_of)))
		return inv_mapping_wrong(&w->text, "totals/lines",
		    "not an element and a segment: [\"CTT01\", \"PO1\"]");
	if (sum != NULL &&
	    (inv_json_count(sum) != 2 ||
		!place_of(inv_json_at(sum, 0), &m->sum) ||
		!place_of(inv_json_at(sum, 1), &m->sum_of)))
		return inv_mapping_wrong(&w->text, "totals/sum",
		    "not two elements: [\"CTT02\", \"PO102\"]");
	return true;
}

static bool
read_set(struct whole *w, const struct inv_json *j)
{
	struct inv_str s;

	if (j == NULL || !inv_json_str(j, &s) || s.n != 3 ||
	    !is_digit(s.p[0]) || !is_digit(s.p[1]) || !is_digit(s.p[2]))
		return inv_mapping_wrong(&w->text, "transaction",
		    "not three digits");
	w->map.set = inv_mapping_keep(&w->text, s);
	return true;
}

static bool
read_all(void *reader, const struct inv_json *j)
{
	static const char *const names[] = { "transaction", "title", "header",
		"rows", "levels", "totals", NULL };
	struct whole *w = reader;
	struct inv_x12_map *m = &w->map;

	return inv_mapping_knows(&w->text, j, "mapping", names) &&
	    read_set(w, inv_json_member(j, "transaction")) &&
	    read_members(w, inv_json_member(j, "header"),
		&m->area[INV_X12_HEADER], "header") &&
	    read_levels(w, inv_json_member(j, "levels")) &&
	    read_rows(w, inv_json_member(j, "rows")) &&
	    read_totals(w, inv_json_member(j, "totals"));
}

/* ---- outside ---- */

struct inv_x12_map *
inv_x12_map_new(struct inv_str text, const char *name, struct inv_err *err)
{
	struct whole *w = inv_mem_new(sizeof(*w));

	w->map.member =
	    inv_mem_new(INV_MAPPING_MEMBERS * sizeof(*w->map.member));
	if (inv_mapping_read(&w->text, text, name, read_all, w, err))
		return &w->map;
	inv_x12_map_free(&w->map);
	return NULL;
}

void
inv_x12_map_free(struct inv_x12_map *m)
{
	struct whole *w = (struct whole *)m;

	if (m == NULL)
		return;
	free(m->member);
	inv_mapping_text_free(&w->text);
	free(w);
}

struct inv_str
inv_x12_map_text(const struct inv_x12_map *m)
{
	return inv_buf_str(&((const struct whole *)m)->text.line);
}

size_t
inv_x12_area_of(const struct inv_x12_map *m, struct inv_str level)
{
	size_t i = INV_X12_LEVELS;

	while (i < m->areas && !inv_str_eq(m->area[i].level, level))
		i++;
	return i;
}
