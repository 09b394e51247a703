/*
 * opt.h - one table of options: getopt_long, --help and the completions
 *
 * Every program has -h --help, -V --version, -q --quiet, -v --verbose,
 * --metrics FILE and --stats FILE without listing them.  Long options can not be abbreviated.
 */
#ifndef INV_PROG_OPT_H
#define INV_PROG_OPT_H

#include "base/buf.h"
#include "base/err.h"

enum {
	INV_OPT_LONG = 256, /* codes of long-only options start here */
	INV_OPT_METRICS = INV_OPT_LONG + 4000, /* of --metrics, for verb.h */
};

struct inv_option {
	int code;         /* the short letter, or INV_OPT_LONG + k */
	const char *name; /* the long form */
	const char *arg;  /* what its argument is called; NULL: takes none */
	const char *help; /* a line of --help; for enums "a|b|c: ..." */
};

struct inv_prog_info {
	const char *name;
	const char *purpose;              /* one line, as in NAME of the page */
	const char *usage;                /* what follows the options */
	const struct inv_option *options; /* ends with .name == NULL */
	int operands;                     /* most operands; -1: any number */
	bool reads_stdin; /* a terminal there and no arguments: short help */
};

/*
 * The next option's code, or -1 behind the last; optarg and optind are
 * getopt's.  -h, -V and the common ones are dealt with inside; what is wrong
 * with the command line ends the program with 64.  The first call sets
 * inv_prog, makes sure descriptors 0 to 2 are open, sets umask 077 and reads
 * the file named by INV_CONFIG.
 */
int inv_opt(const struct inv_prog_info *info, int argc, char *argv[]);

/*
 * Configuration by name (INV_STATE ...): the environment, then the file named
 * by INV_CONFIG (lines NAME=VALUE, # comments); NULL where neither has it, or
 * has it empty.  Good until exit.
 */
const char *inv_opt_env(const char *name);

/*
 * The time of what is written for people, in seconds since 1970: that of
 * SOURCE_DATE_EPOCH where it is set, so that it is the same again.
 */
uint64_t inv_opt_now(void);

/* End the program with 64: "option: value: what is wrong". */
void inv_opt_wrong(const char *option, const char *value, const char *what)
    __attribute__((noreturn));

/* The argument as a number, a duration or a size; ends with 64 if it is not. */
uint64_t inv_opt_u64(const char *option, const char *arg, uint64_t min,
    uint64_t max);
uint64_t inv_opt_duration(const char *option, const char *arg);

/*
 * FIELD,... as the JSON list of member names that the stream and the journal
 * have; added to *json.  Ends with 64 for an empty name.
 */
void inv_opt_fields(const char *option, const char *arg, struct inv_buf *json);

/*
 * The state directory (DESIGN 4): $INV_STATE, $STATE_DIRECTORY,
 * $XDG_STATE_HOME/inv, ~/.local/state/inv.  Made, 0700 and synced, if it is
 * not there; refused (77) if it belongs to somebody else or others can write
 * to it.  Returns a directory descriptor for the openat family, and the path
 * for messages in *path (good until exit).  Dies on failure.
 */
int inv_opt_state(const char **path);

/* The same, for those who only read: nothing is made; 66 if it is not there. */
int inv_opt_state_there(const char **path);

/* As the first; one of another user is taken where they share it with us. */
int inv_opt_state_shared(const char **path);

#endif
