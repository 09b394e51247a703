/* test_proof - proofs are read as they are written */

#include "data/proof.h"

#include "check.h"

#define ID "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct inv_proof
make(void)
{
	struct inv_proof p = {
		.manifest = INV_LIT(ID),
		.submission = 2,
		.row = 7,
		.record = INV_LIT("{\"a\":\"\\\"\"}"),
		.index = 5,
		.path = { .n = 2, .of = { { 1 }, { 2 } } },
		.entry = INV_LIT("{\"seq\":9}"),
		.log_index = 8,
		.log_path = { .n = 1, .of = { { 3 } } },
		.note = INV_LIT("log\n9\nroot\n\nsignature\n"),
	};

	return p;
}

static void
what_is_written_is_read(void)
{
	const struct inv_proof p = make();
	struct inv_buf text = INV_BUF(INV_PROOF_MAX);
	struct inv_buf mem = INV_BUF(INV_PROOF_MAX);
	struct inv_proof q;
	struct inv_err err;

	inv_proof_put(&text, &p);
	check(inv_proof_parse(inv_buf_str(&text), &mem, &q, &err));
	check_str(q.manifest, ID);
	check(q.submission == 2 && q.row == 7 && q.index == 5);
	check_str(q.record, "{\"a\":\"\\\"\"}");
	check_str(q.entry, "{\"seq\":9}");
	check(q.path.n == 2 && q.path.of[1][0] == 2);
	check(q.log_index == 8 && q.log_path.n == 1);
	check(q.log_path.of[0][0] == 3);
	check_str(q.note, "log\n9\nroot\n\nsignature\n");
	inv_buf_free(&text);
	inv_buf_free(&mem);
}

static void
the_bytes_of_the_row_are_read_as_they_are_written(void)
{
	struct inv_buf text = INV_BUF(INV_PROOF_MAX);
	struct inv_buf mem = INV_BUF(INV_PROOF_MAX);
	struct inv_proof p = make();
	struct inv_proof q;
	struct inv_err err;

	p.has_raw = true;
	p.line = 3;
	p.offset = 21;
	p.raw = INV_LIT("A-1;\"two\nlines\"");
	for (unsigned how = 0; how < 64; how++) {
		p.read = (struct inv_source_options){
			.format = INV_FORMAT_CSV,
			.delimiter = (how & 1) != 0 ? ';' : ',',
			.no_header = (how & 2) != 0,
			.null_empty = (how & 4) != 0,
			.strict_quotes = (how & 8) != 0,
			.quote = (how & 16) != 0 ? '\'' : '\0',
			.escape = (how & 16) != 0 ? '\\' : '\0',
			.preamble = (how & 32) != 0 ? 1000 : 0,
			.header = (how & 32) != 0 ? 2 : 0,
			.footer = (how & 32) != 0 ? 3 : 0,
		};
		inv_buf_reset(&text);
		inv_proof_put(&text, &p);
		check(inv_proof_parse(inv_buf_str(&text), &mem, &q, &err));
		check(q.has_raw && q.line == 3 && q.offset == 21);
		check_str(q.raw, "A-1;\"two\nlines\"");
		check(q.read.format == INV_FORMAT_CSV &&
		    q.read.delimiter == p.read.delimiter &&
		    q.read.no_header == p.read.no_header &&
		    q.read.null_empty == p.read.null_empty &&
		    q.read.strict_quotes == p.read.strict_quotes);
		check(q.read.quote == p.read.quote &&
		    q.read.escape == p.read.escape &&
		    q.read.preamble == p.read.preamble &&
		    q.read.header == p.read.header &&
		    q.read.footer == p.read.footer);
	}
	inv_buf_free(&text);
	inv_buf_free(&mem);
}

static void
no_byte_can_be_left_out(void)
{
	const struct inv_proof p = make();
	struct inv_buf text = INV_BUF(INV_PROOF_MAX);
	struct inv_buf less = INV_BUF(INV_PROOF_MAX);
	struct inv_buf mem = INV_BUF(INV_PROOF_MAX);
	struct inv_proof q;
	struct inv_err err;

	inv_proof_put(&text, &p);
	/* Up to its texts, in which others could stand. */
	size_t fixed = strlen("{\"type\":\"proof\",\"v\":1,\"manifest\":\"");

	for (size_t i = 0; i < text.n; i++) {
		bool end = i + 3 >= text.n;

		if (i >= fixed && !end)
			continue;
		inv_buf_reset(&less);
		inv_buf_add(&less, (struct inv_str){ text.p, i });
		inv_buf_add(&less,
		    (struct inv_str){ text.p + i + 1, text.n - i - 1 });
		check(!inv_proof_parse(inv_buf_str(&less), &mem, &q, &err));
		check(err.fault == INV_BAD);
	}
	inv_buf_free(&text);
	inv_buf_free(&less);
	inv_buf_free(&mem);
}

static void
a_path_longer_than_any_tree_is_refused(void)
{
	struct inv_buf text = INV_BUF(INV_PROOF_MAX);
	struct inv_buf mem = INV_BUF(INV_PROOF_MAX);
	struct inv_proof q;
	struct inv_err err;

	inv_buf_add(&text,
	    INV_LIT("{\"type\":\"proof\",\"v\":1,\"manifest\":\"" ID
		    "\",\"submission\":1,\"row\":1,\"record\":\"{}\",\"index\":"
		    "0,\"path\":["));
	for (int i = 0; i <= INV_MERKLE_PATH; i++)
		inv_buf_addf(&text, "%s\"" ID "\"", i == 0 ? "" : ",");
	inv_buf_add(&text, INV_LIT("],\"entry\":\"\",\"log\":\"\"}\n"));
	check(!inv_proof_parse(inv_buf_str(&text), &mem, &q, &err));
	check(!inv_proof_parse((struct inv_str){ 0 }, &mem, &q, &err));
	inv_buf_free(&text);
	inv_buf_free(&mem);
}

static void
growth_is_read_as_it_is_written(void)
{
	const struct inv_growth g = { .old = 8,
		.path = { .n = 2, .of = { { 1 }, { 2 } } },
		.note = INV_LIT("note\n") };
	struct inv_buf text = INV_BUF(INV_NOTE_MAX);
	struct inv_growth h;
	struct inv_err err;

	inv_growth_put(&text, &g);
	check(inv_growth_parse(inv_buf_str(&text), &h, &err));
	check(h.old == 8 && h.path.n == 2 && h.path.of[1][0] == 2);
	check_str(h.note, "note\n");
	/* Up to the note nothing can be missing. */
	for (size_t i = 0; i + 5 < text.n; i++)
		check(!inv_growth_parse((struct inv_str){ text.p, i }, &h,
		    &err));
	inv_buf_free(&text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(what_is_written_is_read),
		TEST(the_bytes_of_the_row_are_read_as_they_are_written),
		TEST(no_byte_can_be_left_out),
		TEST(a_path_longer_than_any_tree_is_refused),
		TEST(growth_is_read_as_it_is_written),
	};

	return RUN(tests);
}
