/* who.h - who runs this program, for what is written down about it */
#ifndef INV_PROG_WHO_H
#define INV_PROG_WHO_H

#include "base/buf.h"

struct inv_who {
	struct inv_buf user;  /* whose process it is: the name, or the number */
	struct inv_buf login; /* SUDO_USER: what sudo(8) says; or empty */
};

void inv_who_init(struct inv_who *who);
void inv_who_free(struct inv_who *who);

#endif
