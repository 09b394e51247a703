/*
 * metrics.h - figures of runs for Prometheus: --metrics FILE.prom
 *
 * A run is a process, and Prometheus wants figures that go on: the file keeps
 * them.  Each program, or verb of one, is a stage, and counts for itself; what
 * it has counted since it last wrote is added to what is in the file, under a
 * lock on its directory, and the file is replaced.  So the programs of a pipe,
 * and pipes one after the other, share one.  inv-metrics(7) has the table.
 *
 * Where nobody asked for it there is no struct, and every function does
 * nothing.  Values of labels come from sets of our own, so that no manifest
 * and no ledger can make the file grow.
 */
#ifndef INV_PROG_METRICS_H
#define INV_PROG_METRICS_H

#include "base/err.h"

enum {
	INV_METRICS_MS = 5000, /* it is written so often during a run */
	INV_METRICS_WAIT_MS =
	    2000,               /* for the others to have written, at most */
	INV_METRICS_LABELS = 2, /* beside pipe and stage */
};

/* In the order of the page, and of the file. */
enum inv_metric {
	INV_METRIC_RUNS,
	INV_METRIC_LAST_RUN,
	INV_METRIC_LAST_SUCCESS,
	INV_METRIC_LAST_DURATION,
	INV_METRIC_MANIFESTS,
	INV_METRIC_ROWS,
	INV_METRIC_VERDICTS,
	INV_METRIC_MALFORMED,
	INV_METRIC_REQUESTS,
	INV_METRIC_REQUEST_DURATION,
	INV_METRIC_RETRIES,
	INV_METRIC_QUEUE,
	INV_METRIC_QUEUE_CAPACITY,
	INV_METRIC_QUEUE_WAIT,
	INV_METRIC_BREAKER,
	INV_METRIC_BREAKER_OPENED,
	INV_METRIC_OPEN_INTENTS,
	INV_METRIC_OLDEST_INTENT,
	INV_METRIC_LEASE,
	INV_METRIC_LEASE_TAKEN,
	INV_METRIC_LAST_COMMIT,
	INV_METRIC_JOURNAL_BYTES,
	INV_METRIC_DEAD_LETTERS,
	INV_METRIC_ITEMS,
	INV_METRIC_OLDEST_ITEM,
	INV_METRIC_CHAIN,
	INV_METRIC_CHAIN_CHECKED,
	INV_METRICS,
};

struct inv_metrics;

/*
 * Begin: NULL without --metrics.  What the stage has counted before stays,
 * what it has not is 0 from now on.  Ends the program, before anything was
 * done, where the file or its directory will not do: 73, 78.  `stage` is kept.
 */
struct inv_metrics *inv_metrics_open(const char *stage);

/* So many more; a label that the metric does not have is an empty view. */
void inv_metrics_add(struct inv_metrics *m, enum inv_metric of,
    struct inv_str a, struct inv_str b, uint64_t n);

/* So many in this run; where that is less than before, it stays. */
void inv_metrics_count(struct inv_metrics *m, enum inv_metric of,
    struct inv_str a, struct inv_str b, uint64_t n);

/* For gauges. */
void inv_metrics_set(struct inv_metrics *m, enum inv_metric of,
    struct inv_str a, uint64_t n);

/* One more, that took so long; for histograms. */
void inv_metrics_observe(struct inv_metrics *m, enum inv_metric of,
    uint64_t ms);

/* When it is to be written next: by inv_clock_ms; UINT64_MAX: never. */
uint64_t inv_metrics_due(const struct inv_metrics *m);

/*
 * Write, if it is time.  Where that fails, or others are writing, it is tried
 * again when it is due next; the last word is that of _close.
 */
void inv_metrics_tell(struct inv_metrics *m);

/*
 * The end of a run with that exit status: write, and free.  INV_IO or
 * INV_CREATE where that failed: the run is not in the file.
 */
INV_MUST bool inv_metrics_close(struct inv_metrics *m, int status,
    struct inv_err *err);

#endif
