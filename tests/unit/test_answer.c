/* test_answer.c - the table of DESIGN 5, line by line */

#include <stdlib.h>

#include "check.h"
#include "net/answer.h"

#define KEY "Idempotency-Key"
#define JSON "application/json"
#define PROBLEM "application/problem+json"

enum { FRESH, BEFORE }; /* whether the key may have been sent before */

struct line {
	unsigned status;
	const char *type;
	const char *body;
	enum inv_meaning means;
	int sent;
	const char *retry_after;
	bool replayed;
	unsigned sends;
	enum inv_results_form form;
};

static struct inv_str
view(const char *s)
{
	return s == NULL ? (struct inv_str){ NULL, 0 } : inv_str_of(s);
}

static void
check_line(const struct line *l, enum inv_net net, enum inv_meaning means)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_answer a = {
		.net = net,
		.status = l->status,
		.sends = l->sends == 0 ? 1 : l->sends,
		.replayed = l->replayed,
		.content_type = view(l->type),
		.retry_after = view(l->retry_after),
		.body = view(l->body),
	};
	enum inv_meaning got =
	    inv_answer_means(&a, l->sent == BEFORE, l->form, scan);

	inv_scan_free(scan);
	if (got == means)
		return;
	printf("# %u %s %s\n", l->status, l->type == NULL ? "-" : l->type,
	    l->body == NULL ? "-" : l->body);
	check_str(inv_str_of(inv_meaning_name(got)), inv_meaning_name(means));
}

static void
check_lines(const struct line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_line(&lines[i], INV_NET_ANSWERED, lines[i].means);
}

#define LINES(table) check_lines((table), sizeof(table) / sizeof(*(table)))

static void
takes_200_201_204_as_done(void)
{
	static const struct line table[] = {
		{ .status = 200, JSON, "{\"ok\":true}", INV_MEANS_RECEIPT },
		{ .status = 201, JSON, "{\"ok\":true}", INV_MEANS_RECEIPT },
		{ .status = 204, NULL, NULL, INV_MEANS_RECEIPT },
		{ .status = 200, NULL, NULL, INV_MEANS_RECEIPT },
		{ .status = 200, JSON, "", INV_MEANS_RECEIPT },
		{ .status = 200, JSON, " \r\n", INV_MEANS_RECEIPT },
		{ .status = 200, "text/plain", "ok", INV_MEANS_RECEIPT },
		{ .status = 200, "text/plain", "{ok", INV_MEANS_RECEIPT },
		{ .status = 200, NULL, "ok", INV_MEANS_RECEIPT },
		{ .status = 200, NULL, "{\"ok\":true}", INV_MEANS_RECEIPT },
		{ .status = 200, JSON, "\"ok\"", INV_MEANS_RECEIPT },
		{ .status = 200,
		    "Application/JSON ; charset=utf-8",
		    " [1]\n",
		    INV_MEANS_RECEIPT },
		{ .status = 200, JSON, "{\"results\":3}", INV_MEANS_RECEIPT },
		{ .status = 200,
		    JSON,
		    "{\"a\":{\"results\":[]}}",
		    INV_MEANS_RECEIPT },
		{ .status = 200,
		    JSON,
		    "{}",
		    INV_MEANS_REPLAYED,
		    .replayed = true },
		{ .status = 204,
		    NULL,
		    NULL,
		    INV_MEANS_REPLAYED,
		    .replayed = true },
	};

	LINES(table);
}

static void
trusts_no_2xx_that_is_garbled(void)
{
	static const struct line table[] = {
		{ .status = 200, JSON, "{\"ok\":", INV_MEANS_UNCLEAR },
		{ .status = 200, JSON, "ok", INV_MEANS_UNCLEAR },
		{ .status = 200, JSON, "{\"a\":1,\"a\":2}", INV_MEANS_UNCLEAR },
		{ .status = 200, JSON, "{\"a\":NaN}", INV_MEANS_UNCLEAR },
		{ .status = 200, JSON, "<html></html>", INV_MEANS_UNCLEAR },
		{ .status = 200, NULL, "{\"ok\":", INV_MEANS_UNCLEAR },
		{ .status = 200, NULL, "[1", INV_MEANS_UNCLEAR },
		{ .status = 200,
		    "application/vnd.x+json",
		    "{",
		    INV_MEANS_UNCLEAR },
		{ .status = 201,
		    "text/html; charset=utf-8",
		    "welcome",
		    INV_MEANS_UNCLEAR },
		{ .status = 200,
		    "application/xhtml+xml",
		    "x",
		    INV_MEANS_UNCLEAR },
		{ .status = 200,
		    "text/plain",
		    "\n<!DOCTYPE HTML><p>Log in",
		    INV_MEANS_UNCLEAR },
		{ .status = 200, NULL, "<HTML>", INV_MEANS_UNCLEAR },
		{ .status = 200,
		    JSON,
		    "{\"ok\":",
		    INV_MEANS_UNCLEAR,
		    .replayed = true },
	};
	static const struct line whole = {
		.status = 200, JSON, "{\"ok\":true}", INV_MEANS_RECEIPT
	};

	LINES(table);
	check_line(&whole, INV_NET_CUT, INV_MEANS_UNCLEAR);
	check_line(&whole, INV_NET_OVERSIZED, INV_MEANS_UNCLEAR);
}

static enum inv_meaning
told(const struct inv_answer *a)
{
	struct inv_scan *scan = inv_scan_new();
	enum inv_meaning m = inv_answer_tells(a, INV_RESULTS_ANY, scan);

	inv_scan_free(scan);
	return m;
}

static enum inv_meaning
told_so(unsigned status, const char *type, const char *body)
{
	struct inv_answer a = { .net = INV_NET_ANSWERED,
		.status = status,
		.sends = 1,
		.content_type = inv_str_of(type),
		.body = inv_str_of(body) };

	return told(&a);
}

static void
follows_what_was_accepted(void)
{
	struct inv_answer a = { .net = INV_NET_ANSWERED,
		.status = 202,
		.sends = 1,
		.location = INV_LIT("/jobs/1") };
	struct inv_scan *scan = inv_scan_new();

	check(inv_answer_means(&a, false, INV_RESULTS_ANY, scan) ==
	    INV_MEANS_ACCEPTED);
	a.net = INV_NET_CUT;
	check(inv_answer_means(&a, false, INV_RESULTS_ANY, scan) ==
	    INV_MEANS_UNCLEAR);
	inv_scan_free(scan);
}

static void
tells_what_came_of_it(void)
{
	static const struct {
		unsigned status;
		const char *type, *body;
		enum inv_meaning meaning;
	} table[] = {
		{ 202, JSON, "{}", INV_MEANS_IN_PROGRESS },
		{ 200, JSON, "{\"status\":\"pending\"}",
		    INV_MEANS_IN_PROGRESS },
		{ 200, JSON, "{\"id\":1,\"status\":\"Processing\"}",
		    INV_MEANS_IN_PROGRESS },
		{ 200, JSON, "{\"status\":\"committed\"}", INV_MEANS_RECEIPT },
		{ 201, JSON, "{\"status\":7}", INV_MEANS_RECEIPT },
		{ 204, "", "", INV_MEANS_RECEIPT },
		{ 200, "text/plain", "done", INV_MEANS_RECEIPT },
		{ 200, JSON, "[]", INV_MEANS_RECEIPT },
		{ 200, JSON, "{\"status\":\"failed\"}", INV_MEANS_UNCLEAR },
		{ 200, JSON, "{\"status\":", INV_MEANS_UNCLEAR },
		{ 200, "text/html", "<html>", INV_MEANS_UNCLEAR },
		{ 303, "", "", INV_MEANS_UNCLEAR },
		{ 404, "", "", INV_MEANS_UNCLEAR },
		{ 410, "", "", INV_MEANS_UNCLEAR },
		{ 500, "", "", INV_MEANS_RETRY },
		{ 429, "", "", INV_MEANS_RETRY },
		{ 401, "", "", INV_MEANS_SYSTEMIC },
		{ 422, JSON, "{}", INV_MEANS_REFUSED },
		{ 409, JSON, "{}", INV_MEANS_ASSERTED },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		check(told_so(table[i].status, table[i].type, table[i].body) ==
		    table[i].meaning);
	}
	struct inv_answer lost = { .net = INV_NET_UNSURE };

	check(told(&lost) == INV_MEANS_RETRY);
	lost.net = INV_NET_TLS;
	check(told(&lost) == INV_MEANS_SYSTEMIC);
}

static void
leaves_unclear_what_tells_nothing(void)
{
	static const struct line table[] = {
		{ .status = 202, JSON, "{}", INV_MEANS_UNCLEAR },
		{ .status = 202, NULL, NULL, INV_MEANS_UNCLEAR },
		{ .status = 203, JSON, "{}", INV_MEANS_UNCLEAR },
		{ .status = 206, JSON, "{}", INV_MEANS_UNCLEAR },
		{ .status = 207, JSON, "{}", INV_MEANS_UNCLEAR },
		{ .status = 207, NULL, NULL, INV_MEANS_UNCLEAR },
		{ .status = 101, NULL, NULL, INV_MEANS_UNCLEAR },
		{ .status = 600, NULL, NULL, INV_MEANS_UNCLEAR },
		{ .status = 0, NULL, NULL, INV_MEANS_UNCLEAR },
	};

	LINES(table);
}

#define RESULTS "{\"results\":[]}"

static void
reads_results_where_they_are_asked_for(void)
{
	static const struct line table[] = {
		{ .status = 207, JSON, RESULTS, INV_MEANS_PARTIAL },
		{ .status = 200, JSON, RESULTS, INV_MEANS_PARTIAL },
		{ .status = 201, JSON, RESULTS, INV_MEANS_PARTIAL },
		{ .status = 400, JSON, RESULTS, INV_MEANS_PARTIAL },
		{ .status = 422, JSON, RESULTS, INV_MEANS_PARTIAL },
		{ .status = 422, PROBLEM, RESULTS, INV_MEANS_PARTIAL },
		{ .status = 207,
		    JSON,
		    RESULTS,
		    INV_MEANS_PARTIAL,
		    .replayed = true },

		/* In no other answer. */
		{ .status = 202, JSON, RESULTS, INV_MEANS_UNCLEAR },
		{ .status = 413, JSON, RESULTS, INV_MEANS_REFUSED },
		{ .status = 500, JSON, RESULTS, INV_MEANS_RETRY },
		{ .status = 401, JSON, RESULTS, INV_MEANS_SYSTEMIC },
		{ .status = 200, "text/plain", RESULTS, INV_MEANS_RECEIPT },

		/* Taken whole or not at all. */
		{ .status = 200,
		    JSON,
		    RESULTS,
		    INV_MEANS_RECEIPT,
		    .form = INV_RESULTS_ATOMIC },
		{ .status = 422,
		    JSON,
		    RESULTS,
		    INV_MEANS_REFUSED,
		    .form = INV_RESULTS_ATOMIC },
		{ .status = 207,
		    JSON,
		    RESULTS,
		    INV_MEANS_UNCLEAR,
		    .form = INV_RESULTS_ATOMIC },

		/* Of a 207 alone. */
		{ .status = 207,
		    JSON,
		    RESULTS,
		    INV_MEANS_PARTIAL,
		    .form = INV_RESULTS_207 },
		{ .status = 200,
		    JSON,
		    RESULTS,
		    INV_MEANS_RECEIPT,
		    .form = INV_RESULTS_207 },
		{ .status = 422,
		    JSON,
		    RESULTS,
		    INV_MEANS_REFUSED,
		    .form = INV_RESULTS_207 },
		{ .status = 200,
		    JSON,
		    RESULTS,
		    INV_MEANS_PARTIAL,
		    .form = INV_RESULTS_ITEMS },
	};

	LINES(table);
	check_line(&table[0], INV_NET_CUT, INV_MEANS_UNCLEAR);
}

static void
reads_results_of_what_is_asked_later(void)
{
	struct inv_scan *scan = inv_scan_new();
	struct inv_answer a = { .net = INV_NET_ANSWERED,
		.status = 200,
		.content_type = INV_LIT(JSON),
		.body = INV_LIT("{\"status\":\"partial\",\"results\":[]}") };

	check(inv_answer_tells(&a, INV_RESULTS_ANY, scan) == INV_MEANS_PARTIAL);
	check(inv_answer_tells(&a, INV_RESULTS_207, scan) == INV_MEANS_PARTIAL);
	check(inv_answer_has_results(&a, INV_RESULTS_207, scan));
	check(!inv_answer_has_results(&a, INV_RESULTS_ATOMIC, scan));
	check(inv_answer_tells(&a, INV_RESULTS_ATOMIC, scan) ==
	    INV_MEANS_UNCLEAR);
	a.body = INV_LIT("{\"status\":\"pending\",\"results\":[]}");
	check(inv_answer_tells(&a, INV_RESULTS_ANY, scan) ==
	    INV_MEANS_IN_PROGRESS);
	a.net = INV_NET_CUT;
	check(!inv_answer_has_results(&a, INV_RESULTS_ANY, scan));
	inv_scan_free(scan);
}

static void
tries_again_what_may_work_later(void)
{
	static const struct line table[] = {
		{ .status = 408, NULL, NULL, INV_MEANS_RETRY },
		{ .status = 425, NULL, NULL, INV_MEANS_RETRY },
		{ .status = 429,
		    JSON,
		    "{}",
		    INV_MEANS_RETRY,
		    .retry_after = "5" },
		{ .status = 500, "text/html", "<html>", INV_MEANS_RETRY },
		{ .status = 502, NULL, NULL, INV_MEANS_RETRY },
		{ .status = 503, NULL, NULL, INV_MEANS_RETRY },
		{ .status = 504, NULL, NULL, INV_MEANS_RETRY },
		{ .status = 599, NULL, NULL, INV_MEANS_RETRY },
		{ .status = 500,
		    NULL,
		    NULL,
		    INV_MEANS_UNCLEAR,
		    .replayed = true },
		{ .status = 503,
		    NULL,
		    NULL,
		    INV_MEANS_UNCLEAR,
		    .replayed = true },
	};

	LINES(table);
	check_line(&table[3], INV_NET_CUT, INV_MEANS_RETRY);
	check_line(&table[5], INV_NET_OVERSIZED, INV_MEANS_RETRY);
}

static void
tells_networks_apart(void)
{
	static const struct line none = {
		.status = 0, NULL, NULL, INV_MEANS_RETRY
	};

	check_line(&none, INV_NET_NOT_SENT, INV_MEANS_RETRY);
	check_line(&none, INV_NET_UNSURE, INV_MEANS_UNCLEAR);
	check_line(&none, INV_NET_TLS, INV_MEANS_SYSTEMIC);
	check_line(&none, INV_NET_DNS, INV_MEANS_SYSTEMIC);
}

static const struct line conflicts[] = {
	/* In progress, or asked to come back: wait. */
	{ .status = 409,
	    PROBLEM,
	    "{\"title\":\"A request is outstanding for this " KEY "\"}",
	    INV_MEANS_IN_PROGRESS,
	    BEFORE },
	{ .status = 409,
	    JSON,
	    "{\"state\":\"processing\"}",
	    INV_MEANS_IN_PROGRESS },
	{ .status = 409,
	    "text/plain",
	    "Request IN PROGRESS",
	    INV_MEANS_IN_PROGRESS },
	{ .status = 409,
	    NULL,
	    NULL,
	    INV_MEANS_IN_PROGRESS,
	    .retry_after = "1" },
	{ .status = 409,
	    JSON,
	    "{\"title\":\"" KEY " mismatch\"}",
	    INV_MEANS_IN_PROGRESS,
	    .retry_after = "1" },

	/* Speaks of the key, or says mismatch. */
	{ .status = 409,
	    JSON,
	    "{\"error\":\"request hash mismatch\"}",
	    INV_MEANS_KEY_MISMATCH,
	    BEFORE },
	{ .status = 409,
	    PROBLEM,
	    "{\"type\":\"https://x/errors/idempotency-key-reuse\"}",
	    INV_MEANS_KEY_MISMATCH,
	    BEFORE },
	{ .status = 409,
	    "text/plain",
	    "bad idempotency key",
	    INV_MEANS_KEY_MISMATCH,
	    BEFORE },
	{ .status = 409,
	    JSON,
	    "{\"title\":\"Duplicate " KEY "\",\"detail\":\"another payload\"}",
	    INV_MEANS_KEY_MISMATCH,
	    BEFORE },

	/* The rest is committed if it may have been sent. */
	{ .status = 409, NULL, NULL, INV_MEANS_ASSERTED, BEFORE },
	{ .status = 409, NULL, NULL, INV_MEANS_CONFLICT, FRESH },
	{ .status = 409, NULL, NULL, INV_MEANS_ASSERTED, FRESH, .sends = 2 },
	{ .status = 409,
	    JSON,
	    "{\"error\":\"duplicate\"}",
	    INV_MEANS_ASSERTED,
	    BEFORE },
	{ .status = 409,
	    JSON,
	    "{\"error\":\"This " KEY " was already processed\"}",
	    INV_MEANS_ASSERTED,
	    BEFORE },
	{ .status = 409,
	    JSON,
	    "{\"error\":\"This " KEY " was already processed\"}",
	    INV_MEANS_CONFLICT,
	    FRESH },
	{ .status = 409,
	    JSON,
	    "{\"idempotency_key\":\"abc\"}",
	    INV_MEANS_ASSERTED,
	    BEFORE },
};

static void
takes_409_by_evidence(void)
{
	LINES(conflicts);
	check_line(&conflicts[0], INV_NET_CUT, INV_MEANS_UNCLEAR);
	check_line(&conflicts[0], INV_NET_OVERSIZED, INV_MEANS_UNCLEAR);
}

static const struct line of_the_key[] = {
	{ .status = 422,
	    PROBLEM,
	    "{\"title\":\"" KEY " is already used\","
	    "\"detail\":\"MUST not be reused\"}",
	    INV_MEANS_KEY_MISMATCH },
	{ .status = 422,
	    PROBLEM,
	    "{\"type\":\"urn:problem:IDEMPOTENCY_KEY\",\"a\":[1]}",
	    INV_MEANS_KEY_MISMATCH },
	{ .status = 422,
	    JSON,
	    "{\"error\":{\"msg\":[\"idempotencyKey\"]}}",
	    INV_MEANS_KEY_MISMATCH },
	{ .status = 422,
	    JSON,
	    "{\"error\":\"\\\"" KEY "\\\" seen\"}",
	    INV_MEANS_KEY_MISMATCH },
	{ .status = 422,
	    "text/plain",
	    "idempotency key reused",
	    INV_MEANS_KEY_MISMATCH },
	{ .status = 422, JSON, "{broken " KEY, INV_MEANS_KEY_MISMATCH },
	{ .status = 422,
	    JSON,
	    "{\"" KEY "\" : \"ab\",\"msg\":\"quantity\"}",
	    INV_MEANS_REFUSED },
	{ .status = 422,
	    JSON,
	    "{\"msg\":\"idempotency\",\"a\":\"key\"}",
	    INV_MEANS_REFUSED },
	{ .status = 400,
	    PROBLEM,
	    "{\"title\":\"" KEY " is missing\"}",
	    INV_MEANS_SYSTEMIC },
	{ .status = 400,
	    JSON,
	    "{\"error\":\"" KEY " too long\"}",
	    INV_MEANS_SYSTEMIC },
	{ .status = 400,
	    JSON,
	    "{\"error\":\"" KEY ": parameters differ\"}",
	    INV_MEANS_KEY_MISMATCH },
};

static void
knows_an_answer_that_speaks_of_the_key(void)
{
	LINES(of_the_key);
}

static void
lays_400_413_422_at_the_door_of_the_batch(void)
{
	static const struct line table[] = {
		{ .status = 400,
		    JSON,
		    "{\"error\":\"row 3\"}",
		    INV_MEANS_REFUSED },
		{ .status = 413,
		    "text/html",
		    "<html>too large",
		    INV_MEANS_REFUSED },
		{ .status = 422, NULL, NULL, INV_MEANS_REFUSED },
	};

	LINES(table);

	/* Whether it speaks of the key can not be told from half of it. */
	check_line(&table[0], INV_NET_CUT, INV_MEANS_UNCLEAR);
	check_line(&table[1], INV_NET_CUT, INV_MEANS_REFUSED);
	check_line(&table[2], INV_NET_OVERSIZED, INV_MEANS_UNCLEAR);
}

static void
blames_no_batch_for_what_is_systemic(void)
{
	static const unsigned statuses[] = { 300, 301, 302, 303, 304, 307, 308,
		401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 428,
		431, 451 };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		struct line l = { .status = statuses[i], .type = "text/html" };

		check_line(&l, INV_NET_ANSWERED, INV_MEANS_SYSTEMIC);
		check_line(&l, INV_NET_CUT, INV_MEANS_SYSTEMIC);
	}
}

static void
proves_no_effect_by_what_was_not_sent_and_three_answers(void)
{
	static const struct {
		struct inv_answer answer;
		bool none;
	} table[] = {
		{ { .net = INV_NET_NOT_SENT }, true },
		{ { .net = INV_NET_DNS }, true },
		{ { .net = INV_NET_TLS }, true },
		{ { .net = INV_NET_UNSURE, .sends = 1 }, false },
		{ { .status = 425, .sends = 1 }, true },
		{ { .status = 429, .sends = 1 }, true },
		{ { .status = 503, .sends = 1 }, true },
		{ { .net = INV_NET_CUT, .status = 503, .sends = 1 }, true },
		{ { .status = 503, .sends = 2 }, false },
		{ { .status = 503, .sends = 1, .replayed = true }, false },
		{ { .status = 500, .sends = 1 }, false },
		{ { .status = 408, .sends = 1 }, false },
		{ { .status = 401, .sends = 1 }, false },
		{ { .status = 200, .sends = 1 }, false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		check(inv_answer_is_no_effect(&table[i].answer) ==
		    table[i].none);
}

static void
takes_the_headers_that_matter(void)
{
	struct inv_answer a = { 0 };

	check(inv_answer_header(&a, INV_LIT("content-TYPE: text/x\r\n")));
	check(inv_answer_header(&a, INV_LIT("Retry-After:\t5 \r\n")));
	check(inv_answer_header(&a, INV_LIT("Location:/a?b:c")));
	check_str(a.content_type, "text/x");
	check_str(a.retry_after, "5");
	check_str(a.location, "/a?b:c");

	/* The first counts. */
	check(!inv_answer_header(&a, INV_LIT("Retry-After: 6")));
	check_str(a.retry_after, "5");
}

static void
tells_only_of_headers_that_it_names(void)
{
	struct inv_answer a = { 0 };

	check(inv_answer_header(&a, INV_LIT("x-request-ID: r-7\r\n")));
	check(!inv_answer_header(&a, INV_LIT("X-Request-Id: r-8")));
	check(!inv_answer_header(&a, INV_LIT("Set-Cookie: a=b")));
	check(!inv_answer_header(&a, INV_LIT("WWW-Authenticate: Basic")));
	check(!inv_answer_header(&a, INV_LIT("Server: caf\xc3\xa9")));
	check(!inv_answer_header(&a, INV_LIT("Server: a\x1b[1m")));
	for (size_t i = 0; i < INV_ANSWER_TOLD; i++)
		if (inv_str_is(inv_answer_told(i), "X-Request-Id"))
			check_str(a.told[i], "r-7");
		else
			check(a.told[i].n == 0);
}

static void
passes_over_other_headers(void)
{
	struct inv_answer a = { 0 };

	check(!inv_answer_header(&a, INV_LIT("")));
	check(!inv_answer_header(&a, INV_LIT("\r\n")));
	check(!inv_answer_header(&a, INV_LIT("HTTP/1.1 200 OK\r\n")));
	check(!inv_answer_header(&a, INV_LIT("Retry-After")));
	check(!inv_answer_header(&a, INV_LIT("Retry-After:  \r\n")));
	check(!inv_answer_header(&a, INV_LIT("X-Retry-After: 5")));
	check(!inv_answer_header(&a, INV_LIT(": 5")));
	check(a.retry_after.n == 0 && a.content_type.n == 0);
	for (size_t i = 0; i < INV_ANSWER_TOLD; i++)
		check(a.told[i].n == 0);
}

static void
hears_that_an_answer_is_a_replay(void)
{
	static const struct {
		const char *line;
		bool replayed;
	} table[] = {
		{ "Idempotent-Replayed: true\r\n", true },
		{ "idempotent-replayed:TRUE", true },
		{ "Idempotency-Replayed: true", true },
		{ "Idempotency-Replayed: 1", true },
		{ "Idempotent-Replayed: false", false },
		{ "Idempotency-Replayed: false", false },
		{ "Idempotent-Replayed:", false },
		{ "Idempotency-Replayed:", false },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct inv_answer a = { 0 };

		(void)inv_answer_header(&a, inv_str_of(table[i].line));
		check(a.replayed == table[i].replayed);
	}
}

static const struct test tests[] = {
	TEST(takes_200_201_204_as_done),
	TEST(trusts_no_2xx_that_is_garbled),
	TEST(follows_what_was_accepted),
	TEST(tells_what_came_of_it),
	TEST(leaves_unclear_what_tells_nothing),
	TEST(reads_results_where_they_are_asked_for),
	TEST(reads_results_of_what_is_asked_later),
	TEST(tries_again_what_may_work_later),
	TEST(tells_networks_apart),
	TEST(takes_409_by_evidence),
	TEST(knows_an_answer_that_speaks_of_the_key),
	TEST(lays_400_413_422_at_the_door_of_the_batch),
	TEST(blames_no_batch_for_what_is_systemic),
	TEST(proves_no_effect_by_what_was_not_sent_and_three_answers),
	TEST(takes_the_headers_that_matter),
	TEST(tells_only_of_headers_that_it_names),
	TEST(passes_over_other_headers),
	TEST(hears_that_an_answer_is_a_replay),
};

int
main(void)
{
	return RUN(tests);
}
