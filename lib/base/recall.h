/*
 * recall.h - the last texts given, by number, in bounded memory
 *
 * What is recalled helps a message; that it is gone must never change what
 * becomes of a row.
 */
#ifndef INV_BASE_RECALL_H
#define INV_BASE_RECALL_H

#include "base/str.h"

enum {
	INV_RECALL_BYTES = 4 << 20,  /* of texts */
	INV_RECALL_TEXTS = 32 << 10, /* places for them */
};

struct inv_recall;

struct inv_recall *inv_recall_new(void);
void inv_recall_free(struct inv_recall *r);

/*
 * Keep a copy of text under a number other than 0.  Numbers that follow each
 * other do not displace each other.  One longer than a sixteenth of
 * INV_RECALL_BYTES is not kept.
 */
void inv_recall_put(struct inv_recall *r, uint64_t number, struct inv_str text);

/* What was put under number, good until the next put; false if it is gone. */
INV_MUST bool inv_recall_get(const struct inv_recall *r, uint64_t number,
    struct inv_str *text);

#endif
