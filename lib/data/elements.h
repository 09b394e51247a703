/*
 * elements.h - an array of a JSON text, cut into its elements
 *
 * The array is the text itself, or the one that a JSON Pointer (RFC 6901)
 * leads to.  An element is what stands between two commas of the array,
 * whatever it is: whether it is JSON is for others to say.  So what is wrong
 * within an element whose brackets and quotes add up is that element's alone;
 * where they do not, nobody can say where it ends, and the text has none.
 *
 * Around the array brackets and quotes have to add up as well, and in the
 * objects on its way names and values to follow each other; no more is asked.
 */
#ifndef INV_DATA_ELEMENTS_H
#define INV_DATA_ELEMENTS_H

#include "base/buf.h"
#include "io/marks.h"

enum {
	INV_POINTER_MAX = 4096,      /* bytes of a pointer */
	INV_POINTER_TOKENS_MAX = 64, /* its parts */
	INV_ELEMENTS_NEST = 1 << 20, /* brackets within each other */
};

struct inv_elements;

/* It is a JSON Pointer within the ceilings. */
bool inv_elements_takes(struct inv_str pointer);

/* name (kept) is for messages; pointer, which is copied, is one of those. */
struct inv_elements *inv_elements_new(struct inv_pull from, uint64_t offset,
    const char *name, struct inv_str pointer);
void inv_elements_free(struct inv_elements *e);

/*
 * The next element, the first being looked for; empty where nothing stands
 * between two commas.  INV_NEXT_END when all of the text has been seen: the
 * array was there, once, and everything adds up.  INV_NEXT_ERR is final:
 * INV_BAD, with line and byte (from 0), or a failure of what is behind.
 */
INV_MUST enum inv_next inv_elements_next(struct inv_elements *e,
    struct inv_held *element, struct inv_err *err);

/* INV_NEXT_ERR was: there is no array, though nothing may be damaged. */
bool inv_elements_has_none(const struct inv_elements *e);

/*
 * Instead of elements: add the pointers of arrays that are empty or begin with
 * an object and are in no array themselves, `", "` between them, the first few
 * of them.  False where that can not be told.
 */
INV_MUST bool inv_elements_propose(struct inv_elements *e, struct inv_buf *out);

#endif
