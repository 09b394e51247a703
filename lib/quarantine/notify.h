/*
 * notify.h - tell a command of items, one at a time, on its standard input
 *
 * The command is words with blanks between them, run as they are: no shell
 * looks at them.  At most INV_NOTIFY_AT_ONCE run at the same time, each for at
 * most INV_NOTIFY_MS; none is begun later than INV_NOTIFY_ALL_MS after the
 * first.  What fails is said, and counted.
 */
#ifndef INV_QUARANTINE_NOTIFY_H
#define INV_QUARANTINE_NOTIFY_H

#include <sys/types.h>

#include "base/err.h"

enum {
	INV_NOTIFY_WORDS = 64,         /* of a command */
	INV_NOTIFY_AT_ONCE = 4,        /* commands */
	INV_NOTIFY_MS = 10 * 1000,     /* for one of them, then it is killed */
	INV_NOTIFY_ALL_MS = 60 * 1000, /* for the beginning of all */
	INV_NOTIFY_WHAT = 64,          /* bytes shown of what it is about */
};

struct inv_notify_child {
	pid_t pid; /* 0: a free place */
	uint64_t until;
	char what[INV_NOTIFY_WHAT];
};

struct inv_notify {
	char *text; /* the words, a NUL behind each */
	char *word[INV_NOTIFY_WORDS + 1];
	uint64_t each_ms; /* the limits, as above */
	uint64_t all_ms;
	uint64_t until; /* 0: none has begun */
	uint64_t begun;
	uint64_t failed;
	struct inv_notify_child child[INV_NOTIFY_AT_ONCE];
};

/* False for a command without a word, or with too many. */
INV_MUST bool inv_notify_init(struct inv_notify *n, const char *command);
void inv_notify_free(struct inv_notify *n);

/*
 * Run the command with json as its standard input, once there is a place for
 * it; its standard output is ours for errors.  False where it is too late, or
 * the command can not be run, which has been said: no use to go on.
 */
INV_MUST bool inv_notify_run(struct inv_notify *n, const char *what,
    struct inv_str json);

/* Wait for those that run. */
void inv_notify_wait(struct inv_notify *n);

#endif
