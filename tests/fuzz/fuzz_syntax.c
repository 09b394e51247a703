/*
 * fuzz_syntax - no text breaks a format's grammar, and addresses are the C
 * library's
 */

#include <arpa/inet.h>
#include <stdlib.h>

#include "data/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { ADDRESS = 64 }; /* bytes: more than any has */

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
is_graphic(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* As inet_pton has it. */
static void
check_address(struct inv_str s)
{
	unsigned char bytes[16];
	char text[ADDRESS] = { 0 };

	if (s.n >= ADDRESS || (s.n > 0 && memchr(s.p, '\0', s.n) != NULL))
		return;
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	must(inv_syntax_is(INV_SYNTAX_IPV4, s) ==
	    (inet_pton(AF_INET, text, bytes) == 1));
	must(inv_syntax_is(INV_SYNTAX_IPV6, s) ==
	    (inet_pton(AF_INET6, text, bytes) == 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct inv_str s = { (const char *)p, n };
	bool is[INV_SYNTAX_JSON_POINTER + 1];

	for (int i = 0; i <= INV_SYNTAX_JSON_POINTER; i++)
		is[i] = i != INV_SYNTAX_REGEX &&
		    inv_syntax_is((enum inv_syntax)i, s);
	for (int i = 0; i < INV_SYNTAX_REGEX; i++)
		must(!is[i] || i == INV_SYNTAX_EMAIL || is_graphic(s));
	must(!is[INV_SYNTAX_EMAIL] || memchr(s.p, '@', s.n) != NULL);
	must(!is[INV_SYNTAX_URI] || memchr(s.p, ':', s.n) != NULL);
	must(!(is[INV_SYNTAX_URI] && is[INV_SYNTAX_JSON_POINTER]));
	if (is[INV_SYNTAX_DATE_TIME])
		must(inv_syntax_is(INV_SYNTAX_TIME,
		    (struct inv_str){ s.p + 11, s.n - 11 }));
	check_address(s);
	return 0;
}
