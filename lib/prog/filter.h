/*
 * filter.h - the record loop that all filters share
 *
 * A program pulls records, and gives each one on or a verdict.  Everything
 * that is not its business is done here: long lines, lines that are not JSON,
 * blank lines, lines of other kinds, rows that have a verdict already,
 * counting, and the law: `end` is checked against the rows that passed, and
 * its counts are written anew.
 */
#ifndef INV_PROG_FILTER_H
#define INV_PROG_FILTER_H

#include "data/record.h"
#include "io/stream.h"
#include "prog/metrics.h"
#include "prog/opt.h"

/* What inv_filter_next hands out beside pending records. */
enum {
	INV_WANT_MANIFEST = 1 << 0, /* manifest lines: pass them on */
	INV_WANT_STAGE = 1 << 1,    /* stage lines: pass them on */
	INV_WANT_VERDICT = 1 << 2,  /* records with a verdict, and malformed
				       lines as such: pass them on */
	INV_WANT_BATCH = 1 << 3,    /* batch lines: pass them on */
	INV_WANT_END = 1 << 4,      /* end lines: pass them on */
	INV_WANT_QUIET = 1 << 5,    /* nothing is written: inv-audit */
	INV_WANT_BODY = 1 << 6,    /* INV_LINE_BODY: the place to add a stage */
	INV_WANT_NOTHING = 1 << 7, /* no manifest at all is fine */
};

/* The manifest block under way. */
struct inv_block {
	bool open;  /* between manifest and end */
	bool body;  /* a line other than manifest and stage has come */
	bool typed; /* its source has types of its own: ndjson, json */
	char id[INV_MANIFEST_ID];
	char run[INV_RUN_ID];
	struct inv_buf name; /* decoded, for messages */
	uint64_t arrival;
	uint64_t submission;
	uint64_t chunk_size;
	struct inv_buf key;   /* the last stage line's "key": JSON, or empty */
	bool validated;       /* a stage line of inv-validate has passed */
	struct inv_rows rows; /* seen */
	struct inv_rows subset;        /* that the block is about; none: all */
	uint64_t counts[INV_VERDICTS]; /* as they left this stage */
	bool refused;                  /* end said so */
	bool failed;                   /* this program says so, at its end */
	bool incomplete;    /* a row is missing, repeated or foreign */
	uint64_t announced; /* rows, as `end` says */
};

struct inv_filter {
	const struct inv_prog_info *info;
	unsigned want;
	struct inv_in in;
	struct inv_out out;
	struct inv_scan *scan;
	struct inv_block block;
	struct inv_buf line;      /* a line under construction */
	struct inv_buf bad;       /* a malformed line, as it travels on */
	struct inv_record behind; /* the line behind an INV_LINE_BODY */
	bool put_back;            /* which comes next */
	const char *name;         /* of the input */
	uint64_t lines;           /* read so far */
	uint64_t manifests;       /* begun */
	bool reported;            /* a report line outside of any came */
	uint64_t malformed;       /* lines that were no line of the stream */
	uint64_t astray;          /* rows repeated, or of another manifest */
	uint64_t totals[INV_VERDICTS]; /* over all blocks that ended */
	uint64_t broken[INV_VERDICTS]; /* ... and over those that did not */
	struct inv_metrics *metrics;   /* NULL: nobody asked for them */
	uint64_t started_ms;
	struct inv_str stats; /* the program's own members of --stats */
	enum inv_fault fault; /* the worst so far */
	bool stopped;
};

/*
 * For those at the end of the pipe, who have to see what a stage before them
 * still says when it is told to stop: the first SIGINT or SIGTERM does
 * nothing, the second kills; SIGPIPE does nothing, so that a reader that is
 * gone is a failed write.
 */
void inv_filter_endure(void);

/* path NULL or "-" is stdin; dies (66) if it can not be opened. */
void inv_filter_open(struct inv_filter *f, const struct inv_prog_info *info,
    const char *path, unsigned want);

/*
 * The next record that is this program's business; false at the end of the
 * input and after a failure, which inv_filter_close reports.  What was handed
 * out must be passed, replaced, ruled or held on to before the next call; the
 * views in *rec are good until then.
 *
 * An INV_LINE_BODY is no line: it comes before the first line of a block that
 * is neither manifest nor stage, which is the place for a stage line that
 * depends on those of the stages before.
 */
INV_MUST bool inv_filter_next(struct inv_filter *f, struct inv_record *rec);

/*
 * As inv_filter_next for programs that wait elsewhere: it never blocks.
 * *again is set when it returned false for want of input.
 */
INV_MUST bool inv_filter_try(struct inv_filter *f, struct inv_record *rec,
    bool *again);

/*
 * On as it came.  An end line gets the counts of what has passed since its
 * manifest line, closes the block, and is the last thing to pass of it.
 */
void inv_filter_pass(struct inv_filter *f, const struct inv_record *rec);

/* On with another value for its record, warnings, attachments: record.h. */
void inv_filter_replace(struct inv_filter *f, const struct inv_record *rec,
    struct inv_str json, struct inv_str warnings, struct inv_str attachments);

/* On with a verdict.  ruling->stage is filled in here. */
void inv_filter_rule(struct inv_filter *f, const struct inv_record *rec,
    struct inv_ruling ruling);

/*
 * A line of the program's own (a stage line, a batch line), without newline.
 * `rows` rows of it count as `verdict`: 0 for a stage line.
 */
void inv_filter_emit(struct inv_filter *f, struct inv_str line,
    enum inv_verdict verdict, uint64_t rows);

/*
 * A line of the program's own, between blocks, that is taken as if it had been
 * read: a manifest line begins a block, whose rows are told by _emit and
 * _rule; its end line gets their counts and closes it.
 */
INV_MUST bool inv_filter_insert(struct inv_filter *f, struct inv_str line,
    struct inv_err *err);

/*
 * The beginning of this program's stage line, up to and including "version":
 * the caller adds members, closes the brace and emits it.
 */
void inv_filter_stage(const struct inv_filter *f, struct inv_buf *b);

/*
 * The answer about the manifest under way is no: its end line gets "failed"
 * with this program's name, unless one before it has said so, and the exit
 * status is 1 at least.
 */
void inv_filter_fail(struct inv_filter *f);

/* The world failed: no more records; close returns err's status. */
void inv_filter_stop(struct inv_filter *f, const struct inv_err *err);

/* Something is wrong that does not stop the run; the worst one wins. */
void inv_filter_fault(struct inv_filter *f, enum inv_fault fault);

/*
 * Add to the file of --metrics what has passed, if it is time for it.
 * inv_filter_next does; who uses _try has to.
 */
void inv_filter_tell(struct inv_filter *f);

/* "name:line" of the row at hand, for messages; good until the next call. */
const char *inv_filter_where(struct inv_filter *f,
    const struct inv_record *rec);

/* Flush, check, write --stats and --metrics; the exit status. */
INV_MUST int inv_filter_close(struct inv_filter *f);

#endif
