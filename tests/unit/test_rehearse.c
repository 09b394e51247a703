/* test_rehearse - does net/rehearse keep its header's promises? */

#include <stdlib.h>

#include "check.h"

#include "net/rehearse.h"

static struct inv_rehearsed
met(const char *spec, uint64_t seed, uint64_t n, const char *body)
{
	struct inv_err err;
	struct inv_rehearsal *r = inv_rehearsal_new(spec, seed, &err);
	struct inv_rehearsed out = { .name = "" };

	check(r != NULL);
	if (r == NULL)
		printf("# %s\n", err.msg);
	else
		inv_rehearse(r, n, inv_str_of(body), &out);
	inv_rehearsal_free(r);
	return out;
}

/* One letter for each of the requests 1 to n: x where the fault is met. */
static const char *
drawn(const char *spec, uint64_t seed, size_t n)
{
	static char text[1001];

	for (size_t i = 0; i < n; i++)
		text[i] =
		    met(spec, seed, i + 1, "[]").failure == INV_FAILURE_NONE
		    ? '.'
		    : 'x';
	text[n] = '\0';
	return text;
}

static void
a_request_is_picked_by_its_number(void)
{
	check_str(inv_str_of(drawn("reset", 0, 6)), "xxxxxx");
	check_str(inv_str_of(drawn("reset@3", 0, 6)), "..x...");
	check_str(inv_str_of(drawn("reset@2-4", 0, 6)), ".xxx..");
	check_str(inv_str_of(drawn("reset@5-", 0, 6)), "....xx");
	check_str(inv_str_of(drawn("reset@/2", 0, 6)), ".x.x.x");
	check_str(inv_str_of(drawn("reset@1,500@3", 0, 6)), "x.x...");
}

static void
chance_comes_from_the_seed_alone(void)
{
	char once[1001];
	size_t n = 0;

	strcpy(once, drawn("reset@20%", 1, 1000));
	check_str(inv_str_of(drawn("reset@20%", 1, 1000)), once);
	check(strcmp(drawn("reset@20%", 2, 1000), once) != 0);
	for (size_t i = 0; i < 1000; i++)
		n += once[i] == 'x';
	check(n > 140 && n < 260);
	check_str(inv_str_of(drawn("reset@0%", 1, 6)), "......");
	check_str(inv_str_of(drawn("reset@100%", 1, 6)), "xxxxxx");
}

static void
the_first_fault_that_applies_wins(void)
{
	check_str(inv_str_of(met("500@2,503@1-2", 0, 2, "").name), "500");
	check_str(inv_str_of(met("500@2,503@1-2", 0, 1, "").name), "503");
	check_str(inv_str_of(met("500@2,503@1-2", 0, 3, "").name), "");
}

static void
delays_add_up_and_go_with_a_failure(void)
{
	struct inv_rehearsed r = met("delay=10ms,delay=1s@2,lost@2", 0, 2, "");

	check(r.delay_ms == 1010 && r.failure == INV_FAILURE_RESET);
	check_str(inv_str_of(r.name), "lost");
	r = met("delay=10ms,delay=1s@2,lost@2", 0, 1, "");
	check(r.delay_ms == 10 && r.failure == INV_FAILURE_NONE);
	check_str(inv_str_of(r.name), "delay");
}

static void
a_body_is_refused_by_its_size(void)
{
	check(met("413=4", 0, 1, "12345").status == 413);
	check(met("413=4", 0, 1, "1234").failure == INV_FAILURE_NONE);
	check(met("413=1K", 0, 1, "1234").failure == INV_FAILURE_NONE);
}

static void
a_body_is_refused_for_a_text_in_it(void)
{
	check(met("422-row=LAB-7\"", 0, 1, "[{\"a\":\"LAB-7\"}]").status ==
	    422);
	check(met("422-row=LAB-7\"", 0, 1, "[{\"a\":\"LAB-70\"}]").failure ==
	    INV_FAILURE_NONE);
}

static void
a_drawn_record_is_bad_in_every_batch(void)
{
	char body[64];
	char other[64];
	int bad = 0;

	for (int i = 0; i < 200; i++) {
		snprintf(body, sizeof(body), "[{\"a\":%d}]", i);
		snprintf(other, sizeof(other), "[ {\"a\":%d} ]", i);
		bool is = met("422-row=10%", 7, 1, body).status == 422;

		check(is == (met("422-row=10%", 7, 9, other).status == 422));
		bad += is;
	}
	check(bad > 5 && bad < 40);
	check(met("422-row=100%", 7, 1, "[{}").failure == INV_FAILURE_NONE);
	check(met("422-row=100%", 7, 1, "{\"a\":{}}").failure ==
	    INV_FAILURE_NONE);
}

static void
it_is_told_which_records_a_fault_is_about(void)
{
	struct inv_err err;
	struct inv_rehearsal *r =
	    inv_rehearsal_new("delay=1ms,207-row=a,207-again=50%", 7, &err);
	struct inv_rehearsed out;
	int bad = 0;

	inv_rehearse(r, 1, INV_LIT("[\"a\",\"b\"]"), &out);
	check(out.failure == INV_FAILURE_ROWS && out.status == 422);
	check(inv_rehearsed_row(r, &out, INV_LIT("\"a\"")));
	check(!inv_rehearsed_row(r, &out, INV_LIT("\"b\"")));
	inv_rehearse(r, 2, INV_LIT("[1,2,3,4,5,6,7,8]"), &out);
	check(out.failure == INV_FAILURE_ROWS && out.status == 503);
	for (int i = 1; i <= 8; i++) {
		char text[2] = { (char)('0' + i), '\0' };

		bad += inv_rehearsed_row(r, &out, inv_str_of(text));
	}
	check(bad > 0 && bad < 8);
	inv_rehearsal_free(r);
}

static void
what_was_processed_is_told(void)
{
	static const char *const before[] = { "reset", "400", "401", "403",
		"404", "405", "408", "409", "413=0", "422-row=a", "425", "429",
		"500", "502", "503", "504", "mismatch", "redirect",
		"400-no-key", "500-replayed", "mismatch-409", "redirect=307" };
	static const char *const after[] = { "lost", "500-after", "garbage",
		"html", "short", "slow", "endless", "207-row=a", "207-items=a",
		"207-again=a", "207-missing", "201", "204", "text",
		"idempotency-replayed" };

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		struct inv_rehearsed r = met(before[i], 0, 1, "a");

		check(r.failure != INV_FAILURE_NONE && !r.processed);
	}
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
		struct inv_rehearsed r = met(after[i], 0, 1, "a");

		check(r.failure != INV_FAILURE_NONE && r.processed);
	}
}

static bool
retry_after_is(const char *spec, const char *want)
{
	char text[INV_RETRY_AFTER_TEXT];
	struct inv_rehearsed r = met(spec, 0, 1, "");

	/* 1994-11-06 08:49:35, two seconds before RFC 9110's example */
	inv_rehearsed_retry_after(&r, 784111775, text);
	return strcmp(text, want) == 0;
}

static void
retry_after_has_all_its_forms(void)
{
	check(retry_after_is("503", ""));
	check(retry_after_is("503=7", "7"));
	check(retry_after_is("429=date", "Sun, 06 Nov 1994 08:49:37 GMT"));
	check(retry_after_is("429=garbage", "soon"));
	check(retry_after_is("409", "1"));
	check(retry_after_is("409=3@1", "3"));
}

static void
what_can_not_be_read_is_refused(void)
{
	static const char *const specs[] = { "", ",", "reset,", "no-such",
		"reset=1", "redirect=", "redirect=304", "redirect=200", "delay",
		"delay=", "delay=x", "413", "413=x", "422-row",
		"422-row=", "207-row", "207-missing=1", "429=x", "503=-1",
		"503=86401", "reset@", "reset@0", "reset@x", "reset@2-1",
		"reset@-2", "reset@/0", "reset@/", "reset@101%", "reset@%",
		"reset@1@2", " reset" };
	struct inv_err err;

	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		check(inv_rehearsal_new(specs[i], 0, &err) == NULL);
		check(err.fault == INV_USAGE);
	}
	check(inv_rehearsal_new("500,no-such@3", 0, &err) == NULL);
	check_str(inv_str_of(err.msg), "\"no-such@3\": no such fault");
}

static void
there_is_a_ceiling_of_faults(void)
{
	struct inv_err err;
	char spec[256] = "500";

	for (int i = 1; i < INV_REHEARSAL_FAULTS; i++)
		strcat(spec, ",500");
	struct inv_rehearsal *r = inv_rehearsal_new(spec, 0, &err);

	check(r != NULL);
	inv_rehearsal_free(r);
	strcat(spec, ",500");
	check(inv_rehearsal_new(spec, 0, &err) == NULL);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_request_is_picked_by_its_number),
		TEST(chance_comes_from_the_seed_alone),
		TEST(the_first_fault_that_applies_wins),
		TEST(delays_add_up_and_go_with_a_failure),
		TEST(a_body_is_refused_by_its_size),
		TEST(a_body_is_refused_for_a_text_in_it),
		TEST(a_drawn_record_is_bad_in_every_batch),
		TEST(it_is_told_which_records_a_fault_is_about),
		TEST(what_was_processed_is_told),
		TEST(retry_after_has_all_its_forms),
		TEST(what_can_not_be_read_is_refused),
		TEST(there_is_a_ceiling_of_faults),
	};

	return RUN(tests);
}
