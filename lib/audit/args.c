/* args.c - what the command line of inv-audit has said, for its verbs */

#include "audit/args.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "data/scan.h"
#include "io/file.h"
#include "io/stream.h"
#include "store/audit_key.h"

bool
inv_audit_args_keys(const struct inv_audit_args *a, int state,
    struct inv_note_key keys[INV_AUDIT_FILES], size_t *n, struct inv_err *err)
{
	*n = a->keys;
	for (size_t i = 0; i < a->keys; i++)
		if (!inv_audit_key_public(AT_FDCWD, a->key[i], &keys[i], err))
			return false;
	if (a->keys > 0)
		return true;
	bool there = inv_audit_key_public(state, "audit/key.pub", keys, err);

	*n = there ? 1 : 0;
	return there || err->fault == INV_NOINPUT;
}

enum inv_fault
inv_audit_complain(const char *name, const struct inv_err *err)
{
	if (name != NULL)
		inv_say("%s: %s", name, err->msg);
	else
		inv_say("%s", err->msg);
	return err->fault;
}

enum inv_fault
inv_audit_each(const struct inv_audit_args *a, inv_audit_look *look, void *arg)
{
	enum inv_fault worst = INV_OK;
	struct inv_state state;
	struct inv_err err;

	if (a->states == 0) {
		state.fd = inv_opt_state_there(&state.path);
		worst = look(arg, &state, NULL);
		close(state.fd);
		return worst;
	}
	for (size_t i = 0; i < a->states; i++)
		if (!inv_text_is_utf8(inv_str_of(a->state[i])))
			inv_opt_wrong("--state", a->state[i], "not UTF-8");
	for (size_t i = 0; i < a->states; i++) {
		state.path = a->state[i];
		state.fd = inv_file_state_there(state.path, &err);
		worst = inv_fault_worse(worst,
		    state.fd == -1 ? inv_audit_complain(NULL, &err)
				   : look(arg, &state, state.path));
		if (state.fd != -1)
			close(state.fd);
	}
	return worst;
}

void
inv_audit_print(struct inv_str text)
{
	struct inv_out out;
	struct inv_err err;

	inv_out_init(&out, STDOUT_FILENO, "stdout");
	inv_out_add(&out, text);
	if (!inv_out_close(&out, &err))
		inv_die(&err);
}
