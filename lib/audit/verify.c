/* verify.c - inv-audit verify: is the log as it was written? */

#include <stdlib.h>
#include <unistd.h>

#include "audit/args.h"
#include "audit/ledger.h"
#include "audit/row.h"
#include "base/clock.h"
#include "base/log.h"
#include "data/emit.h"
#include "prog/metrics.h"
#include "store/audit_key.h"

/* A checkpoint that was kept elsewhere. */
struct kept {
	struct inv_buf text;
	struct inv_note note;
	bool used; /* a log was held against it */
};

struct verifying {
	struct inv_audit_args *args;
	struct inv_audit_ledger *ledger; /* NULL: it is not asked */
	struct inv_out out;
	size_t whole; /* logs that are as written */
	struct kept kept[INV_AUDIT_FILES];
	const char *chosen[INV_AUDIT_FILES]; /* of those, for one log */
};

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
	if (read_data)
		inv_buf_addf(b,
		    "%ju attachments have the SHA-256 they are known by\n",
		    (uintmax_t)v->attachments);
	if (read_data)
		inv_buf_addf(b,
		    "%ju events of the quarantine have their hash\n",
		    (uintmax_t)v->events);
}

static void
say_held(struct inv_buf *b, const struct inv_audit_held *held)
{
	inv_buf_addf(b,
	    "the ledger has all %ju batches that are committed; of %ju it "
	    "tells the same SHA-256 and number of records\n",
	    (uintmax_t)held->batches, (uintmax_t)held->alike);
}

static void
put(struct inv_buf *b, const char *name, const struct inv_audit_verified *v,
    bool read_data, const struct inv_audit_held *held)
{
	inv_emit_open(b, '{');
	if (name != NULL)
		inv_emit_member_str(b, INV_LIT("state"), inv_str_of(name));
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
		inv_emit_member_u64(b, INV_LIT("attachments"), v->attachments);
		inv_emit_member_u64(b, INV_LIT("events"), v->events);
	}
	if (held != NULL) {
		inv_emit_member_u64(b, INV_LIT("held"), held->batches);
		inv_emit_member_u64(b, INV_LIT("alike"), held->alike);
	}
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
}

/* held: NULL where the ledger was not asked. */
static void
print(struct inv_out *out, const char *name, const struct inv_audit_verified *v,
    bool read_data, const struct inv_audit_held *held)
{
	struct inv_buf *b = inv_out_buf(out);

	if (isatty(STDOUT_FILENO) == 1) {
		if (name != NULL) {
			inv_audit_row_text(b, inv_str_of(name));
			inv_buf_add(b, INV_LIT(":\n"));
		}
		say(b, v, read_data);
		if (held != NULL)
			say_held(b, held);
	} else {
		put(b, name, v, read_data, held);
	}
	inv_out_check(out);
}

/* What it has come to; the answer is no, or there is none, where it failed. */
static bool
count(struct inv_metrics *metrics, bool whole, enum inv_fault fault,
    struct inv_err *err)
{
	struct inv_str none = { NULL, 0 };

	inv_metrics_set(metrics, INV_METRIC_CHAIN, none, whole);
	inv_metrics_set(metrics, INV_METRIC_CHAIN_CHECKED, none,
	    (uint64_t)inv_clock_wall());
	return inv_metrics_close(metrics, inv_fault_exit(fault), err);
}

/* NULL: the ledger is not asked. */
static struct inv_audit_ledger *
open_ledger(struct inv_audit_args *a)
{
	if (a->ledger != NULL)
		return inv_audit_ledger_new(a->ledger, &a->access);
	if (a->access.token != NULL)
		inv_opt_wrong("--token-file", "", "goes with --ledger");
	if (a->access.cacert != NULL)
		inv_opt_wrong("--cacert", "", "goes with --ledger");
	if (a->access.allow_http)
		inv_opt_wrong("--allow-http", "", "goes with --ledger");
	return NULL;
}

/* ---- checkpoints of several logs ---- */

/* Each is for the logs whose key it is signed with; they are read once. */
static void
read_kept(struct verifying *p)
{
	const struct inv_audit_args *a = p->args;
	struct inv_checkpoint_at at;
	struct inv_err err;

	if (a->states < 2)
		return;
	for (size_t i = 0; i < a->checkpoints; i++) {
		struct kept *k = &p->kept[i];

		k->text = INV_BUF(INV_NOTE_MAX);
		if (!inv_audit_kept(a->checkpoint[i], &k->text, &k->note, &at,
			&err))
			inv_die(&err);
	}
}

/* Those that this log is to be held against. */
static bool
choose_kept(struct verifying *p, const struct inv_state *state,
    struct inv_audit_trust *trust, struct inv_err *err)
{
	const struct inv_audit_args *a = p->args;
	struct inv_note_key own;
	uint64_t at;

	trust->checkpoint = a->checkpoint;
	trust->checkpoints = a->checkpoints;
	if (a->states < 2 || a->checkpoints == 0)
		return true;
	trust->checkpoint = p->chosen;
	trust->checkpoints = 0;
	if (!inv_audit_key_public(state->fd, "audit/key.pub", &own, err))
		return false;
	for (size_t i = 0; i < a->checkpoints; i++) {
		if (inv_note_look(&p->kept[i].note, &own, &at) == INV_NOTE_NONE)
			continue;
		p->kept[i].used = true;
		p->chosen[trust->checkpoints++] = a->checkpoint[i];
	}
	return true;
}

/* One that no log was held against has not been checked at all. */
static enum inv_fault
unused_kept(struct verifying *p)
{
	enum inv_fault fault = INV_OK;

	if (p->args->states < 2)
		return INV_OK;
	for (size_t i = 0; i < p->args->checkpoints; i++) {
		inv_buf_free(&p->kept[i].text);
		if (p->kept[i].used)
			continue;
		inv_say("%s: signed with the key of none of these logs",
		    p->args->checkpoint[i]);
		fault = INV_NO;
	}
	return fault;
}

/* ---- one log ---- */

static enum inv_fault
look(void *arg, const struct inv_state *state, const char *name)
{
	struct verifying *p = arg;
	const struct inv_audit_args *a = p->args;
	struct inv_note_key keys[INV_AUDIT_FILES];
	struct inv_audit_trust trust = {
		.key = keys,
		.read_data = a->read_data,
	};
	struct inv_audit_verified v;
	struct inv_audit_held held;
	struct inv_err err;

	if (!inv_audit_args_keys(a, state->fd, keys, &trust.keys, &err) ||
	    !choose_kept(p, state, &trust, &err) ||
	    !inv_audit_verify(state, &trust, &v, &err))
		return inv_audit_complain(name, &err);
	p->whole++;
	if (p->ledger != NULL &&
	    !inv_audit_ledger_ask(p->ledger, state, v.entries, &held, &err))
		return inv_audit_complain(name, &err);
	print(&p->out, name, &v, a->read_data,
	    p->ledger != NULL ? &held : NULL);
	return INV_OK;
}

int
inv_audit_do_verify(void *args, char *words[])
{
	struct verifying p = { .args = args };
	struct inv_err err;

	(void)words;
	read_kept(&p);
	p.ledger = open_ledger(p.args);
	inv_out_init(&p.out, STDOUT_FILENO, "stdout");
	struct inv_metrics *metrics = inv_metrics_open("inv-audit verify");
	enum inv_fault fault = inv_audit_each(p.args, look, &p);
	enum inv_fault unused = unused_kept(&p);
	bool whole =
	    p.whole > 0 && p.whole >= p.args->states && unused == INV_OK;

	fault = inv_fault_worse(fault, unused);

	inv_audit_ledger_free(p.ledger);
	if (!inv_out_close(&p.out, &err))
		inv_die(&err);
	/* What has been found is worse than that it can not be told. */
	if (!count(metrics, whole, fault, &err) && fault == INV_OK)
		inv_die(&err);
	return inv_fault_exit(fault);
}
