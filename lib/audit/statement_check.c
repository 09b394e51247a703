/* statement_check.c - how a statement can be checked without believing it */

#include "audit/args.h"
#include "audit/statement_part.h"

enum { CHECKPOINT_COLUMNS = 5 };

static const struct inv_paper_column checkpoint_columns[CHECKPOINT_COLUMNS] = {
	{ "Entries", INV_PAPER_COUNT, 10 },
	{ "Signed", INV_PAPER_TIME, 16 },
	{ "Root", INV_PAPER_CODE, 0 },
	{ "Log", INV_PAPER_TEXT, 0 },
	{ "Signature", INV_PAPER_TEXT, 0 },
};

/* ---- checkpoints ---- */

/* Who signed it, if the signature holds. */
static void
signature_cell(struct inv_statement *s, struct inv_str text)
{
	uint64_t at[INV_AUDIT_FILES];
	struct inv_note note;
	struct inv_err why;

	inv_buf_reset(&s->text);
	if (s->keys == 0)
		inv_buf_add(&s->text,
		    INV_LIT("not checked: there is no public key"));
	else if (!inv_note_parse(text, &note, &why) ||
	    !inv_audit_is_signed(&note, s->key, s->keys, at, &why))
		inv_buf_addf(&s->text, "does not hold: %s", why.msg);
	else
		inv_buf_add(&s->text, INV_LIT("holds"));
	for (size_t i = 0; i < s->keys; i++)
		inv_buf_addf(&s->text, "%s%s", i == 0 ? "; key: " : ", ",
		    s->key[i].name);
	inv_paper_cell(s->p, inv_statement_text(s));
}

static bool
add_checkpoint(struct inv_statement *s, size_t i)
{
	const struct inv_checkpoint_at *at = &s->d->checkpoints.of[i];
	struct inv_buf note = INV_BUF(INV_NOTE_MAX);
	char hex[INV_DIGEST_HEX];
	struct inv_checkpoint c;
	struct inv_note parsed;

	if (!inv_checkpoints_note(&s->d->checkpoints, i, &note, s->err) ||
	    !inv_note_parse(inv_buf_str(&note), &parsed, s->err) ||
	    !inv_checkpoint_parse(parsed.text, &c, s->err)) {
		inv_buf_free(&note);
		return false;
	}
	inv_str_hex(at->root, INV_DIGEST, hex);
	inv_paper_cell_u64(s->p, at->size);
	inv_paper_cell(s->p, inv_str_of(at->time));
	inv_paper_cell(s->p, (struct inv_str){ hex, sizeof(hex) });
	inv_paper_cell(s->p, c.origin);
	signature_cell(s, inv_buf_str(&note));
	inv_buf_free(&note);
	return true;
}

static uint64_t
last_entry(const struct inv_dossier *d)
{
	uint64_t last = 0;

	for (size_t i = 0; i < d->parts; i++)
		if (d->part[i].last > last)
			last = d->part[i].last;
	return last;
}

bool
inv_statement_checkpoints(struct inv_statement *s)
{
	const struct inv_checkpoints *c = &s->d->checkpoints;
	uint64_t last = last_entry(s->d);
	size_t first = inv_checkpoints_from(c, last);

	inv_paper_section(s->p, "Checkpoints",
	    "Signed over the log with all that is said here: the first that "
	    "was, and the last. The log was held against all of them.");
	if (first == c->n) {
		inv_paper_judge(s->p, false,
		    INV_LIT("No checkpoint covers all of this yet."));
		return true;
	}
	inv_buf_reset(&s->text);
	inv_buf_addf(&s->text,
	    "The last entry about it is %ju, of %ju in the log. Checkpoints "
	    "that cover it: %zu.",
	    (uintmax_t)last, (uintmax_t)s->d->entries, c->n - first);
	inv_paper_say(s->p, inv_statement_text(s));
	inv_paper_table(s->p, checkpoint_columns, CHECKPOINT_COLUMNS);
	bool ok = add_checkpoint(s, first) &&
	    (first == c->n - 1 || add_checkpoint(s, c->n - 1));

	inv_paper_table_end(s->p);
	return ok;
}

/* ---- check it yourself ---- */

/* A name that a shell takes as it stands, or else that word for it. */
static struct inv_str
safe_name(struct inv_str name, struct inv_str word)
{
	static const char safe[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._/-";

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '\0' || strchr(safe, name.p[i]) == NULL)
			return word;
	return name.n == 0 || name.p[0] == '-' ? word : name;
}

static void
check_file(struct inv_statement *s, const struct inv_dossier_part *part)
{
	const struct inv_dossier_run *run = inv_statement_run(part);
	const struct inv_members *m =
	    inv_statement_scan(s, run != NULL ? run->line : INV_LIT("{}"));
	struct inv_buf command = INV_BUF(INV_STATEMENT_TEXT);

	inv_paper_say(s->p,
	    INV_LIT("The file is the one of this report where this prints its "
		    "SHA-256, as above; the second is what was kept of it:"));
	if (s->name != NULL)
		inv_buf_addf(&command, "export INV_STATE=%.*s\n",
		    INV_ARG(safe_name(inv_str_of(s->name), INV_LIT("DIR"))));
	inv_buf_addf(&command,
	    "sha256sum %.*s\n"
	    "sha256sum \"$INV_STATE\"/archive/%.2s/%.*s\n",
	    INV_ARG(safe_name(inv_statement_member(s, m, "name"),
		INV_LIT("FILE"))),
	    s->d->id, INV_MANIFEST_ID, s->d->id);
	inv_paper_commands(s->p, inv_buf_str(&command));
	inv_buf_free(&command);
}

/* A row that a proof can be made of; 0: none. */
static uint64_t
some_row(const struct inv_dossier_part *part)
{
	for (size_t i = 0; i < part->fates.n; i++)
		if (part->fates.fate[i].verdict == INV_COMMITTED &&
		    part->fates.fate[i].ranges.n > 0)
			return part->fates.fate[i].ranges.range[0].first;
	return 0;
}

static void
check_log(struct inv_statement *s, const struct inv_dossier_part *part)
{
	uint64_t row = some_row(part);
	struct inv_buf command = INV_BUF(INV_STATEMENT_TEXT);

	inv_paper_say(s->p,
	    INV_LIT("Log, journal and archive are as they were written where "
		    "this says so; lab.pub is the public key, which you must "
		    "not have from the directory that is checked:"));
	inv_paper_commands(s->p,
	    INV_LIT("inv-audit verify --read-data --key lab.pub\n"));
	if (row == 0)
		return;
	inv_paper_say(s->p,
	    INV_LIT("Any row that is committed can be proved to somebody who "
		    "has nothing but the key, the first of them so:"));
	inv_buf_addf(&command,
	    "inv-audit prove %.*s %ju > row.proof\n"
	    "inv-audit check row.proof --key lab.pub\n",
	    INV_STATEMENT_SHORT, s->d->id, (uintmax_t)row);
	inv_paper_commands(s->p, inv_buf_str(&command));
	inv_buf_free(&command);
}

/* The last checkpoint as text, and openssl to check it with. */
static bool
check_signature(struct inv_statement *s)
{
	const struct inv_checkpoints *c = &s->d->checkpoints;
	struct inv_buf note = INV_BUF(INV_NOTE_MAX);

	if (c->n == 0)
		return true;
	inv_buf_add(&note, INV_LIT("cat > checkpoint << 'END'\n"));
	if (!inv_checkpoints_note(c, c->n - 1, &note, s->err)) {
		inv_buf_free(&note);
		return false;
	}
	inv_buf_add(&note,
	    INV_LIT("END\n"
		    "sed '/^$/,$d' checkpoint > text\n"
		    "sed -n '/^\xe2\x80\x94 /{s/.* //p;q}' checkpoint |\n"
		    "  base64 -d | tail -c 64 > signature\n"
		    "{ printf "
		    "'\\x30\\x2a\\x30\\x05\\x06\\x03\\x2b\\x65\\x70\\x03\\x21"
		    "\\x00'\n"
		    "  cut -d + -f 3- lab.pub | base64 -d | tail -c 32; } > "
		    "key.der\n"
		    "openssl pkeyutl -verify -pubin -keyform DER -inkey "
		    "key.der \\\n"
		    "  -rawin -in text -sigfile signature\n"));
	inv_paper_say(s->p,
	    INV_LIT("The last checkpoint is signed with that key, by openssl "
		    "and bash alone:"));
	inv_paper_commands(s->p, inv_buf_str(&note));
	inv_buf_free(&note);
	return true;
}

bool
inv_statement_check(struct inv_statement *s)
{
	const struct inv_dossier_part *last = &s->d->part[s->d->parts - 1];

	inv_paper_section(s->p, "Check it yourself",
	    "What stands above can be checked without believing it.");
	check_file(s, last);
	check_log(s, last);
	return check_signature(s);
}
