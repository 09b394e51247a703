/*
 * alarm.h - the items with a CRITICAL error that a run has stored
 *
 * They are noted as they are told to the store, and a command is run for each
 * at the end, when they are on disk and nothing waits for us.  One that the
 * run has told before is not noted.
 */
#ifndef INV_QUARANTINE_ALARM_H
#define INV_QUARANTINE_ALARM_H

#include "data/record.h"
#include "prog/filter.h"
#include "quarantine/notify.h"
#include "store/state.h"

enum {
	INV_ALARM_ITEMS = 1000, /* of a run of the program */
	INV_ALARM_ID = 96,      /* bytes of an id with a whole manifest */
};

struct inv_alarm_item {
	char id[INV_ALARM_ID];
	char run[INV_RUN_ID];
};

struct inv_alarm {
	struct inv_notify notify;
	uint64_t critical; /* items, more than are noted perhaps */
	struct inv_alarm_item item[INV_ALARM_ITEMS];
};

/* NULL for no command.  Ends with 64 where it is none. */
struct inv_alarm *inv_alarm_new(const char *command);
void inv_alarm_free(struct inv_alarm *a);

/* A row that failed and is new in its run.  NULL is fine. */
void inv_alarm_row(struct inv_alarm *a, const struct inv_block *block,
    const struct inv_record *rec);

/* Run the command for those that are on disk, and say what failed. */
void inv_alarm_ring(struct inv_alarm *a, const struct inv_state *state);

#endif
