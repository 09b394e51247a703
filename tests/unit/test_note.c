/* test_note - do data/note and data/sign keep their headers' promises? */

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "data/note.h"

enum { TEXT_MAX = 64 << 10 };

/* The key that golang.org/x/mod/sumdb/note has in its example. */
static const char go_key[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

static struct inv_signer *
signer(unsigned char c)
{
	unsigned char seed[INV_SIGN_SEED] = { c };

	return inv_signer_new(seed);
}

static struct inv_note_key
key_of(const struct inv_signer *s, const char *name, enum inv_note_type type)
{
	unsigned char public[INV_SIGN_PUBLIC];
	struct inv_note_key key;

	inv_signer_public(s, public);
	inv_note_key_make(&key, inv_str_of(name), type, public);
	return key;
}

static void
the_first_vector_of_rfc_8032_holds(void)
{
	static const char seed_hex[] = "9d61b19deffd5a60ba844af492ec2cc4"
				       "4449c5697b326919703bac031cae7f60";
	static const char key_hex[] = "d75a980182b10ab7d54bfed3c964073a"
				      "0ee172f3daa62325af021a68f707511a";
	static const char sig_hex[] =
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
	unsigned char seed[INV_SIGN_SEED], key[INV_SIGN_PUBLIC];
	unsigned char sig[INV_SIGN];
	char hex[2 * INV_SIGN];

	check(inv_str_unhex(inv_str_of(seed_hex), seed, sizeof(seed)));
	struct inv_signer *s = inv_signer_new(seed);

	inv_signer_public(s, key);
	inv_str_hex(key, sizeof(key), hex);
	check_str(((struct inv_str){ hex, 2 * sizeof(key) }), key_hex);
	inv_sign(s, INV_LIT(""), sig);
	inv_str_hex(sig, sizeof(sig), hex);
	check_str(((struct inv_str){ hex, sizeof(hex) }), sig_hex);
	check(inv_sign_is_good(key, INV_LIT(""), sig));
	check(!inv_sign_is_good(key, INV_LIT("x"), sig));
	inv_signer_free(s);
}

static void
a_child_has_not_the_private_key(void)
{
	unsigned char key[INV_SIGN_PUBLIC], sig[INV_SIGN];
	struct inv_signer *s = signer(7);
	int status = 1;

	inv_signer_public(s, key);
	pid_t child = fork();

	if (child == 0) {
		inv_sign(s, INV_LIT("x"), sig);
		_exit(inv_sign_is_good(key, INV_LIT("x"), sig));
	}
	check(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	inv_sign(s, INV_LIT("x"), sig);
	check(inv_sign_is_good(key, INV_LIT("x"), sig));
	inv_signer_free(s);
}

static void
a_key_is_read_and_written(void)
{
	struct inv_note_key key;
	struct inv_buf b = INV_BUF(TEXT_MAX);

	check(inv_note_key_parse(inv_str_of(go_key), &key));
	check(key.type == INV_NOTE_SIGNATURE);
	check_str(inv_str_of(key.name), "PeterNeumann");
	inv_note_key_put(&b, &key);
	check_str(inv_buf_str(&b), go_key);
	inv_buf_free(&b);
}

static void
what_is_no_key_is_refused(void)
{
	static const char *const texts[] = { "", "a", "a+b", "a+c74f20a3+",
		"Peter Neumann+c74f20a3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a4+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+"
		"Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy",
		"PeterNeumann+C74F20A3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" };
	struct inv_note_key key;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check(!inv_note_key_parse(inv_str_of(texts[i]), &key));
}

static void
a_name_has_no_space_no_plus_and_no_control_character(void)
{
	check(inv_note_is_name(INV_LIT("inv.example.edu/audit")));
	check(inv_note_is_name(INV_LIT("B\xc3\xbc"
				       "cher")));
	check(!inv_note_is_name(INV_LIT("")));
	check(!inv_note_is_name(INV_LIT("a b")));
	check(!inv_note_is_name(INV_LIT("a+b")));
	check(!inv_note_is_name(INV_LIT("a\nb")));
	check(!inv_note_is_name(INV_LIT("a\x7f")));
	check(!inv_note_is_name(INV_LIT("a\xc2\xa0"
					"b")));
	check(!inv_note_is_name(INV_LIT("a\xe3\x80\x80")));
	check(!inv_note_is_name(INV_LIT("a\xff")));
	char longest[INV_NOTE_NAME];

	memset(longest, 'x', sizeof(longest));
	check(inv_note_is_name((struct inv_str){ longest, INV_NOTE_NAME - 1 }));
	check(!inv_note_is_name((struct inv_str){ longest, INV_NOTE_NAME }));
}

/* A note of text, signed by A and witnessed by W. */
static void
put_note(struct inv_buf *b, const char *text)
{
	struct inv_signer *a = signer('a');
	struct inv_signer *w = signer('w');

	inv_buf_add(b, inv_str_of(text));
	inv_buf_byte(b, '\n');
	inv_note_sign(b, inv_str_of(text), INV_LIT("A"), a);
	inv_note_cosign(b, inv_str_of(text), INV_LIT("W"), w, 1700000000);
	inv_signer_free(a);
	inv_signer_free(w);
}

static void
each_key_finds_its_own_line(void)
{
	struct inv_signer *a = signer('a');
	struct inv_signer *w = signer('w');
	struct inv_note_key by_a = key_of(a, "A", INV_NOTE_SIGNATURE);
	struct inv_note_key by_w = key_of(w, "W", INV_NOTE_COSIGNATURE);
	struct inv_note_key other = key_of(a, "B", INV_NOTE_SIGNATURE);
	struct inv_note_key no_witness = key_of(w, "W", INV_NOTE_SIGNATURE);
	struct inv_buf b = INV_BUF(TEXT_MAX);
	struct inv_note note;
	struct inv_err err;
	uint64_t at;

	put_note(&b, "one\n\nthree\n");
	check(inv_note_parse(inv_buf_str(&b), &note, &err));
	check_str(note.text, "one\n\nthree\n");
	check(inv_note_look(&note, &by_a, &at) == INV_NOTE_GOOD && at == 0);
	check(inv_note_look(&note, &by_w, &at) == INV_NOTE_GOOD &&
	    at == 1700000000);
	check(inv_note_look(&note, &other, &at) == INV_NOTE_NONE);
	check(inv_note_look(&note, &no_witness, &at) == INV_NOTE_NONE);
	inv_signer_free(a);
	inv_signer_free(w);
	inv_buf_free(&b);
}

static void
a_changed_text_is_found(void)
{
	struct inv_signer *a = signer('a');
	struct inv_signer *w = signer('w');
	struct inv_note_key by_a = key_of(a, "A", INV_NOTE_SIGNATURE);
	struct inv_note_key by_w = key_of(w, "W", INV_NOTE_COSIGNATURE);
	struct inv_buf b = INV_BUF(TEXT_MAX);
	struct inv_note note;
	struct inv_err err;
	uint64_t at;

	put_note(&b, "one\n");
	b.p[0] = 'O';
	check(inv_note_parse(inv_buf_str(&b), &note, &err));
	check(inv_note_look(&note, &by_a, &at) == INV_NOTE_FALSE);
	check(inv_note_look(&note, &by_w, &at) == INV_NOTE_FALSE);
	inv_signer_free(a);
	inv_signer_free(w);
	inv_buf_free(&b);
}

static void
what_is_no_note_is_refused(void)
{
	static const char *const texts[] = { "", "\n", "\n\n", "a\n", "a\n\n",
		"a\n\nb\n", "\n\xe2\x80\x94 A AAAAAAA=\n",
		"a\n\n\xe2\x80\x94 A AAAAAAA=",
		"a\n\n\xe2\x80\x94 A AAAAAA==\n", "a\n\n- A AAAAAAA=\n",
		"a\n\n\xe2\x80\x94 A  AAAAAAA=\n", "a\n\n\xe2\x80\x94 A\n",
		"a\n\n\xe2\x80\x94 A+B AAAAAAA=\n",
		"a\r\n\n\xe2\x80\x94 A AAAAAAA=\n",
		"a\xff\n\n\xe2\x80\x94 A AAAAAAA=\n" };
	struct inv_note note;
	struct inv_err err;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		check(!inv_note_parse(inv_str_of(texts[i]), &note, &err));
		check(err.fault == INV_BAD);
	}
	check(inv_note_parse(inv_str_of("a\n\n\xe2\x80\x94 A AAAAAAA=\n"),
	    &note, &err));
}

static void
a_checkpoint_is_read_and_written(void)
{
	static const char text[] =
	    "example.com/behind-the-sofa\n20852163\n"
	    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	struct inv_buf b = INV_BUF(TEXT_MAX);
	struct inv_checkpoint c;
	struct inv_err err;

	check(inv_checkpoint_parse(inv_str_of(text), &c, &err));
	check_str(c.origin, "example.com/behind-the-sofa");
	check(c.size == 20852163);
	inv_checkpoint_put(&b, &c);
	check_str(inv_buf_str(&b), text);
	inv_buf_free(&b);
}

static void
what_is_no_checkpoint_is_refused(void)
{
	static const char *const texts[] = { "", "a\n", "a\n1\n",
		"\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		"a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		"a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		("a\n9223372036854775808\n"
		 "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"),
		"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
		"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n",
		"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=" };
	struct inv_checkpoint c;
	struct inv_err err;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check(!inv_checkpoint_parse(inv_str_of(texts[i]), &c, &err));
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(the_first_vector_of_rfc_8032_holds),
		TEST(a_child_has_not_the_private_key),
		TEST(a_key_is_read_and_written),
		TEST(what_is_no_key_is_refused),
		TEST(a_name_has_no_space_no_plus_and_no_control_character),
		TEST(each_key_finds_its_own_line),
		TEST(a_changed_text_is_found),
		TEST(what_is_no_note_is_refused),
		TEST(a_checkpoint_is_read_and_written),
		TEST(what_is_no_checkpoint_is_refused),
	};

	return RUN(tests);
}
