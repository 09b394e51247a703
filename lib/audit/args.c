/* args.c - what the command line of inv-audit has said, for its verbs */

#include "audit/args.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "io/stream.h"
#include "store/audit_key.h"

size_t
inv_audit_args_keys(const struct inv_audit_args *a, int state,
    struct inv_note_key keys[INV_AUDIT_FILES])
{
	struct inv_err err;

	for (size_t i = 0; i < a->keys; i++)
		if (!inv_audit_key_public(AT_FDCWD, a->key[i], &keys[i], &err))
			inv_die(&err);
	if (a->keys > 0)
		return a->keys;
	if (inv_audit_key_public(state, "audit/key.pub", &keys[0], &err))
		return 1;
	if (err.fault != INV_NOINPUT)
		inv_die(&err);
	return 0;
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
