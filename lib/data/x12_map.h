/*
 * x12_map.h - which elements of a transaction set become which members
 *
 * inv-mapping(5) is the format.  A mapping is compiled once and then only read.
 */
#ifndef INV_DATA_X12_MAP_H
#define INV_DATA_X12_MAP_H

#include "base/err.h"
#include "data/mapping_text.h"
#include "io/x12.h"

enum {
	INV_X12_WANTED = 8,   /* qualifiers of a pattern */
	INV_X12_AREAS = 18,   /* header, rows, and levels */
	INV_X12_ENDINGS = 16, /* segments that end the rows */
};

/* N1*ST: a segment, and what some of its elements have to be. */
struct inv_x12_pattern {
	uint32_t id; /* 0: there is none */
	size_t n;
	struct {
		size_t element;
		struct inv_str is;
	} want[INV_X12_WANTED];
};

struct inv_x12_place {
	uint32_t id;
	size_t element;   /* from 1 */
	size_t component; /* from 1; 0: the element as it is */
};

enum inv_x12_type {
	INV_X12_STRING,
	INV_X12_DATE,    /* CCYYMMDD or YYMMDD */
	INV_X12_IMPLIED, /* a whole number with decimals implied */
};

struct inv_x12_member {
	struct inv_str name;
	struct inv_str key; /* `,"name":` */
	size_t area;
	struct inv_x12_place from;
	struct inv_x12_pattern when; /* of the last segment with that id */
	struct inv_str pair;         /* from is where pairs begin; or empty */
	enum inv_x12_type type;
	size_t decimals;
	bool is_list;
};

/* Members that stand in one part of a set. */
struct inv_x12_area {
	struct inv_str level; /* of HL03; empty for header and rows */
	size_t first, end;    /* of the members */
	uint64_t ids;         /* a bit for each segment that is looked at */
};

enum { INV_X12_HEADER, INV_X12_ROWS, INV_X12_LEVELS };

struct inv_x12_map {
	struct inv_str set; /* 850 */
	struct inv_x12_pattern row;
	uint32_t end[INV_X12_ENDINGS];
	size_t ends;
	bool has_levels;
	struct inv_x12_area area[INV_X12_AREAS];
	size_t areas;
	struct inv_x12_member *member;
	size_t members;

	/* What CTT promises; id 0: nothing. */
	struct inv_x12_place lines;
	uint32_t lines_of;
	struct inv_x12_place sum;
	struct inv_x12_place sum_of;
};

/* What of it is not known yet is INV_CONFIG; name is for messages. */
struct inv_x12_map *inv_x12_map_new(struct inv_str text, const char *name,
    struct inv_err *err);
void inv_x12_map_free(struct inv_x12_map *m);

/* Its text on one line, which is read as the same mapping. */
struct inv_str inv_x12_map_text(const struct inv_x12_map *m);

/* The segment with these elements is one. */
bool inv_x12_fits(const struct inv_x12_pattern *p, uint32_t id,
    const struct inv_str *element, size_t n);

/* The bit of a segment in an area's ids. */
static inline uint64_t
inv_x12_bit(uint32_t id)
{
	return UINT64_C(1) << ((id * UINT32_C(0x9e3779b1)) >> 26);
}

/* The area of a level; areas where it has none. */
size_t inv_x12_area_of(const struct inv_x12_map *m, struct inv_str level);

#endif
