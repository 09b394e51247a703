/* trial.c - rows whose errors are known, against schema and rules */

#include "validate/trial.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/emit.h"
#include "data/rowfile.h"

enum {
	FILES_MAX = 10000,   /* of a folder */
	WORDS_MAX = 1 << 20, /* bytes of what a row expects */
	SAID_MAX = 64 << 10, /* bytes of a line about a row */
	LIST_MAX = 16 << 10, /* of a list of words in it, about */
	WORD_MAX = 256,      /* of one of them */
};

#define EXPECT "inv:expect"

/* A row under trial. */
struct trial {
	struct inv_checker *checker;
	struct inv_scan *scan;
	struct inv_out *out;
	char now[INV_CLOCK_TEXT]; /* these rows were received at no time */
	uint64_t rows;
	uint64_t wrong;        /* rows that are not as they say */
	struct inv_buf record; /* without inv:expect */
	struct inv_buf words;  /* what it expects, a newline behind each */
	struct inv_buf place;
	struct inv_buf said;
};

static void
trial_init(struct trial *t, struct inv_checker *c, struct inv_out *out)
{
	*t = (struct trial){
		.checker = c,
		.scan = inv_scan_new(),
		.out = out,
		.record = INV_BUF(INV_RECORD_MAX),
		.words = INV_BUF(WORDS_MAX),
		.place = INV_BUF(INV_RECORD_MAX),
		.said = INV_BUF(SAID_MAX),
	};
	inv_clock_text(inv_clock_wall(), t->now);
}

static void
trial_free(struct trial *t)
{
	inv_scan_free(t->scan);
	inv_buf_free(&t->record);
	inv_buf_free(&t->words);
	inv_buf_free(&t->place);
	inv_buf_free(&t->said);
}

/* ---- what a row expects ---- */

/* The next word, of those that each end in a newline; false behind the last. */
static bool
next_word(struct inv_str *rest, struct inv_str *word)
{
	do {
		const char *end =
		    rest->n == 0 ? NULL : memchr(rest->p, '\n', rest->n);

		if (end == NULL)
			return false;
		*word = (struct inv_str){ rest->p, (size_t)(end - rest->p) };
		rest->p += word->n + 1;
		rest->n -= word->n + 1;
	} while (word->n == 0);
	return true;
}

/* flaw `i` is what the word says: a type, a place and type, or a code. */
static bool
is_meant(struct trial *t, const struct inv_flaws *flaws, size_t i,
    struct inv_str word)
{
	const struct inv_flaw *flaw = &flaws->at[i];

	if (inv_str_is(word, flaw->type) ||
	    (flaw->code.n > 0 && inv_str_eq(word, flaw->code)))
		return true;
	inv_buf_reset(&t->place);
	inv_flaws_place(flaws, i, &t->place);
	inv_buf_byte(&t->place, ':');
	inv_buf_add(&t->place, inv_str_of(flaw->type));
	return inv_str_eq(word, inv_buf_str(&t->place));
}

static bool
is_found(struct trial *t, const struct inv_flaws *flaws, struct inv_str word)
{
	for (size_t i = 0; i < flaws->n; i++)
		if (is_meant(t, flaws, i, word))
			return true;
	return false;
}

static bool
is_expected(struct trial *t, const struct inv_flaws *flaws, size_t i)
{
	struct inv_str rest = inv_buf_str(&t->words);
	struct inv_str word;

	while (next_word(&rest, &word))
		if (is_meant(t, flaws, i, word))
			return true;
	return false;
}

/* All that was expected, and nothing else. */
static bool
is_as_expected(struct trial *t)
{
	const struct inv_flaws *both[] = { &t->checker->flaws,
		&t->checker->warnings };
	struct inv_str rest = inv_buf_str(&t->words);
	struct inv_str word;

	while (next_word(&rest, &word))
		if (!is_found(t, both[0], word) && !is_found(t, both[1], word))
			return false;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < both[k]->n; i++)
			if (!is_expected(t, both[k], i))
				return false;
	return true;
}

/* ---- a row that is not as it says ---- */

/* A word of the list that began at `from`; what is too long ends in "...". */
static void
say_word(struct trial *t, size_t from, struct inv_str word)
{
	size_t n = word.n < WORD_MAX ? word.n : WORD_MAX;

	if (t->said.n > from + LIST_MAX)
		return;
	if (t->said.n > from)
		inv_buf_add(&t->said, INV_LIT(", "));
	inv_buf_add(&t->said, (struct inv_str){ word.p, n });
	if (n < word.n)
		inv_buf_add(&t->said, INV_LIT("..."));
	if (t->said.n > from + LIST_MAX)
		inv_buf_add(&t->said, INV_LIT(", ..."));
}

static void
say_found(struct trial *t, size_t from, const struct inv_flaws *flaws)
{
	for (size_t i = 0; i < flaws->n; i++) {
		inv_buf_reset(&t->place);
		inv_flaws_place(flaws, i, &t->place);
		if (t->place.n > 0)
			inv_buf_byte(&t->place, ':');
		inv_buf_add(&t->place, inv_str_of(flaws->at[i].type));
		say_word(t, from,
		    flaws->at[i].code.n > 0 ? flaws->at[i].code
					    : inv_buf_str(&t->place));
	}
}

/* "good.csv:7: expected nothing, got quantity:int_parsing" */
static void
say_wrong(struct trial *t, const char *name, uint64_t line)
{
	struct inv_str rest = inv_buf_str(&t->words);
	char shown[SAID_MAX];
	struct inv_str word;
	size_t from;

	inv_buf_reset(&t->said);
	inv_buf_addf(&t->said, "%s:%ju: expected ", name, (uintmax_t)line);
	from = t->said.n;
	while (next_word(&rest, &word))
		say_word(t, from, word);
	if (t->said.n == from)
		inv_buf_add(&t->said, INV_LIT("nothing"));
	inv_buf_add(&t->said, INV_LIT(", got "));
	from = t->said.n;
	say_found(t, from, &t->checker->flaws);
	say_found(t, from, &t->checker->warnings);
	if (t->said.n == from)
		inv_buf_add(&t->said, INV_LIT("nothing"));
	size_t n = inv_log_escape(inv_buf_str(&t->said), shown, sizeof(shown));

	inv_out_add(t->out, (struct inv_str){ shown, n });
	inv_out_add(t->out, INV_LIT("\n"));
}

/* ---- a row ---- */

static void
add_word(struct trial *t, const struct inv_member *m)
{
	struct inv_str inner = inv_member_inner(m);

	if (inv_buf_room(&t->words, inner.n + 1))
		t->words.n += inv_text_decode(inner, t->words.p + t->words.n);
	inv_buf_byte(&t->words, '\n');
}

/* A text of words with blanks between, or a list of words; null is none. */
static bool
read_words(struct trial *t, const struct inv_member *m)
{
	struct inv_str rest = m->value;
	struct inv_member word;

	inv_buf_reset(&t->words);
	if (m->kind == INV_KIND_STRING) {
		add_word(t, m);
		for (size_t i = 0; i < t->words.n; i++)
			if (memchr(" \t\r", t->words.p[i], 3) != NULL)
				t->words.p[i] = '\n';
	} else if (m->kind == INV_KIND_ARRAY) {
		while (inv_scan_each(&rest, &word)) {
			if (word.kind != INV_KIND_STRING)
				return false;
			add_word(t, &word);
		}
	} else if (m->kind != INV_KIND_NULL) {
		return false;
	}
	return !t->words.failed;
}

/* The record without inv:expect, scanned; and what that says. */
static bool
take_apart(struct trial *t, const struct inv_row *row, const char *name,
    struct inv_err *err)
{
	bool said = false;

	inv_buf_reset(&t->record);
	inv_buf_byte(&t->record, '{');
	for (size_t i = 0; i < row->fields->n; i++) {
		const struct inv_member *m = &row->fields->at[i];

		if (inv_str_is(m->key, EXPECT)) {
			said = read_words(t, m);
			continue;
		}
		if (t->record.n > 1)
			inv_buf_byte(&t->record, ',');
		inv_buf_byte(&t->record, '"');
		inv_buf_add(&t->record, m->key);
		inv_buf_add(&t->record, INV_LIT("\":"));
		inv_buf_add(&t->record, m->value);
	}
	inv_buf_byte(&t->record, '}');
	if (!said)
		return inv_fail(err, INV_BAD,
		    "%s:%ju: no " EXPECT ": words, or a list of them", name,
		    (uintmax_t)row->line);
	return inv_scan_object(t->scan, inv_buf_str(&t->record), err);
}

static bool
try_row(struct trial *t, const struct inv_row *row, const char *name,
    struct inv_err *err)
{
	if (!row->sound)
		return inv_fail(err, INV_BAD, "%s:%ju: %.*s", name,
		    (uintmax_t)row->line, INV_ARG(row->text));
	if (!take_apart(t, row, name, err))
		return false;
	bool fits = inv_checker_judge(t->checker, inv_buf_str(&t->record),
			inv_scan_record(t->scan)) == INV_FITS;

	t->rows++;
	if (fits != (t->checker->flaws.n == 0) || !is_as_expected(t)) {
		t->wrong++;
		say_wrong(t, name, row->line);
	}
	return true;
}

/* ---- files ---- */

static bool
try_rows(struct trial *t, struct inv_rowfile *file, const char *name,
    struct inv_err *err)
{
	uint64_t before = t->rows;
	enum inv_next next;
	struct inv_row row;

	inv_checker_begin(t->checker,
	    inv_format_is_typed(inv_rowfile_format(file)), inv_str_of(t->now));
	while ((next = inv_rowfile_next(file, &row, err)) == INV_NEXT_LINE)
		if (!try_row(t, &row, name, err))
			return false;
	if (next == INV_NEXT_END && t->rows == before)
		return inv_fail(err, INV_BAD, "%s: no rows", name);
	return next == INV_NEXT_END;
}

/*
 * By the ending of its name, where schemas are .json, and XML needs a path;
 * else INV_FORMAT_ANY.
 */
static enum inv_format
format_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	enum inv_format format;

	return dot != NULL && dot != name &&
		inv_format_of(inv_str_of(dot + 1), &format) &&
		format != INV_FORMAT_JSON && format != INV_FORMAT_XML
	    ? format
	    : INV_FORMAT_ANY;
}

static bool
try_file(struct trial *t, const char *name, struct inv_err *err)
{
	const struct inv_source_options how = { .format = format_of(name) };
	/* Nobody need ever write to a pipe that lies there. */
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", name);
	struct inv_rowfile *file = inv_rowfile_new(fd, name, &how, err);
	bool ok = file != NULL && try_rows(t, file, name, err);

	inv_rowfile_free(file);
	return ok;
}

/* ---- the folder ---- */

static int
is_row_file(const struct dirent *e)
{
	return format_of(e->d_name) != INV_FORMAT_ANY;
}

static bool
try_named(struct trial *t, const char *dir, const char *file,
    struct inv_err *err)
{
	char name[PATH_MAX];
	int n = snprintf(name, sizeof(name), "%s/%s", dir, file);

	if (n < 0 || (size_t)n >= sizeof(name))
		return inv_fail(err, INV_NOINPUT, "%.100s...: too long", dir);
	return try_file(t, name, err);
}

static void
say_sum(const struct trial *t)
{
	struct inv_buf *b = inv_out_buf(t->out);

	inv_buf_addf(b, "%ju rows tried, ", (uintmax_t)t->rows);
	if (t->wrong > 0)
		inv_buf_addf(b, "%ju not as expected\n", (uintmax_t)t->wrong);
	else
		inv_buf_add(b, INV_LIT("all as expected\n"));
}

bool
inv_trial_run(struct inv_checker *c, const char *dir, struct inv_out *out,
    uint64_t *wrong, struct inv_err *err)
{
	struct dirent **files;
	struct trial t;
	int n = scandir(dir, &files, is_row_file, alphasort);
	bool ok = true;

	if (n < 0)
		return inv_fail_sys(err, INV_NOINPUT, "%s", dir);
	if (n == 0)
		ok = inv_fail(err, INV_BAD,
		    "%s: no rows: neither *.csv nor *.tsv nor *.ndjson", dir);
	if (n > FILES_MAX)
		ok = inv_fail(err, INV_BAD, "%s: more than %d files of rows",
		    dir, FILES_MAX);
	trial_init(&t, c, out);
	for (int i = 0; i < n; i++) {
		ok = ok && try_named(&t, dir, files[i]->d_name, err);
		free(files[i]);
	}
	free(files);
	if (ok)
		say_sum(&t);
	*wrong = t.wrong;
	trial_free(&t);
	return ok;
}
