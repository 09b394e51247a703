/*
 * audit.h - the hash-chained log of what became of every row
 *
 * STATE/audit/log.ndjson, append-only; inv-audit(1) is the format.  What was
 * committed comes from the journal alone, each outcome once, by its number,
 * whoever's run it was.  What people did comes from the quarantine, in the same
 * way (store/action.h).  All else is what blocks of the stream said.
 *
 * STATE/audit/head tells the last entry, and up to where the journal has been
 * taken in.  It is replaced when an append is on disk: a log that is shorter
 * than its head was cut.  What stands behind the head is an append that was
 * killed: whole lines stay, half a line is cut off.  A block counts from its
 * end entry on.
 *
 * Each append is made under a lock of its own, which is not held longer.
 */
#ifndef INV_STORE_AUDIT_H
#define INV_STORE_AUDIT_H

#include "data/account.h"
#include "data/note.h"
#include "io/secret.h"
#include "store/state.h"

/* The most rows of a manifest whose standing is kept: a byte each. */
#define INV_STANDING_MAX (UINT64_C(1) << 26)

/* What became of each row of a manifest, over all runs. */
struct inv_standing {
	uint64_t runs; /* that ended, or broke off; each once */
	uint64_t rows; /* of the manifest; the highest told of where no end of
			  the whole of it came */
	uint64_t counts[INV_VERDICTS];
};

/* What an append has found. */
struct inv_audit_sum {
	bool again;          /* this run was in the log, with these counts */
	uint64_t unverified; /* rows said to be committed, not in the journal */
	uint64_t orphans;    /* duplicates of rows that are not committed */
	struct inv_standing standing;
};

struct inv_audit;

/*
 * Opens the log, makes it if it is not there, and checks its chain and its
 * checkpoints.  INV_IO with file and line where it is damaged, or shorter than
 * its head or a checkpoint.  key says where the private key is that signs
 * checkpoints; NULL: in STATE/audit, made where there is none.
 */
INV_MUST struct inv_audit *inv_audit_open(const struct inv_state *state,
    const struct inv_secret_place *key, struct inv_err *err);
void inv_audit_close(struct inv_audit *a);

/*
 * Take in what the journal has, then the account of a block; on disk when
 * this returns true.  A block that is there already, by run and manifest and
 * with the same counts, changes nothing.  Claims of the account are sorted and marked.  A failure
 * is final for a.
 */
INV_MUST bool inv_audit_add(struct inv_audit *a, struct inv_account *account,
    struct inv_audit_sum *sum, struct inv_err *err);

/*
 * Take in what the journal has, for the next append to have less to do.  That
 * tells of a failure; where the lock is not to be had, nothing is done.
 */
void inv_audit_follow(struct inv_audit *a);

/* Take in what the journal has, and what people have done with items. */
INV_MUST bool inv_audit_take_in(struct inv_audit *a, struct inv_err *err);

/* What is held against the log, and what with. */
struct inv_audit_trust {
	const struct inv_note_key *key; /* whose signatures count */
	size_t keys;
	/* Files with checkpoints that were kept elsewhere. */
	const char *const *checkpoint;
	size_t checkpoints;
	bool read_data; /* hash what archive and journal keep, too */
};

/* What verifying went through. */
struct inv_audit_verified {
	uint64_t entries;     /* of the log */
	uint64_t checkpoints; /* signed by one of the keys, of the root said */
	uint64_t covered;     /* entries up to the last of them */
	uint64_t lines;       /* of the journal */
	uint64_t batches;     /* entries held against their outcome */
	uint64_t actions;     /* and against what the quarantine has */
	uint64_t bodies;      /* of the journal that have their batch_hash */
	uint64_t manifests;   /* of the archive that have the digest they say */
	uint64_t unkept;      /* manifests that are not in the archive */
	uint64_t attachments; /* that are kept and have the digest they say */
	uint64_t events;      /* of the quarantine that have their hash */
};

/*
 * Hold the log and the journal against their chains, the log against its head
 * and each checkpoint, each batch against its outcome, and each action against
 * the quarantine; with read_data also each body, each archived manifest,
 * each attachment, which must be there if the journal names it,
 * and each event of the quarantine against its hash.  Changes nothing.
 * INV_NO at the first difference: the message says where and what.
 */
INV_MUST bool inv_audit_verify(const struct inv_state *state,
    const struct inv_audit_trust *trust, struct inv_audit_verified *v,
    struct inv_err *err);

#endif
