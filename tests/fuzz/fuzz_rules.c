/*
 * fuzz_rules - any rules file, any record
 *
 * The input is a rules file, a newline and a record.  What is refused says
 * why; what is taken judges any record, its lists and its log being JSON, and
 * says the same the second time.
 */

#include <stdlib.h>

#include "data/canon.h"
#include "data/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct judged {
	struct inv_flaws flaws;
	struct inv_flaws warnings;
	struct inv_buf log;
};

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
judge(struct inv_rules *r, const struct inv_value *record, struct judged *out)
{
	const struct inv_judging j = {
		.record = record,
		.flaws = &out->flaws,
		.warnings = &out->warnings,
		.log = &out->log,
		.who = INV_LIT("{\"row\":1"),
	};

	*out = (struct judged){ .flaws = INV_FLAWS,
		.warnings = INV_FLAWS,
		.log = INV_BUF(64 << 20) };
	inv_rules_judge(r, &j);
}

static void
is_json(struct inv_scan *scan, struct inv_str text)
{
	enum inv_kind kind;
	struct inv_err err;

	must(inv_scan_value(scan, text, &kind, &err));
}

static void
check_lists(struct inv_scan *scan, struct judged *j)
{
	struct inv_str rest = inv_buf_str(&j->log);

	is_json(scan, inv_flaws_json(&j->flaws));
	is_json(scan, inv_flaws_json(&j->warnings));
	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);

		must(end != NULL);
		size_t n = (size_t)(end - rest.p);

		is_json(scan, (struct inv_str){ rest.p, n });
		rest = (struct inv_str){ end + 1, rest.n - n - 1 };
	}
}

static void
check(struct inv_rules *r, struct inv_scan *scan, struct inv_tape *tape,
    struct inv_str canon)
{
	const struct inv_value *record = inv_tape_read(tape, canon);
	struct judged once, twice;

	if (record == NULL)
		return;
	judge(r, record, &once);
	judge(r, record, &twice);
	check_lists(scan, &once);
	must(inv_str_eq(inv_flaws_json(&once.flaws),
	    inv_flaws_json(&twice.flaws)));
	must(inv_str_eq(inv_buf_str(&once.log), inv_buf_str(&twice.log)));
	inv_flaws_free(&once.flaws);
	inv_flaws_free(&once.warnings);
	inv_buf_free(&once.log);
	inv_flaws_free(&twice.flaws);
	inv_flaws_free(&twice.warnings);
	inv_buf_free(&twice.log);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct inv_scan *scan;
	static struct inv_tape *tape;
	static struct inv_canon *canon;
	const uint8_t *end = memchr(p, '\n', n);
	struct inv_str text = { (const char *)p, n };
	struct inv_str record = INV_LIT("{}");
	struct inv_buf out = INV_BUF(8 * INV_RECORD_MAX);
	struct inv_err err = { .fault = INV_OK };

	if (scan == NULL) {
		scan = inv_scan_new();
		tape = inv_tape_new();
		canon = inv_canon_new();
	}
	if (end != NULL) {
		text.n = (size_t)(end - p);
		record =
		    (struct inv_str){ (const char *)end + 1, n - text.n - 1 };
	}
	struct inv_rules *r = inv_rules_new(text, NULL, &err);

	if (r == NULL) {
		must(err.fault == INV_CONFIG && err.msg[0] != '\0');
		return 0;
	}
	if (inv_scan_object(scan, record, &err) &&
	    inv_canon_object(canon, record, inv_scan_record(scan), &out, &err))
		check(r, scan, tape, inv_buf_str(&out));
	inv_buf_free(&out);
	inv_rules_free(r);
	return 0;
}
