/* secret_opt.h - options that say where a secret is, and never what it is */
#ifndef INV_PROG_SECRET_OPT_H
#define INV_PROG_SECRET_OPT_H

#include "io/secret.h"

/*
 * The argument of such an option: FILE, fd:N of a descriptor from 3 on, or
 * cred:NAME of a credential that the service manager has handed out.  Ends
 * with 64 if it is none of them.
 */
void inv_opt_secret(const char *option, const char *arg);

/*
 * Where that is.  Ends with 78 where a credential is meant and there are none.
 * The path that had to be made for it, to be freed once the secret is closed;
 * NULL if none had.
 */
char *inv_opt_secret_place(const char *arg, struct inv_secret_place *place);

#endif
