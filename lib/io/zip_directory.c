/*
 * zip_directory.c - what a zip archive says of its entries
 *
 *	[local header, data] ... | directory | (zip64 end, its locator) | end
 *
 * The parts from the directory on stand right behind each other, and the last
 * ends with the file.
 */

#include "io/zip_directory.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/zip.h"

enum {
	END = 22,        /* bytes of the end record, without its comment */
	END64 = 56,      /* of that of zip64 */
	LOCATOR = 20,    /* of what tells where that is */
	CENTRAL = 46,    /* of an entry in the directory, without its name */
	LOCAL = 30,      /* of an entry's own header */
	COMMENT = 65535, /* of the archive, at most */
	ZIP64 = 1,       /* the extra field with sizes of 64 bits */
	NAME_SAID = 64,  /* bytes of a name in messages */
	ENCRYPTED = 1 | 1 << 6 | 1 << 13,
	TOLD_BEHIND = 1 << 3, /* sum and sizes stand behind the data */
};

static const uint32_t none32 = UINT32_MAX; /* zip64 has it */

struct reading {
	struct inv_zip_directory *d;
	int fd;
	const char *name;
	uint64_t size;  /* of the file */
	uint64_t begin; /* of the directory */
	uint64_t bytes;
	uint64_t entries;
	struct inv_err *err;
};

static uint16_t
u16(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint16_t)(u[0] | u[1] << 8);
}

static uint32_t
u32(const char *p)
{
	return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static uint64_t
u64(const char *p)
{
	return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static bool
bad(struct reading *r, const char *what)
{
	r->d->reason = "undecodable";
	return inv_fail(r->err, INV_BAD, "%s: zip: %s", r->name, what);
}

static bool
bad_entry(struct reading *r, const struct inv_zip_entry *e, const char *reason,
    const char *what)
{
	size_t n = e->name.n < NAME_SAID ? e->name.n : NAME_SAID;

	r->d->reason = reason;
	return inv_fail(r->err, INV_BAD, "%s: zip: %.*s: %s", r->name, (int)n,
	    e->name.p, what);
}

static bool
lies(struct reading *r, const struct inv_zip_entry *e)
{
	return bad_entry(r, e, "undecodable",
	    "its header is not what the directory says");
}

static bool
read_at(struct reading *r, uint64_t at, char *p, size_t n)
{
	ssize_t got = inv_file_pread(r->fd, p, n, at);

	if (got == -1)
		return inv_fail_sys(r->err, INV_NOINPUT, "%s: read", r->name);
	return (size_t)got == n || bad(r, "it ends too soon");
}

/* ---- the end ---- */

/* The last one whose comment ends with the file. */
static bool
find_end(struct reading *r, char *end, uint64_t *at)
{
	size_t n = r->size < END + COMMENT ? (size_t)r->size : END + COMMENT;
	uint64_t from = r->size - n;
	char *tail = inv_mem_new(n);
	bool found = false;
	bool ok = read_at(r, from, tail, n);

	for (size_t i = n < END ? 0 : n - END + 1; ok && !found && i > 0;) {
		i--;
		found = memcmp(tail + i, "PK\5\6", 4) == 0 &&
		    i + END + u16(tail + i + 20) == n;
		if (found) {
			memcpy(end, tail + i, END);
			*at = from + i;
		}
	}
	free(tail);
	return found || (ok && bad(r, "it has no end record"));
}

/* What the end record says in 32 bits or less is the same, or not there. */
static bool
read_end64(struct reading *r, const char *end, uint64_t locator, uint64_t *at)
{
	char told[LOCATOR], e[END64];

	if (!read_at(r, locator, told, LOCATOR))
		return false;
	*at = u64(told + 8);
	if (*at > locator || locator - *at < END64)
		return bad(r, "its zip64 end is not where it should be");
	if (!read_at(r, *at, e, END64))
		return false;
	r->entries = u64(e + 32);
	r->bytes = u64(e + 40);
	r->begin = u64(e + 48);
	if (memcmp(e, "PK\6\6", 4) != 0 || u64(e + 4) != locator - *at - 12 ||
	    u32(told + 4) != 0 || u32(told + 16) > 1 || u32(e + 16) != 0 ||
	    u32(e + 20) != 0 || u64(e + 24) != r->entries ||
	    (u16(end + 10) != UINT16_MAX && u16(end + 10) != r->entries) ||
	    (u32(end + 12) != none32 && u32(end + 12) != r->bytes) ||
	    (u32(end + 16) != none32 && u32(end + 16) != r->begin))
		return bad(r, "its zip64 end is not what its end says");
	return true;
}

static bool
read_ends(struct reading *r)
{
	char end[END] = "", mark[4] = "";
	uint64_t at = 0;

	if (!find_end(r, end, &at))
		return false;
	if (u16(end + 4) != 0 || u16(end + 6) != 0 ||
	    u16(end + 8) != u16(end + 10))
		return bad(r, "it is one of several parts");
	r->entries = u16(end + 10);
	r->bytes = u32(end + 12);
	r->begin = u32(end + 16);
	if (at >= LOCATOR && !read_at(r, at - LOCATOR, mark, sizeof(mark)))
		return false;
	if (memcmp(mark, "PK\6\7", 4) == 0 &&
	    !read_end64(r, end, at - LOCATOR, &at))
		return false;
	if (r->begin > at || r->bytes != at - r->begin)
		return bad(r, "its directory is not where it should be");
	if (r->entries > INV_ZIP_ENTRIES || r->bytes > INV_ZIP_DIRECTORY) {
		(void)bad(r, "more than 10,000 entries, or long names");
		r->d->reason = "too_large";
		return false;
	}
	return true;
}

/* ---- the directory ---- */

/*
 * The zip64 field of n bytes of extra fields, from its first value on; empty
 * where there is none.
 */
static struct inv_str
zip64_of(const char *p, size_t n)
{
	while (n >= 4) {
		size_t len = u16(p + 2);

		if (len > n - 4)
			break;
		if (u16(p) == ZIP64)
			return (struct inv_str){ p + 4, len };
		p += 4 + len;
		n -= 4 + len;
	}
	return INV_LIT("");
}

/* A value of 32 bits, or of 64 from the extra field if it is not in those. */
static bool
wide(uint32_t narrow, struct inv_str *extra, uint64_t *value)
{
	*value = narrow;
	if (narrow != none32)
		return true;
	if (extra->n < 8)
		return false;
	*value = u64(extra->p);
	extra->p += 8;
	extra->n -= 8;
	return true;
}

/* A name that would lead out of a directory it is unpacked in, or is none. */
static bool
is_stray(struct inv_str name)
{
	size_t from = 0;

	if (name.n == 0 || memchr(name.p, '\0', name.n) != NULL ||
	    name.p[0] == '/' || name.p[0] == '\\' ||
	    (name.n > 1 && name.p[1] == ':'))
		return true;
	for (size_t i = 0; i <= name.n; i++)
		if (i == name.n || name.p[i] == '/' || name.p[i] == '\\') {
			if (i - from == 2 &&
			    memcmp(name.p + from, "..", 2) == 0)
				return true;
			from = i + 1;
		}
	return false;
}

static bool
may_be_read(struct reading *r, const struct inv_zip_entry *e)
{
	if (is_stray(e->name))
		return bad_entry(r, e, "undecodable",
		    "its name leads elsewhere");
	if ((e->flags & ENCRYPTED) != 0)
		return bad_entry(r, e, "encrypted", "it is encrypted");
	if (e->method != 0 && e->method != 8)
		return bad_entry(r, e, "undecodable",
		    "it is neither deflated nor stored");
	if (e->method == 0 && e->packed != e->unpacked)
		return lies(r, e);
	if (e->unpacked > INV_ZIP_ENTRY)
		return bad_entry(r, e, "too_large", "more than 256 MiB");
	if (e->unpacked > INV_ZIP_FREE &&
	    e->unpacked / INV_ZIP_RATIO > e->packed)
		return bad_entry(r, e, "too_large",
		    "it unpacks to more than 100 times its size");
	return true;
}

/* The entry at p, of `left` bytes; how many it has, or 0. */
static size_t
read_entry(struct reading *r, const char *p, size_t left,
    struct inv_zip_entry *e)
{
	if (left < CENTRAL || memcmp(p, "PK\1\2", 4) != 0)
		return 0;
	size_t name = u16(p + 28), more = u16(p + 30), comment = u16(p + 32);
	size_t n = CENTRAL + name + more + comment;

	if (n > left)
		return 0;
	struct inv_str extra = zip64_of(p + CENTRAL + name, more);

	*e = (struct inv_zip_entry){
		.name = { p + CENTRAL, name },
		.flags = u16(p + 8),
		.method = u16(p + 10),
		.crc = u32(p + 16),
	};
	if (!wide(u32(p + 24), &extra, &e->unpacked) ||
	    !wide(u32(p + 20), &extra, &e->packed) ||
	    !wide(u32(p + 42), &extra, &e->at) || u16(p + 34) != 0 ||
	    e->at > r->begin || r->begin - e->at < LOCAL)
		return 0;
	return n;
}

static bool
read_entries(struct reading *r)
{
	struct inv_zip_directory *d = r->d;
	uint64_t total = 0;
	size_t at = 0;

	d->entry =
	    inv_mem_resize(NULL, (size_t)r->entries + 1, sizeof(*d->entry));
	for (; d->n < r->entries; d->n++) {
		struct inv_zip_entry *e = &d->entry[d->n];
		size_t n = read_entry(r, d->bytes.p + at, d->bytes.n - at, e);

		if (n == 0)
			return bad(r, "its directory is damaged");
		if (!may_be_read(r, e))
			return false;
		total += e->unpacked;
		at += n;
	}
	if (total > INV_ZIP_TOTAL) {
		(void)bad(r, "it unpacks to more than 1 GiB");
		d->reason = "too_large";
		return false;
	}
	return at == d->bytes.n || bad(r, "its directory is damaged");
}

/* ---- the entries themselves ---- */

/* A sum or size of a local header: that of the directory, or told behind. */
static bool
agrees(const struct inv_zip_entry *e, uint64_t told, uint64_t want)
{
	return told == want || (told == 0 && (e->flags & TOLD_BEHIND) != 0);
}

/* *end: the first byte that is not its own. */
static bool
check_local(struct reading *r, const struct inv_zip_entry *e, uint64_t *end)
{
	char head[LOCAL], own[2 * (size_t)UINT16_MAX];
	uint64_t packed, unpacked;

	if (!read_at(r, e->at, head, LOCAL))
		return false;
	size_t name = u16(head + 26), more = u16(head + 28);

	*end = e->at + LOCAL + name + more;
	if (*end > r->begin || r->begin - *end < e->packed)
		return lies(r, e);
	*end += e->packed;
	if (!read_at(r, e->at + LOCAL, own, name + more))
		return false;
	struct inv_str extra = zip64_of(own + name, more);

	if (memcmp(head, "PK\3\4", 4) != 0 ||
	    !inv_str_eq((struct inv_str){ own, name }, e->name) ||
	    u16(head + 8) != e->method ||
	    ((u16(head + 6) ^ e->flags) & (ENCRYPTED | TOLD_BEHIND)) != 0 ||
	    !wide(u32(head + 22), &extra, &unpacked) ||
	    !wide(u32(head + 18), &extra, &packed) ||
	    !agrees(e, u32(head + 14), e->crc) ||
	    !agrees(e, packed, e->packed) || !agrees(e, unpacked, e->unpacked))
		return lies(r, e);
	return true;
}

struct span {
	uint64_t begin;
	uint64_t end;
	const struct inv_zip_entry *entry;
};

static int
by_begin(const void *a, const void *b)
{
	const struct span *x = a;
	const struct span *y = b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool
check_spans(struct reading *r, struct span *span)
{
	const struct inv_zip_directory *d = r->d;

	for (size_t i = 0; i < d->n; i++) {
		span[i].begin = d->entry[i].at;
		span[i].entry = &d->entry[i];
		if (!check_local(r, &d->entry[i], &span[i].end))
			return false;
	}
	qsort(span, d->n, sizeof(*span), by_begin);
	for (size_t i = 1; i < d->n; i++)
		if (span[i].begin < span[i - 1].end)
			return bad_entry(r, span[i].entry, "undecodable",
			    "it shares bytes with another entry");
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct inv_zip_entry *const *x = a;
	const struct inv_zip_entry *const *y = b;

	return inv_str_cmp((*x)->name, (*y)->name);
}

static bool
check_names(struct reading *r, const struct inv_zip_entry **sorted)
{
	const struct inv_zip_directory *d = r->d;

	for (size_t i = 0; i < d->n; i++)
		sorted[i] = &d->entry[i];
	qsort(sorted, d->n, sizeof(*sorted), by_name);
	for (size_t i = 1; i < d->n; i++)
		if (inv_str_eq(sorted[i - 1]->name, sorted[i]->name))
			return bad_entry(r, sorted[i], "undecodable",
			    "there are two of that name");
	return true;
}

static bool
check_entries(struct reading *r)
{
	struct span *span = inv_mem_new((r->d->n + 1) * sizeof(*span));
	const struct inv_zip_entry **sorted =
	    inv_mem_resize(NULL, r->d->n + 1, sizeof(*sorted));
	bool ok = check_spans(r, span) && check_names(r, sorted);

	free(sorted);
	free(span);
	return ok;
}

bool
inv_zip_directory_read(struct inv_zip_directory *d, int fd, const char *name,
    struct inv_err *err)
{
	struct reading r = { .d = d, .fd = fd, .name = name, .err = err };
	struct stat st;

	inv_zip_directory_free(d);
	*d = (struct inv_zip_directory){ .bytes = INV_BUF(INV_ZIP_DIRECTORY),
		.reason = "" };
	if (fstat(fd, &st) != 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", name);
	r.size = (uint64_t)st.st_size;
	if (!read_ends(&r) || !inv_buf_room(&d->bytes, (size_t)r.bytes) ||
	    !read_at(&r, r.begin, d->bytes.p, (size_t)r.bytes))
		return false;
	d->bytes.n = (size_t)r.bytes;
	return read_entries(&r) && check_entries(&r);
}

void
inv_zip_directory_free(struct inv_zip_directory *d)
{
	inv_buf_free(&d->bytes);
	free(d->entry);
	d->entry = NULL;
	d->n = 0;
}
