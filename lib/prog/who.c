/* who.c - who runs this program, for what is written down about it */

#include "prog/who.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"

enum { NAME_BYTES = 256 };

/* A name that is not text is none. */
static void
set(struct inv_buf *b, const char *name)
{
	struct inv_str s = inv_str_of(name != NULL ? name : "");

	if (s.n <= NAME_BYTES && inv_utf8_all(s))
		inv_buf_add(b, s);
}

void
inv_who_init(struct inv_who *who)
{
	const struct passwd *pw = getpwuid(getuid());

	who->user = INV_BUF(NAME_BYTES);
	who->login = INV_BUF(NAME_BYTES);
	if (pw != NULL)
		set(&who->user, pw->pw_name);
	if (who->user.n == 0)
		inv_buf_u64(&who->user, getuid());
	set(&who->login, getenv("SUDO_USER"));
}

void
inv_who_free(struct inv_who *who)
{
	inv_buf_free(&who->user);
	inv_buf_free(&who->login);
}
