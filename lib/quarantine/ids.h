/*
 * ids.h - the items that a verb is about: operands, and lines of stdin
 *
 * The operand "-" stands for standard input, with an id or a JSON object that
 * has one as its member "item" on each line: what list writes.
 */
#ifndef INV_QUARANTINE_IDS_H
#define INV_QUARANTINE_IDS_H

#include "data/scan.h"
#include "io/stream.h"

struct inv_item_ids {
	const char *verb; /* for messages */
	char **words;     /* those not given out */
	bool reading;     /* standard input */
	uint64_t line;
	struct inv_in in;
	struct inv_scan *scan; /* NULL: not needed so far */
};

/* Ends with 64 where an operand is no id. */
void inv_item_ids_open(struct inv_item_ids *ids, const char *verb,
    char *words[]);

/*
 * The next id, good until the next call; false behind the last.  Ends with 65
 * at a line that is none, with 66 where stdin can not be read.
 */
bool inv_item_ids_next(struct inv_item_ids *ids, struct inv_str *id);

void inv_item_ids_close(struct inv_item_ids *ids);

#endif
