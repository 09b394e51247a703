/* problem.c - problem details of an HTTP API (RFC 9457), written */

#include "data/problem.h"

#include "data/emit.h"

static const char *
type_of(enum inv_problem problem)
{
	switch (problem) {
	case INV_PROBLEM_PLAIN:
		return "about:blank";
	case INV_PROBLEM_KEY_MISSING:
		return "urn:inv:problem:idempotency-key-missing";
	case INV_PROBLEM_KEY_REUSED:
		return "urn:inv:problem:idempotency-key-reused";
	case INV_PROBLEM_KEY_OUTSTANDING:
		return "urn:inv:problem:idempotency-key-outstanding";
	}
	return "about:blank";
}

static const char *
phrase_of(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 413, "Content Too Large" },
		{ 422, "Unprocessable Content" },
		{ 425, "Too Early" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Error";
}

static const char *
title_of(enum inv_problem problem, int status)
{
	switch (problem) {
	case INV_PROBLEM_PLAIN:
		return phrase_of(status);
	case INV_PROBLEM_KEY_MISSING:
		return "Idempotency-Key is missing or not valid";
	case INV_PROBLEM_KEY_REUSED:
		return "Idempotency-Key is already used with another body";
	case INV_PROBLEM_KEY_OUTSTANDING:
		return "A request is outstanding for this Idempotency-Key";
	}
	return phrase_of(status);
}

void
inv_problem_write(struct inv_buf *out, enum inv_problem problem, int status,
    struct inv_str detail)
{
	inv_emit_open(out, '{');
	inv_emit_member_str(out, INV_LIT("type"), inv_str_of(type_of(problem)));
	inv_emit_member_str(out, INV_LIT("title"),
	    inv_str_of(title_of(problem, status)));
	inv_emit_member_u64(out, INV_LIT("status"), (uint64_t)status);
	if (detail.n > 0)
		inv_emit_member_str(out, INV_LIT("detail"), detail);
	inv_emit_close(out, '}');
}
