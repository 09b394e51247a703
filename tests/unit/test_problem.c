/* test_problem - does data/problem keep its header's promises? */

#include "check.h"

#include "data/problem.h"

enum { TEXT_MAX = 1024 };

static struct inv_str
written(enum inv_problem problem, int status, const char *detail)
{
	static struct inv_buf b = { .max = TEXT_MAX };

	inv_buf_reset(&b);
	inv_problem_write(&b, problem, status, inv_str_of(detail));
	return inv_buf_str(&b);
}

static void
a_plain_problem_has_the_phrase_of_its_status(void)
{
	check_str(written(INV_PROBLEM_PLAIN, 503, ""),
	    "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\","
	    "\"status\":503}");
	check_str(written(INV_PROBLEM_PLAIN, 422, "record 1: \"x\"\n"),
	    "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\","
	    "\"status\":422,\"detail\":\"record 1: \\\"x\\\"\\n\"}");
}

static void
problems_of_the_key_say_so(void)
{
	check_str(written(INV_PROBLEM_KEY_MISSING, 400, ""),
	    "{\"type\":\"urn:inv:problem:idempotency-key-missing\",\"title\":"
	    "\"Idempotency-Key is missing or not valid\",\"status\":400}");
	check_str(written(INV_PROBLEM_KEY_REUSED, 422, ""),
	    "{\"type\":\"urn:inv:problem:idempotency-key-reused\",\"title\":"
	    "\"Idempotency-Key is already used with another body\","
	    "\"status\":422}");
	check_str(written(INV_PROBLEM_KEY_OUTSTANDING, 409, ""),
	    "{\"type\":\"urn:inv:problem:idempotency-key-outstanding\","
	    "\"title\":\"A request is outstanding for this Idempotency-Key\","
	    "\"status\":409}");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_plain_problem_has_the_phrase_of_its_status),
		TEST(problems_of_the_key_say_so),
	};

	return RUN(tests);
}
