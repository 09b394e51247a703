/*
 * guard.c - an eye on memory: say so, go slowly, drop nothing
 *
 * Files of /proc and of control groups are opened once and read again from
 * their beginning: a look is a few reads.
 */

#include "prog/guard.h"

#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/emit.h"

enum {
	TEXT_MAX = 16 << 10, /* bytes of a file that is looked at */
	WAIT_FIRST_MS = 1,
	WAIT_MAX_MS = 50,
};

static const uint64_t KIB = 1024;

bool
inv_guard_read(struct inv_guard *g, struct inv_str limit)
{
	uint64_t percent;

	g->percent = 0; /* of several limits the last counts */
	if (limit.n == 0 || limit.p[limit.n - 1] != '%')
		return inv_str_size(limit, &g->bytes) && g->bytes > 0;
	limit.n--;
	if (!inv_str_u64(limit, 1, 100, &percent))
		return false;
	g->percent = (unsigned)percent;
	return true;
}

/* ---- files ---- */

static int
open_at(const char *root, const char *dir, const char *file)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s%s%s", root, dir, file);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A small file from its beginning, with a NUL behind; false if not. */
static bool
read_text(int fd, char text[TEXT_MAX])
{
	ssize_t n = fd < 0 ? -1 : pread(fd, text, TEXT_MAX - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

/* The number behind `name` at the beginning of a line, or of the text. */
static bool
number_of(const char *text, const char *name, uint64_t *v)
{
	const char *at = text;

	while (at != NULL && strncmp(at, name, strlen(name)) != 0) {
		at = strchr(at, '\n');
		if (at != NULL)
			at++;
	}
	if (at == NULL)
		return false;
	at += strlen(name);
	at += strspn(at, " \t");
	return inv_str_u64((struct inv_str){ at, strspn(at, "0123456789") }, 0,
	    UINT64_MAX, v);
}

/* ---- what is in use ---- */

static uint64_t
share(uint64_t used, uint64_t of)
{
	return of == 0 ? 0 : used / ((of + 99) / 100);
}

/* Pages of files can be dropped: they are not in use. */
static uint64_t
level_used(const struct inv_guard_level *level)
{
	char text[TEXT_MAX];
	uint64_t used, active, inactive;

	if (!read_text(level->current, text) || !number_of(text, "", &used))
		return 0;
	if (!read_text(level->stat, text) ||
	    !number_of(text, "active_file ", &active) ||
	    !number_of(text, "inactive_file ", &inactive))
		return used;
	return used > active + inactive ? used - active - inactive : 0;
}

static bool
machine_share(const struct inv_guard *g, uint64_t *percent)
{
	char text[TEXT_MAX];
	uint64_t total, available;

	if (!read_text(g->proc, text) ||
	    !number_of(text, "MemTotal:", &total) ||
	    !number_of(text, "MemAvailable:", &available))
		return false;
	*percent = share(total > available ? total - available : 0, total);
	return true;
}

/* Bytes where the limit is in bytes, else percent; false: can not be told. */
static bool
measure(const struct inv_guard *g, uint64_t *used)
{
	char text[TEXT_MAX];
	const char *pages;

	if (g->percent > 0) {
		if (!machine_share(g, used))
			return false;
		for (size_t i = 0; i < g->levels; i++) {
			const struct inv_guard_level *level = &g->level[i];
			uint64_t p = share(level_used(level), level->max);

			*used = p > *used ? p : *used;
		}
		return true;
	}
	/* The second number of statm is the resident pages. */
	if (!read_text(g->proc, text) || (pages = strchr(text, ' ')) == NULL ||
	    !number_of(pages + 1, "", used))
		return false;
	*used *= (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

/* ---- control groups ---- */

static void
add_level(struct inv_guard *g, const char *root, const char *dir)
{
	struct inv_guard_level level;
	char text[TEXT_MAX];
	int fd = open_at(root, dir, "/memory.max");

	if (read_text(fd, text) && number_of(text, "", &level.max) &&
	    g->levels < INV_GUARD_LEVELS) {
		level.current = open_at(root, dir, "/memory.current");
		level.stat = open_at(root, dir, "/memory.stat");
		g->level[g->levels++] = level;
	}
	if (fd >= 0)
		close(fd);
}

/* Ours and all around it, as far as they have a limit ("max" is none). */
static void
find_levels(struct inv_guard *g, const char *root)
{
	static const char mount[] = "/sys/fs/cgroup";
	char text[TEXT_MAX];
	char dir[TEXT_MAX + sizeof(mount)];
	int fd = open_at(root, "", "/proc/self/cgroup");
	const char *line = NULL;
	char *slash;

	/* The line of version 2 is 0::/a/b, and there may be others. */
	if (read_text(fd, text))
		line =
		    strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	if (fd >= 0)
		close(fd);
	if (line == NULL || (line = strstr(line, "::/")) == NULL)
		return;
	snprintf(dir, sizeof(dir), "%s%.*s", mount,
	    (int)strcspn(line + 2, "\n"), line + 2);
	for (;;) {
		slash = strrchr(dir, '/');
		if (slash[1] == '\0')
			*slash = '\0';
		add_level(g, root, dir);
		slash = strrchr(dir, '/');
		if ((size_t)(slash - dir) < sizeof(mount) - 1)
			return;
		*slash = '\0';
	}
}

/* ---- the guard ---- */

bool
inv_guard_open(struct inv_guard *g, const char *root, struct inv_err *err)
{
	const char *file =
	    g->percent > 0 ? "/proc/meminfo" : "/proc/self/statm";
	uint64_t used;

	if (g->bytes == 0 && g->percent == 0)
		return true;
	g->proc = open_at(root, "", file);
	if (!measure(g, &used))
		return inv_fail(err, INV_CONFIG,
		    "--max-memory: %s does not say what is in use", file);
	if (g->percent > 0)
		find_levels(g, root);
	return true;
}

void
inv_guard_close(struct inv_guard *g)
{
	if (g->bytes == 0 && g->percent == 0)
		return;
	close(g->proc);
	for (size_t i = 0; i < g->levels; i++) {
		close(g->level[i].current);
		close(g->level[i].stat);
	}
	g->levels = 0;
}

static bool
is_reached(const struct inv_guard *g, uint64_t *used)
{
	return measure(g, used) &&
	    *used >= (g->percent > 0 ? g->percent : g->bytes);
}

/* The first time only: later ones are in the sum. */
static void
say_reached(const struct inv_guard *g, uint64_t used)
{
	if (g->times > 1)
		return;
	if (g->percent > 0)
		inv_warn("memory: %ju%% is in use, the limit is %u%%: going on "
			 "slowly",
		    (uintmax_t)used, g->percent);
	else
		inv_warn("memory: %ju KiB are in use, the limit is %ju KiB: "
			 "going on slowly",
		    (uintmax_t)(used / KIB), (uintmax_t)(g->bytes / KIB));
}

static void
wait_a_little(struct inv_guard *g)
{
	struct timespec t = { .tv_nsec = (long)g->wait_ms * 1000000 };
	uint64_t from = inv_clock_ms();

	(void)nanosleep(&t, NULL);
	g->waited_ms += inv_clock_ms() - from;
	g->wait_ms *= 2;
	if (g->wait_ms > WAIT_MAX_MS)
		g->wait_ms = WAIT_MAX_MS;
}

void
inv_guard_look(struct inv_guard *g)
{
	uint64_t used;

	g->passed = 0;
	if (g->bytes == 0 && g->percent == 0)
		return;
	if (!is_reached(g, &used)) {
		if (g->reached && g->times == 1)
			inv_warn("memory: below the limit again");
		g->reached = false;
		return;
	}
	if (!g->reached) {
		g->reached = true;
		g->times++;
		g->wait_ms = WAIT_FIRST_MS;
		say_reached(g, used);
	}
	if (g->give_back != NULL)
		g->give_back(g->arg);
	(void)malloc_trim(0);
	if (is_reached(g, &used))
		wait_a_little(g);
}

void
inv_guard_sum(const struct inv_guard *g, struct inv_buf *b)
{
	if (g->bytes == 0 && g->percent == 0)
		return;
	inv_emit_key(b, INV_LIT("memory"));
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("reached"), g->times);
	inv_emit_member_u64(b, INV_LIT("waited_ms"), g->waited_ms);
	inv_emit_close(b, '}');
}
