/* args.h - what the command line of inv-quarantine has said, for its verbs */
#ifndef INV_QUARANTINE_ARGS_H
#define INV_QUARANTINE_ARGS_H

#include "prog/opt.h"
#include "store/quarantine.h"

enum inv_resolve {
	INV_RESOLVE_NONE, /* not said */
	INV_RESOLVE_DISCARD,
	INV_RESOLVE_COMMITTED,
	INV_RESOLVE_NOT_COMMITTED,
};

enum { INV_SETS_MAX = 256 }; /* --set of one command */

struct inv_quarantine_args {
	const struct inv_prog_info *info;
	struct inv_item_filter which; /* of the options that choose items */
	bool csv;                     /* --csv */
	const char *html;             /* --html, or NULL */
	const char *xlsx;             /* --xlsx, or NULL */
	bool purge;                   /* --purge */
	const char *notify;           /* --notify, or NULL */
	bool json;                    /* --json */
	const char *key;              /* --key, or NULL */
	const char *map;              /* --map, or NULL */
	uint64_t rate;                /* --rate: rows in a second; 0: none */
	bool state;                   /* --state was given */
	bool yes;                     /* --yes */
	struct inv_str why;           /* --why, or empty */
	struct inv_str to;            /* --to, or empty */
	struct inv_str set[INV_SETS_MAX]; /* --set: FIELD=VALUE, as given */
	size_t sets;
	enum inv_resolve resolve; /* --discard and its like */
};

/* ---- the verbs: each returns the exit status ---- */

int inv_quarantine_do_filter(void *args, char *words[]);
int inv_quarantine_do_list(void *args, char *words[]);
int inv_quarantine_do_show(void *args, char *words[]);
int inv_quarantine_do_stats(void *args, char *words[]);
int inv_quarantine_do_export(void *args, char *words[]);
int inv_quarantine_do_report(void *args, char *words[]);
int inv_quarantine_do_resubmit(void *args, char *words[]);
int inv_quarantine_do_migrate(void *args, char *words[]);
int inv_quarantine_do_resolve(void *args, char *words[]);
int inv_quarantine_do_purge(void *args, char *words[]);
int inv_quarantine_do_fix(void *args, char *words[]);
int inv_quarantine_do_assign(void *args, char *words[]);
int inv_quarantine_do_approve(void *args, char *words[]);

#endif
