/* recall.c - the last texts given, by number: a ring of bytes */

#include "base/recall.h"

#include <stdlib.h>

#include "base/mem.h"

struct place {
	uint64_t number;
	uint64_t at; /* bytes from the beginning of all texts ever put */
	size_t n;
};

struct inv_recall {
	struct place place[INV_RECALL_TEXTS];
	char ring[INV_RECALL_BYTES];
	uint64_t end; /* where the next text goes */
};

struct inv_recall *
inv_recall_new(void)
{
	return inv_mem_new(sizeof(struct inv_recall));
}

void
inv_recall_free(struct inv_recall *r)
{
	free(r);
}

void
inv_recall_put(struct inv_recall *r, uint64_t number, struct inv_str text)
{
	if (text.n > INV_RECALL_BYTES / 16)
		return;
	/* A text does not run over the edge: the rest of the ring is left. */
	size_t left = INV_RECALL_BYTES - (size_t)(r->end % INV_RECALL_BYTES);

	if (left < text.n)
		r->end += left;
	r->place[number % INV_RECALL_TEXTS] =
	    (struct place){ number, r->end, text.n };
	if (text.n > 0)
		memcpy(r->ring + r->end % INV_RECALL_BYTES, text.p, text.n);
	r->end += text.n;
}

bool
inv_recall_get(const struct inv_recall *r, uint64_t number,
    struct inv_str *text)
{
	const struct place *p = &r->place[number % INV_RECALL_TEXTS];

	if (p->number != number || r->end - p->at > INV_RECALL_BYTES)
		return false;
	*text = (struct inv_str){ r->ring + p->at % INV_RECALL_BYTES, p->n };
	return true;
}
