/*
 * access.h - how we get to the ledger over HTTP: trust, and who we are
 *
 * Filled from options; what is wrong with one ends the program, with its
 * status, before anything is read or sent.
 */
#ifndef INV_CLIENT_ACCESS_H
#define INV_CLIENT_ACCESS_H

#include "io/secret.h"
#include "net/transfer.h"

enum {
	INV_ACCESS_HEADERS = 16,  /* of --header */
	INV_ACCESS_HEADER = 1024, /* bytes of one */
};

struct inv_access {
	const char *cacert; /* PEM files, or NULL */
	const char *cert;
	const char *key;
	const char *pin;
	const char *token; /* as given: FILE, fd:N, cred:NAME; or NULL */
	struct inv_secret *secret; /* the word in it, once opened ... */
	char *path;      /* ... and the file, where we made its name */
	bool allow_http; /* plain, to another machine */
	struct inv_str header[INV_ACCESS_HEADERS]; /* lines that fit */
	size_t headers;
};

/* Take the argument of --pin (64 if it is none). */
void inv_access_pin(struct inv_access *a, const char *arg);

/*
 * Take the argument of --header, which must stay; 64 for what is none, for one
 * that we or HTTP set, and for one that is a secret.
 */
void inv_access_header(struct inv_access *a, const char *arg);

/* Take the argument of --token-file (64 if it is none); not yet read. */
void inv_access_token(struct inv_access *a, const char *arg);

/*
 * All options are there, and this is the ledger; NULL: it is embedded.  64 for
 * what does not go together, 78 for plain http that would leave this machine,
 * 77 for a private key that others can open.
 */
void inv_access_check(const struct inv_access *a, const struct inv_url *url);

/*
 * Read the token.  Where there is one, or a private key, the process leaves
 * no core dump from here on.  77 or 78 if it is not safe, or there is none.
 */
void inv_access_open(struct inv_access *a);
void inv_access_close(struct inv_access *a);

#endif
