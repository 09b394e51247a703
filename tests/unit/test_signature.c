/* test_signature - does data/signature keep its header's promises? */

#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "data/signature.h"

enum { LINE_MAX_BYTES = 64 << 10 };

static struct inv_signer *signer;
static struct inv_note_key key;
static struct inv_trusted trusted;

static void
begin(void)
{
	const unsigned char seed[INV_SIGN_SEED] = { 7 };
	unsigned char public[INV_SIGN_PUBLIC];

	signer = inv_signer_new(seed);
	inv_signer_public(signer, public);
	inv_note_key_make(&key, INV_LIT("lab"), INV_NOTE_SIGNATURE, public);
	trusted = (struct inv_trusted){ .path = "keys", .n = 1 };
	trusted.key[0] = key;
}

/* The line, an object without its last brace, signed and with it. */
static struct inv_buf
signed_line(const char *line)
{
	struct inv_buf b = INV_BUF(LINE_MAX_BYTES);
	struct inv_err err;

	inv_buf_add(&b, INV_LIT("before\n"));
	inv_buf_add(&b, inv_str_of(line));
	check(inv_signature_add(&b, sizeof("before\n") - 1, &key, signer,
	    &err));
	inv_buf_byte(&b, '}');
	memmove(b.p, b.p + sizeof("before\n") - 1,
	    b.n - (sizeof("before\n") - 1));
	b.n -= sizeof("before\n") - 1;
	return b;
}

/* Why that line is not signed; "" where it is. */
static const char *
refusal(struct inv_str line)
{
	static struct inv_err err;
	struct inv_scan *scan = inv_scan_new();

	err.msg[0] = '\0';
	check(inv_scan_line(scan, line, &err));
	const struct inv_note_key *by =
	    inv_signature_by(&trusted, inv_scan_outer(scan), &err);

	check(by == NULL ? err.fault == INV_DENIED : by == &trusted.key[0]);
	inv_scan_free(scan);
	return by == NULL ? err.msg : "";
}

static void
what_was_signed_is_signed(void)
{
	struct inv_buf b = signed_line("{\"type\":\"manifest\",\"bytes\":12");

	check_str(inv_str_of(refusal(inv_buf_str(&b))), "");
	inv_buf_free(&b);
}

static void
order_space_run_and_subset_do_not_count(void)
{
	struct inv_buf b = signed_line("{\"a\":1,\"run\":\"x\",\"b\":[2,{}]");
	struct inv_buf c = INV_BUF(LINE_MAX_BYTES);
	const char *from = strstr(b.p, "\"signature\"");

	inv_buf_addf(&c,
	    "{ \"subset\": [[1,2]], %.*s, \"b\" : [ 2, {} ],"
	    "\"a\":1.0,\"run\":\"y\"}",
	    (int)(b.n - 1 - (size_t)(from - b.p)), from);
	check_str(inv_str_of(refusal(inv_buf_str(&c))), "");
	inv_buf_free(&b);
	inv_buf_free(&c);
}

static void
a_byte_more_or_less_counts(void)
{
	struct inv_buf b = signed_line("{\"a\":1,\"b\":\"x\"");

	b.p[5] = '2';
	check(strstr(refusal(inv_buf_str(&b)), "is not over") != NULL);
	b.p[5] = '1';
	check_str(inv_str_of(refusal(inv_buf_str(&b))), "");
	trusted.n = 0;
	check(strstr(refusal(inv_buf_str(&b)), "is not in keys") != NULL);
	trusted.n = 1;
	inv_buf_free(&b);
}

static void
what_is_no_signature_is_said_so(void)
{
	check_str(inv_str_of(refusal(INV_LIT("{\"a\":1}"))), "not signed");
	check_str(inv_str_of(refusal(INV_LIT("{\"signature\":\"x\"}"))),
	    "its signature is none");
	check_str(
	    inv_str_of(refusal(INV_LIT("{\"signature\":{\"key\":\"lab\"}}"))),
	    "its signature is none");
	check_str(inv_str_of(refusal(INV_LIT("{\"signature\":{\"key\":2,"
					     "\"ed25519\":\"AAAA\"}}"))),
	    "its signature is none");
}

static void
a_number_that_has_no_canonical_form_can_not_be_signed(void)
{
	struct inv_buf b = INV_BUF(LINE_MAX_BYTES);
	struct inv_err err;

	inv_buf_add(&b, INV_LIT("{\"a\":9007199254740993"));
	size_t n = b.n;

	check(!inv_signature_add(&b, 0, &key, signer, &err));
	check(err.fault == INV_BAD);
	check(b.n == n);
	inv_buf_free(&b);
}

static bool
read_keys(struct inv_trusted *t, struct inv_str text, struct inv_err *err)
{
	char path[] = "/tmp/inv-signature-XXXXXX";
	int fd = mkstemp(path);

	check(write(fd, text.p, text.n) == (ssize_t)text.n);
	close(fd);
	bool ok = inv_trusted_read(t, path, err);

	unlink(path);
	return ok;
}

static void
keys_are_read_a_line_each(void)
{
	struct inv_buf text = INV_BUF(LINE_MAX_BYTES);
	struct inv_trusted t;
	struct inv_err err;

	inv_note_key_put(&text, &key);
	inv_buf_add(&text, INV_LIT("\r\n\n"));
	inv_note_key_put(&text, &key);
	check(read_keys(&t, inv_buf_str(&text), &err));
	check(t.n == 2);
	check_str(inv_str_of(t.key[1].name), "lab");
	inv_buf_add(&text, INV_LIT("x"));
	check(!read_keys(&t, inv_buf_str(&text), &err));
	check(err.fault == INV_CONFIG);
	check(!read_keys(&t, INV_LIT("\n\n"), &err));
	check(err.fault == INV_CONFIG);
	inv_buf_free(&text);
}

static void
a_witness_does_not_sign(void)
{
	struct inv_buf text = INV_BUF(LINE_MAX_BYTES);
	struct inv_note_key witness;
	struct inv_trusted t;
	struct inv_err err;

	inv_note_key_make(&witness, INV_LIT("w"), INV_NOTE_COSIGNATURE,
	    key.key);
	inv_note_key_put(&text, &witness);
	check(!read_keys(&t, inv_buf_str(&text), &err));
	check(err.fault == INV_CONFIG);
	inv_buf_free(&text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(what_was_signed_is_signed),
		TEST(order_space_run_and_subset_do_not_count),
		TEST(a_byte_more_or_less_counts),
		TEST(what_is_no_signature_is_said_so),
		TEST(a_number_that_has_no_canonical_form_can_not_be_signed),
		TEST(keys_are_read_a_line_each),
		TEST(a_witness_does_not_sign),
	};

	begin();
	int status = RUN(tests);

	inv_signer_free(signer);
	return status;
}
