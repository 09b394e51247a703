/* keys.c - inv-audit key and checkpoint: what others hold against the log */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/args.h"
#include "base/log.h"
#include "io/file.h"
#include "store/audit_head.h"

/* STATE/audit, for one who only reads; dies (66) where there is none. */
static int
audit_there(int state)
{
	struct inv_err err;
	int dir = openat(state, "audit",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir == -1) {
		inv_fail_sys(&err, INV_NOINPUT, "audit");
		inv_die(&err);
	}
	return dir;
}

/* ---- key ---- */

static void
show_key(void)
{
	struct inv_buf text = INV_BUF(INV_NOTE_KEY_TEXT);
	struct inv_note_key key;
	struct inv_state state;
	struct inv_err err;

	state.fd = inv_opt_state_there(&state.path);
	if (!inv_audit_key_public(state.fd, "audit/key.pub", &key, &err))
		inv_die(&err);
	inv_note_key_put(&text, &key);
	inv_buf_byte(&text, '\n');
	inv_audit_print(inv_buf_str(&text));
	inv_buf_free(&text);
	close(state.fd);
}

static void
make_key(const char *name)
{
	struct inv_state state;
	struct inv_err err;

	state.fd = inv_opt_state(&state.path);
	int dir = inv_file_state_dir(state.fd, "audit", &err);
	int lock =
	    dir == -1 ? -1 : inv_file_open(dir, "lock", O_RDWR | O_CREAT, &err);

	if (lock == -1 || !inv_audit_lock(lock, &err) ||
	    !inv_audit_key_make(dir, inv_str_of(name == NULL ? "" : name),
		&err))
		inv_die(&err);
	close(lock);
	close(dir);
	close(state.fd);
}

int
inv_audit_do_key(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	bool new = strcmp(words[0], "new") == 0;

	if (!new &&strcmp(words[0], "show") != 0)
		inv_opt_wrong("key", words[0], "not new or show");
	if (!new && a->name != NULL)
		inv_opt_wrong("--name", "", "only with key new");
	if (new)
		make_key(a->name);
	show_key();
	return EXIT_SUCCESS;
}

/* ---- checkpoint ---- */

int
inv_audit_do_checkpoint(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct inv_buf note = INV_BUF(INV_NOTE_MAX);
	struct inv_checkpoint_at last;
	struct inv_state state;
	struct inv_err err;

	(void)words;
	state.fd = inv_opt_state_there(&state.path);
	int dir = audit_there(state.fd);

	if (a->since != NULL) {
		inv_audit_since(dir, a->since);
	} else {
		if (!inv_audit_last(dir, &last, &note, &err))
			inv_die(&err);
		inv_audit_print(inv_buf_str(&note));
	}
	inv_buf_free(&note);
	close(dir);
	close(state.fd);
	return EXIT_SUCCESS;
}
