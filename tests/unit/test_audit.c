/* test_audit - does store/audit keep its header's promises? */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#include "base/mem.h"
#include "store/audit.h"
#include "store/audit_key.h"
#include "store/journal.h"

static struct inv_digest *digest;

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Batch n of a manifest: rows 10n+1 .. 10n+10, one record in its body. */
struct batch {
	struct inv_rows rows;
	char key[INV_DIGEST_HEX];
	char hash[INV_DIGEST_HEX];
};

static void
make(struct batch *b, uint64_t n)
{
	*b = (struct batch){ 0 };
	inv_rows_join(&b->rows, 10 * n + 1, 10 * n + 10);
	inv_digest_hex_of(digest, INV_LIT("[{\"a\":1}]"), b->hash);
	inv_digest_hex_of(digest, (struct inv_str){ (const char *)&n, 8 },
	    b->key);
}

/* Batches first..last, with that outcome. */
static void
journal(const struct inv_state *state, uint64_t first, uint64_t last,
    enum inv_outcome_kind kind)
{
	struct inv_err err;
	struct inv_journal *j = inv_journal_open(state, &err);

	for (uint64_t n = first; n <= last; n++) {
		struct batch b;

		make(&b, n);
		const struct inv_intent intent = {
			.manifest = INV_LIT(ID),
			.submission = 1,
			.arrival = 1,
			.rows = &b.rows,
			.key = { b.key, INV_DIGEST_HEX },
			.batch_hash = { b.hash, INV_DIGEST_HEX },
			.keyed_by = INV_LIT("null"),
			.body = INV_LIT("[{\"a\":1}]"),
		};
		const struct inv_outcome outcome = { .kind = kind,
			.status = 200 };
		uint64_t seq = inv_journal_intent(j, &intent);

		check(inv_journal_outcome(j, seq, &outcome) != 0);
		check(inv_journal_sync(j, &err));
		if (kind == INV_OUTCOME_COMMITTED)
			check(inv_journal_index(j, seq,
			    &(struct inv_seen_row){ .arrival = 1 }, 1, &err));
		inv_rows_free(&b.rows);
	}
	check(inv_journal_close(j, &err));
}

/* An account that claims batches 0..n-1 of rows 1..10n. */
static void
claim(struct inv_account *a, uint64_t n, char run)
{
	struct inv_err err;
	struct inv_record rec;
	struct inv_scan *scan = inv_scan_new();
	struct inv_buf text = INV_BUF(4096);

	inv_buf_addf(&text,
	    "{\"type\":\"manifest\",\"manifest\":\"" ID
	    "\",\"run\":\"%c123456789abcdef\"}",
	    run);
	check(inv_record_parse(scan, inv_buf_str(&text), &rec, &err));
	inv_account_begin(a, &rec, 1);
	for (uint64_t i = 0; i < n; i++) {
		struct batch b;

		make(&b, i);
		inv_buf_reset(&text);
		inv_buf_addf(&text,
		    "{\"type\":\"batch\",\"manifest\":\"" ID "\",\"chunk\":0,"
		    "\"rows\":[[%ju,%ju]],\"verdict\":\"committed\","
		    "\"batch_hash\":\"%.64s\",\"idempotency_key\":\"%.64s\"}",
		    (uintmax_t)(10 * i + 1), (uintmax_t)(10 * i + 10), b.hash,
		    b.key);
		check(inv_record_parse(scan, inv_buf_str(&text), &rec, &err));
		inv_account_batch(a, &rec);
		inv_rows_free(&b.rows);
	}
	a->rows = 10 * n;
	a->complete = true;
	inv_buf_free(&text);
	inv_scan_free(scan);
}

static bool
add(struct inv_audit *log, uint64_t n, char run, struct inv_audit_sum *sum)
{
	struct inv_account a = { 0 };
	struct inv_err err;

	claim(&a, n, run);
	bool ok = inv_audit_add(log, &a, sum, &err);

	if (!ok)
		printf("# %s\n", err.msg);
	inv_account_free(&a);
	return ok;
}

static bool
verified(const struct inv_state *state, struct inv_err *err)
{
	struct inv_audit_trust trust = { 0 };
	struct inv_audit_verified v;
	struct inv_note_key key;

	if (inv_audit_key_public(state->fd, "audit/key.pub", &key, err)) {
		trust.key = &key;
		trust.keys = 1;
	}
	return inv_audit_verify(state, &trust, &v, err);
}

/* A log of one run over a journal of two batches. */
static void
fill(const struct inv_state *state)
{
	struct inv_audit_sum sum;
	struct inv_err err;

	journal(state, 0, 1, INV_OUTCOME_COMMITTED);
	struct inv_audit *log = inv_audit_open(state, NULL, &err);

	check(add(log, 2, '1', &sum));
	inv_audit_close(log);
}

static void
what_the_journal_confirms_is_committed(void)
{
	struct inv_state state = fresh();
	struct inv_audit_sum sum;
	struct inv_err err;

	journal(&state, 0, 2, INV_OUTCOME_COMMITTED);
	journal(&state, 3, 3, INV_OUTCOME_REFUSED);
	struct inv_audit *log = inv_audit_open(&state, NULL, &err);

	check(add(log, 5, '1', &sum));
	check(sum.unverified == 20 && !sum.again);
	check(sum.standing.counts[INV_COMMITTED] == 30);
	check(sum.standing.counts[INV_PENDING] == 20);
	journal(&state, 3, 4, INV_OUTCOME_COMMITTED);
	check(add(log, 5, '1', &sum) && sum.again);
	check(sum.unverified == 0);
	check(sum.standing.counts[INV_COMMITTED] == 50);
	check(sum.standing.runs == 1);
	check(add(log, 5, '2', &sum) && !sum.again && sum.standing.runs == 2);
	inv_audit_close(log);
	check(verified(&state, &err));
	close(state.fd);
}

static void
two_writers_see_each_others_entries(void)
{
	struct inv_state state = fresh();
	struct inv_audit_sum sum;
	struct inv_err err;

	journal(&state, 0, 0, INV_OUTCOME_COMMITTED);
	struct inv_audit *one = inv_audit_open(&state, NULL, &err);
	struct inv_audit *two = inv_audit_open(&state, NULL, &err);

	check(add(one, 1, '1', &sum) && sum.standing.runs == 1);
	check(add(two, 1, '2', &sum) && sum.standing.runs == 2);
	check(add(one, 1, '2', &sum) && sum.again);
	journal(&state, 1, 1, INV_OUTCOME_COMMITTED);
	check(inv_audit_take_in(one, &err) && inv_audit_take_in(two, &err));
	check(add(two, 2, '3', &sum) && sum.standing.runs == 3);
	check(sum.standing.counts[INV_COMMITTED] == 20);
	inv_audit_close(one);
	inv_audit_close(two);
	check(verified(&state, &err));
	close(state.fd);
}

/* Every byte of the file, with each of some other values. */
static void
every_byte_counts(const struct inv_state *state, const char *name)
{
	struct inv_err err;
	struct stat st;
	int fd = openat(state->fd, name, O_RDWR);

	check(fstat(fd, &st) == 0 && st.st_size > 1000);
	check(verified(state, &err));
	for (off_t i = 0; i < st.st_size; i++) {
		char c;
		char other;

		check(pread(fd, &c, 1, i) == 1);
		other = c ^ (char)(1 << (i & 3));
		check(pwrite(fd, &other, 1, i) == 1);
		err.fault = INV_OK;
		if (verified(state, &err) || err.fault != INV_NO) {
			check(false);
			printf("# %s: byte %jd\n", name, (intmax_t)i);
		}
		check(pwrite(fd, &c, 1, i) == 1);
	}
	check(verified(state, &err));
	close(fd);
}

static void
any_byte_of_the_log_that_is_changed_is_found(void)
{
	struct inv_state state = fresh();

	fill(&state);
	every_byte_counts(&state, "audit/log.ndjson");
	close(state.fd);
}

static void
any_byte_of_the_journal_that_is_changed_is_found(void)
{
	struct inv_state state = fresh();

	fill(&state);
	every_byte_counts(&state, "journal/000001.ndjson");
	close(state.fd);
}

static void
any_length_the_log_is_cut_to_is_found(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct stat st;
	char *whole;

	fill(&state);
	int fd = openat(state.fd, "audit/log.ndjson", O_RDWR);

	check(fstat(fd, &st) == 0);
	if (st.st_size <= 0)
		return;
	whole = inv_mem_new((size_t)st.st_size);
	check(pread(fd, whole, (size_t)st.st_size, 0) == st.st_size);
	for (off_t n = st.st_size - 1; n >= 0; n -= 7) {
		struct stat now;

		check(ftruncate(fd, n) == 0);
		err.fault = INV_OK;
		check(!verified(&state, &err) && err.fault == INV_NO);
		check(inv_audit_open(&state, NULL, &err) == NULL);
		check(err.fault == INV_IO);
		check(fstat(fd, &now) == 0 && now.st_size == n);
	}
	check(pwrite(fd, whole, (size_t)st.st_size, 0) == st.st_size);
	check(verified(&state, &err));
	free(whole);
	close(fd);
	close(state.fd);
}

static void
an_outcome_is_taken_in_once_even_without_a_head(void)
{
	struct inv_state state = fresh();
	struct inv_err err;

	fill(&state);
	check(unlinkat(state.fd, "audit/head", 0) == 0);
	check(unlinkat(state.fd, "audit/checkpoints.ndjson", 0) == 0);
	/* A whole chain, made by taking the journal in from its start. */
	int fd = openat(state.fd, "audit/log.ndjson", O_RDWR);

	check(ftruncate(fd, 0) == 0);
	close(fd);
	struct inv_audit *log = inv_audit_open(&state, NULL, &err);

	check(log != NULL && inv_audit_take_in(log, &err));
	inv_audit_close(log);
	check(verified(&state, &err));
	check(unlinkat(state.fd, "audit/head", 0) == 0);
	log = inv_audit_open(&state, NULL, &err);
	check(log != NULL && inv_audit_take_in(log, &err));
	inv_audit_close(log);
	check(verified(&state, &err));
	close(state.fd);
}

/* The log loses its last entry. */
static bool
cut_last_line(const struct inv_state *state)
{
	char text[65536];
	int fd = openat(state->fd, "audit/log.ndjson", O_RDWR);
	ssize_t n = pread(fd, text, sizeof(text), 0);

	for (n--; n > 0 && text[n - 1] != '\n';)
		n--;
	bool ok = n > 0 && ftruncate(fd, n) == 0;

	close(fd);
	return ok;
}

/* With the head gone, and one written anew: a checkpoint still knows. */
static void
a_log_cut_below_a_checkpoint_is_refused(void)
{
	struct inv_state state = fresh();
	struct inv_err err;

	fill(&state);
	check(unlinkat(state.fd, "audit/head", 0) == 0);
	check(cut_last_line(&state));
	check(inv_audit_open(&state, NULL, &err) == NULL);
	check(err.fault == INV_IO);
	check(strstr(err.msg, "a checkpoint of") != NULL);
	close(state.fd);
}

/* ---- ten thousand edits ---- */

enum { EDITS = 10000, TEXT_MAX = 1 << 16, KINDS = 10 };

struct text {
	size_t n;
	char p[TEXT_MAX];
};

static uint64_t seed = 20261121;

/* xorshift64: from 0, below n */
static size_t
below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return n == 0 ? 0 : (size_t)(seed % n);
}

/* m bytes of another text for n of this one. */
static void
put_for(struct text *t, size_t at, size_t n, const char *with, size_t m)
{
	memmove(t->p + at + m, t->p + at + n, t->n - at - n);
	memcpy(t->p + at, with, m);
	t->n = t->n - n + m;
}

/* Some line, with its newline: where it begins, and its length. */
static size_t
some_line(const struct text *t, size_t *n)
{
	size_t at = below(t->n);

	while (at > 0 && t->p[at - 1] != '\n')
		at--;
	*n = (size_t)((char *)memchr(t->p + at, '\n', t->n - at) - t->p) + 1 -
	    at;
	return at;
}

static void
edit_line(struct text *t, size_t kind)
{
	struct text was = *t;
	size_t n, m;
	size_t one = some_line(t, &n);
	size_t two = some_line(t, &m);

	if (kind == 0) /* twice */
		put_for(t, two, 0, was.p + one, n);
	else if (kind == 1) /* gone */
		put_for(t, one, n, "", 0);
	else if (kind == 2) /* all behind it gone */
		t->n = one;
	else if (one < two) { /* one for the other */
		put_for(t, two, m, was.p + one, n);
		put_for(t, one, n, was.p + two, m);
	}
}

static void
edit_bytes(struct text *t, size_t kind)
{
	static const char set[] = "0123456789abcdef\"{}[],: \nz\xff";
	struct text was = *t;
	size_t at = below(t->n);
	size_t n = 1 + below(16);

	if (n > t->n - at)
		n = t->n - at;
	size_t from = below(t->n - n);

	if (kind == 0) /* changed */
		t->p[at] = set[below(sizeof(set) - 1)];
	else if (kind == 1) /* a bit of it */
		t->p[at] ^= (char)(1 << below(8));
	else if (kind == 2) /* deleted */
		put_for(t, at, n, "", 0);
	else if (kind == 3) /* inserted */
		put_for(t, at, 0, was.p + from, n);
	else if (kind == 4) /* cut off */
		t->n = at;
	else { /* swapped */
		memcpy(t->p + at, was.p + from, n);
		memcpy(t->p + from, was.p + at, n);
	}
}

static void
put_back(int fd, const struct text *t)
{
	check(pwrite(fd, t->p, t->n, 0) == (ssize_t)t->n);
	check(ftruncate(fd, (off_t)t->n) == 0);
}

/* A line in its place: number and hash of the one before are made to fit. */
static void
add_in_place(struct text *t, const char *p, size_t n, uint64_t seq,
    const unsigned char prev[INV_DIGEST])
{
	static const char member[] = "\"prev\":\"";
	const size_t m = sizeof(member) - 1;
	const char *said = memmem(p, n, member, m);

	if (said != NULL && said + m + INV_DIGEST_HEX < p + n) {
		t->n += (size_t)sprintf(t->p + t->n, "{\"seq\":%ju,%s",
		    (uintmax_t)seq, member);
		inv_str_hex(prev, INV_DIGEST, t->p + t->n);
		t->n += INV_DIGEST_HEX;
		n -= (size_t)(said - p) + m + INV_DIGEST_HEX;
		p = said + m + INV_DIGEST_HEX;
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

/* The chain and the head as somebody would make them who knows both. */
static void
make_fit(struct text *t, struct text *head)
{
	const char *journal = strstr(head->p, ",\"journal\":");
	unsigned char prev[INV_DIGEST] = { 0 };
	struct text made = { 0 };
	struct text was = *head;
	char hex[INV_DIGEST_HEX];
	uint64_t seq = 0;
	size_t n;

	for (size_t at = 0; at < t->n; at += n) {
		char *nl = memchr(t->p + at, '\n', t->n - at);
		size_t start = made.n;

		n = nl != NULL ? (size_t)(nl - t->p) - at + 1 : t->n - at;
		add_in_place(&made, t->p + at, n, ++seq, prev);
		inv_digest_of(digest,
		    (struct inv_str){
			made.p + start, made.n - start - (nl != NULL) },
		    prev);
	}
	*t = made;
	inv_str_hex(prev, INV_DIGEST, hex);
	head->n = (size_t)sprintf(head->p,
	    "{\"seq\":%ju,\"hash\":\"%.64s\",\"bytes\":%zu%s", (uintmax_t)seq,
	    hex, made.n, was.p + (journal - head->p));
}

static struct text
slurp(int fd)
{
	struct text t = { 0 };
	ssize_t n = pread(fd, t.p, TEXT_MAX - 1, 0);

	check(n > 0 && n < TEXT_MAX / 4);
	t.n = (size_t)n;
	return t;
}

/* Three runs, a checkpoint each. */
static void
fill_three(const struct inv_state *state)
{
	struct inv_audit_sum sum;
	struct inv_err err;

	fill(state);
	struct inv_audit *log = inv_audit_open(state, NULL, &err);

	check(add(log, 2, '2', &sum));
	journal(state, 2, 4, INV_OUTCOME_COMMITTED);
	check(add(log, 5, '3', &sum));
	inv_audit_close(log);
}

/* Whether the edit with this seed is one, and was found. */
static bool
is_found(const struct inv_state *state, int log, int head,
    const struct text *good, const struct text *good_head, bool *is_one)
{
	size_t kind = below(KINDS);
	struct text h = *good_head;
	struct text t = *good;
	struct inv_err err = { 0 };

	if (kind < 4)
		edit_line(&t, kind);
	else
		edit_bytes(&t, kind - 4);
	if (below(2) == 0)
		make_fit(&t, &h);
	/* What is only added stands behind the last checkpoint. */
	*is_one = t.n < good->n || memcmp(t.p, good->p, good->n) != 0;
	if (!*is_one)
		return true;
	put_back(log, &t);
	put_back(head, &h);
	return !verified(state, &err) && err.fault == INV_NO;
}

static void
ten_thousand_random_edits_are_all_found(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	bool is_one;

	fill_three(&state);
	int log = openat(state.fd, "audit/log.ndjson", O_RDWR);
	int head = openat(state.fd, "audit/head", O_RDWR);
	const struct text good = slurp(log);
	const struct text good_head = slurp(head);

	check(verified(&state, &err));
	for (int done = 0; done < EDITS; done += is_one) {
		uint64_t from = seed;

		if (!is_found(&state, log, head, &good, &good_head, &is_one)) {
			check(false);
			printf("# seed %ju\n", (uintmax_t)from);
		}
	}
	put_back(log, &good);
	put_back(head, &good_head);
	check(verified(&state, &err));
	close(log);
	close(head);
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(what_the_journal_confirms_is_committed),
		TEST(two_writers_see_each_others_entries),
		TEST(any_byte_of_the_log_that_is_changed_is_found),
		TEST(any_byte_of_the_journal_that_is_changed_is_found),
		TEST(any_length_the_log_is_cut_to_is_found),
		TEST(an_outcome_is_taken_in_once_even_without_a_head),
		TEST(a_log_cut_below_a_checkpoint_is_refused),
		TEST(ten_thousand_random_edits_are_all_found),
	};
	char dir[] = "/tmp/test_audit.XXXXXX";

	digest = inv_digest_new();
	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	inv_digest_free(digest);
	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
