/*
 * schema_cell.h - a member of a record, read as what its column may be
 *
 * Text of a source without types becomes a number, true or false, null, an
 * array or an object where the schema says so and the text is exactly that;
 * strings are normalised on both sides of the checks.
 */
#ifndef INV_DATA_SCHEMA_CELL_H
#define INV_DATA_SCHEMA_CELL_H

#include "data/canon.h"
#include "data/schema_node.h"

/* What is at hand for one record; its texts are good until the next read. */
struct inv_cells_reader {
	struct inv_canon *canon;
	struct inv_scan *scan; /* of JSON in a cell; NULL till there is some */
	char *text;            /* a string decoded: INV_FIELD_MAX bytes */
	struct inv_buf value;  /* an array or object, canonical */
	struct inv_buf said;   /* messages of this record; does not move */
	bool parsed;           /* a cell of this record was JSON */
	struct inv_flaws *flaws;
	struct inv_flaws *warnings;
};

struct inv_cell {
	const struct inv_member *m;
	const struct inv_place *place;
	enum inv_kind kind;
	struct inv_str text; /* a string decoded, anything else canonical */
	char number[INV_NUMBER_TEXT];
};

enum inv_reading {
	INV_READ_WELL,
	INV_READ_GONE,  /* the record is to have no such member */
	INV_READ_WRONG, /* said so */
};

void inv_cells_open(struct inv_cells_reader *r);
void inv_cells_close(struct inv_cells_reader *r);

/* A record begins. */
void inv_cells_begin(struct inv_cells_reader *r, struct inv_flaws *flaws,
    struct inv_flaws *warnings);

/* m and place are set; kind and text are read. */
enum inv_reading inv_cells_read(struct inv_cells_reader *r, struct inv_cell *c,
    const struct inv_column_plan *plan, enum inv_cells cells);

/* Add a string of that text, normalised by the steps behind the checks. */
void inv_cells_write(struct inv_cells_reader *r, struct inv_str text,
    unsigned after, struct inv_buf *out);

/* Text in upper case, a to z alone, to where it stands or beside it. */
void inv_cells_upper(char *to, struct inv_str s);

/* What was broken, to the list where it belongs. */
void inv_cells_say(struct inv_cells_reader *r, const struct inv_rule *rule,
    const struct inv_place *place, struct inv_str input);

#endif
