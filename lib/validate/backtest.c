/*
 * backtest.c - archived manifests against today's schema and rules
 *
 * A manifest that is not read as it was then (store/reading.h) is left out, as
 * other rows would be compared.
 */

#include "validate/backtest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "store/archive_list.h"
#include "store/reading.h"

enum {
	SORTS_MAX = 64,        /* of errors told apart in a manifest */
	SORT_NAME = 4096,      /* bytes of place and type */
	RANGES_SAID = 20,      /* to people */
	NOTES_MAX = 64 << 10,  /* bytes of how a file was read */
	NAME_MAX_BYTES = 4096, /* of a manifest, to people */
};

/* Errors of one place and type among the rows that would fail now. */
struct sort {
	char *place;
	char *type;
	uint64_t count;
	uint64_t line; /* the first */
};

/* A manifest under trial. */
struct trial {
	struct inv_past past;
	struct inv_reading reading;
	uint64_t rows;
	struct inv_rows fails; /* accepted then, would fail now */
	struct inv_rows fits;  /* failed then, fits now */
	struct sort sort[SORTS_MAX];
	size_t sorts;
	uint64_t unsorted;
	char left_out[INV_ERR_MSG]; /* why; empty: it was tried */
};

struct backtest {
	struct inv_checker *checker;
	const struct inv_backtest_options *options;
	struct inv_out *out;
	struct inv_audit_past *past;
	struct inv_scan *scan;
	struct inv_buf place;
	struct inv_buf notes;
	uint64_t tried;
	uint64_t changed; /* rows */
	struct trial trial;
};

static struct inv_str
id_of(const struct trial *t)
{
	return (struct inv_str){ t->past.id, sizeof(t->past.id) };
}

static void
leave_out(struct trial *t, const char *why)
{
	struct inv_err err;

	(void)inv_fail(&err, INV_BAD, "%s", why);
	memcpy(t->left_out, err.msg, sizeof(t->left_out));
}

static void
trial_free(struct trial *t)
{
	for (size_t i = 0; i < t->sorts; i++) {
		free(t->sort[i].place);
		free(t->sort[i].type);
	}
	inv_reading_free(&t->reading);
	inv_rows_free(&t->fails);
	inv_rows_free(&t->fits);
	inv_past_free(&t->past);
	*t = (struct trial){ 0 };
}

/* ---- rows ---- */

static void
count_flaw(struct backtest *b, const struct inv_flaws *flaws, size_t i,
    uint64_t line)
{
	struct trial *t = &b->trial;
	const char *type = flaws->at[i].type;

	inv_buf_reset(&b->place);
	inv_flaws_place(flaws, i, &b->place);
	inv_buf_byte(&b->place, '\0');
	for (size_t k = 0; k < t->sorts; k++)
		if (strcmp(t->sort[k].type, type) == 0 &&
		    strcmp(t->sort[k].place, b->place.p) == 0) {
			t->sort[k].count++;
			return;
		}
	if (t->sorts == SORTS_MAX) {
		t->unsorted++;
		return;
	}
	t->sort[t->sorts++] = (struct sort){
		.place = inv_mem_strdup(b->place.p),
		.type = inv_mem_strdup(type),
		.count = 1,
		.line = line,
	};
}

/* What was no record then is none now, and nobody's verdict has changed. */
static bool
try_row(struct backtest *b, const struct inv_row *row)
{
	struct trial *t = &b->trial;
	bool failed = inv_rows_has(&t->past.failed, ++t->rows);

	if (!row->sound)
		return true;
	bool fits =
	    inv_checker_judge(b->checker, row->text, row->fields) == INV_FITS;

	if (fits && failed)
		return inv_rows_add(&t->fits, t->rows, t->rows);
	if (fits || failed)
		return true;
	for (size_t i = 0; i < b->checker->flaws.n; i++)
		count_flaw(b, &b->checker->flaws, i, row->line);
	return inv_rows_add(&t->fails, t->rows, t->rows);
}

/* ---- a manifest ---- */

static bool
try_rows(struct backtest *b, struct inv_err *err)
{
	struct trial *t = &b->trial;
	struct inv_rowfile *file = t->reading.file;
	enum inv_next next;
	struct inv_row row;

	inv_checker_begin(b->checker,
	    inv_format_is_typed(inv_rowfile_format(file)),
	    inv_str_of(t->reading.received));
	while ((next = inv_rowfile_next(file, &row, err)) == INV_NEXT_LINE)
		if (!try_row(b, &row)) {
			leave_out(t, "its rows are scattered past counting");
			return true;
		}
	if (next == INV_NEXT_ERR)
		return false;
	if (!inv_reading_is_as_then(&t->reading, &t->past, t->rows))
		leave_out(t, "it is read otherwise now than it was then");
	return true;
}

/* A failure of the manifest leaves it out; others are ours. */
static bool
try_manifest(struct backtest *b, struct inv_err *err)
{
	struct trial *t = &b->trial;
	struct inv_err why;

	if (!inv_reading_how(&t->reading, &t->past, &why)) {
		leave_out(t, why.msg);
		return true;
	}
	if (t->past.refused) {
		leave_out(t, "it was refused as a whole");
		return true;
	}
	if (inv_reading_open(&t->reading, b->options->state.fd, &t->past, &why))
		return try_rows(b, err);
	leave_out(t, why.msg);
	*err = why;
	return why.fault == INV_BAD || why.fault == INV_NOINPUT;
}

/* ---- what is said: JSON ---- */

static void
put_rows(struct inv_buf *o, struct inv_str name, const struct inv_rows *rows)
{
	inv_emit_key(o, name);
	inv_emit_open(o, '{');
	inv_emit_member_u64(o, INV_LIT("count"), rows->count);
	inv_emit_key(o, INV_LIT("rows"));
	inv_emit_rows(o, rows);
	inv_emit_close(o, '}');
}

static void
put_sorts(struct inv_buf *o, const struct trial *t)
{
	inv_emit_key(o, INV_LIT("errors"));
	inv_emit_open(o, '[');
	for (size_t i = 0; i < t->sorts; i++) {
		inv_emit_open(o, '{');
		inv_emit_member_str(o, INV_LIT("place"),
		    inv_str_of(t->sort[i].place));
		inv_emit_member_str(o, INV_LIT("type"),
		    inv_str_of(t->sort[i].type));
		inv_emit_member_u64(o, INV_LIT("count"), t->sort[i].count);
		inv_emit_member_u64(o, INV_LIT("line"), t->sort[i].line);
		inv_emit_close(o, '}');
	}
	inv_emit_close(o, ']');
	if (t->unsorted > 0)
		inv_emit_member_u64(o, INV_LIT("more_errors"), t->unsorted);
}

static void
put_line(struct inv_buf *o, const struct trial *t)
{
	inv_buf_add(o, INV_LIT("{\"type\":\"backtest\""));
	inv_emit_member_str(o, INV_LIT("manifest"), id_of(t));
	inv_emit_member_u64(o, INV_LIT("submission"), t->past.submission);
	if (t->reading.name != NULL)
		inv_emit_member_str(o, INV_LIT("name"),
		    inv_str_of(t->reading.name));
	if (t->left_out[0] != '\0') {
		inv_emit_member_str(o, INV_LIT("left_out"),
		    inv_str_of(t->left_out));
	} else {
		inv_emit_member_u64(o, INV_LIT("rows"), t->rows);
		put_rows(o, INV_LIT("fail_now"), &t->fails);
		put_rows(o, INV_LIT("fit_now"), &t->fits);
		put_sorts(o, t);
	}
	inv_buf_add(o, INV_LIT("}\n"));
}

/* ---- what is said: text ---- */

static void
say_rows(struct inv_buf *o, const char *what, const struct inv_rows *rows)
{
	size_t n = rows->n < RANGES_SAID ? rows->n : RANGES_SAID;

	if (rows->count == 0)
		return;
	inv_buf_addf(o, "  %ju %s: rows", (uintmax_t)rows->count, what);
	for (size_t i = 0; i < n; i++) {
		const struct inv_range *r = &rows->range[i];

		inv_buf_addf(o, "%s %ju", i > 0 ? "," : "",
		    (uintmax_t)r->first);
		if (r->last > r->first)
			inv_buf_addf(o, "-%ju", (uintmax_t)r->last);
	}
	inv_buf_add(o, rows->n > n ? INV_LIT(" ...\n") : INV_LIT("\n"));
}

static void
say_sorts(struct inv_buf *o, const struct trial *t, const char *name)
{
	for (size_t i = 0; i < t->sorts; i++) {
		const struct sort *s = &t->sort[i];
		char place[SORT_NAME];

		(void)inv_log_escape(inv_str_of(s->place), place,
		    sizeof(place));
		inv_buf_addf(o, "  %s:%ju: %s%s%s, %ju in all\n", name,
		    (uintmax_t)s->line, place, *place != '\0' ? ": " : "",
		    s->type, (uintmax_t)s->count);
	}
	if (t->unsorted > 0)
		inv_buf_addf(o, "  %ju errors of other sorts\n",
		    (uintmax_t)t->unsorted);
}

static void
say_text(struct inv_buf *o, const struct trial *t)
{
	char name[NAME_MAX_BYTES];
	char why[INV_ERR_MSG];

	(void)inv_log_escape(t->reading.name != NULL
		? inv_str_of(t->reading.name)
		: (struct inv_str){ t->past.id, 12 },
	    name, sizeof(name));
	if (t->left_out[0] != '\0') {
		(void)inv_log_escape(inv_str_of(t->left_out), why, sizeof(why));
		inv_buf_addf(o, "%s: left out: %s\n", name, why);
		return;
	}
	inv_buf_addf(o, "%s: %ju rows, %ju have changed\n", name,
	    (uintmax_t)t->rows, (uintmax_t)(t->fails.count + t->fits.count));
	say_rows(o, "were accepted and would fail now", &t->fails);
	say_sorts(o, t, name);
	say_rows(o, "failed and would be accepted now", &t->fits);
}

/* ---- all of them ---- */

static void
tell(struct backtest *b)
{
	struct inv_buf *o = inv_out_buf(b->out);
	struct trial *t = &b->trial;

	if (t->left_out[0] == '\0') {
		b->tried++;
		b->changed += t->fails.count + t->fits.count;
	}
	if (b->options->terminal)
		say_text(o, t);
	else
		put_line(o, t);
	inv_out_check(b->out);
	trial_free(t);
}

/* Manifests that came and of which no run is in the log. */
static bool
tell_unknown(struct backtest *b, struct inv_err *err)
{
	struct inv_archive_list list;
	struct inv_archive_entry e;
	enum inv_next next;

	if (!inv_archive_list_open(&list, b->options->state.fd, err))
		return false;
	while ((next = inv_archive_list_next(&list, &e, err)) ==
	    INV_NEXT_LINE) {
		if (inv_audit_past_knows(b->past, e.manifest, e.submission))
			continue;
		memcpy(b->trial.past.id, e.manifest.p,
		    sizeof(b->trial.past.id));
		b->trial.past.submission = e.submission;
		leave_out(&b->trial, "no run of it is in the audit log");
		tell(b);
	}
	inv_archive_list_close(&list);
	return next == INV_NEXT_END;
}

static bool
try_all(struct backtest *b, struct inv_err *err)
{
	for (size_t i = 0; i < inv_audit_past_count(b->past); i++) {
		struct trial *t = &b->trial;

		if (!inv_audit_past_get(b->past, i, &t->past, err))
			return false;
		if (!t->past.ran)
			leave_out(t, "no run of it has ended");
		else if (!try_manifest(b, err))
			return false;
		tell(b);
	}
	if (!tell_unknown(b, err))
		return false;
	return b->tried > 0 ||
	    inv_fail(err, INV_BAD, "%s: no manifest could be tried again",
		b->options->state.path);
}

bool
inv_backtest_run(struct inv_checker *c,
    const struct inv_backtest_options *options, struct inv_out *out,
    uint64_t *changed, struct inv_err *err)
{
	struct backtest b = {
		.checker = c,
		.options = options,
		.out = out,
		.past = inv_audit_past_open(&options->state, err),
		.place = INV_BUF(INV_RECORD_MAX),
		.notes = INV_BUF(NOTES_MAX),
	};

	if (b.past == NULL)
		return false;
	b.scan = inv_scan_new();
	bool ok = try_all(&b, err);

	*changed = b.changed;
	trial_free(&b.trial);
	inv_scan_free(b.scan);
	inv_buf_free(&b.place);
	inv_buf_free(&b.notes);
	inv_audit_past_close(b.past);
	return ok;
}
