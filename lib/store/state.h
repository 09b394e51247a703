/* state.h - the state directory, as prog/opt hands it out */
#ifndef INV_STORE_STATE_H
#define INV_STORE_STATE_H

struct inv_state {
	int fd;           /* a directory descriptor */
	const char *path; /* the same, for messages */
};

#endif
