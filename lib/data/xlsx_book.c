/*
 * xlsx_book.c - a workbook: which sheet is read, and what its cells refer to
 *
 *	_rels/.rels -> xl/workbook.xml, xl/_rels/workbook.xml.rels -> sheets,
 *	styles, shared texts
 *
 * None of these names is fixed but the first.
 */

#include "data/xlsx_book.h"

#include <stdlib.h>

#include "base/mem.h"
#include "data/sheet_choice.h"
#include "data/sheet_text.h"

enum {
	PATH = 4096, /* bytes of a part's path */
};

/* Where a part says that another one is. */
enum ref_kind {
	REF_OTHER,
	REF_BOOK,
	REF_SHEET,
	REF_STYLES,
	REF_TEXTS,
};

struct ref {
	enum ref_kind kind;
	struct inv_str id;
	struct inv_str target;
};

/* What is learned while a workbook is opened. */
struct opening {
	struct inv_book *b;
	struct inv_part part;
	struct inv_err *err;
	struct inv_buf words; /* room for INV_BOOK_WORDS, which stays put */
	struct ref *ref;
	size_t refs;
	bool full;           /* more than we take */
	struct inv_buf base; /* the path of the workbook */
	struct inv_sheet_choice choice;
	struct inv_str id; /* of the sheet that is chosen so far */
	/* Where in a part. */
	size_t depth;
	bool inside;  /* the element at depth 2 is the one that counts */
	bool formats; /* of styles: it is numFmts */
	bool taking;  /* text */
	size_t aside; /* depth of what is passed over; 0: nothing is */
	struct inv_shown_as *format; /* by number */
	struct inv_buf text;
};

static bool
refuse(struct opening *o, const char *reason, const char *what)
{
	o->b->reason = reason;
	return inv_fail(o->err, INV_BAD, "%s: %s", o->b->name, what);
}

/* Parse that entry; what it says is in o. */
static bool
read_part(struct opening *o, size_t entry, const struct inv_xml_face *face)
{
	enum inv_next next = INV_NEXT_ERR;

	o->depth = o->aside = 0;
	o->inside = o->taking = false;
	if (inv_part_begin(&o->part, o->b->zip, o->b->name, entry, face, o,
		o->err))
		next = inv_part_next(&o->part, o->err);
	if (next == INV_NEXT_ERR && o->err->fault == INV_BAD)
		o->b->reason = o->part.reason;
	/* A pause is a failure to keep texts, or too much of something. */
	if (o->full)
		return refuse(o, "too_large",
		    "more sheets, parts or styles "
		    "than a workbook has");
	return next == INV_NEXT_END;
}

/* A copy of a word that stays. */
static struct inv_str
keep(struct opening *o, const char *word)
{
	struct inv_str s = inv_str_of(word == NULL ? "" : word);

	if (s.n > o->words.cap - o->words.n) {
		o->full = true;
		return INV_LIT("");
	}
	char *p = o->words.p + o->words.n;

	inv_buf_add(&o->words, s);
	return (struct inv_str){ p, s.n };
}

/* ---- relationships ---- */

static enum ref_kind
kind_of(const char *type)
{
	static const struct {
		const char *name;
		enum ref_kind kind;
	} kinds[] = {
		{ "/officeDocument", REF_BOOK },
		{ "/worksheet", REF_SHEET },
		{ "/styles", REF_STYLES },
		{ "/sharedStrings", REF_TEXTS },
	};
	const char *last = type == NULL ? NULL : strrchr(type, '/');

	for (size_t i = 0; last != NULL && i < sizeof(kinds) / sizeof(*kinds);
	     i++)
		if (strcmp(last, kinds[i].name) == 0)
			return kinds[i].kind;
	return REF_OTHER;
}

static void
on_ref(void *self, const char *name, const char *const *attributes)
{
	struct opening *o = self;
	const char *mode = inv_part_attribute(attributes, "TargetMode");

	if (strcmp(inv_part_local(name), "Relationship") != 0 ||
	    (mode != NULL && strcmp(mode, "External") == 0))
		return;
	if (o->refs == INV_BOOK_PARTS)
		o->full = true;
	else
		o->ref[o->refs++] = (struct ref){
			kind_of(inv_part_attribute(attributes, "Type")),
			keep(o, inv_part_attribute(attributes, "Id")),
			keep(o, inv_part_attribute(attributes, "Target")),
		};
	if (o->full)
		inv_xml_pause(o->part.xml);
}

/* The directory of a path, with its slash. */
static struct inv_str
folder_of(struct inv_str path)
{
	const char *slash = path.n == 0 ? NULL : memrchr(path.p, '/', path.n);

	return (struct inv_str){ path.p,
		slash == NULL ? 0 : (size_t)(slash - path.p) + 1 };
}

/* One step of a path, at its end: a name, or up. */
static void
step(struct inv_buf *path, struct inv_str name)
{
	if (inv_str_is(name, "..")) {
		path->n -= path->n > 0; /* the slash */
		path->n = folder_of(inv_buf_str(path)).n;
	} else if (name.n > 0 && !inv_str_is(name, ".")) {
		inv_buf_add(path, name);
		inv_buf_byte(path, '/');
	}
}

/* The entry that `target` means, said in a part at `base`. */
static bool
find_part(struct opening *o, struct inv_str base, struct inv_str target,
    size_t *entry)
{
	struct inv_buf path = INV_BUF(PATH);

	if (target.n == 0 || (*target.p != '/' && *target.p != '\\'))
		inv_buf_add(&path, folder_of(base));
	for (size_t from = 0, i = 0; i <= target.n; i++)
		if (i == target.n || target.p[i] == '/' ||
		    target.p[i] == '\\') {
			step(&path,
			    (struct inv_str){ target.p + from, i - from });
			from = i + 1;
		}
	path.n -= path.n > 0;
	bool found =
	    !path.failed && inv_zip_find(o->b->zip, inv_buf_str(&path), entry);

	inv_buf_free(&path);
	return found;
}

/* The first of that kind, with that id; NULL as an id is any. */
static const struct ref *
ref_of(const struct opening *o, enum ref_kind kind, struct inv_str id)
{
	for (size_t i = 0; i < o->refs; i++)
		if (o->ref[i].kind == kind &&
		    (id.p == NULL || inv_str_eq(o->ref[i].id, id)))
			return &o->ref[i];
	return NULL;
}

static const struct inv_xml_face refs_face = { .open = on_ref };

static bool
find_book(struct opening *o, size_t *entry)
{
	static const char none[] = "a zip archive, but no xlsx workbook";
	size_t root;

	if (!inv_zip_find(o->b->zip, INV_LIT("_rels/.rels"), &root))
		return refuse(o, "unknown_format", none);
	if (!read_part(o, root, &refs_face))
		return false;
	const struct ref *book = ref_of(o, REF_BOOK, (struct inv_str){ 0 });

	if (book == NULL || !find_part(o, INV_LIT(""), book->target, entry))
		return refuse(o, "unknown_format", none);
	inv_buf_add(&o->base, inv_zip_name(o->b->zip, *entry));
	for (size_t i = 0; i < o->base.n; i++)
		if (o->base.p[i] == '\\')
			o->base.p[i] = '/';
	if (o->base.n > 4 && memcmp(o->base.p + o->base.n - 4, ".bin", 4) == 0)
		return refuse(o, "unknown_format",
		    "a binary workbook (xlsb), not xlsx");
	return true;
}

/* What the workbook refers to. */
static bool
read_refs(struct opening *o)
{
	struct inv_str base = inv_buf_str(&o->base);
	struct inv_str folder = folder_of(base);
	struct inv_buf path = INV_BUF(PATH);
	size_t entry;

	o->refs = 0;
	inv_buf_add(&path, folder);
	inv_buf_add(&path, INV_LIT("_rels/"));
	inv_buf_add(&path,
	    (struct inv_str){ base.p + folder.n, base.n - folder.n });
	inv_buf_add(&path, INV_LIT(".rels"));
	bool found =
	    !path.failed && inv_zip_find(o->b->zip, inv_buf_str(&path), &entry);

	inv_buf_free(&path);
	if (!found)
		return refuse(o, "undecodable",
		    "the workbook does not say where its sheets are");
	return read_part(o, entry, &refs_face);
}

/* ---- sheets ---- */

static void
on_sheet(struct opening *o, const char *const *attributes)
{
	const char *state = inv_part_attribute(attributes, "state");
	struct inv_str id = keep(o, inv_part_attribute(attributes, "id"));

	if (inv_sheet_choice_see(&o->choice,
		keep(o, inv_part_attribute(attributes, "name")),
		state != NULL && strcmp(state, "visible") != 0,
		ref_of(o, REF_SHEET, id) != NULL))
		o->id = id;
}

static void
on_book(void *self, const char *name, const char *const *attributes)
{
	struct opening *o = self;

	name = inv_part_local(name);
	o->depth++;
	if (o->depth == 2) {
		o->inside = strcmp(name, "sheets") == 0;
		if (strcmp(name, "workbookPr") == 0)
			o->b->since_1904 =
			    inv_part_flag(attributes, "date1904");
	}
	if (o->depth == 3 && o->inside && strcmp(name, "sheet") == 0)
		on_sheet(o, attributes);
	if (o->full || o->choice.seen > INV_SHEETS_MAX) {
		o->full = true;
		inv_xml_pause(o->part.xml);
	}
}

static void
on_end(void *self, const char *name)
{
	struct opening *o = self;

	(void)name;
	o->depth--;
}

static const struct inv_xml_face book_face = {
	.open = on_book,
	.close = on_end,
};

static bool
choose_sheet(struct opening *o, size_t book)
{
	struct inv_sheet_choice *c = &o->choice;

	if (!read_part(o, book, &book_face))
		return false;
	o->b->hidden = c->hidden;
	inv_buf_add(&o->b->sheet, c->sheet);
	if (!inv_sheet_choice_end(c, o->b->name, o->err)) {
		o->b->reason = "no_sheet";
		return false;
	}
	const struct ref *r = ref_of(o, REF_SHEET, o->id);

	return find_part(o, inv_buf_str(&o->base), r->target, &o->b->entry) ||
	    refuse(o, "undecodable", "the sheet is not in the workbook");
}

/* ---- styles ---- */

static void
on_format(struct opening *o, const char *const *attributes)
{
	const char *id = inv_part_attribute(attributes, "numFmtId");
	const char *code = inv_part_attribute(attributes, "formatCode");
	uint64_t n;

	if (id != NULL && code != NULL &&
	    inv_str_u64(inv_str_of(id), 0, INV_BOOK_STYLES - 1, &n))
		o->format[n] = inv_shown_format(inv_str_of(code));
}

static void
on_cell_style(struct opening *o, const char *const *attributes)
{
	const char *id = inv_part_attribute(attributes, "numFmtId");
	uint64_t n;

	if (o->b->styles == INV_BOOK_STYLES) {
		o->full = true;
		inv_xml_pause(o->part.xml);
		return;
	}
	if (id == NULL ||
	    !inv_str_u64(inv_str_of(id), 0, INV_BOOK_STYLES - 1, &n))
		n = 0;
	o->b->style[o->b->styles++] = o->format[n];
}

static void
on_style(void *self, const char *name, const char *const *attributes)
{
	struct opening *o = self;

	name = inv_part_local(name);
	o->depth++;
	if (o->depth == 2) {
		o->formats = strcmp(name, "numFmts") == 0;
		o->inside = strcmp(name, "cellXfs") == 0;
	} else if (o->depth == 3 && o->formats && strcmp(name, "numFmt") == 0) {
		on_format(o, attributes);
	} else if (o->depth == 3 && o->inside && strcmp(name, "xf") == 0) {
		on_cell_style(o, attributes);
	}
}

static bool
read_styles(struct opening *o)
{
	static const struct inv_xml_face face = {
		.open = on_style,
		.close = on_end,
	};
	const struct ref *r = ref_of(o, REF_STYLES, (struct inv_str){ 0 });
	size_t entry;

	if (r == NULL ||
	    !find_part(o, inv_buf_str(&o->base), r->target, &entry))
		return true;
	o->format = inv_mem_resize(NULL, INV_BOOK_STYLES, sizeof(*o->format));
	o->b->style =
	    inv_mem_resize(NULL, INV_BOOK_STYLES, sizeof(*o->b->style));
	for (uint64_t i = 0; i < INV_BOOK_STYLES; i++)
		o->format[i] = inv_shown_builtin(i);
	bool ok = read_part(o, entry, &face);

	free(o->format);
	return ok;
}

/* ---- shared texts ---- */

/* <si><t>..</t></si>, or <si><r><t>..</t></r>..</si>; all else is aside. */
static void
on_text_open(void *self, const char *name, const char *const *attributes)
{
	struct opening *o = self;
	bool t = strcmp(inv_part_local(name), "t") == 0;

	(void)attributes;
	o->depth++;
	if (o->aside > 0)
		return;
	if (o->depth == 2)
		inv_buf_reset(&o->text);
	o->taking = t && o->depth > 2;
	if (o->depth > 2 && !t &&
	    (o->depth > 3 || strcmp(inv_part_local(name), "r") != 0))
		o->aside = o->depth;
}

static void
on_text_close(void *self, const char *name)
{
	struct opening *o = self;

	(void)name;
	o->taking = false;
	if (o->aside == o->depth)
		o->aside = 0;
	if (o->depth-- != 2)
		return;
	/* One that was cut stays longer than a cell may be. */
	size_t n = o->text.n == o->text.max
	    ? o->text.n
	    : inv_sheet_text_decode(o->text.p, o->text.n);

	if (!inv_texts_add(o->b->texts, (struct inv_str){ o->text.p, n },
		o->err))
		inv_xml_pause(o->part.xml);
}

/* A text that is longer than a cell may be is known by that. */
static void
on_text(void *self, struct inv_str text)
{
	struct opening *o = self;
	size_t room = o->text.max - o->text.n;

	if (o->taking)
		inv_buf_add(&o->text,
		    (struct inv_str){ text.p, text.n < room ? text.n : room });
}

static bool
read_texts(struct opening *o)
{
	static const struct inv_xml_face face = {
		.open = on_text_open,
		.close = on_text_close,
		.text = on_text,
	};
	const struct ref *r = ref_of(o, REF_TEXTS, (struct inv_str){ 0 });
	size_t entry;

	if (r == NULL ||
	    !find_part(o, inv_buf_str(&o->base), r->target, &entry))
		return true;
	o->text = INV_BUF(INV_BOOK_TEXT + 1);
	bool ok = inv_buf_room(&o->text, 1) && read_part(o, entry, &face) &&
	    inv_texts_end(o->b->texts, o->err);

	inv_buf_free(&o->text);
	return ok;
}

/* ---- a workbook ---- */

static bool
open_all(struct opening *o, int fd)
{
	size_t book;

	if (!inv_zip_open(o->b->zip, fd, o->b->name, o->err)) {
		o->b->reason = inv_zip_reason(o->b->zip);
		return false;
	}
	return find_book(o, &book) && read_refs(o) && choose_sheet(o, book) &&
	    read_styles(o) && read_texts(o);
}

bool
inv_book_open(struct inv_book *b, int fd, const char *name,
    struct inv_str sheet, struct inv_err *err)
{
	struct opening o = {
		.b = b,
		.err = err,
		.words = INV_BUF(INV_BOOK_WORDS),
		.base = INV_BUF(PATH),
	};

	inv_book_close(b);
	*b = (struct inv_book){
		.name = name,
		.reason = "",
		.zip = inv_zip_new(),
		.texts = inv_texts_new(),
		.sheet = INV_BUF(INV_XML_TOKEN_MAX),
	};
	o.ref = inv_mem_resize(NULL, INV_BOOK_PARTS, sizeof(*o.ref));
	inv_sheet_choice_begin(&o.choice, sheet);
	bool ok = inv_buf_room(&o.words, INV_BOOK_WORDS) && open_all(&o, fd);

	inv_part_close(&o.part);
	inv_buf_free(&o.words);
	inv_buf_free(&o.base);
	free(o.ref);
	inv_sheet_choice_free(&o.choice);
	return ok;
}

void
inv_book_close(struct inv_book *b)
{
	inv_zip_free(b->zip);
	inv_texts_free(b->texts);
	inv_buf_free(&b->sheet);
	free(b->style);
	*b = (struct inv_book){ 0 };
}

struct inv_shown_as
inv_book_style(const struct inv_book *b, uint64_t style)
{
	return style < b->styles ? b->style[style]
				 : (struct inv_shown_as){ INV_SHOWN_NUMBER, 0 };
}
