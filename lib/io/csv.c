/* csv.c - one framed record, split into its fields; the only user of libcsv */

#include "io/csv.h"

#include <stdlib.h>

#include <csv.h>

#include "base/mem.h"

enum { BLOCK = 64 << 10 }; /* bytes libcsv grows its field by */

struct inv_csv {
	char delimiter;
	struct csv_parser parser;
	size_t n;   /* fields so far */
	char *text; /* of the fields, behind each other */
	size_t used;
	size_t cap;
	struct inv_str field[INV_FRAME_FIELDS_MAX];
};

/* libcsv trims what it calls space: nothing is. */
static int
is_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void
begin(struct inv_csv *c)
{
	if (csv_init(&c->parser, 0) != 0)
		abort();
	csv_set_delim(&c->parser, (unsigned char)c->delimiter);
	csv_set_space_func(&c->parser, is_space);
	csv_set_blk_size(&c->parser, BLOCK);
}

struct inv_csv *
inv_csv_new(char delimiter)
{
	struct inv_csv *c = inv_mem_new(sizeof(*c));

	c->delimiter = delimiter;
	begin(c);
	return c;
}

void
inv_csv_free(struct inv_csv *c)
{
	if (c == NULL)
		return;
	csv_free(&c->parser);
	free(c->text);
	free(c);
}

/* libcsv's field is good within the callback only. */
static void
on_field(void *p, size_t n, void *self)
{
	struct inv_csv *c = self;

	if (c->n < INV_FRAME_FIELDS_MAX && n <= c->cap - c->used) {
		char *to = c->text + c->used;

		if (n > 0)
			memcpy(to, p, n);
		c->field[c->n] = (struct inv_str){ p == NULL ? NULL : to, n };
		c->used += n;
	}
	c->n++;
}

static bool
parse(struct inv_csv *c, const struct inv_framed *rec)
{
	/* Strict does not know strays; the framer has looked at the rest. */
	int strict = rec->strays == 0 ? CSV_STRICT | CSV_STRICT_FINI : 0;

	csv_set_opts(&c->parser, (unsigned char)(CSV_EMPTY_IS_NULL | strict));
	return csv_parse(&c->parser, rec->raw.p, rec->raw.n, on_field, NULL,
		   c) == rec->raw.n &&
	    csv_fini(&c->parser, on_field, NULL, c) == 0;
}

static const struct inv_str *
split_quoted(struct inv_csv *c, const struct inv_framed *rec,
    struct inv_err *err)
{
	if (c->cap < rec->raw.n) {
		c->cap = rec->raw.n + BLOCK;
		c->text = inv_mem_resize(c->text, c->cap, 1);
	}
	c->n = 0;
	c->used = 0;
	if (parse(c, rec) && c->n == rec->fields)
		return c->field;
	/* After an error libcsv would deliver the rest of it as a row. */
	csv_free(&c->parser);
	begin(c);
	inv_fail(err, INV_INTERNAL, "libcsv sees %zu fields, not %zu", c->n,
	    rec->fields);
	return NULL;
}

const struct inv_str *
inv_csv_split(struct inv_csv *c, const struct inv_framed *rec,
    struct inv_err *err)
{
	if (rec->quoted)
		return split_quoted(c, rec, err);
	size_t from = 0;

	for (size_t i = 0; i < rec->fields; i++) {
		size_t to = rec->cut[i];

		c->field[i] = (struct inv_str){
			to > from ? rec->raw.p + from : NULL,
			to - from,
		};
		from = to + 1;
	}
	return c->field;
}
