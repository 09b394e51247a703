/* test_audit_view - the audit log for those who only look */

#include "store/audit_view.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "io/file.h"

static const char id[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static struct inv_digest *digest;
static struct inv_audit_head head;
static int dir = -1;

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0 ||
	    mkdir("state/audit", 0700) != 0)
		abort();
	struct inv_state state = { open("state", O_RDONLY | O_DIRECTORY),
		"state" };

	if (dir != -1)
		close(dir);
	dir = open("state/audit", O_RDONLY | O_DIRECTORY);
	if (digest == NULL)
		digest = inv_digest_new();
	head = INV_AUDIT_HEAD;
	head.journal.segment = 1;
	return state;
}

/* One more entry, a stage line of n bytes more; the head is as it was. */
static void
append(size_t more)
{
	const struct inv_audit_whose whose = {
		.manifest = { id, sizeof(id) - 1 },
		.submission = 1,
		.run = INV_LIT("1111111111111111"),
	};
	const struct inv_entry_head of = { head.log.seq, head.log.prev,
		INV_LIT("2026-11-20T06:30:00Z") };
	struct inv_buf line = INV_BUF(1 << 20);
	struct inv_buf b = INV_BUF(1 << 21);
	struct inv_err err;

	inv_buf_addf(&line, "{\"stage\":\"%0*d\"}", (int)more, 0);
	inv_audit_put_line(&b, &of, &whose, INV_AUDIT_STAGE,
	    inv_buf_str(&line));
	inv_digest_of(digest, inv_buf_str(&b), head.log.prev);
	inv_buf_byte(&b, '\n');
	int fd = inv_file_open(dir, "log.ndjson", O_RDWR | O_CREAT, &err);

	check(lseek(fd, (off_t)head.log.offset, SEEK_SET) >= 0);
	check(inv_file_write(fd, inv_buf_str(&b), "log", &err));
	close(fd);
	head.log.seq++;
	head.log.offset += b.n;
	inv_buf_free(&line);
	inv_buf_free(&b);
}

static void
tell_head(void)
{
	struct inv_err err;

	check(inv_audit_head_write(dir, &head, &err));
}

/* The numbers that follow, up to the end: from first to last. */
static bool
gives(struct inv_audit_view *v, uint64_t first, uint64_t last)
{
	struct inv_audit_line line;
	struct inv_err err;

	for (uint64_t seq = first; seq <= last; seq++)
		if (inv_audit_view_next(v, &line, &err) != INV_NEXT_LINE ||
		    line.seq != seq)
			return false;
	return inv_audit_view_next(v, &line, &err) == INV_NEXT_END;
}

static void
a_log_is_read_as_far_as_its_head_tells(void)
{
	struct inv_state state = fresh();
	struct inv_audit_view v;
	struct inv_err err;

	check(inv_audit_view_open(&v, &state, &err));
	check(gives(&v, 1, 0));
	inv_audit_view_close(&v);
	append(1);
	append(1);
	tell_head();
	append(1);
	check(inv_audit_view_open(&v, &state, &err));
	check(gives(&v, 1, 2));
	inv_audit_view_close(&v);
	close(state.fd);
}

static void
the_last_entries_begin_where_they_begin(void)
{
	struct inv_state state = fresh();
	struct inv_audit_view v;
	struct inv_err err;

	/* Lines around the size of what is read backwards at a time. */
	for (size_t i = 0; i < 8; i++)
		append((64 << 10) - 300 + i * 60);
	append(200 << 10);
	append(1);
	tell_head();
	for (uint64_t n = 1; n <= 12; n++) {
		check(inv_audit_view_open(&v, &state, &err));
		check(inv_audit_view_back(&v, n, &err));
		check(gives(&v, n < 10 ? 11 - n : 1, 10));
		inv_audit_view_close(&v);
	}
	close(state.fd);
}

static void
what_is_appended_comes_after_a_refresh(void)
{
	struct inv_state state = fresh();
	struct inv_audit_view v;
	struct inv_err err;

	check(inv_audit_view_open(&v, &state, &err));
	append(1);
	tell_head();
	check(inv_audit_view_refresh(&v, &state, &err));
	check(gives(&v, 1, 1));
	append(1);
	check(inv_audit_view_refresh(&v, &state, &err));
	check(gives(&v, 2, 1));
	append(1);
	tell_head();
	check(inv_audit_view_refresh(&v, &state, &err));
	check(gives(&v, 2, 3));
	inv_audit_view_close(&v);
	close(state.fd);
}

static void
a_log_that_is_another_or_shorter_is_told(void)
{
	struct inv_state state = fresh();
	struct inv_audit_head before;
	struct inv_audit_view v;
	struct inv_err err;

	append(1);
	before = head;
	append(1);
	tell_head();
	check(inv_audit_view_open(&v, &state, &err));
	check(gives(&v, 1, 2));
	check(inv_audit_head_write(dir, &before, &err));
	check(!inv_audit_view_refresh(&v, &state, &err));
	check_str(inv_str_of(err.msg),
	    "audit/head: tells of fewer entries than before");
	tell_head();
	check(system("cp -p state/audit/log.ndjson state/audit/x && "
		     "mv state/audit/x state/audit/log.ndjson") == 0);
	check(!inv_audit_view_refresh(&v, &state, &err));
	check_str(inv_str_of(err.msg),
	    "audit/log.ndjson: is not the file any more that it was");
	check(err.fault == INV_IO);
	inv_audit_view_close(&v);
	close(state.fd);
}

static const struct test tests[] = {
	TEST(a_log_is_read_as_far_as_its_head_tells),
	TEST(the_last_entries_begin_where_they_begin),
	TEST(what_is_appended_comes_after_a_refresh),
	TEST(a_log_that_is_another_or_shorter_is_told),
};

int
main(void)
{
	char folder[] = "/tmp/test_audit_view.XXXXXX";

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	int rc = RUN(tests);

	return system("rm -rf \"$PWD\"") != 0 || rc;
}
