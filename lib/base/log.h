/*
 * log.h - what a program says to people, on stderr
 *
 * One line a message, `prog: message`, written with one write(2).  Control
 * characters, DEL, C1 controls, bidi overrides and bytes that are not UTF-8
 * are shown as \xNN: a value from a manifest can not act on a terminal or
 * forge a second line.
 */
#ifndef INV_BASE_LOG_H
#define INV_BASE_LOG_H

#include "base/err.h"

enum inv_log_level {
	INV_LOG_QUIET,   /* -q: errors only */
	INV_LOG_NORMAL,  /* warnings and errors */
	INV_LOG_VERBOSE, /* -v: what is being done as well */
};

/* Who speaks, and how much: set once, by prog/opt.  The only global. */
struct inv_prog {
	const char *name;
	enum inv_log_level level;
	const char *stats;   /* the file of --stats, or NULL */
	const char *metrics; /* that of --metrics, or NULL */
};

extern struct inv_prog inv_prog;

/* An error: always said. */
void inv_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Something a person should know; not said under -q. */
void inv_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Said under -v only. */
void inv_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Say err and exit with its status, at once: no handlers, no flushing. */
void inv_die(const struct inv_err *err) __attribute__((noreturn));

/*
 * The escaping itself, for text that reaches a terminal by another way than
 * the functions above: at most size bytes with the NUL, cut with "..." where
 * it would be longer.  Returns the number of bytes written without the NUL.
 */
size_t inv_log_escape(struct inv_str s, char *out, size_t size);

#endif
