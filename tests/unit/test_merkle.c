/* test_merkle - does data/merkle keep its header's promises? */

#include <dirent.h>
#include <stdlib.h>

#include "check.h"

#include "base/base64.h"
#include "data/json.h"
#include "data/merkle.h"

enum { LEAVES = 70, TEXT_MAX = 64 << 10 };

typedef unsigned char hash[INV_DIGEST];

static struct inv_digest *digest;
static hash leaf[LEAVES];

static void
make_leaves(void)
{
	for (size_t i = 0; i < LEAVES; i++) {
		const char text[2] = { 'x', (char)i };

		inv_merkle_leaf(digest, (struct inv_str){ text, 2 }, leaf[i]);
	}
}

/* As the RFC words it: of leaves from..to-1. */
static void
root_by_the_rfc(uint64_t from, uint64_t to, hash out)
{
	char text[1 + 2 * INV_DIGEST] = { 1 };
	uint64_t left = 1;

	if (to - from == 1) {
		memcpy(out, leaf[from], INV_DIGEST);
		return;
	}
	while (left * 2 < to - from)
		left *= 2;
	root_by_the_rfc(from, from + left, (unsigned char *)text + 1);
	root_by_the_rfc(from + left, to,
	    (unsigned char *)text + 1 + INV_DIGEST);
	inv_digest_of(digest, (struct inv_str){ text, sizeof(text) }, out);
}

static bool
same(const hash a, const hash b)
{
	return memcmp(a, b, INV_DIGEST) == 0;
}

static void
feed(struct inv_merkle_proof *p, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		inv_merkle_feed(p, digest, i, leaf[i]);
}

static void
hashes_are_those_of_the_rfc(void)
{
	struct inv_merkle t = { 0 };
	char hex[INV_DIGEST_HEX];
	hash h;

	inv_merkle_root(&t, digest, h);
	inv_str_hex(h, INV_DIGEST, hex);
	check_str(((struct inv_str){ hex, sizeof(hex) }),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	inv_merkle_leaf(digest, INV_LIT(""), h);
	inv_str_hex(h, INV_DIGEST, hex);
	check_str(((struct inv_str){ hex, sizeof(hex) }),
	    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void
a_root_is_that_of_the_rfc_at_every_size(void)
{
	struct inv_merkle t = { 0 };
	hash got, expected;

	for (uint64_t n = 1; n <= LEAVES; n++) {
		inv_merkle_add(&t, digest, leaf[n - 1]);
		inv_merkle_root(&t, digest, got);
		root_by_the_rfc(0, n, expected);
		check(same(got, expected));
		check(t.n == n);
	}
}

static void
each_leaf_is_proved_to_be_in_and_no_other(void)
{
	struct inv_merkle_proof p;
	hash root;

	for (uint64_t n = 1; n <= LEAVES; n++) {
		root_by_the_rfc(0, n, root);
		for (uint64_t i = 0; i < n; i++) {
			inv_merkle_inclusion(&p, i, n);
			feed(&p, n);
			check(inv_merkle_is_in(digest, &p.path, i, n, leaf[i],
			    root));
			check(!inv_merkle_is_in(digest, &p.path, i, n,
			    leaf[(i + 1) % LEAVES], root));
			check(!inv_merkle_is_in(digest, &p.path, i + 1, n,
			    leaf[i], root));
			check(n == 1 ||
			    !inv_merkle_is_in(digest, &p.path, i, 2 * n,
				leaf[i], root));
		}
	}
	check(!inv_merkle_is_in(digest, &p.path, 0, 0, leaf[0], root));
}

static void
each_tree_is_proved_to_begin_with_each_before_it(void)
{
	struct inv_merkle_proof p;
	hash before, root;

	for (uint64_t n = 1; n <= LEAVES; n++) {
		root_by_the_rfc(0, n, root);
		for (uint64_t old = 1; old <= n; old++) {
			root_by_the_rfc(0, old, before);
			inv_merkle_consistency(&p, old, n);
			feed(&p, n);
			check(inv_merkle_begins_with(digest, &p.path, old, n,
			    before, root));
			check(!inv_merkle_begins_with(digest, &p.path, old, n,
			    leaf[LEAVES - 1], root));
			check(!inv_merkle_begins_with(digest, &p.path, old, n,
			    before, leaf[LEAVES - 1]));
			p.path.of[0][5] ^= 1;
			check(old == n ||
			    !inv_merkle_begins_with(digest, &p.path, old, n,
				before, root));
		}
	}
}

static void
the_empty_tree_begins_any(void)
{
	struct inv_merkle t = { 0 };
	struct inv_merkle_path none = { 0 };
	hash before;

	inv_merkle_root(&t, digest, before);
	check(inv_merkle_begins_with(digest, &none, 0, 7, before, leaf[3]));
	check(!inv_merkle_begins_with(digest, &none, 0, 7, leaf[0], leaf[3]));
	check(!inv_merkle_begins_with(digest, &none, 7, 3, leaf[0], leaf[3]));
}

static void
a_path_too_long_or_too_short_proves_nothing(void)
{
	struct inv_merkle_proof p;
	hash root, before;

	root_by_the_rfc(0, 11, root);
	root_by_the_rfc(0, 6, before);
	inv_merkle_inclusion(&p, 4, 11);
	feed(&p, 11);
	p.path.n--;
	check(!inv_merkle_is_in(digest, &p.path, 4, 11, leaf[4], root));
	p.path.n += 2;
	check(!inv_merkle_is_in(digest, &p.path, 4, 11, leaf[4], root));
	inv_merkle_consistency(&p, 6, 11);
	feed(&p, 11);
	p.path.n--;
	check(!inv_merkle_begins_with(digest, &p.path, 6, 11, before, root));
	p.path.n += 2;
	check(!inv_merkle_begins_with(digest, &p.path, 6, 11, before, root));
	p.path.n = 0;
	check(!inv_merkle_begins_with(digest, &p.path, 6, 11, before, root));
}

/* ---- the corpus ---- */

/* A hash in base64; false for any other length. */
static bool
hash_of(const struct inv_json *j, hash out)
{
	struct inv_buf b = INV_BUF(TEXT_MAX);
	struct inv_str text;
	bool ok = inv_json_str(j, &text) && inv_base64_get(&b, text) &&
	    b.n == INV_DIGEST;

	if (ok)
		memcpy(out, b.p, INV_DIGEST);
	inv_buf_free(&b);
	return ok;
}

/* A number of leaves; false for what can be none, such as -1. */
static bool
number_of(const struct inv_json *j, uint64_t *v)
{
	struct inv_buf b = INV_BUF(TEXT_MAX);

	inv_json_print(j, &b);
	bool ok = inv_str_u64(inv_buf_str(&b), 0, UINT64_MAX, v);

	inv_buf_free(&b);
	return ok;
}

static bool
is_accepted(const struct inv_json *c)
{
	const struct inv_json *proof = inv_json_member(c, "proof");
	struct inv_merkle_path path = { .n = inv_json_count(proof) };
	uint64_t index, n;
	hash at, root;

	if (path.n > INV_MERKLE_PATH ||
	    !number_of(inv_json_member(c, "leafIdx"), &index) ||
	    !number_of(inv_json_member(c, "treeSize"), &n) ||
	    !hash_of(inv_json_member(c, "leafHash"), at) ||
	    !hash_of(inv_json_member(c, "root"), root))
		return false;
	for (size_t i = 0; i < path.n; i++)
		if (!hash_of(inv_json_at(proof, i), path.of[i]))
			return false;
	return inv_merkle_is_in(digest, &path, index, n, at, root);
}

static void
judge_file(const char *path)
{
	static char text[TEXT_MAX];
	FILE *f = fopen(path, "r");
	struct inv_err err;

	check(f != NULL);
	if (f == NULL)
		return;
	struct inv_str all = { text, fread(text, 1, sizeof(text), f) };
	struct inv_json *c = inv_json_new(all, &err);

	fclose(f);
	check(c != NULL);
	bool refused =
	    inv_json_kind(inv_json_member(c, "wantErr")) == INV_KIND_TRUE;

	if (is_accepted(c) == refused)
		printf("# %s\n", path);
	check(is_accepted(c) != refused);
	inv_json_free(c);
}

static size_t
judge_folder(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	if (d == NULL) {
		judge_file(path);
		return 1;
	}
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char within[4096];

		if (e->d_name[0] == '.')
			continue;
		check(snprintf(within, sizeof(within), "%s/%s", path,
			  e->d_name) < (int)sizeof(within));
		n += judge_folder(within);
	}
	closedir(d);
	return n;
}

static void
the_corpus_is_judged_as_it_says(void)
{
	const char *corpora = getenv("INV_CORPORA");
	char path[4096];

	snprintf(path, sizeof(path), "%s/merkle-inclusion/inclusion",
	    corpora != NULL ? corpora : "../shared/corpora");
	DIR *d = opendir(path);

	if (d == NULL) {
		skip("no corpus merkle-inclusion (set INV_CORPORA)");
		return;
	}
	closedir(d);
	check(judge_folder(path) == 98);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(hashes_are_those_of_the_rfc),
		TEST(a_root_is_that_of_the_rfc_at_every_size),
		TEST(each_leaf_is_proved_to_be_in_and_no_other),
		TEST(each_tree_is_proved_to_begin_with_each_before_it),
		TEST(the_empty_tree_begins_any),
		TEST(a_path_too_long_or_too_short_proves_nothing),
		TEST(the_corpus_is_judged_as_it_says),
	};

	digest = inv_digest_new();
	make_leaves();
	int status = RUN(tests);

	inv_digest_free(digest);
	return status;
}
