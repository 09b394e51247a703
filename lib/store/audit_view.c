/* audit_view.c - the audit log for those who only look, while others append */

#include "store/audit_view.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"

static const char log_name[] = "audit/log.ndjson";

static bool
open_log(struct inv_audit_view *v, struct inv_err *err)
{
	const struct inv_audit_head start = INV_AUDIT_HEAD;
	struct inv_err why;
	bool there;

	if (!inv_audit_head_read(v->dir, &v->head, &there, err))
		return false;
	if (!there)
		return true;
	v->log = inv_file_open(v->dir, "log.ndjson", O_RDONLY, &why);
	if (v->log == -1)
		return inv_fail_sys(err, INV_IO, "%s", log_name);
	return inv_audit_read(&v->r, v->log, &start.log, err);
}

bool
inv_audit_view_open(struct inv_audit_view *v, const struct inv_state *state,
    struct inv_err *err)
{
	*v = (struct inv_audit_view){
		.dir = openat(state->fd, "audit",
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
		.log = -1,
		.head = INV_AUDIT_HEAD,
	};
	if (v->dir == -1)
		return errno == ENOENT ||
		    inv_fail_sys(err, INV_NOINPUT, "audit");
	if (open_log(v, err))
		return true;
	inv_audit_view_close(v);
	return false;
}

void
inv_audit_view_close(struct inv_audit_view *v)
{
	if (v->r.digest != NULL)
		inv_audit_read_end(&v->r);
	if (v->log != -1)
		close(v->log);
	if (v->dir != -1)
		close(v->dir);
}

enum inv_next
inv_audit_view_next(struct inv_audit_view *v, struct inv_audit_line *line,
    struct inv_err *err)
{
	if (v->log == -1 || v->r.at.seq >= v->head.log.seq)
		return INV_NEXT_END;
	switch (inv_audit_next(&v->r, line, err)) {
	case INV_AUDIT_LINE:
		return INV_NEXT_LINE;
	case INV_AUDIT_NONE:
		inv_fail(err, INV_IO,
		    "%s: %ju entries, audit/head tells of %ju: its end was cut "
		    "off",
		    log_name, (uintmax_t)v->r.at.seq - 1,
		    (uintmax_t)v->head.log.seq - 1);
		break;
	case INV_AUDIT_TORN:
	case INV_AUDIT_FALSE:
	case INV_AUDIT_ERROR:
		break;
	}
	return INV_NEXT_ERR;
}
