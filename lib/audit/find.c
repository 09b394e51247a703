/* find.c - inv-audit find: where in the log, and what was sent, is a word? */

#include <stdlib.h>
#include <string.h>

#include "audit/args.h"
#include "audit/find_sent.h"
#include "audit/named.h"
#include "audit/row.h"
#include "base/log.h"
#include "data/emit.h"
#include "store/audit_view.h"

enum {
	HEX_MIN = 8, /* digits of what is taken for the beginning of a hash */
	WORD_MAX = 1 << 20, /* bytes, escaped */
};

struct find {
	struct inv_audit_lines lines;
	struct inv_str word;
	struct inv_str hex;   /* the same, if it may begin a hash, or empty */
	struct inv_buf value; /* the same escaped as in JSON */
	struct inv_buf field; /* FIELD of FIELD=VALUE, and VALUE */
	struct inv_buf value_of;
	struct inv_buf name; /* of a manifest, decoded */
	struct inv_audit_taken taken;
	bool block; /* a manifest that was found is under way */
	uint64_t found;
};

/* ---- the word ---- */

static void
read_word(struct find *f, const char *word)
{
	struct inv_str w = inv_str_of(word);
	const char *eq = strchr(word, '=');

	if (w.n == 0 || !inv_text_is_utf8(w))
		inv_opt_wrong("find", word, "not text that can be looked for");
	f->word = w;
	if (w.n >= HEX_MIN && w.n <= INV_DIGEST_HEX &&
	    strspn(word, "0123456789abcdef") == w.n)
		f->hex = w;
	inv_emit_text(&f->value, w);
	if (eq == NULL || eq == word)
		return;
	inv_emit_text(&f->field, (struct inv_str){ word, (size_t)(eq - word) });
	inv_emit_text(&f->value_of, inv_str_of(eq + 1));
}

/* ---- the log ---- */

/* The line is JSON throughout, and may be walked. */
static bool
is_json(const struct find *f, const struct inv_audit_line *line)
{
	struct inv_err ignored;
	enum inv_kind kind;

	return inv_scan_value(f->lines.scan, line->text, &kind, &ignored);
}

/* It begins with what was asked for. */
static bool
begins(const struct find *f, const unsigned char digest[INV_DIGEST])
{
	char hex[INV_DIGEST_HEX];

	inv_str_hex(digest, INV_DIGEST, hex);
	return inv_str_starts((struct inv_str){ hex, sizeof(hex) }, f->hex);
}

static bool
is_asked_for(struct find *f, const struct inv_audit_line *line)
{
	switch (line->type) {
	case INV_AUDIT_MANIFEST:
		f->block =
		    (f->hex.n > 0 && inv_str_starts(line->manifest, f->hex)) ||
		    inv_audit_has_name(line, f->lines.scan, f->word, &f->name);
		return f->block;
	case INV_AUDIT_STAGE:
	case INV_AUDIT_VERDICT:
		return false;
	case INV_AUDIT_END:
		return f->block;
	case INV_AUDIT_BATCH:
		return f->hex.n > 0 &&
		    (begins(f, line->key) || begins(f, line->hash));
	case INV_AUDIT_ACTION:
		return is_json(f, line) &&
		    inv_str_eq(inv_audit_text_of(line->text, "item"), f->word);
	}
	return false;
}

static bool
read_log(struct find *f, struct inv_audit_view *view, struct inv_err *err)
{
	struct inv_audit_line line;
	enum inv_next next;

	f->block = false;
	f->taken.n = 0;
	while ((next = inv_audit_view_next(view, &line, err)) ==
	    INV_NEXT_LINE) {
		if (line.type == INV_AUDIT_BATCH)
			inv_audit_taken_add(&f->taken, line.journal, line.seq);
		if (!is_asked_for(f, &line))
			continue;
		f->found++;
		inv_audit_lines_entry(&f->lines, &line);
	}
	return next == INV_NEXT_END;
}

/* ---- what was sent ---- */

static bool
read_journal(struct find *f, const struct inv_state *state, struct inv_err *err)
{
	const struct inv_audit_wanted word = {
		.value = inv_buf_str(&f->value),
	};
	const struct inv_audit_wanted member = {
		.value = inv_buf_str(&f->value_of),
		.field = inv_buf_str(&f->field),
	};

	/* A whole hash is no key of a record: this may be a long read. */
	if (f->hex.n == INV_DIGEST_HEX)
		return true;
	return inv_audit_find_sent(state, f->field.n > 0 ? &member : &word,
	    &f->taken, &f->lines, &f->found, err);
}

static enum inv_fault
look(void *arg, const struct inv_state *state, const char *name)
{
	struct find *f = arg;
	struct inv_audit_view view;
	struct inv_err err;

	f->lines.state = name;
	if (!inv_audit_view_open(&view, state, &err))
		return inv_audit_complain(name, &err);
	bool ok = read_log(f, &view, &err) && read_journal(f, state, &err);

	inv_audit_view_close(&view);
	return ok ? INV_OK : inv_audit_complain(name, &err);
}

int
inv_audit_do_find(void *args, char *words[])
{
	struct find f = {
		.value = INV_BUF(WORD_MAX),
		.field = INV_BUF(WORD_MAX),
		.value_of = INV_BUF(WORD_MAX),
		.name = INV_BUF(INV_AUDIT_LINE_MAX),
	};
	struct inv_err err;

	read_word(&f, words[0]);
	inv_audit_lines_open(&f.lines);
	enum inv_fault fault = inv_audit_each(args, look, &f);

	if (!inv_audit_lines_close(&f.lines, &err))
		inv_die(&err);
	if (fault == INV_OK && f.found == 0)
		fault = INV_NO;
	free(f.taken.at);
	inv_buf_free(&f.value);
	inv_buf_free(&f.field);
	inv_buf_free(&f.value_of);
	inv_buf_free(&f.name);
	return inv_fault_exit(fault);
}
