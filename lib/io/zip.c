/* zip.c - entries of a zip archive, none of which lies */

#include "io/zip.h"

#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <zip.h>

#include "base/mem.h"
#include "io/zip_directory.h"

struct inv_zip {
	const char *name;
	const char *reason;
	struct inv_zip_directory directory;
	zip_t *zip;
	zip_file_t *file;               /* the entry being read; or NULL */
	const struct inv_zip_entry *at; /* the same */
	uint64_t left;                  /* bytes of it still to come */
};

struct inv_zip *
inv_zip_new(void)
{
	struct inv_zip *z = inv_mem_new(sizeof(*z));

	z->reason = "";
	return z;
}

static void
close_all(struct inv_zip *z)
{
	if (z->file != NULL)
		(void)zip_fclose(z->file);
	if (z->zip != NULL)
		zip_discard(z->zip);
	z->file = NULL;
	z->zip = NULL;
}

void
inv_zip_free(struct inv_zip *z)
{
	if (z == NULL)
		return;
	close_all(z);
	inv_zip_directory_free(&z->directory);
	free(z);
}

const char *
inv_zip_reason(const struct inv_zip *z)
{
	return z->reason;
}

/* ---- opening ---- */

static bool
blame(struct inv_zip *z, struct inv_err *err, const zip_error_t *why)
{
	int code = zip_error_code_zip(why);

	inv_mem_need(code != ZIP_ER_MEMORY);
	if (code == ZIP_ER_READ || code == ZIP_ER_SEEK)
		return inv_fail(err, INV_NOINPUT, "%s: zip: can not be read",
		    z->name);
	z->reason = "undecodable";
	return inv_fail(err, INV_BAD, "%s: zip: damaged (%s)", z->name,
	    code == ZIP_ER_CRC ? "a sum is wrong" : "what is packed");
}

static bool
blame_code(struct inv_zip *z, struct inv_err *err, int code)
{
	zip_error_t why;

	zip_error_init_with_code(&why, code);
	bool no = blame(z, err, &why);

	zip_error_fini(&why);
	return no;
}

/* What libzip takes for the entries is what we looked at. */
static bool
is_the_same(struct inv_zip *z)
{
	const struct inv_zip_directory *d = &z->directory;
	bool same = zip_get_num_entries(z->zip, 0) == (zip_int64_t)d->n;

	for (size_t i = 0; same && i < d->n; i++) {
		const struct inv_zip_entry *e = &d->entry[i];
		zip_stat_t st;
		const char *name = zip_get_name(z->zip, i, ZIP_FL_ENC_RAW);

		same = name != NULL && inv_str_is(e->name, name) &&
		    zip_stat_index(z->zip, i, 0, &st) == 0 &&
		    st.size == e->unpacked && st.comp_size == e->packed &&
		    st.crc == e->crc && st.comp_method == e->method;
	}
	return same;
}

bool
inv_zip_open(struct inv_zip *z, int fd, const char *name, struct inv_err *err)
{
	int code = ZIP_ER_OK;

	close_all(z);
	z->name = name;
	z->reason = "";
	if (!inv_zip_directory_read(&z->directory, fd, name, err)) {
		z->reason = z->directory.reason;
		return false;
	}
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (own < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", name);
	z->zip = zip_fdopen(own, ZIP_CHECKCONS, &code);
	if (z->zip == NULL) {
		close(own);
		return blame_code(z, err, code);
	}
	if (is_the_same(z))
		return true;
	z->reason = "undecodable";
	return inv_fail(err, INV_BAD, "%s: zip: it can be read in two ways",
	    name);
}

/* ---- entries ---- */

static char
folded(char c)
{
	if (c == '\\')
		return '/';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_alike(struct inv_str a, struct inv_str b)
{
	size_t i = 0;

	while (a.n == b.n && i < a.n && folded(a.p[i]) == folded(b.p[i]))
		i++;
	return a.n == b.n && i == a.n;
}

bool
inv_zip_find(const struct inv_zip *z, struct inv_str name, size_t *entry)
{
	for (size_t i = 0; i < z->directory.n; i++)
		if (is_alike(z->directory.entry[i].name, name)) {
			*entry = i;
			return true;
		}
	return false;
}

struct inv_str
inv_zip_name(const struct inv_zip *z, size_t entry)
{
	return z->directory.entry[entry].name;
}

bool
inv_zip_begin(struct inv_zip *z, size_t entry, struct inv_err *err)
{
	if (z->file != NULL)
		(void)zip_fclose(z->file);
	z->at = &z->directory.entry[entry];
	z->left = z->at->unpacked;
	z->file = zip_fopen_index(z->zip, entry, 0);
	return z->file != NULL || blame(z, err, zip_get_error(z->zip));
}

static ssize_t
get(void *self, char *p, size_t n, struct inv_err *err)
{
	struct inv_zip *z = self;
	zip_int64_t got = zip_fread(z->file, p, n);

	if (got < 0) {
		(void)blame(z, err, zip_file_get_error(z->file));
		return -1;
	}
	if ((uint64_t)got > z->left || (got == 0 && z->left > 0)) {
		z->reason = "undecodable";
		inv_fail(err, INV_BAD, "%s: zip: %.*s: %s than it says",
		    z->name, (int)(z->at->name.n < 64 ? z->at->name.n : 64),
		    z->at->name.p, got == 0 ? "shorter" : "longer");
		return -1;
	}
	z->left -= (uint64_t)got;
	return (ssize_t)got;
}

struct inv_pull
inv_zip_pull(struct inv_zip *z)
{
	return (struct inv_pull){ get, z };
}
