/* merkle.c - the Merkle tree of RFC 6962 section 2.1, over SHA-256 */

#include "data/merkle.h"

void
inv_merkle_leaf(struct inv_digest *d, struct inv_str leaf,
    unsigned char hash[INV_DIGEST])
{
	inv_digest_begin(d);
	inv_digest_add(d, (struct inv_str){ "\0", 1 });
	inv_digest_add(d, leaf);
	inv_digest_end(d, hash);
}

/* Of both: hash may be one of them. */
static void
join(struct inv_digest *d, const unsigned char left[INV_DIGEST],
    const unsigned char right[INV_DIGEST], unsigned char hash[INV_DIGEST])
{
	char text[1 + 2 * INV_DIGEST] = { 1 };

	memcpy(text + 1, left, INV_DIGEST);
	memcpy(text + 1 + INV_DIGEST, right, INV_DIGEST);
	inv_digest_of(d, (struct inv_str){ text, sizeof(text) }, hash);
}

void
inv_merkle_add(struct inv_merkle *t, struct inv_digest *d,
    const unsigned char hash[INV_DIGEST])
{
	unsigned char root[INV_DIGEST];
	unsigned level = 0;

	memcpy(root, hash, INV_DIGEST);
	for (; (t->n >> level & 1) != 0; level++)
		join(d, t->of[level], root, root);
	memcpy(t->of[level], root, INV_DIGEST);
	t->n++;
}

void
inv_merkle_root(const struct inv_merkle *t, struct inv_digest *d,
    unsigned char root[INV_DIGEST])
{
	bool any = false;

	if (t->n == 0)
		inv_digest_of(d, INV_LIT(""), root);
	for (unsigned level = 0; level < INV_MERKLE_LEVELS; level++) {
		if ((t->n >> level & 1) == 0)
			continue;
		if (any)
			join(d, t->of[level], root, root);
		else
			memcpy(root, t->of[level], INV_DIGEST);
		any = true;
	}
}

/* ---- making a proof ---- */

/* Leaves of the left half of a tree of n: a power of 2 less than n > 1. */
static uint64_t
left_of(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void
want(struct inv_merkle_proof *p, uint64_t from, uint64_t to)
{
	p->from[p->path.n] = from;
	p->to[p->path.n++] = to;
}

/* They were found from the root down, and are told from the leaf up. */
static void
turn_round(struct inv_merkle_proof *p)
{
	for (size_t i = 0, j = p->path.n; i + 1 < j; i++) {
		uint64_t from = p->from[i];
		uint64_t to = p->to[i];

		j--;
		p->from[i] = p->from[j];
		p->to[i] = p->to[j];
		p->from[j] = from;
		p->to[j] = to;
	}
}

void
inv_merkle_inclusion(struct inv_merkle_proof *p, uint64_t index, uint64_t n)
{
	uint64_t from = 0;

	*p = (struct inv_merkle_proof){ 0 };
	while (n - from > 1) {
		uint64_t middle = from + left_of(n - from);

		if (index < middle) {
			want(p, middle, n);
			n = middle;
		} else {
			want(p, from, middle);
			from = middle;
		}
	}
	turn_round(p);
}

void
inv_merkle_consistency(struct inv_merkle_proof *p, uint64_t old, uint64_t n)
{
	uint64_t from = 0;

	*p = (struct inv_merkle_proof){ 0 };
	while (old < n) {
		uint64_t middle = from + left_of(n - from);

		if (old <= middle) {
			want(p, middle, n);
			n = middle;
		} else {
			want(p, from, middle);
			from = middle;
		}
	}
	if (from > 0)
		want(p, from, n);
	turn_round(p);
}

void
inv_merkle_feed(struct inv_merkle_proof *p, struct inv_digest *d, uint64_t i,
    const unsigned char hash[INV_DIGEST])
{
	if (p->tree.n == 0) {
		for (p->at = 0; p->at < p->path.n; p->at++)
			if (p->from[p->at] == i)
				break;
		if (p->at == p->path.n)
			return;
	}
	inv_merkle_add(&p->tree, d, hash);
	if (i + 1 < p->to[p->at])
		return;
	inv_merkle_root(&p->tree, d, p->path.of[p->at]);
	p->tree.n = 0;
}

/* ---- looking at one ---- */

/* A node and the last node of its level, by number, going up. */
struct climb {
	uint64_t at;
	uint64_t last;
};

static bool
is_right(const struct climb *c)
{
	return (c->at & 1) != 0 || c->at == c->last;
}

static void
go_up(struct climb *c)
{
	c->at >>= 1;
	c->last >>= 1;
}

/* Behind a node that is joined from the left: up to where it has a sibling. */
static void
pass_lone(struct climb *c)
{
	while ((c->at & 1) == 0 && c->at != 0)
		go_up(c);
}

bool
inv_merkle_is_in(struct inv_digest *d, const struct inv_merkle_path *path,
    uint64_t index, uint64_t n, const unsigned char leaf[INV_DIGEST],
    const unsigned char root[INV_DIGEST])
{
	struct climb c = { index, n - 1 };
	unsigned char got[INV_DIGEST];

	if (index >= n)
		return false;
	memcpy(got, leaf, INV_DIGEST);
	for (size_t i = 0; i < path->n; i++) {
		if (c.last == 0)
			return false;
		if (is_right(&c)) {
			join(d, path->of[i], got, got);
			pass_lone(&c);
		} else {
			join(d, got, path->of[i], got);
		}
		go_up(&c);
	}
	return c.last == 0 && memcmp(got, root, INV_DIGEST) == 0;
}

/* From the last node that both trees share up to both roots. */
static bool
climb_both(struct inv_digest *d, const struct inv_merkle_path *path,
    struct climb c, size_t i, unsigned char old[INV_DIGEST],
    unsigned char now[INV_DIGEST])
{
	for (; i < path->n; i++) {
		if (c.last == 0)
			return false;
		if (is_right(&c)) {
			join(d, path->of[i], old, old);
			join(d, path->of[i], now, now);
			pass_lone(&c);
		} else {
			join(d, now, path->of[i], now);
		}
		go_up(&c);
	}
	return c.last == 0;
}

bool
inv_merkle_begins_with(struct inv_digest *d, const struct inv_merkle_path *path,
    uint64_t old, uint64_t n, const unsigned char old_root[INV_DIGEST],
    const unsigned char root[INV_DIGEST])
{
	unsigned char old_got[INV_DIGEST];
	unsigned char got[INV_DIGEST];
	struct climb c = { old - 1, n - 1 };
	size_t i = 0;

	if (old == n)
		return path->n == 0 && memcmp(old_root, root, INV_DIGEST) == 0;
	if (old == 0) {
		inv_digest_of(d, INV_LIT(""), got);
		return path->n == 0 && memcmp(old_root, got, INV_DIGEST) == 0;
	}
	if (old > n || path->n == 0)
		return false;
	while ((c.at & 1) != 0)
		go_up(&c);
	/* A perfect tree is itself the first node, and not in the path. */
	memcpy(got, (old & (old - 1)) == 0 ? old_root : path->of[i++],
	    INV_DIGEST);
	memcpy(old_got, got, INV_DIGEST);
	return climb_both(d, path, c, i, old_got, got) &&
	    memcmp(old_got, old_root, INV_DIGEST) == 0 &&
	    memcmp(got, root, INV_DIGEST) == 0;
}
