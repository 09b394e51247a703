/* xml.c - XML as events, a pause at a time */

#include "io/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>

#include "base/mem.h"

enum {
	PIECE = 64 << 10,           /* bytes parsed at a time */
	PLACES = 2 * INV_XML_NAMES, /* a power of two */
};

struct inv_xml {
	const struct inv_xml_face *face;
	void *self;
	XML_Parser parser;
	struct inv_pull from;
	const char *name;
	uint64_t fed;         /* bytes */
	size_t depth;         /* elements that are open */
	bool paused;          /* the parser waits to be resumed */
	bool fed_all;         /* there are no more bytes */
	bool doctype;         /* it ended at one */
	const char *why;      /* we stopped it; or NULL */
	const char *encoding; /* what its bytes are taken for */
	uint64_t secret;      /* an odd one */
	size_t names;
	uint64_t known[PLACES]; /* what they are known by; 0: none */
};

static const char too_long[] = "a tag or a comment longer than 1 MiB";

/* Not a pause: there is no way on. */
static void
stop(struct inv_xml *x, const char *why)
{
	if (x->why == NULL)
		x->why = why;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

/* ---- names ---- */

/* A hash that nobody outside can aim at, and is not 0. */
static uint64_t
key_of(const struct inv_xml *x, const char *name, size_t n)
{
	uint64_t key = x->secret ^ n, eight;

	for (; n >= sizeof(eight); n -= sizeof(eight), name += sizeof(eight)) {
		memcpy(&eight, name, sizeof(eight));
		key = (key ^ eight) * x->secret;
		key ^= key >> 32;
	}
	eight = 0;
	memcpy(&eight, name, n);
	key = (key ^ eight) * x->secret;
	return (key ^ key >> 32) | 1;
}

/* Another one, unless it is known. */
static void
meet(struct inv_xml *x, const char *name)
{
	size_t n = strlen(name);
	uint64_t key = key_of(x, name, n);
	size_t at = (size_t)(key >> 32) % PLACES;

	while (x->known[at] != 0 && x->known[at] != key)
		at = (at + 1) % PLACES;
	/* A stop takes effect behind the tag: what is left of it has no room. */
	if (x->known[at] == key || x->why != NULL)
		return;
	x->known[at] = key;
	if (n > INV_XML_NAME_MAX)
		stop(x, "a name longer than 1,024 bytes");
	else if (++x->names > INV_XML_NAMES)
		stop(x, "more than 8,192 different names");
}

/*
 * Of a token that expat has whole: some versions wait until they have twice as
 * much before they look again, and has_long_token does not see it then.
 */
static void
measure(struct inv_xml *x)
{
	if (XML_GetCurrentByteCount(x->parser) > INV_XML_TOKEN_MAX)
		stop(x, too_long);
}

static void
on_namespace(void *arg, const char *prefix, const char *uri)
{
	(void)uri;
	if (prefix != NULL)
		meet(arg, prefix);
}

/* ---- events ---- */

static void
on_open(void *arg, const char *name, const char **attributes)
{
	struct inv_xml *x = arg;

	if (++x->depth > INV_XML_DEPTH)
		stop(x, "more than 256 elements within each other");
	measure(x);
	meet(x, name);
	for (size_t i = 0; attributes[i] != NULL && x->why == NULL; i += 2)
		meet(x, attributes[i]);
	if (x->face->open != NULL && x->why == NULL)
		x->face->open(x->self, name, (const char *const *)attributes);
}

static void
on_close(void *arg, const char *name)
{
	struct inv_xml *x = arg;

	x->depth--;
	/* Expat ends an empty element even where it was told to stop. */
	if (x->face->close != NULL && x->why == NULL)
		x->face->close(x->self, name);
}

static void
on_text(void *arg, const char *p, int n)
{
	struct inv_xml *x = arg;

	x->face->text(x->self, (struct inv_str){ p, (size_t)n });
}

static void
on_comment(void *arg, const char *text)
{
	(void)text;
	measure(arg);
}

static void
on_instruction(void *arg, const char *target, const char *text)
{
	(void)target;
	(void)text;
	measure(arg);
}

static void
on_doctype(void *arg, const char *name, const char *system, const char *public,
    int internal)
{
	struct inv_xml *x = arg;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	x->doctype = true;
	stop(x, "it has a DOCTYPE");
}

/* ---- encodings ---- */

static void
on_declaration(void *arg, const char *version, const char *encoding,
    int standalone)
{
	/* Of more than one byte there are those that are told by the first. */
	static const char *const names[] = { "ISO-8859-1", "US-ASCII" };
	struct inv_xml *x = arg;

	(void)version;
	(void)standalone;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (x->face->encoding == NULL && encoding != NULL &&
		    strcasecmp(encoding, names[i]) == 0)
			x->encoding = names[i];
}

/* By a mark, or by the `<` that all XML begins with. */
static void
tell_width(struct inv_xml *x, const char *p, size_t n)
{
	if (x->face->encoding != NULL || n < 2)
		return;
	if (memcmp(p, "\xff\xfe", 2) == 0 || p[1] == '\0')
		x->encoding = "UTF-16LE";
	else if (memcmp(p, "\xfe\xff", 2) == 0 || p[0] == '\0')
		x->encoding = "UTF-16BE";
}

const char *
inv_xml_encoding(const struct inv_xml *x)
{
	return x->encoding;
}

/* ---- opening ---- */

struct inv_xml *
inv_xml_new(const struct inv_xml_face *face, void *self)
{
	struct inv_xml *x = inv_mem_new(sizeof(*x));

	x->face = face;
	x->self = self;
	x->parser = face->namespaces ? XML_ParserCreateNS(face->encoding, ' ')
				     : XML_ParserCreate(face->encoding);
	inv_mem_need(x->parser != NULL);
	return x;
}

void
inv_xml_free(struct inv_xml *x)
{
	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	free(x);
}

void
inv_xml_begin(struct inv_xml *x, struct inv_pull from, const char *name)
{
	x->from = from;
	x->name = name;
	x->fed = 0;
	x->depth = 0;
	x->paused = x->fed_all = x->doctype = false;
	x->why = NULL;
	x->encoding = x->face->encoding != NULL ? x->face->encoding : "UTF-8";
	x->names = 0;
	memset(x->known, 0, sizeof(x->known));
	if (getrandom(&x->secret, sizeof(x->secret), 0) < 0)
		x->secret = (uint64_t)(uintptr_t)x;
	x->secret |= 1;
	/* Its tables of names have a new random salt, from getrandom(2). */
	(void)XML_ParserReset(x->parser, x->face->encoding);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_open, on_close);
	XML_SetStartNamespaceDeclHandler(x->parser, on_namespace);
	XML_SetCommentHandler(x->parser, on_comment);
	XML_SetProcessingInstructionHandler(x->parser, on_instruction);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetXmlDeclHandler(x->parser, on_declaration);
	if (x->face->text != NULL)
		XML_SetCharacterDataHandler(x->parser, on_text);
}

/* ---- parsing ---- */

static enum inv_next
fail(const struct inv_xml *x, const char *why, struct inv_err *err)
{
	inv_fail(err, INV_BAD, "%s: XML: line %ju, column %ju: %s", x->name,
	    (uintmax_t)XML_GetCurrentLineNumber(x->parser),
	    (uintmax_t)XML_GetCurrentColumnNumber(x->parser) + 1, why);
	return INV_NEXT_ERR;
}

static enum inv_next
fail_parser(const struct inv_xml *x, struct inv_err *err)
{
	enum XML_Error code = XML_GetErrorCode(x->parser);

	inv_mem_need(code != XML_ERROR_NO_MEMORY);
	return fail(x, x->why != NULL ? x->why : XML_ErrorString(code), err);
}

/* Behind the last whole token: expat keeps it, and scans it again each time. */
static bool
has_long_token(const struct inv_xml *x)
{
	XML_Index at = XML_GetCurrentByteIndex(x->parser);

	return at >= 0 && x->fed > (uint64_t)at &&
	    x->fed - (uint64_t)at > INV_XML_TOKEN_MAX;
}

/* -1: the pull failed, with *err. */
static int
parse_piece(struct inv_xml *x, struct inv_err *err)
{
	char *room = XML_GetBuffer(x->parser, PIECE);

	inv_mem_need(room != NULL);
	ssize_t n = inv_pull_get(x->from, room, PIECE, err);

	if (n < 0)
		return -1;
	if (x->fed == 0)
		tell_width(x, room, (size_t)n);
	x->fed += (uint64_t)n;
	x->fed_all = n == 0;
	return (int)XML_ParseBuffer(x->parser, (int)n, n == 0);
}

enum inv_next
inv_xml_next(struct inv_xml *x, struct inv_err *err)
{
	while (x->paused || !x->fed_all) {
		int status = x->paused ? (int)XML_ResumeParser(x->parser)
				       : parse_piece(x, err);

		x->paused = status == (int)XML_STATUS_SUSPENDED;
		if (status < 0)
			return INV_NEXT_ERR;
		if (x->paused)
			return INV_NEXT_LINE;
		if (status == (int)XML_STATUS_ERROR)
			return fail_parser(x, err);
		if (has_long_token(x))
			return fail(x, too_long, err);
	}
	return INV_NEXT_END;
}

void
inv_xml_pause(struct inv_xml *x)
{
	(void)XML_StopParser(x->parser, XML_TRUE);
}

bool
inv_xml_has_doctype(const struct inv_xml *x)
{
	return x->doctype;
}

struct inv_xml_place
inv_xml_at(const struct inv_xml *x)
{
	uint64_t begin = (uint64_t)XML_GetCurrentByteIndex(x->parser);

	return (struct inv_xml_place){
		.line = (uint64_t)XML_GetCurrentLineNumber(x->parser),
		.begin = begin,
		.end = begin + (uint64_t)XML_GetCurrentByteCount(x->parser),
	};
}
