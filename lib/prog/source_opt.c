/* source_opt.c - options that say how manifests are read */

#include "prog/source_opt.h"

#include <unistd.h>

#include "data/delimiter.h"
#include "data/elements.h"
#include "io/text.h"

static char
delimiter_of(const char *arg)
{
	if (strlen(arg) != 1 || *arg == '\r' || *arg == '\n' ||
	    (unsigned char)*arg >= 0x80)
		inv_opt_wrong("-d", arg,
		    "not one ASCII character that can stand between cells");
	return *arg;
}

static struct inv_str
path_of(const char *arg)
{
	struct inv_str path = inv_str_of(arg);

	if (!inv_elements_takes(path))
		inv_opt_wrong("--path", arg,
		    "not a JSON Pointer, as /data/items is");
	return path;
}

static char
dialect_of(const char *name, const char *arg)
{
	if (strlen(arg) != 1 || *arg <= 0x20 || *arg >= 0x7f)
		inv_opt_wrong(name, arg, "not one printable ASCII character");
	return *arg;
}

/* What is around cells, rows and the table, where that is text. */
static bool
set_text(struct inv_source_options *how, int code)
{
	switch (code) {
	case 'd':
		how->delimiter = delimiter_of(optarg);
		break;
	case INV_SOURCE_QUOTE:
		how->quote = strcmp(optarg, "none") == 0
		    ? INV_DIALECT_NONE
		    : dialect_of("--quote", optarg);
		break;
	case INV_SOURCE_ESCAPE:
		how->escape = dialect_of("--escape", optarg);
		break;
	case INV_SOURCE_PREAMBLE:
		how->preamble =
		    inv_opt_u64("--preamble", optarg, 0, INV_HOW_LINES);
		break;
	case INV_SOURCE_HEADER_LINES:
		how->header =
		    inv_opt_u64("--header-lines", optarg, 1, INV_HOW_HEADER);
		break;
	case INV_SOURCE_FOOTER:
		how->footer = inv_opt_u64("--footer", optarg, 0, INV_HOW_LINES);
		break;
	default:
		return false;
	}
	return true;
}

/* What the file is, and what its rows and cells are. */
static bool
set_table(struct inv_source_options *how, int code)
{
	switch (code) {
	case 'f':
		if (!inv_format_of(inv_str_of(optarg), &how->format))
			inv_opt_wrong("-f", optarg,
			    "not csv, tsv, ndjson, json, xlsx, xls, x12 or xml");
		break;
	case 'e':
		if (!inv_text_has(optarg))
			inv_opt_wrong("-e", optarg, "unknown encoding");
		how->encoding = optarg;
		break;
	case INV_SOURCE_EMPTY:
		if (strcmp(optarg, "null") != 0)
			inv_opt_wrong("--empty", optarg, "not null");
		how->null_empty = true;
		break;
	case INV_SOURCE_NO_HEADER:
		how->no_header = true;
		break;
	case INV_SOURCE_STRICT_QUOTES:
		how->strict_quotes = true;
		break;
	default:
		return false;
	}
	return true;
}

/* Where rows are, and what is taken of them. */
static bool
set_rows(struct inv_source_opt *o, int code)
{
	struct inv_source_options *how = &o->how;

	switch (code) {
	case INV_SOURCE_PATH:
		how->path = path_of(optarg);
		break;
	case INV_SOURCE_FLATTEN:
		how->flatten = true;
		break;
	case INV_SOURCE_COLUMNS:
		inv_opt_columns(&o->naming, optarg, how);
		break;
	case INV_SOURCE_SET:
		inv_opt_set(&o->naming, optarg, how);
		break;
	case 'S':
		if (*optarg == '\0')
			inv_opt_wrong("-S", optarg, "neither name nor number");
		how->sheet = inv_str_of(optarg);
		break;
	case INV_SOURCE_HIDDEN:
		if (strcmp(optarg, "skip") != 0)
			inv_opt_wrong("--hidden", optarg, "not skip");
		how->skip_hidden = true;
		break;
	case INV_SOURCE_MAPPING:
		o->mappings.given = optarg;
		break;
	default:
		return false;
	}
	return true;
}

bool
inv_source_opt(struct inv_source_opt *o, int code)
{
	return set_text(&o->how, code) || set_table(&o->how, code) ||
	    set_rows(o, code);
}

static bool
is_told_by_content(const struct inv_source_options *how)
{
	return how->delimiter == '\0' && how->format != INV_FORMAT_TSV;
}

/* A character that could be two things. */
static void
check_dialect(struct inv_source_options *how)
{
	struct inv_dialect d = inv_how_dialect(how);
	const char both[] = { d.quote, d.escape, '\0' };

	if (how->format == INV_FORMAT_TSV && how->delimiter != '\0')
		inv_opt_wrong("-d", "with -f tsv", "TAB is between cells");
	if (d.escape == d.quote && d.quote != INV_DIALECT_NONE)
		inv_opt_wrong("--escape", "and --quote",
		    "the same character (a doubled quote needs no option)");
	if (strchr(both, how->delimiter) != NULL && how->delimiter != '\0')
		inv_opt_wrong("-d", "and --quote or --escape",
		    "the same character");
	if (is_told_by_content(how) && strpbrk(both, INV_DELIMITERS) != NULL)
		inv_opt_wrong("--quote or --escape", "without -d",
		    "a character that may be between cells");
	if (how->no_header && how->header > 1)
		inv_opt_wrong("--header-lines", "with --no-header",
		    "one says that there is a header, the other that not");
	/* What is as usual is not told. */
	if (how->quote == '"')
		how->quote = '\0';
	if (how->header == 1)
		how->header = 0;
}

void
inv_source_opt_check(struct inv_source_opt *o)
{
	inv_opt_naming_check(&o->how);
	check_dialect(&o->how);
	o->how.find_mapping = inv_mapping_find;
	o->how.find_xml_mapping = inv_mapping_find_xml;
	o->how.finder = &o->mappings;
}

void
inv_source_opt_free(struct inv_source_opt *o)
{
	inv_naming_opt_free(&o->naming);
}
