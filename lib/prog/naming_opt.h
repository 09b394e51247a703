/* naming_opt.h - options that name, choose and add columns */
#ifndef INV_PROG_NAMING_OPT_H
#define INV_PROG_NAMING_OPT_H

#include "data/how.h"

/* Texts of how are views into these; zero is empty. */
struct inv_naming_opt {
	struct inv_buf map;
	struct inv_buf constants;
};

/*
 * --columns: read the mapping in that file.  Ends with 66 if it can not be
 * read, with 78 if it is none.
 */
void inv_opt_columns(struct inv_naming_opt *o, const char *path,
    struct inv_source_options *how);

/* --set: NAME=VALUE.  Ends with 64 if it is none, or the name is there. */
void inv_opt_set(struct inv_naming_opt *o, const char *arg,
    struct inv_source_options *how);

/* All options have been seen: they fit each other, or it ends with 64. */
void inv_opt_naming_check(const struct inv_source_options *how);

void inv_naming_opt_free(struct inv_naming_opt *o);

#endif
