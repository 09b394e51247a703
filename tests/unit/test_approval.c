/* test_approval.c - who may approve, and what they have signed */

#include "store/approval.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "io/file.h"

static const char id[] =
    "abababababababababababababababababababababababababababababababab";

static char path[] = "/tmp/inv-approval-XXXXXX";
static struct inv_state state = { .path = path };

/* The line of a key whose seed is 32 times c. */
static void
put_line(struct inv_buf *b, struct inv_audit_key *k, char c)
{
	unsigned char seed[INV_SIGN_SEED];
	unsigned char public[INV_SIGN_PUBLIC];

	memset(seed, c, sizeof(seed));
	k->signer = inv_signer_new(seed);
	inv_signer_public(k->signer, public);
	inv_note_key_make(&k->public, INV_LIT("ann"), INV_NOTE_SIGNATURE,
	    public);
	inv_note_key_put(b, &k->public);
	inv_buf_byte(b, '\n');
}

static void
write_file(struct inv_str text)
{
	struct inv_err err;

	check(inv_file_replace(state.fd, "approvers", text, &err));
}

static struct inv_action
approval(uint64_t number)
{
	return (struct inv_action){
		.number = number,
		.at = 1000000000,
		.verb = INV_LIT("approve"),
		.item = INV_LIT("abababababab-7"),
		.manifest = { id, 64 },
		.submission = 1,
		.row = 7,
		.user = INV_LIT("ann"),
		.why = INV_LIT("so \"it\" was\n\n\xe2\x80\x94 "),
	};
}

static struct inv_action
use(uint64_t number, const char *detail)
{
	struct inv_action a = approval(number);

	a.verb = INV_LIT("resubmit");
	a.user = INV_LIT("bob");
	a.detail = inv_str_of(detail);
	return a;
}

static const char content[] = "{\"a\":1}";
static const char errors[] = "[{\"severity\":\"CRITICAL\"}]";

static const struct inv_item item = {
	.id = "abababababab-7",
	.last = { .content = { content, sizeof(content) - 1 },
	    .errors = { errors, sizeof(errors) - 1 } },
};

static void
no_file_asks_for_nothing_and_an_empty_one_does(void)
{
	struct inv_approvals *a;
	struct inv_err err;

	a = inv_approvals_open(&state, NULL, &err);
	check(a != NULL && !inv_approvals_are_asked(a));
	check(!inv_approvals_need(a, &item));
	inv_approvals_close(a);
	write_file(INV_LIT(""));
	a = inv_approvals_open(&state, NULL, &err);
	check(a != NULL && inv_approvals_are_asked(a));
	check(inv_approvals_need(a, &item));
	inv_approvals_close(a);
	inv_approvals_close(NULL);
}

static void
a_line_that_is_no_key_is_a_fault(void)
{
	static const char *const lines[] = { "x\n", "-\n", " # x\n", "ann+1+\n",
		"ann+00000000+AAAA" };
	struct inv_err err;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		write_file(inv_str_of(lines[i]));
		check(inv_approvals_open(&state, NULL, &err) == NULL);
		check(err.fault == INV_CONFIG);
	}
	check_str(inv_str_of(err.msg), "approvers: line 1: not a key");
}

static void
others_can_not_write_it(void)
{
	struct inv_err err;

	write_file(INV_LIT(""));
	check(fchmodat(state.fd, "approvers", 0620, 0) == 0);
	check(inv_approvals_open(&state, NULL, &err) == NULL);
	check(err.fault == INV_DENIED);
}

/* Sign for the item with k, and meet that; *detail as it was signed. */
static bool
signed_by(struct inv_audit_key *k, uint64_t number, struct inv_buf *detail,
    struct inv_err *err)
{
	struct inv_approvals *a = inv_approvals_open(&state, NULL, err);
	struct inv_action action = approval(number);
	bool ok = a != NULL &&
	    inv_approval_sign(a, k, &item, INV_APPROVED_RELEASE, &action,
		detail, err) &&
	    inv_approvals_meet(a, &action, err);

	inv_approvals_close(a);
	return ok;
}

static void
only_a_key_of_the_file_signs(void)
{
	struct inv_buf file = INV_BUF(1024);
	struct inv_buf other = INV_BUF(1024);
	struct inv_buf detail = INV_BUF(INV_ACTION_DETAIL_MAX);
	struct inv_audit_key ann = { 0 };
	struct inv_audit_key eve = { 0 };
	struct inv_err err;

	inv_buf_add(&file, INV_LIT("# who\r\n\r\n"));
	put_line(&file, &ann, 'a');
	put_line(&other, &eve, 'e');
	write_file(inv_buf_str(&file));
	check(signed_by(&ann, 1, &detail, &err));
	inv_buf_reset(&detail);
	check(!signed_by(&eve, 1, &detail, &err));
	check(err.fault == INV_DENIED);
	/* Nor one that has gone. */
	inv_buf_reset(&other);
	inv_buf_byte(&other, '-');
	inv_note_key_put(&other, &ann.public);
	write_file(inv_buf_str(&other));
	inv_buf_reset(&detail);
	check(!signed_by(&ann, 1, &detail, &err));
	check(err.fault == INV_DENIED);
	inv_audit_key_close(&ann);
	inv_audit_key_close(&eve);
	inv_buf_free(&file);
	inv_buf_free(&other);
	inv_buf_free(&detail);
}

static void
an_approval_is_used_once_and_by_another(void)
{
	struct inv_buf file = INV_BUF(1024);
	struct inv_buf detail = INV_BUF(INV_ACTION_DETAIL_MAX);
	struct inv_audit_key ann = { 0 };
	struct inv_approvals *a;
	struct inv_action action = approval(1);
	struct inv_err err;

	put_line(&file, &ann, 'a');
	write_file(inv_buf_str(&file));
	a = inv_approvals_open(&state, NULL, &err);
	check(a != NULL);
	check(inv_approval_sign(a, &ann, &item, INV_APPROVED_RELEASE, &action,
	    &detail, &err));
	check(inv_approvals_meet(a, &action, &err));
	action = use(2, "{}");
	check(inv_approvals_meet(a, &action, &err));
	action = use(3, "{\"approval\":1}");
	check(inv_approvals_meet(a, &action, &err));
	check(!inv_approvals_meet(a, &action, &err));
	check(err.fault == INV_NO);
	action = use(4, "{\"approval\":3}");
	check(!inv_approvals_meet(a, &action, &err));
	/* Under another number it is none. */
	action = approval(5);
	action.detail = inv_buf_str(&detail);
	check(!inv_approvals_meet(a, &action, &err));
	inv_approvals_close(a);
	inv_audit_key_close(&ann);
	inv_buf_free(&file);
	inv_buf_free(&detail);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(no_file_asks_for_nothing_and_an_empty_one_does),
		TEST(a_line_that_is_no_key_is_a_fault),
		TEST(others_can_not_write_it),
		TEST(only_a_key_of_the_file_signs),
		TEST(an_approval_is_used_once_and_by_another),
	};

	if (mkdtemp(path) == NULL)
		return 1;
	state.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = RUN(tests);

	(void)unlinkat(state.fd, "approvers", 0);
	(void)rmdir(path);
	return bad;
}
