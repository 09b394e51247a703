/* answer.c - from status, headers and body to a meaning: DESIGN 5 */

#include "net/answer.h"

#include <strings.h>

/* What the text of an answer talks about. */
struct talk {
	bool of_key;
	bool of_progress;   /* a request with this key is under way */
	bool of_difference; /* the key was seen with other bytes */
	bool of_done;       /* the key was processed before */
};

static const char *const key_words[] = {
	"idempotency-key",
	"idempotency key",
	"idempotency_key",
	"idempotencykey",
	NULL,
};

static const char *const progress_words[] = {
	"in progress",
	"in-progress",
	"in_progress",
	"outstanding",
	"being processed",
	"already processing",
	"still processing",
	"currently processing",
	"pending",
	"concurrent request",
	NULL,
};

static const char *const difference_words[] = {
	"mismatch",
	"differ",
	"not match",
	"n't match",
	"reused",
	"re-used",
	"already used",
	"another payload",
	"another request",
	NULL,
};

static const char *const done_words[] = {
	"already processed",
	"already committed",
	"already completed",
	"already applied",
	"already been processed",
	"already been committed",
	"already been completed",
	"already been applied",
	"previously processed",
	"duplicate",
	NULL,
};

/* What a "status" says as long as it is not the last word, and as it is. */
static const char *const pending_words[] = {
	"accepted",
	"in progress",
	"in-progress",
	"in_progress",
	"pending",
	"processing",
	"queued",
	"running",
	"started",
	NULL,
};

static const char *const final_words[] = {
	"committed",
	"complete",
	"completed",
	"created",
	"done",
	"finished",
	"ok",
	"success",
	"succeeded",
	NULL,
};

static bool
equals(struct inv_str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static bool
begins(struct inv_str s, const char *word)
{
	return s.n >= strlen(word) && strncasecmp(s.p, word, strlen(word)) == 0;
}

static bool
ends(struct inv_str s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && strncasecmp(s.p + s.n - n, word, n) == 0;
}

/* The word begins with a lower-case letter. */
static bool
has(struct inv_str s, const char *word)
{
	for (size_t n = strlen(word); s.n >= n; s.p++, s.n--)
		if ((s.p[0] | 0x20) == word[0] &&
		    strncasecmp(s.p, word, n) == 0)
			return true;
	return false;
}

static bool
has_any(struct inv_str s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (has(s, *words))
			return true;
	return false;
}

static void
hear(struct talk *t, struct inv_str s)
{
	t->of_key |= has_any(s, key_words);
	t->of_progress |= has_any(s, progress_words) || equals(s, "processing");
	t->of_difference |= has_any(s, difference_words);
	t->of_done |= has_any(s, done_words);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The string that begins at p[i], a quote, in scanned JSON; i goes past it. */
static struct inv_str
string_at(struct inv_str json, size_t *i)
{
	size_t from = ++*i;

	while (json.p[*i] != '"')
		*i += json.p[*i] == '\\' ? 2 : 1;
	return (struct inv_str){ json.p + from, (*i)++ - from };
}

/* All strings in scanned JSON that are not the name of a member. */
static void
hear_json(struct talk *t, struct inv_str json)
{
	for (size_t i = 0; i < json.n;) {
		if (json.p[i] != '"') {
			i++;
			continue;
		}
		struct inv_str s = string_at(json, &i);

		while (i < json.n && is_blank(json.p[i]))
			i++;
		if (i == json.n || json.p[i] != ':')
			hear(t, s);
	}
}

enum body {
	BODY_NONE,
	BODY_OTHER, /* neither JSON nor HTML */
	BODY_HTML,
	BODY_JSON,
	BODY_RESULTS, /* JSON with results that are read */
	BODY_BROKEN,  /* says that it is JSON, and is not */
};

static struct inv_str
media_type(struct inv_str value)
{
	const char *semicolon =
	    value.n > 0 ? memchr(value.p, ';', value.n) : NULL;

	if (semicolon != NULL)
		value.n = (size_t)(semicolon - value.p);
	return inv_str_trimmed(value);
}

static bool
has_results(struct inv_str json)
{
	struct inv_member m;

	while (inv_scan_each(&json, &m))
		if (inv_str_is(m.key, "results") && m.kind == INV_KIND_ARRAY)
			return true;
	return false;
}

static bool
reads_results(unsigned status, enum inv_results_form form)
{
	switch (form) {
	case INV_RESULTS_ATOMIC:
		return false;
	case INV_RESULTS_207:
		return status == 207;
	case INV_RESULTS_ANY:
	case INV_RESULTS_INDEX:
	case INV_RESULTS_ITEMS:
		break;
	}
	return status / 100 == 2 || status == 400 || status == 422;
}

static enum body
body_of(const struct inv_answer *a, enum inv_results_form form,
    struct inv_scan *scan)
{
	struct inv_str type = media_type(a->content_type);
	struct inv_str text = inv_str_trimmed(a->body);
	enum inv_kind kind;
	struct inv_err err;

	if (text.n == 0)
		return BODY_NONE;
	if (equals(type, "text/html") ||
	    equals(type, "application/xhtml+xml") ||
	    begins(text, "<!doctype html") || begins(text, "<html"))
		return BODY_HTML;

	/* An unlabelled body is JSON if it begins so. */
	if (!ends(type, "/json") && !ends(type, "+json") &&
	    (type.n > 0 || strchr("{[", text.p[0]) == NULL))
		return BODY_OTHER;
	if (!inv_scan_value(scan, text, &kind, &err))
		return BODY_BROKEN;
	return kind == INV_KIND_OBJECT && reads_results(a->status, form) &&
		has_results(text)
	    ? BODY_RESULTS
	    : BODY_JSON;
}

static struct talk
listen(const struct inv_answer *a, enum body body)
{
	struct talk t = { 0 };

	switch (body) {
	case BODY_NONE:
		break;
	case BODY_OTHER:
	case BODY_HTML:
	case BODY_BROKEN:
		hear(&t, a->body);
		break;
	case BODY_JSON:
	case BODY_RESULTS:
		hear_json(&t, inv_str_trimmed(a->body));
		break;
	}
	return t;
}

static enum inv_meaning
success(const struct inv_answer *a, enum body body)
{
	if (a->status == 202 && a->location.n > 0)
		return INV_MEANS_ACCEPTED;
	if (a->status == 207 && body != BODY_RESULTS)
		return INV_MEANS_UNCLEAR;
	if (a->status != 200 && a->status != 201 && a->status != 204 &&
	    a->status != 207)
		return INV_MEANS_UNCLEAR;
	switch (body) {
	case BODY_NONE:
	case BODY_OTHER:
	case BODY_JSON:
		return a->replayed ? INV_MEANS_REPLAYED : INV_MEANS_RECEIPT;
	case BODY_RESULTS:
		return INV_MEANS_PARTIAL;
	case BODY_HTML:
	case BODY_BROKEN:
		break;
	}
	return INV_MEANS_UNCLEAR;
}

/*
 * In progress comes first: that answer speaks of the key as well.  That our
 * own key was processed already is what a 409 after a lost answer says; the
 * key is made of the bytes, so a duplicate of it is a duplicate of them.
 */
static enum inv_meaning
conflict(const struct inv_answer *a, struct talk t, bool sent_before)
{
	if (t.of_progress || a->retry_after.n > 0)
		return INV_MEANS_IN_PROGRESS;
	if (t.of_difference || (t.of_key && !t.of_done))
		return INV_MEANS_KEY_MISMATCH;
	return sent_before || a->sends > 1 ? INV_MEANS_ASSERTED
					   : INV_MEANS_CONFLICT;
}

static enum inv_meaning
refusal(const struct inv_answer *a, struct talk t, enum body body)
{
	if (body == BODY_RESULTS)
		return INV_MEANS_PARTIAL;
	if (!t.of_key)
		return INV_MEANS_REFUSED;
	if (a->status == 400 && !t.of_difference)
		return INV_MEANS_SYSTEMIC;
	return INV_MEANS_KEY_MISMATCH;
}

/* By the status alone, for what needs no body to be understood. */
static enum inv_meaning
by_status(const struct inv_answer *a)
{
	if (a->status >= 300 && a->status < 400)
		return INV_MEANS_SYSTEMIC;
	if (a->status == 408 || a->status == 425 || a->status == 429)
		return INV_MEANS_RETRY;
	if (a->status == 413)
		return INV_MEANS_REFUSED;
	if (a->status >= 500 && a->status < 600)
		return a->replayed ? INV_MEANS_UNCLEAR : INV_MEANS_RETRY;
	if (a->status >= 400 && a->status < 500 && a->status != 400 &&
	    a->status != 409 && a->status != 422)
		return INV_MEANS_SYSTEMIC;
	return INV_MEANS_UNCLEAR;
}

static enum inv_meaning
by_body(const struct inv_answer *a, bool sent_before,
    enum inv_results_form form, struct inv_scan *scan)
{
	enum body body = body_of(a, form, scan);

	switch (a->status) {
	case 400:
	case 413:
	case 422:
		return refusal(a, listen(a, body), body);
	case 409:
		return conflict(a, listen(a, body), sent_before);
	default:
		return a->status >= 200 && a->status < 300 ? success(a, body)
							   : by_status(a);
	}
}

enum inv_meaning
inv_answer_means(const struct inv_answer *a, bool sent_before,
    enum inv_results_form form, struct inv_scan *scan)
{
	switch (a->net) {
	case INV_NET_ANSWERED:
		return by_body(a, sent_before, form, scan);
	case INV_NET_CUT:
	case INV_NET_OVERSIZED:
		return by_status(a);
	case INV_NET_NOT_SENT:
		return INV_MEANS_RETRY;
	case INV_NET_UNSURE:
		return INV_MEANS_UNCLEAR;
	case INV_NET_TLS:
	case INV_NET_DNS:
		return INV_MEANS_SYSTEMIC;
	}
	return INV_MEANS_UNCLEAR;
}

/* What tells of a batch later on tells it with 200. */
static enum inv_results_form
when_asked(enum inv_results_form form)
{
	return form == INV_RESULTS_207 ? INV_RESULTS_ANY : form;
}

static bool
is_any(struct inv_str s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (equals(s, *words))
			return true;
	return false;
}

/* A success, unless its "status" says otherwise. */
static enum inv_meaning
told_done(const struct inv_answer *a, enum inv_results_form form,
    struct inv_scan *scan)
{
	enum body body = body_of(a, form, scan);
	struct inv_str text = inv_str_trimmed(a->body);
	struct inv_member m;

	if ((body != BODY_JSON && body != BODY_RESULTS) || text.p[0] != '{')
		return success(a, body);
	while (inv_scan_each(&text, &m))
		if (inv_str_is(m.key, "status") && m.kind == INV_KIND_STRING) {
			struct inv_str word = inv_member_inner(&m);

			if (is_any(word, pending_words))
				return INV_MEANS_IN_PROGRESS;
			if (body == BODY_JSON && !is_any(word, final_words))
				return INV_MEANS_UNCLEAR;
		}
	return success(a, body);
}

enum inv_meaning
inv_answer_tells(const struct inv_answer *a, enum inv_results_form form,
    struct inv_scan *scan)
{
	form = when_asked(form);
	if (a->net == INV_NET_UNSURE)
		return INV_MEANS_RETRY;
	if (a->net == INV_NET_ANSWERED && a->status == 202)
		return INV_MEANS_IN_PROGRESS;
	if (a->net == INV_NET_ANSWERED && a->status / 100 == 2)
		return told_done(a, form, scan);
	if (a->status / 100 == 3 || a->status == 404 || a->status == 405 ||
	    a->status == 410)
		return INV_MEANS_UNCLEAR;
	if (a->status / 100 == 5)
		return INV_MEANS_RETRY;
	return inv_answer_means(a, true, form, scan);
}

bool
inv_answer_has_results(const struct inv_answer *a, enum inv_results_form form,
    struct inv_scan *scan)
{
	return a->net == INV_NET_ANSWERED &&
	    body_of(a, when_asked(form), scan) == BODY_RESULTS;
}

bool
inv_answer_is_no_effect(const struct inv_answer *a)
{
	switch (a->net) {
	case INV_NET_NOT_SENT:
	case INV_NET_TLS:
	case INV_NET_DNS:
		return true;
	case INV_NET_UNSURE:
		return false;
	case INV_NET_ANSWERED:
	case INV_NET_CUT:
	case INV_NET_OVERSIZED:
		break;
	}
	return a->sends <= 1 && !a->replayed &&
	    (a->status == 425 || a->status == 429 || a->status == 503);
}

const char *
inv_meaning_name(enum inv_meaning m)
{
	switch (m) {
	case INV_MEANS_RECEIPT:
		return "receipt";
	case INV_MEANS_REPLAYED:
		return "replayed";
	case INV_MEANS_PARTIAL:
		return "partial";
	case INV_MEANS_ASSERTED:
		return "asserted-409";
	case INV_MEANS_RETRY:
		return "retry";
	case INV_MEANS_UNCLEAR:
		return "unclear";
	case INV_MEANS_IN_PROGRESS:
		return "in progress";
	case INV_MEANS_ACCEPTED:
		return "accepted";
	case INV_MEANS_CONFLICT:
		return "conflict";
	case INV_MEANS_KEY_MISMATCH:
		return "key mismatch";
	case INV_MEANS_REFUSED:
		return "refused";
	case INV_MEANS_SYSTEMIC:
		return "systemic";
	}
	return "unclear";
}

static bool
set_once(struct inv_str *field, struct inv_str value)
{
	if (field->n > 0 || value.n == 0)
		return false;
	*field = value;
	return true;
}

static const char *const told[INV_ANSWER_TOLD] = {
	"Content-Type",
	"Date",
	"Retry-After",
	"Server",
	"X-Request-Id",
	"X-Correlation-Id",
	"traceparent",
	"Idempotent-Replayed",
	"Idempotency-Replayed",
};

struct inv_str
inv_answer_told(size_t i)
{
	return inv_str_of(told[i]);
}

static bool
is_plain(struct inv_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' || s.p[i] > '~') && s.p[i] != '\t')
			return false;
	return true;
}

/* Keep what people are told of. */
static bool
tell(struct inv_answer *a, struct inv_str name, struct inv_str value,
    size_t line_n)
{
	if (line_n > INV_ANSWER_HEADER || !is_plain(value))
		return false;
	for (size_t i = 0; i < INV_ANSWER_TOLD; i++)
		if (equals(name, told[i]))
			return set_once(&a->told[i], value);
	return false;
}

bool
inv_answer_header(struct inv_answer *a, struct inv_str line)
{
	const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;

	if (colon == NULL)
		return false;
	struct inv_str name = { line.p, (size_t)(colon - line.p) };
	struct inv_str value =
	    inv_str_trimmed((struct inv_str){ colon + 1, line.n - name.n - 1 });
	bool kept = tell(a, name, value, line.n);

	if (equals(name, "Content-Type"))
		kept |= set_once(&a->content_type, value);
	else if (equals(name, "Retry-After"))
		kept |= set_once(&a->retry_after, value);
	else if (equals(name, "Location"))
		kept |= set_once(&a->location, value);
	else if (equals(name, "Idempotent-Replayed"))
		a->replayed |= equals(value, "true");
	else if (equals(name, "Idempotency-Replayed"))
		a->replayed |= value.n > 0 && !equals(value, "false");
	return kept;
}
