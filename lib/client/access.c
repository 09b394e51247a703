/* access.c - how we get to the ledger over HTTP: trust, and who we are */

#include "client/access.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/log.h"
#include "base/mem.h"
#include "prog/opt.h"
#include "prog/secret_opt.h"

#define OURS "is set by us"
#define OF_HTTP "is for HTTP itself to set"
#define SECRET "is a secret, and everybody can see the command line"

/* Headers that are not the user's to set, and why. */
static const struct {
	const char *name;
	const char *why;
} kept[] = {
	{ "Content-Type", OURS },
	{ "Content-Digest", OURS },
	{ "Idempotency-Key", OURS },
	{ "X-Compliance-Standard", OURS },
	{ "traceparent", OURS },
	{ "Accept-Encoding", OF_HTTP },
	{ "Connection", OF_HTTP },
	{ "Content-Encoding", OF_HTTP },
	{ "Content-Length", OF_HTTP },
	{ "Expect", OF_HTTP },
	{ "Host", OF_HTTP },
	{ "Keep-Alive", OF_HTTP },
	{ "Proxy-Connection", OF_HTTP },
	{ "Range", OF_HTTP },
	{ "TE", OF_HTTP },
	{ "Trailer", OF_HTTP },
	{ "Transfer-Encoding", OF_HTTP },
	{ "Upgrade", OF_HTTP },
	{ "Authorization", SECRET },
	{ "Cookie", SECRET },
	{ "Proxy-Authorization", SECRET },
};

void
inv_access_pin(struct inv_access *a, const char *arg)
{
	if (!inv_pin_fits(inv_str_of(arg)))
		inv_opt_wrong("--pin", arg,
		    "is not sha256// and the base64 of a SHA-256");
	a->pin = arg;
}

/* No message has its value. */
void
inv_access_header(struct inv_access *a, const char *arg)
{
	struct inv_str line = inv_str_of(arg);

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		size_t n = strlen(kept[i].name);

		if (strncasecmp(arg, kept[i].name, n) == 0 &&
		    (arg[n] == ':' || arg[n] == '\0'))
			inv_opt_wrong("--header", kept[i].name, kept[i].why);
	}
	if (line.n > INV_ACCESS_HEADER || !inv_header_fits(line))
		inv_opt_wrong("--header", "",
		    "not \"Name: value\" in plain ASCII, 1024 bytes at most");
	if (a->headers == INV_ACCESS_HEADERS)
		inv_opt_wrong("--header", "", "is given more than 16 times");
	a->header[a->headers++] = line;
}

void
inv_access_token(struct inv_access *a, const char *arg)
{
	inv_opt_secret("--token-file", arg);
	a->token = arg;
}

/* Options that have no effect are taken for ones that have. */
static void
check_tls(const struct inv_access *a, const struct inv_url *url)
{
	if ((a->cert == NULL) != (a->key == NULL))
		inv_opt_wrong(a->cert == NULL ? "--key-file" : "--cert", "",
		    a->cert == NULL ? "goes with --cert"
				    : "goes with --key-file");
	if (url != NULL && url->tls)
		return;
	if (a->cert != NULL)
		inv_opt_wrong("--cert", "", "goes with an https ledger");
	if (a->pin != NULL)
		inv_opt_wrong("--pin", "", "goes with an https ledger");
}

void
inv_access_check(const struct inv_access *a, const struct inv_url *url)
{
	struct inv_err err;

	check_tls(a, url);
	if (a->token != NULL && url == NULL)
		inv_opt_wrong("--token-file", "",
		    "goes with an http or https ledger");
	if (url != NULL && !url->tls && !url->loopback && !a->allow_http) {
		inv_fail(&err, INV_CONFIG,
		    "%s: plain http leaves this machine: refused "
		    "(--allow-http)",
		    url->text);
		inv_die(&err);
	}
	if (a->key != NULL && !inv_secret_is_safe(a->key, &err))
		inv_die(&err);
}

void
inv_access_open(struct inv_access *a)
{
	struct inv_secret_place place;
	struct inv_err err;

	if (a->token == NULL && a->key == NULL)
		return;
	inv_secret_guard();
	if (a->token == NULL)
		return;
	a->path = inv_opt_secret_place(a->token, &place);
	a->secret = inv_secret_open(&place, &err);
	if (a->secret == NULL)
		inv_die(&err);
}

void
inv_access_close(struct inv_access *a)
{
	inv_secret_close(a->secret);
	free(a->path);
}
