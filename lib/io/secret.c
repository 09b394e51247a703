/* secret.c - a word that we share with somebody, from a file of our own */

#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum {
	BLANKS = 64,                         /* bytes behind a word */
	PAGES = INV_SECRET_MAX + BLANKS + 1, /* one more, to see the end */
	OTHERS = S_IRWXG | S_IRWXO,          /* of a file's mode */
	OTHERS_LENT = S_IRWXO | S_IWGRP | S_IXGRP, /* of one that was lent */
};

struct inv_secret {
	struct inv_secret_place place;
	char *word;
	size_t n;
	unsigned turn;
	char *beside;     /* where the next one is read to */
	struct stat seen; /* the file, when it was last looked at */
	uint64_t looked_ms;
};

static char *
secret_pages(void)
{
	char *p = inv_mem_pages(NULL, 0, PAGES);

	(void)madvise(p, PAGES, MADV_DONTDUMP);
	(void)mlock(p, PAGES);
	return p;
}

static void
secret_pages_free(char *p)
{
	explicit_bzero(p, PAGES);
	inv_mem_pages_free(p, PAGES);
}

static bool
is_safe(const struct stat *st, bool lent, const char *path, struct inv_err *err)
{
	if (!S_ISREG(st->st_mode))
		return inv_fail(err, INV_DENIED,
		    "%s: refused: not a regular file", path);
	if (st->st_uid != geteuid() && !(lent && st->st_uid == 0))
		return inv_fail(err, INV_DENIED,
		    "%s: refused: belongs to user %ju, not to us", path,
		    (uintmax_t)st->st_uid);
	if ((st->st_mode & (lent ? OTHERS_LENT : OTHERS)) != 0)
		return inv_fail(err, INV_DENIED,
		    "%s: refused: others can open it (chmod 600)", path);
	return true;
}

/* Open it without waiting for the writer of a pipe; -1 with *err filled. */
static int
open_safe(const char *path, bool lent, struct stat *st, struct inv_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0) {
		inv_fail_sys(err, errno == EACCES ? INV_DENIED : INV_CONFIG,
		    "%s", path);
		return -1;
	}
	if (fstat(fd, st) != 0)
		inv_fail_sys(err, INV_CONFIG, "%s: stat", path);
	else if (is_safe(st, lent, path, err))
		return fd;
	close(fd);
	return -1;
}

/* All that there is, PAGES at most; -1 with errno. */
static ssize_t
read_word(int fd, char *into)
{
	size_t n = 0;

	while (n < PAGES) {
		ssize_t got = read(fd, into + n, PAGES - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static bool
is_word(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] > '~')
			return false;
	return true;
}

/* What stands in beside becomes the word, if it is one. */
static bool
take_word(struct inv_secret *s, size_t n, const char *name, struct inv_err *err)
{
	char *was = s->word;

	if (n == PAGES)
		return inv_fail(err, INV_CONFIG, "%s: longer than %d bytes",
		    name, INV_SECRET_MAX);
	while (n > 0 && strchr(" \t\r\n", s->beside[n - 1]) != NULL)
		n--;
	if (n > INV_SECRET_MAX || n < INV_SECRET_MIN)
		return inv_fail(err, INV_CONFIG,
		    "%s: not a word of %d to %d bytes", name, INV_SECRET_MIN,
		    INV_SECRET_MAX);
	if (!is_word(s->beside, n))
		return inv_fail(err, INV_CONFIG,
		    "%s: not one word of visible ASCII", name);
	if (s->turn > 0 && n == s->n && memcmp(was, s->beside, n) == 0)
		return true;
	s->word = s->beside;
	s->beside = was;
	s->n = n;
	s->turn++;
	return true;
}

static bool
read_from(struct inv_secret *s, int fd, const char *name, struct inv_err *err)
{
	ssize_t n = read_word(fd, s->beside);
	bool ok = n < 0 ? inv_fail_sys(err, INV_CONFIG, "%s: read", name)
			: take_word(s, (size_t)n, name, err);

	close(fd);
	explicit_bzero(s->beside, PAGES);
	return ok;
}

static bool
read_file(struct inv_secret *s, struct inv_err *err)
{
	const char *path = s->place.path;
	int fd = open_safe(path, s->place.is_lent, &s->seen, err);

	return fd >= 0 && read_from(s, fd, path, err);
}

struct inv_secret *
inv_secret_open(const struct inv_secret_place *place, struct inv_err *err)
{
	struct inv_secret *s = inv_mem_new(sizeof(*s));
	char name[32];

	s->place = *place;
	s->word = secret_pages();
	s->beside = secret_pages();
	s->looked_ms = inv_clock_ms();
	snprintf(name, sizeof(name), "descriptor %d", place->fd);
	if (place->path != NULL ? read_file(s, err)
				: read_from(s, place->fd, name, err))
		return s;
	inv_secret_close(s);
	return NULL;
}

void
inv_secret_close(struct inv_secret *s)
{
	if (s == NULL)
		return;
	secret_pages_free(s->word);
	secret_pages_free(s->beside);
	free(s);
}

struct inv_str
inv_secret_word(const struct inv_secret *s)
{
	return (struct inv_str){ s->word, s->n };
}

unsigned
inv_secret_turn(const struct inv_secret *s)
{
	return s->turn;
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_mode == b->st_mode && a->st_uid == b->st_uid &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

void
inv_secret_look(struct inv_secret *s, bool at_once)
{
	uint64_t now = inv_clock_ms();
	struct stat st = { 0 };
	struct inv_err err;

	if (s->place.path == NULL ||
	    (!at_once && now - s->looked_ms < INV_SECRET_LOOK_MS))
		return;
	s->looked_ms = now;
	if (stat(s->place.path, &st) != 0)
		st = (struct stat){ 0 };
	if (is_same_file(&st, &s->seen))
		return;
	s->seen = st; /* so that what is wrong with it is said once */
	if (!read_file(s, &err))
		inv_warn("%s: the last one is kept", err.msg);
}

bool
inv_secret_is_safe(const char *path, struct inv_err *err)
{
	struct stat st;
	int fd = open_safe(path, false, &st, err);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void
inv_secret_guard(void)
{
	static const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}
