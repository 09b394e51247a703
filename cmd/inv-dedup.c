/* inv-dedup - mark what comes a second time in a stream */

#include <unistd.h>

#include "base/log.h"
#include "data/dedup.h"
#include "data/emit.h"
#include "prog/filter.h"
#include "prog/opt.h"

enum { KEY = INV_OPT_LONG };

enum {
	SAID_MAX = 5,                   /* conflicts said one by one */
	ERRORS_MAX = 8 * INV_RECORD_MAX /* bytes of a row's errors */
};

static const struct inv_option options[] = {
	{ 'k', "key-fields", "FIELD,...", "compare by these fields" },
	{ KEY, "key", "FIELD,...", "the same, as it was called before" },
	{ 0, NULL, NULL, NULL },
};

static const struct inv_prog_info info = {
	.name = "inv-dedup",
	.purpose = "mark what comes a second time in a stream",
	.usage = "[FILE]",
	.options = options,
	.operands = 1,
	.reads_stdin = true,
};

struct dedup {
	struct inv_filter f;
	struct inv_dedup *rows;
	struct inv_str key; /* of -k as JSON, or empty */
	struct inv_buf errors;
	struct inv_buf more;
	uint64_t same;
	uint64_t other;
	uint64_t uncompared;
};

/* The fields of -k as a stage line would name them; ends with 64 if it can't. */
static void
take_fields(const char *arg, struct inv_buf *json)
{
	struct inv_digest *digest = inv_digest_new();
	struct inv_key key;
	struct inv_err err;

	inv_buf_reset(json);
	inv_opt_fields("-k", arg, json);
	if (!inv_key_init(&key, digest, inv_buf_str(json), &err))
		inv_opt_wrong("-k", arg, err.msg);
	inv_digest_free(digest);
}

/* All stages before us have said their key: take the last one's, say ours. */
static void
begin(struct dedup *p)
{
	const struct inv_block *block = &p->f.block;
	struct inv_buf *line = &p->more;
	struct inv_str key = p->key;
	struct inv_err err;

	if (key.n == 0)
		key = inv_buf_str(&block->key);
	if (!inv_dedup_begin(p->rows,
		(struct inv_str){ block->id, INV_MANIFEST_ID }, key, &err)) {
		inv_filter_stop(&p->f, &err);
		return;
	}
	inv_buf_reset(line);
	inv_filter_stage(&p->f, line);
	key = inv_dedup_key(p->rows);
	if (!inv_str_is(key, "null"))
		inv_emit_member_raw(line, INV_LIT("key"), key);
	inv_emit_close(line, '}');
	inv_filter_emit(&p->f, inv_buf_str(line), INV_PENDING, 0);
}

static void
rule(struct dedup *p, const struct inv_record *rec,
    const struct inv_dedup_of *of, struct inv_ruling ruling)
{
	inv_buf_reset(&p->more);
	inv_emit_key(&p->more, INV_LIT("of"));
	inv_emit_open(&p->more, '{');
	inv_emit_member_str(&p->more, INV_LIT("manifest"),
	    (struct inv_str){ of->manifest, sizeof(of->manifest) });
	inv_emit_member_u64(&p->more, INV_LIT("row"), of->row);
	inv_emit_close(&p->more, '}');
	ruling.more = inv_buf_str(&p->more);
	inv_filter_rule(&p->f, rec, ruling);
}

static void
judge(struct dedup *p, const struct inv_record *rec)
{
	struct inv_dedup_of of;

	switch (inv_dedup_row(p->rows, rec, &of)) {
	case INV_DEDUP_UNCOMPARED:
		p->uncompared++;
		inv_filter_pass(&p->f, rec);
		return;
	case INV_DEDUP_STANDS:
		inv_filter_pass(&p->f, rec);
		return;
	case INV_DEDUP_SAME:
		p->same++;
		rule(p, rec, &of,
		    (struct inv_ruling){ .verdict = INV_SKIPPED,
			.reason = INV_LIT("duplicate") });
		return;
	case INV_DEDUP_OTHER:
		if (p->other++ < SAID_MAX)
			inv_warn("%s: row %ju has the same key and other "
				 "content [conflict]",
			    inv_filter_where(&p->f, rec), (uintmax_t)of.row);
		inv_buf_reset(&p->errors);
		inv_dedup_errors(p->rows, &of, &p->errors);
		rule(p, rec, &of,
		    (struct inv_ruling){ .verdict = INV_QUARANTINED,
			.reason = INV_LIT("conflict"),
			.errors = inv_buf_str(&p->errors) });
		return;
	}
}

static void
sum_up(const struct dedup *p)
{
	if (p->other > SAID_MAX)
		inv_warn("%ju more conflicts",
		    (uintmax_t)(p->other - SAID_MAX));
	if (p->uncompared > 0)
		inv_warn("%ju rows can not be compared: they lack a field of "
			 "the key, or hold a number without a canonical form",
		    (uintmax_t)p->uncompared);
	inv_note("%ju duplicates, %ju conflicts", (uintmax_t)p->same,
	    (uintmax_t)p->other);
}

int
main(int argc, char *argv[])
{
	struct inv_buf key = INV_BUF(2 * INV_KEY_TEXT);
	struct inv_record rec;
	struct dedup p = {
		.errors = INV_BUF(ERRORS_MAX),
		.more = INV_BUF(2 * INV_KEY_TEXT),
	};

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		switch (c) {
		case 'k':
		case KEY:
			take_fields(optarg, &key);
			break;
		}
	p.key = inv_buf_str(&key);

	inv_filter_open(&p.f, &info, argv[optind], INV_WANT_BODY);
	p.rows = inv_dedup_new();
	while (inv_filter_next(&p.f, &rec))
		if (rec.kind == INV_LINE_BODY)
			begin(&p);
		else
			judge(&p, &rec);

	int status = inv_filter_close(&p.f);

	sum_up(&p);
	inv_dedup_free(p.rows);
	inv_buf_free(&p.errors);
	inv_buf_free(&p.more);
	inv_buf_free(&key);
	return status;
}
