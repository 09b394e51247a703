/*
 * verb.h - programs that do several things: their first operand may be a verb
 *
 * One table tells what each verb takes, so that an option or an operand that
 * it would not look at is refused; so is --metrics, which counts runs of what
 * comes again and again, where INV_OPT_METRICS is not listed.  The first entry, with an empty name, is
 * what the program does without a verb.
 */
#ifndef INV_PROG_VERB_H
#define INV_PROG_VERB_H

#include "prog/opt.h"

enum { INV_VERB_OPTIONS = 32 }; /* codes of a verb at most, and a 0 */

struct inv_verb {
	const char *name;
	const char *operands; /* what they are called, for messages */
	int least;
	int most;                     /* -1: any number */
	int option[INV_VERB_OPTIONS]; /* codes that it takes; ends with 0 */
	int (*run)(void *args, char *words[]); /* the operands; exit status */
};

/* The options that were given: by code, ends with 0. */
struct inv_verb_given {
	int code[INV_VERB_OPTIONS];
	size_t n;
};

/* One more was given. */
void inv_verb_note(struct inv_verb_given *given, int code);

/*
 * Run the verb that the first of the words names, or the first of n; ends
 * with 64 where the words or the options given are not for it.
 */
int inv_verb_run(const struct inv_verb *verbs, size_t n,
    const struct inv_prog_info *info, const struct inv_verb_given *given,
    void *args, char *words[]);

#endif
