/* verify.c - inv-audit verify: is the log as it was written? */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "base/clock.h"
#include "base/log.h"
#include "data/emit.h"
#include "prog/metrics.h"

enum { REPORT_MAX = 4096 }; /* bytes */

static void
say(struct inv_buf *b, const struct inv_audit_verified *v, bool read_data)
{
	inv_buf_addf(b,
	    "%ju entries of the log and %ju of the journal are as written; "
	    "%ju batches and %ju actions of people agree\n",
	    (uintmax_t)v->entries, (uintmax_t)v->lines, (uintmax_t)v->batches,
	    (uintmax_t)v->actions);
	inv_buf_addf(b, "%ju signed checkpoints agree; ",
	    (uintmax_t)v->checkpoints);
	if (v->covered == v->entries)
		inv_buf_add(b, INV_LIT("the last covers all entries\n"));
	else
		inv_buf_addf(b,
		    "the %ju entries behind entry %ju are not signed yet\n",
		    (uintmax_t)(v->entries - v->covered),
		    (uintmax_t)v->covered);
	if (read_data)
		inv_buf_addf(b,
		    "%ju bodies of batches and %ju archived manifests have the "
		    "SHA-256 they are known by; %ju manifests were not kept\n",
		    (uintmax_t)v->bodies, (uintmax_t)v->manifests,
		    (uintmax_t)v->unkept);
}

static void
put(struct inv_buf *b, const struct inv_audit_verified *v, bool read_data)
{
	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("verified"));
	inv_emit_member_u64(b, INV_LIT("entries"), v->entries);
	inv_emit_member_u64(b, INV_LIT("checkpoints"), v->checkpoints);
	inv_emit_member_u64(b, INV_LIT("covered"), v->covered);
	inv_emit_member_u64(b, INV_LIT("journal"), v->lines);
	inv_emit_member_u64(b, INV_LIT("batches"), v->batches);
	inv_emit_member_u64(b, INV_LIT("actions"), v->actions);
	if (read_data) {
		inv_emit_member_u64(b, INV_LIT("bodies"), v->bodies);
		inv_emit_member_u64(b, INV_LIT("manifests"), v->manifests);
		inv_emit_member_u64(b, INV_LIT("unkept"), v->unkept);
	}
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

/* What it has come to; the answer is no, or there is none, where it failed. */
static bool
count(struct inv_metrics *metrics, enum inv_fault fault, struct inv_err *err)
{
	struct inv_str none = { NULL, 0 };

	inv_metrics_set(metrics, INV_METRIC_CHAIN, none, fault == INV_OK);
	inv_metrics_set(metrics, INV_METRIC_CHAIN_CHECKED, none,
	    (uint64_t)inv_clock_wall());
	return inv_metrics_close(metrics, inv_fault_exit(fault), err);
}

int
inv_audit_do_verify(void *args, char *words[])
{
	const struct inv_audit_args *a = args;
	struct inv_note_key keys[INV_AUDIT_FILES];
	struct inv_buf b = INV_BUF(REPORT_MAX);
	struct inv_audit_verified v;
	struct inv_state state;
	struct inv_err err;
	struct inv_err ignored;

	(void)words;
	state.fd = inv_opt_state_there(&state.path);
	const struct inv_audit_trust trust = {
		.key = keys,
		.keys = inv_audit_args_keys(a, state.fd, keys),
		.checkpoint = a->checkpoint,
		.checkpoints = a->checkpoints,
		.read_data = a->read_data,
	};

	struct inv_metrics *metrics = inv_metrics_open("inv-audit verify");

	if (!inv_audit_verify(&state, &trust, &v, &err)) {
		bool told = count(metrics, err.fault, &ignored);

		(void)told; /* what has been found is worse */
		inv_die(&err);
	}
	if (isatty(STDOUT_FILENO) == 1)
		say(&b, &v, a->read_data);
	else
		put(&b, &v, a->read_data);
	inv_audit_print(inv_buf_str(&b));
	inv_buf_free(&b);
	close(state.fd);
	if (!count(metrics, INV_OK, &err))
		inv_die(&err);
	return EXIT_SUCCESS;
}
