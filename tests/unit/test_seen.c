/* test_seen - does store/seen keep its header's promises? */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#include "base/mem.h"
#include "store/db.h"
#include "store/seen.h"

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0 ||
	    mkdir("state/journal", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

/* Row n of a manifest of that arrival: its key is a digest of n. */
static struct inv_seen_row
row(uint64_t n, uint64_t arrival)
{
	static struct inv_digest *d;
	struct inv_seen_row r = { .arrival = arrival, .row = n };
	struct inv_str s = { (const char *)&n, sizeof(n) };

	if (d == NULL)
		d = inv_digest_new();
	inv_key_digest(d, s, r.key);
	memcpy(r.digest, r.key, INV_KEY);
	r.digest[0] ^= (unsigned char)arrival;
	return r;
}

static void
put(struct inv_seen *s, uint64_t first, uint64_t last, uint64_t arrival)
{
	for (uint64_t n = first; n <= last; n++) {
		struct inv_seen_row r = row(n, arrival);

		inv_seen_put(s, &r, 1);
	}
}

/* All of first..last are there, and of that arrival; 0: none of them is. */
static bool
all(struct inv_seen *s, uint64_t first, uint64_t last, uint64_t arrival)
{
	for (uint64_t n = first; n <= last; n++) {
		struct inv_seen_row want = row(n, arrival);
		struct inv_seen_row got = want;
		struct inv_err err;

		got.arrival = 99;
		memset(got.digest, 0, INV_KEY);
		if (!inv_seen_find(s, &got, 1, &err) || got.arrival != arrival)
			return false;
		if (arrival != 0 && memcmp(&got, &want, sizeof(got)) != 0)
			return false;
	}
	return true;
}

static const struct inv_place there = {
	.segment = 3, .offset = 4711, .seq = 12, .prev = { 1, 2, 3 }
};

static void
what_was_put_is_found_before_and_after_writing(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);

	check(s != NULL);
	check(inv_seen_place(s).seq == 1 && inv_seen_place(s).segment == 1);
	check(all(s, 1, 100, 0));
	put(s, 1, 5000, 7);
	check(all(s, 1, 5000, 7) && all(s, 5001, 5100, 0));
	check(inv_seen_write(s, &there, &err));
	check(all(s, 1, 5000, 7) && all(s, 5001, 5100, 0));
	inv_seen_close(s);
	s = inv_seen_open(&state, &err);
	check(s != NULL);
	struct inv_place place = inv_seen_place(s);

	check(memcmp(&place, &there, sizeof(place)) == 0);
	check(all(s, 1, 5000, 7) && all(s, 5001, 15100, 0));
	inv_seen_close(s);
	close(state.fd);
}

static void
the_last_of_a_key_wins(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);

	put(s, 1, 100, 7);
	put(s, 1, 50, 8);
	check(all(s, 1, 50, 8) && all(s, 51, 100, 7));
	check(inv_seen_write(s, &there, &err));
	put(s, 40, 60, 9);
	check(all(s, 1, 39, 8) && all(s, 40, 60, 9) && all(s, 61, 100, 7));
	check(inv_seen_write(s, &there, &err));
	check(all(s, 1, 39, 8) && all(s, 40, 60, 9) && all(s, 61, 100, 7));
	inv_seen_close(s);
	close(state.fd);
}

static void
the_latest_time_stays_the_latest(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);

	check(inv_seen_latest(s) == 0);
	inv_seen_time(s, 2000000000);
	inv_seen_time(s, 1000000000);
	check(inv_seen_latest(s) == 2000000000);
	check(inv_seen_write(s, &there, &err));
	inv_seen_time(s, 2100000000);
	inv_seen_close(s);
	s = inv_seen_open(&state, &err);
	check(inv_seen_latest(s) == 2000000000);
	inv_seen_close(s);
	close(state.fd);
}

static void
what_was_not_written_is_forgotten(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);

	put(s, 1, 10, 7);
	check(inv_seen_write(s, &there, &err));
	put(s, 11, 20, 7);
	inv_seen_close(s);
	s = inv_seen_open(&state, &err);
	check(all(s, 1, 10, 7) && all(s, 11, 20, 0));
	inv_seen_close(s);
	close(state.fd);
}

static void
it_is_full_at_its_ceiling_and_empty_when_written(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);

	put(s, 1, INV_SEEN_HELD - 1, 1);
	check(!inv_seen_is_full(s));
	put(s, INV_SEEN_HELD, INV_SEEN_HELD + 10, 1);
	check(inv_seen_is_full(s));
	check(inv_seen_write(s, &there, &err));
	check(!inv_seen_is_full(s));
	check(all(s, 1, INV_SEEN_HELD + 10, 1));
	inv_seen_close(s);
	s = inv_seen_open(&state, &err);
	check(all(s, 1000000, 1050000, 0));
	check(all(s, 1, 1000, 1));
	put(s, 1000000, 1000010, 2);
	check(inv_seen_write(s, &there, &err));
	check(all(s, 1000000, 1000010, 2) && all(s, 1000011, 1001000, 0));
	inv_seen_close(s);
	close(state.fd);
}

/* Change one bit of the file. */
static void
flip(const struct inv_state *state, off_t at)
{
	int fd = openat(state->fd, "journal/seen.db", O_RDWR);
	unsigned char byte;

	check(pread(fd, &byte, 1, at) == 1);
	byte ^= (unsigned char)(1 << at % 8);
	check(pwrite(fd, &byte, 1, at) == 1);
	close(fd);
}

/* What the index says of rows first..last, if it does not say it is damaged. */
static bool
is_right_or_damaged(struct inv_seen *s, uint64_t last, uint64_t arrival,
    struct inv_err *err)
{
	for (uint64_t n = 1; n <= last; n++) {
		struct inv_seen_row want = row(n, arrival);
		struct inv_seen_row got = want;

		got.arrival = 99;
		memset(got.digest, 0, INV_KEY);
		if (!inv_seen_find(s, &got, 1, err))
			return strstr(err->msg, "damaged; remove it") != NULL;
		if (memcmp(&got, &want, sizeof(got)) != 0)
			return false;
	}
	return true;
}

static void
a_bit_that_is_flipped_is_damage_and_never_believed(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);
	struct stat st;
	size_t damaged = 0;

	put(s, 1, 400, 7);
	check(inv_seen_write(s, &there, &err));
	inv_seen_close(s);
	check(fstatat(state.fd, "journal/seen.db", &st, 0) == 0);
	check(system("cp state/journal/seen.db whole.db") == 0);
	for (off_t at = 100; at < st.st_size; at += 211) {
		flip(&state, at);
		s = inv_seen_open(&state, &err);
		if (s == NULL)
			check(strstr(err.msg, "seen.db") != NULL);
		/* A version of before it is built again: nothing is known. */
		else if (inv_seen_place(s).seq != 1)
			check(is_right_or_damaged(s, 400, 7, &err));
		damaged += s == NULL;
		inv_seen_close(s);
		check(system("cp whole.db state/journal/seen.db") == 0);
	}
	check(damaged > 3);
	close(state.fd);
}

/* Nothing is found and nothing written: INV_IO. */
static bool
is_final(struct inv_seen *s)
{
	struct inv_seen_row r = row(1, 7);
	struct inv_err err;

	return !inv_seen_find(s, &r, 1, &err) && err.fault == INV_IO &&
	    !inv_seen_write(s, &there, &err) && err.fault == INV_IO;
}

/* The file may not grow for a while. */
static void
a_commit_that_failed_is_final(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct rlimit old, small;
	struct inv_place later = there;
	struct inv_seen *s = inv_seen_open(&state, &err);

	put(s, 1, 1000, 7);
	check(inv_seen_write(s, &there, &err));
	put(s, 1001, 2000, 7);
	later.seq++;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 64 << 10, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &small);
	check(!inv_seen_write(s, &later, &err) && err.fault == INV_IO);
	setrlimit(RLIMIT_FSIZE, &old);
	check(is_final(s));
	inv_seen_close(s);
	s = inv_seen_open(&state, &err);
	check(s != NULL && inv_seen_place(s).seq == there.seq);
	check(all(s, 1, 1000, 7) && all(s, 1001, 2000, 0));
	inv_seen_close(s);
	close(state.fd);
}

/* Of a run that was to go into another one, when some of them have. */
static void
a_merge_that_failed_is_final(void)
{
	static const char *const hurts[] = {
		"DELETE FROM run4",
		"CREATE TRIGGER t BEFORE DELETE ON runs WHEN old.id = 3"
		" BEGIN SELECT RAISE(ABORT, 'no'); END",
		"CREATE TRIGGER t BEFORE INSERT ON runs"
		" BEGIN SELECT RAISE(ABORT, 'no'); END",
	};
	char command[256];
	struct inv_err err;

	for (size_t i = 0; i < sizeof(hurts) / sizeof(*hurts); i++) {
		struct inv_state state = fresh();
		struct inv_seen *s = inv_seen_open(&state, &err);

		for (uint64_t n = 1; n < 8; n++) {
			put(s, n, n, 7);
			check(inv_seen_write(s, &there, &err));
		}
		inv_seen_close(s);
		snprintf(command, sizeof(command),
		    "sqlite3 state/journal/seen.db \"%s\"", hurts[i]);
		check(system(command) == 0);
		s = inv_seen_open(&state, &err);
		check(s != NULL);
		put(s, 8, 8, 7);
		check(!inv_seen_write(s, &there, &err));
		check(is_final(s));
		inv_seen_close(s);
		close(state.fd);
	}
}

static void
a_file_that_is_no_index_is_refused(void)
{
	struct inv_state state = fresh();
	struct inv_err err = { 0 };
	int fd = openat(state.fd, "journal/seen.db", O_WRONLY | O_CREAT, 0600);

	check(write(fd, "not a database, by far", 22) == 22);
	close(fd);
	check(inv_seen_open(&state, &err) == NULL);
	check(err.fault == INV_CONFIG);
	check(strstr(err.msg, "seen.db") != NULL);
	close(state.fd);
}

static void
an_index_of_the_first_form_is_built_again(void)
{
	static const char *const steps[] = {
		"CREATE TABLE seen (key BLOB PRIMARY KEY);"
		"CREATE TABLE place (seq INTEGER); INSERT INTO place VALUES (9)",
		NULL,
	};
	const struct inv_db_plan plan = { .id = 0x696e7673,
		.use = INV_DB_WRITE,
		.sync = INV_DB_SYNC_NORMAL,
		.steps = steps };
	struct inv_state state = fresh();
	struct inv_err err;

	inv_db_close(inv_db_open("state/journal/seen.db", &plan, &err));
	struct inv_seen *s = inv_seen_open(&state, &err);

	check(s != NULL && inv_seen_place(s).seq == 1);
	inv_seen_close(s);
	close(state.fd);
}

/* Rows of 48 bytes: what is listed is forgotten. */
static void
an_index_of_the_form_before_is_built_again(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct inv_seen *s = inv_seen_open(&state, &err);
	struct inv_seen_row row = { .arrival = 1, .row = 1 };
	const struct inv_place place = { .segment = 1, .seq = 2 };

	inv_seen_put(s, &row, 1);
	check(inv_seen_write(s, &place, &err));
	inv_seen_close(s);
	check(system("sqlite3 state/journal/seen.db '"
		     "ALTER TABLE runs DROP COLUMN arrival_width;"
		     "ALTER TABLE runs DROP COLUMN row_width;"
		     "PRAGMA user_version = 5'") == 0);
	s = inv_seen_open(&state, &err);
	check(s != NULL && inv_seen_place(s).seq == 1);
	check(inv_seen_find(s, &row, 1, &err) && row.row == 0);
	inv_seen_close(s);
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(an_index_of_the_form_before_is_built_again),
		TEST(what_was_put_is_found_before_and_after_writing),
		TEST(the_last_of_a_key_wins),
		TEST(the_latest_time_stays_the_latest),
		TEST(what_was_not_written_is_forgotten),
		TEST(it_is_full_at_its_ceiling_and_empty_when_written),
		TEST(a_bit_that_is_flipped_is_damage_and_never_believed),
		TEST(a_commit_that_failed_is_final),
		TEST(a_merge_that_failed_is_final),
		TEST(a_file_that_is_no_index_is_refused),
		TEST(an_index_of_the_first_form_is_built_again),
	};
	char dir[] = "/tmp/test_seen.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
