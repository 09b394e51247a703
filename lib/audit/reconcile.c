/* reconcile.c - inv-audit reconcile: is it in the ledger, and on its shelf? */

#include "audit/reconcile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/row.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "io/file.h"

enum {
	TEXT_MAX = 4 << 20, /* bytes of what differs, as JSON and as words */
	WITH_WIDTH = 5,     /* columns in the table */
	KIND_WIDTH = 8,
};

/* A record of the ledger that is another one than its key holds. */
struct changed {
	uint64_t place;
	struct inv_spooled at;
};

struct work {
	struct inv_reconcile r;
	struct inv_state state;
	struct inv_out out; /* to the spool */
	uint64_t end;       /* bytes of that */
	struct changed *changed;
	size_t n;
	size_t cap;
};

static const char *const kind_names[INV_RECONCILED] = { "matched", "missing",
	"extra", "changed", "moved", "disposed" };

/* ---- differences ---- */

bool
inv_reconcile_is_key(const struct inv_key *key, struct inv_str name)
{
	for (size_t i = 0; key != NULL && i < key->n; i++)
		if (inv_str_eq(key->name[i], name))
			return true;
	return false;
}

void
inv_reconcile_key(struct inv_reconcile *r, const struct inv_key *key,
    const struct inv_members *fields)
{
	struct inv_buf *b = &r->key;

	inv_buf_reset(b);
	inv_emit_open(b, '{');
	for (size_t i = 0; i < fields->n; i++) {
		const struct inv_member *m = &fields->at[i];

		if (key == NULL || key->n == 0 ||
		    inv_reconcile_is_key(key, m->key))
			inv_emit_member_raw(b, m->key, m->value);
	}
	inv_emit_close(b, '}');
}

void
inv_reconcile_differs(struct inv_reconcile *r, struct inv_str field,
    const char *whose, struct inv_str value, struct inv_str ledger)
{
	struct inv_buf *b = &r->differs;

	if (r->fields++ == 0)
		inv_emit_open(b, '[');
	inv_emit_open(b, '{');
	inv_emit_key(b, INV_LIT("field"));
	inv_buf_byte(b, '"');
	inv_buf_add(b, field);
	inv_buf_byte(b, '"');
	inv_emit_member_raw(b, inv_str_of(whose), value);
	inv_emit_member_raw(b, INV_LIT("ledger"), ledger);
	inv_emit_close(b, '}');
	if (r->words.n > 0)
		inv_buf_add(&r->words, INV_LIT("; "));
	inv_buf_addf(&r->words, "%.*s: %s %.*s, ledger %.*s", INV_ARG(field),
	    whose, INV_ARG(value), INV_ARG(ledger));
	r->elsewhere = r->elsewhere ||
	    (r->location.n > 0 ? inv_str_eq(field, inv_buf_str(&r->location))
			       : inv_str_is(field, "location") ||
			inv_str_is(field, "location_code"));
}

enum inv_reconciled
inv_reconcile_judge(const struct inv_reconcile *r)
{
	if (r->fields == 0)
		return INV_MATCHED;
	return r->fields == 1 && r->elsewhere ? INV_MOVED : INV_CHANGED;
}

static void
print_row(struct inv_reconcile *r, const char *with, enum inv_reconciled kind)
{
	struct inv_buf *b = inv_audit_lines_begin(&r->lines);

	inv_buf_addf(b, "%-*s  %-*s  ", WITH_WIDTH, with, KIND_WIDTH,
	    kind_names[kind]);
	inv_audit_row_text(b, inv_buf_str(&r->key));
	if (r->words.n > 0)
		inv_buf_add(b, INV_LIT("  "));
	inv_audit_row_text(b, inv_buf_str(&r->words));
	inv_audit_lines_end(&r->lines);
}

static void
print_json(struct inv_reconcile *r, const char *with, enum inv_reconciled kind,
    struct inv_str more)
{
	struct inv_buf *b = inv_audit_lines_begin(&r->lines);

	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("difference"));
	inv_emit_member_str(b, INV_LIT("with"), inv_str_of(with));
	inv_emit_member_str(b, INV_LIT("kind"), inv_str_of(kind_names[kind]));
	inv_emit_member_raw(b, INV_LIT("key"), inv_buf_str(&r->key));
	inv_buf_add(b, more);
	if (r->fields > 0) {
		inv_emit_close(&r->differs, ']');
		inv_emit_member_raw(b, INV_LIT("differs"),
		    inv_buf_str(&r->differs));
	}
	inv_audit_lines_end(&r->lines);
}

void
inv_reconcile_print(struct inv_reconcile *r, const char *with,
    enum inv_reconciled kind, struct inv_str more)
{
	if (r->lines.table)
		print_row(r, with, kind);
	else
		print_json(r, with, kind, more);
	inv_buf_reset(&r->differs);
	inv_buf_reset(&r->words);
	r->fields = 0;
	r->elsewhere = false;
}

void
inv_reconcile_extra(struct inv_reconcile *r, const char *with, uint64_t line,
    bool again)
{
	struct inv_buf more = INV_BUF(64);

	inv_buf_addf(&more, ",\"line\":%ju", (uintmax_t)line);
	if (again) {
		inv_buf_add(&more, INV_LIT(",\"again\":true"));
		inv_buf_add(&r->words, INV_LIT("a second time"));
	}
	if (strcmp(with, "log") == 0)
		r->log[INV_EXTRA]++;
	else
		r->count[INV_EXTRA]++;
	inv_reconcile_print(r, with, INV_EXTRA, inv_buf_str(&more));
	inv_buf_free(&more);
}

/* ---- the ledger ---- */

bool
inv_reconcile_read(struct inv_reconcile *r, const struct inv_spooled *at,
    struct inv_err *err)
{
	inv_buf_reset(&r->record);
	if (!inv_buf_room(&r->record, at->n))
		return inv_fail(err, INV_INTERNAL, "a record of %u bytes",
		    at->n);
	if (inv_file_pread(r->spool, r->record.p, at->n, at->offset) !=
	    (ssize_t)at->n)
		return inv_fail(err, INV_IO,
		    "the records of the ledger can not be read again");
	r->record.n = at->n;
	return inv_scan_object(r->scan, inv_buf_str(&r->record), err);
}

static void
keep_changed(struct work *w, uint64_t place, struct inv_spooled at)
{
	if (w->n == w->cap) {
		w->cap = w->cap == 0 ? 64 : 2 * w->cap;
		w->changed =
		    inv_mem_resize(w->changed, w->cap, sizeof(*w->changed));
	}
	w->changed[w->n++] = (struct changed){ place, at };
}

/* In canonical form, and where it then is in the spool. */
static bool
spool(struct work *w, struct inv_str line, struct inv_spooled *at,
    struct inv_err *err)
{
	struct inv_reconcile *r = &w->r;

	inv_buf_reset(&r->record);
	if (!inv_scan_object(r->scan, line, err) ||
	    !inv_canon_object(r->canon, line, inv_scan_record(r->scan),
		&r->record, err) ||
	    !inv_scan_object(r->scan, inv_buf_str(&r->record), err))
		return false;
	*at = (struct inv_spooled){ w->end, (uint32_t)r->record.n };
	inv_out_add(&w->out, inv_buf_str(&r->record));
	inv_out_add(&w->out, INV_LIT("\n"));
	w->end += r->record.n + 1;
	r->records++;
	return true;
}

/* The record that was just spooled has a key that nothing was committed of. */
static void
tell_extra(struct inv_reconcile *r, uint64_t line, bool again)
{
	size_t keys = r->held.keys;

	inv_reconcile_key(r, keys > 0 ? r->held.key[keys - 1] : NULL,
	    inv_scan_record(r->scan));
	inv_reconcile_extra(r, "log", line, again);
}

/* What the log makes of it. */
static void
look(struct work *w, struct inv_spooled at, uint64_t line)
{
	struct inv_reconcile *r = &w->r;
	uint64_t place;

	switch (inv_held_look(&r->held, r->digest, inv_buf_str(&r->record),
	    inv_scan_record(r->scan), &place)) {
	case INV_HELD_SAME:
		r->log[INV_MATCHED]++;
		break;
	case INV_HELD_OTHER:
		keep_changed(w, place, at);
		break;
	case INV_HELD_NOT:
		tell_extra(r, line, false);
		break;
	case INV_HELD_AGAIN:
		tell_extra(r, line, true);
		break;
	}
}

/* A blank line is no record. */
static bool
take_line(struct work *w, struct inv_str line, uint64_t n, const char *path,
    struct inv_err *err)
{
	struct inv_spooled at;
	struct inv_err why;

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n == 0)
		return true;
	if (!spool(w, line, &at, &why))
		return inv_fail(err, INV_BAD, "%s: line %ju: %s", path,
		    (uintmax_t)n, why.msg);
	look(w, at, n);
	return true;
}

static bool
read_ledger(struct work *w, int fd, const char *path, struct inv_err *err)
{
	enum inv_next next;
	struct inv_str line;
	struct inv_in in;
	uint64_t n = 0;
	bool ok = true;

	inv_in_init(&in, fd, path, INV_RECORD_MAX, NULL);
	while (ok && (next = inv_in_line(&in, &line, err)) == INV_NEXT_LINE)
		ok = take_line(w, line, ++n, path, err);
	inv_in_free(&in);
	return ok && next == INV_NEXT_END && inv_out_flush(&w->out, err);
}

/* ---- what the log has and the ledger has not, or otherwise ---- */

static int
by_place(const void *a, const void *b)
{
	const struct changed *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

/* Members that the ledger alone has are its own business. */
static void
compare(struct inv_reconcile *r, const struct inv_members *log)
{
	const struct inv_members *ledger = inv_scan_record(r->scan);

	for (size_t i = 0; i < log->n; i++) {
		struct inv_str other = INV_LIT("null");
		bool there = false;

		for (size_t k = 0; !there && k < ledger->n; k++) {
			there = inv_str_eq(ledger->at[k].key, log->at[i].key);
			if (there)
				other = ledger->at[k].value;
		}
		if (!there || !inv_str_eq(other, log->at[i].value))
			inv_reconcile_differs(r, log->at[i].key, "log",
			    log->at[i].value, other);
	}
}

static bool
on_record(void *arg, const struct inv_held_record *record, struct inv_err *err)
{
	struct work *w = arg;
	struct inv_reconcile *r = &w->r;
	const struct changed wanted = { .place = record->place };
	enum inv_reconciled kind = INV_MISSING;

	if (record->looked) {
		const struct changed *c = bsearch(&wanted, w->changed, w->n,
		    sizeof(*w->changed), by_place);

		if (c == NULL || !inv_reconcile_read(r, &c->at, err))
			return c == NULL;
		compare(r, record->fields);
		kind = inv_reconcile_judge(r);
	}
	r->log[kind]++;
	if (kind == INV_MATCHED)
		return true;
	struct inv_buf more = INV_BUF(1024);

	inv_buf_addf(&more,
	    ",\"manifest\":\"%.*s\",\"submission\":%ju,\"row\":%ju",
	    INV_ARG(record->manifest), (uintmax_t)record->submission,
	    (uintmax_t)record->row);
	inv_reconcile_key(r, record->key, record->fields);
	inv_reconcile_print(r, "log", kind, inv_buf_str(&more));
	inv_buf_free(&more);
	return true;
}

/* ---- totals ---- */

static bool
differs(const uint64_t n[INV_RECONCILED])
{
	return n[INV_MISSING] + n[INV_EXTRA] + n[INV_CHANGED] + n[INV_MOVED] >
	    0;
}

static void
put_totals(struct inv_reconcile *r, const char *with,
    const uint64_t n[INV_RECONCILED], int kinds)
{
	struct inv_buf *b = inv_out_buf(&r->lines.out);

	if (!r->lines.table) {
		inv_emit_key(b, inv_str_of(with));
		inv_emit_open(b, '{');
		for (int k = 0; k < kinds; k++)
			inv_emit_member_u64(b, inv_str_of(kind_names[k]), n[k]);
		inv_emit_close(b, '}');
		return;
	}
	inv_buf_addf(b, "%s:", with);
	for (int k = 0; k < kinds; k++) {
		inv_buf_add(b, k > 0 ? INV_LIT(", ") : INV_LIT(" "));
		inv_buf_count(b, n[k]);
		inv_buf_addf(b, " %s", kind_names[k]);
	}
	inv_buf_byte(b, '\n');
}

/* What the log has is never disposed of: it says what the ledger was told. */
static void
totals(struct inv_reconcile *r, bool counted)
{
	struct inv_buf *b = inv_out_buf(&r->lines.out);

	if (!r->lines.table) {
		inv_emit_open(b, '{');
		inv_emit_member_str(b, INV_LIT("type"), INV_LIT("reconciled"));
		inv_emit_member_u64(b, INV_LIT("records"), r->records);
	} else {
		inv_buf_add(b, INV_LIT("records of the ledger: "));
		inv_buf_count(b, r->records);
		inv_buf_byte(b, '\n');
	}
	put_totals(r, "log", r->log, INV_DISPOSED);
	if (counted)
		put_totals(r, "count", r->count, INV_RECONCILED);
	if (!r->lines.table) {
		inv_emit_close(b, '}');
		inv_buf_byte(b, '\n');
	}
}

/* ---- all of it ---- */

static bool
reconcile(struct work *w, const struct inv_audit_args *a, struct inv_err *err)
{
	bool from_stdin = strcmp(a->ledger, "-") == 0;
	int fd =
	    from_stdin ? STDIN_FILENO : open(a->ledger, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return inv_fail_sys(err, INV_NOINPUT, "%s", a->ledger);
	bool ok = inv_held_read(&w->r.held, &w->state, err) &&
	    read_ledger(w, fd, from_stdin ? "stdin" : a->ledger, err);

	if (!from_stdin)
		close(fd);
	if (w->n > 0)
		qsort(w->changed, w->n, sizeof(*w->changed), by_place);
	/* Where every key holds what the ledger has there is no more to tell. */
	return ok &&
	    (w->r.log[INV_MATCHED] == w->r.held.records ||
		inv_held_each(&w->r.held, &w->state, on_record, w, err)) &&
	    (a->count == NULL || inv_reconcile_count(&w->r, a->count, err));
}

static void
open_work(struct work *w, const struct inv_audit_args *a)
{
	const char *folder = inv_opt_env("TMPDIR");
	struct inv_reconcile *r = &w->r;
	struct inv_err err;

	w->state.fd = inv_opt_state_there(&w->state.path);
	r->spool = inv_file_nameless(folder != NULL ? folder : "/tmp", &err);
	if (r->spool == -1)
		inv_die(&err);
	inv_out_init(&w->out, r->spool, "the records of the ledger");
	r->location = r->disposed = INV_BUF(INV_FIELD_MAX);
	if (a->location != NULL)
		inv_emit_text(&r->location, inv_str_of(a->location));
	inv_emit_text(&r->disposed,
	    inv_str_of(a->disposed != NULL ? a->disposed : "disposition_date"));
	r->digest = inv_digest_new();
	r->canon = inv_canon_new();
	r->scan = inv_scan_new();
	r->record = INV_BUF(2 * INV_RECORD_MAX);
	r->key = INV_BUF(2 * INV_RECORD_MAX);
	r->differs = INV_BUF(TEXT_MAX);
	r->words = INV_BUF(TEXT_MAX);
	inv_audit_lines_open(&r->lines);
}

static void
close_work(struct work *w)
{
	struct inv_reconcile *r = &w->r;

	close(r->spool);
	close(w->state.fd);
	inv_held_free(&r->held);
	inv_digest_free(r->digest);
	inv_canon_free(r->canon);
	inv_scan_free(r->scan);
	inv_buf_free(&w->out.buf);
	inv_buf_free(&r->location);
	inv_buf_free(&r->disposed);
	inv_buf_free(&r->record);
	inv_buf_free(&r->key);
	inv_buf_free(&r->differs);
	inv_buf_free(&r->words);
	free(w->changed);
}

int
inv_audit_do_reconcile(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct work w = { 0 };
	struct inv_err err, why;

	(void)words;
	if (a->ledger == NULL)
		inv_opt_wrong("reconcile", "--ledger", "missing");
	open_work(&w, a);
	if (!reconcile(&w, a, &err)) {
		/* What was found until then is known all the same. */
		(void)!inv_audit_lines_close(&w.r.lines, &why);
		inv_die(&err);
	}
	totals(&w.r, a->count != NULL);
	if (!inv_audit_lines_close(&w.r.lines, &err))
		inv_die(&err);
	bool differ = differs(w.r.log) || differs(w.r.count);
	bool bad = w.r.bad;

	close_work(&w);
	return inv_fault_exit(bad ? INV_BAD : differ ? INV_NO : INV_OK);
}
