/*
 * fuzz_registry - whatever a registry holds, it is refused or read; then each
 * value that a record of its own rows would have is found in it
 */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data/rowfile.h"
#include "promise.h"
#include "validate/registry.h"

static const char SCHEMA[] =
    "{\"properties\":{\"f\":{\"type\":[\"string\",\"integer\",\"null\"],"
    "\"maxLength\":5,\"x-inv-empty\":\"null\","
    "\"x-inv-normalize\":{\"before\":[\"trim\"],\"after\":[\"uppercase\"]}}}}";

static enum inv_cells
cells_of(enum inv_format format)
{
	return format == INV_FORMAT_NDJSON ? INV_CELLS_TYPED : INV_CELLS_TEXT;
}

/* Rows with a member f, read as manifests are, against their own registry. */
static void
look_up_rows(struct inv_registry *r, struct inv_schema *schema, int fd)
{
	static const struct inv_source_options how = { .delimiter = ',' };
	struct inv_flaws flaws = INV_FLAWS;
	struct inv_flaws warnings = INV_FLAWS;
	struct inv_buf out = INV_BUF(INV_SCHEMA_OUT);
	struct inv_err err;
	struct inv_row row;
	struct inv_rowfile *file = inv_rowfile_new(dup(fd), "m", &how, &err);

	promise(file != NULL);
	while (inv_rowfile_next(file, &row, &err) == INV_NEXT_LINE) {
		promise(row.sound);
		inv_buf_reset(&out);
		if (!inv_schema_check(schema, row.text, row.fields,
			cells_of(inv_rowfile_format(file)), &out, &flaws,
			&warnings))
			continue;
		bool found = inv_registry_judge(r, inv_buf_str(&out), &flaws);

		/* The empty string is no value of a registry. */
		inv_buf_byte(&out, '\0');
		promise(found || strstr(out.p, ":\"\"") != NULL);
		inv_registry_relax(r);
	}
	inv_rowfile_free(file);
	inv_flaws_free(&flaws);
	inv_flaws_free(&warnings);
	inv_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct inv_registry_cells cells = { INV_CELLS_TEXT,
		INV_CELLS_TYPED };
	static struct inv_schema *schema;
	struct inv_err err;
	char spec[64];
	int fd = memfd_create("registry", 0);

	if (schema == NULL)
		schema = inv_schema_new(inv_str_of(SCHEMA), NULL, &err);
	promise(schema != NULL && write(fd, bytes, n) == (ssize_t)n);
	snprintf(spec, sizeof(spec), "f=/proc/self/fd/%d:f", fd);
	struct inv_registry *r =
	    inv_registry_open(spec, schema, cells, "/dev/shm", &err);

	if (r == NULL)
		promise(err.fault == INV_CONFIG || err.fault == INV_NOINPUT);
	else
		look_up_rows(r, schema, fd);
	inv_registry_free(r);
	close(fd);
	return 0;
}
