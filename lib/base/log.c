/* log.c - one line a message, with nothing in it that acts on a terminal */

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/utf8.h"

enum {
	MESSAGE_MAX = 4096, /* bytes of a message before it is cut */
};

struct inv_prog inv_prog = { .name = "inv", .level = INV_LOG_NORMAL };

/* Controls, line separators and the marks that reorder text. */
static bool
acts(const unsigned char *p, size_t len)
{
	if (len == 1)
		return p[0] < 0x20 || p[0] == 0x7f;
	if (len == 2)
		return (p[0] == 0xc2 && p[1] < 0xa0) ||
		    (p[0] == 0xd8 && p[1] == 0x9c);
	if (len == 3 && p[0] == 0xe2 && p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f ||
		    (p[2] >= 0xa8 && p[2] <= 0xae);
	return len == 3 && p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 &&
	    p[2] <= 0xa9;
}

size_t
inv_log_escape(struct inv_str s, char *out, size_t size)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = 0;
	size_t cut = 0; /* the last place where "..." would still fit */

	if (size == 0)
		return 0;
	for (size_t i = 0; i < s.n;) {
		size_t len = inv_utf8_len(p + i, s.n - i);
		bool plain = len > 0 && !acts(p + i, len);
		size_t take = len == 0 ? 1 : len;
		size_t need = plain ? take : 4 * take;

		if (n + 4 <= size)
			cut = n;
		if (n + need + 1 > size) {
			n = cut + (size < 4 ? 0 : 3);
			memcpy(out + cut, "...", n - cut);
			break;
		}
		if (plain)
			memcpy(out + n, p + i, take);
		else
			for (size_t k = 0; k < take; k++)
				snprintf(out + n + 4 * k, 5, "\\x%02x",
				    p[i + k]);
		n += need;
		i += take;
	}
	out[n] = '\0';
	return n;
}

static void
put(const char *message, size_t n)
{
	char line[MESSAGE_MAX + 128];
	int head = snprintf(line, 64, "%s: ", inv_prog.name);
	size_t len = head < 0 ? 0 : (size_t)head;

	len += inv_log_escape((struct inv_str){ message, n }, line + len,
	    MESSAGE_MAX);
	line[len++] = '\n';
	/* Nobody is left to tell when stderr itself fails. */
	ssize_t written = write(STDERR_FILENO, line, len);
	(void)written;
}

__attribute__((format(printf, 1, 0))) static void
say(const char *fmt, va_list ap)
{
	char message[MESSAGE_MAX + 16]; /* longer: so that it is seen cut */
	int n = vsnprintf(message, sizeof(message), fmt, ap);

	if (n < 0)
		n = 0;
	put(message,
	    (size_t)n < sizeof(message) ? (size_t)n : sizeof(message) - 1);
}

void
inv_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
inv_warn(const char *fmt, ...)
{
	va_list ap;

	if (inv_prog.level == INV_LOG_QUIET)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
inv_note(const char *fmt, ...)
{
	va_list ap;

	if (inv_prog.level != INV_LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
inv_die(const struct inv_err *err)
{
	inv_say("%s", err->msg);
	_exit(inv_fault_exit(err->fault));
}
