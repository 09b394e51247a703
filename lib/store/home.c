/*
 * home.c - a state directory that was copied, or put back from a backup
 *
 * A file system is told by its own id, not by its device: devices get their
 * numbers anew at each boot.  A directory is told by when it was made as well:
 * the number of one that was removed may be given to the next.
 */

#include "store/home.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "data/cursor.h"
#include "data/emit.h"
#include "io/file.h"

enum {
	HOME_MAX = 512,   /* bytes of the line */
	MACHINE_MAX = 64, /* bytes of the machine's id */
};

static const char home_name[] = "home";
static const char machine_file[] = "/etc/machine-id";

struct home {
	char machine[INV_DIGEST_HEX];
	uint64_t system;
	uint64_t directory;
	uint64_t made; /* ns since 1970; 0: the file system does not tell */
};

/*
 * machine-id(5) wants it hashed before it is shown.  A machine without one is
 * as good as any other without one; one that can not be read is not told from
 * others, and must not be taken for none.
 */
static bool
find_machine(char hex[INV_DIGEST_HEX], struct inv_err *err)
{
	struct inv_digest *d;
	unsigned char digest[INV_DIGEST];
	char id[MACHINE_MAX];
	int fd = open(machine_file, O_RDONLY | O_CLOEXEC);
	ssize_t n =
	    fd != -1 ? inv_file_peek(fd, id, sizeof(id)) : -(errno != ENOENT);

	if (n == -1)
		inv_fail_sys(err, INV_IO, "%s", machine_file);
	if (fd != -1)
		close(fd);
	if (n == -1)
		return false;
	d = inv_digest_new();
	inv_digest_begin(d);
	inv_digest_part(d, INV_LIT("inv home"));
	inv_digest_part(d, (struct inv_str){ id, (size_t)n });
	inv_digest_end(d, digest);
	inv_digest_free(d);
	inv_str_hex(digest, sizeof(digest), hex);
	return true;
}

static bool
find_here(int dir, struct home *h, struct inv_err *err)
{
	struct statvfs fs;
	struct statx st;

	if (statx(dir, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &st) != 0 ||
	    fstatvfs(dir, &fs) != 0)
		return inv_fail_sys(err, INV_IO, "journal");
	if (!find_machine(h->machine, err))
		return false;
	h->system = fs.f_fsid;
	h->directory = st.stx_ino;
	h->made = 0;
	if (st.stx_mask & STATX_BTIME)
		h->made = (uint64_t)st.stx_btime.tv_sec * 1000000000 +
		    st.stx_btime.tv_nsec;
	return true;
}

static void
put(struct inv_buf *b, const struct home *h)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("machine"),
	    (struct inv_str){ h->machine, INV_DIGEST_HEX });
	inv_emit_member_u64(b, INV_LIT("filesystem"), h->system);
	inv_emit_member_u64(b, INV_LIT("directory"), h->directory);
	inv_emit_member_u64(b, INV_LIT("made"), h->made);
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

static bool
get(struct inv_str text, struct home *h)
{
	struct inv_cursor c = { .rest = text };
	struct inv_str machine =
	    inv_cursor_hex(&c, "{\"machine\":", INV_DIGEST_HEX);

	h->system = inv_cursor_u64(&c, ",\"filesystem\":", 0);
	h->directory = inv_cursor_u64(&c, ",\"directory\":", 0);
	h->made = inv_cursor_u64(&c, ",\"made\":", 0);
	inv_cursor_expect(&c, "}\n");
	if (c.bad || c.rest.n > 0)
		return false;
	memcpy(h->machine, machine.p, INV_DIGEST_HEX);
	return true;
}

static bool
elsewhere(const struct inv_state *state, const char *what, struct inv_err *err)
{
	return inv_fail(err, INV_CONFIG,
	    "%s/journal/home: this journal was made %s: the state is a copy, "
	    "or was put back from a backup; nothing has been sent: if nobody "
	    "goes on with the other one, and what it did since is not lost, "
	    "remove journal/home to go on with this one",
	    state->path, what);
}

static bool
compare(const struct inv_state *state, const struct home *was,
    const struct home *is, struct inv_err *err)
{
	if (memcmp(was->machine, is->machine, INV_DIGEST_HEX) != 0)
		return elsewhere(state, "on another machine", err);
	if (was->system != is->system)
		return elsewhere(state, "in another file system", err);
	if (was->directory != is->directory ||
	    (was->made != 0 && is->made != 0 && was->made != is->made))
		return elsewhere(state, "in another directory", err);
	return true;
}

/* What is in the file; *n -1 where there is none. */
static bool
read_home(int dir, char text[HOME_MAX], ssize_t *n, struct inv_err *err)
{
	struct inv_err why;
	int fd = inv_file_open(dir, home_name, O_RDONLY, &why);

	*n = -1;
	if (fd == -1 && errno == ENOENT)
		return true;
	if (fd == -1) {
		*err = why;
		return false;
	}
	*n = inv_file_peek(fd, text, HOME_MAX);
	if (*n == -1)
		inv_fail_sys(err, INV_IO, "journal/home");
	close(fd);
	return *n != -1;
}

static bool
check(const struct inv_state *state, int dir, struct inv_err *err)
{
	struct inv_buf line = INV_BUF(HOME_MAX);
	char text[HOME_MAX];
	struct home is;
	struct home was;
	ssize_t n;

	if (!find_here(dir, &is, err) || !read_home(dir, text, &n, err))
		return false;
	if (n >= 0 && !get((struct inv_str){ text, (size_t)n }, &was))
		return inv_fail(err, INV_CONFIG,
		    "%s/journal/home: damaged: not one line of ours; remove it "
		    "if this state is no copy of another",
		    state->path);
	if (n >= 0)
		return compare(state, &was, &is, err);
	put(&line, &is);
	bool ok = inv_file_replace(dir, home_name, inv_buf_str(&line), err);

	inv_buf_free(&line);
	return ok;
}

bool
inv_home_check(const struct inv_state *state, struct inv_err *err)
{
	int dir = inv_file_state_dir(state->fd, "journal", err);

	if (dir == -1)
		return false;
	bool ok = check(state, dir, err);

	close(dir);
	return ok;
}
