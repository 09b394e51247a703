/*
 * figures.c - what --metrics says of requests and of the window
 *
 * Labels are words of ours and the status codes of DESIGN's table: a ledger
 * that answers 999 does not make the file grow.
 */

#include <stdio.h>

#include "commit/uploader.h"

enum { CODE_MAX = 8 }; /* bytes of a code as text */

static const struct inv_str none = { NULL, 0 };

/* A code of which the table knows; of others their class: 4xx. */
static struct inv_str
code_of(unsigned status, char text[CODE_MAX])
{
	static const unsigned known[] = { 200, 201, 202, 204, 207, 400, 401,
		403, 404, 405, 408, 409, 413, 422, 425, 429, 500, 502, 503,
		504 };

	snprintf(text, CODE_MAX, "%uxx", status / 100 % 10);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] == status)
			snprintf(text, CODE_MAX, "%u", status);
	return inv_str_of(text);
}

/* What came back, in a word: a code, or why there is none. */
static struct inv_str
came_back(const struct inv_answer *a, char text[CODE_MAX])
{
	switch (a->net) {
	case INV_NET_ANSWERED:
		return code_of(a->status, text);
	case INV_NET_NOT_SENT:
		return INV_LIT("unreachable");
	case INV_NET_UNSURE:
		return INV_LIT("lost");
	case INV_NET_CUT:
		return INV_LIT("cut");
	case INV_NET_OVERSIZED:
		return INV_LIT("oversized");
	case INV_NET_TLS:
		return INV_LIT("tls");
	case INV_NET_DNS:
		return INV_LIT("dns");
	}
	return none;
}

void
inv_figures_begin(struct inv_uploader *u)
{
	inv_metrics_add(u->f->metrics, INV_METRIC_REQUESTS, INV_LIT("200"),
	    none, 0);
	inv_metrics_add(u->f->metrics, INV_METRIC_BREAKER_OPENED, none, none,
	    0);
}

void
inv_figures_first(struct inv_uploader *u, const struct inv_batch *b)
{
	inv_metrics_observe(u->f->metrics, INV_METRIC_QUEUE_WAIT,
	    b->first_ms - b->admitted_ms);
}

void
inv_figures_landing(struct inv_uploader *u, const struct inv_landing *l)
{
	struct inv_metrics *m = u->f->metrics;
	uint64_t now = inv_clock_ms();
	char text[CODE_MAX];

	if (m == NULL)
		return;
	inv_metrics_add(m, INV_METRIC_REQUESTS, came_back(&l->answer, text),
	    none, 1);
	inv_metrics_observe(m, INV_METRIC_REQUEST_DURATION,
	    now > l->batch->sent_ms ? now - l->batch->sent_ms : 0);
}

void
inv_figures_retry(const struct inv_uploader *u, const struct inv_answer *a)
{
	char text[CODE_MAX];

	inv_metrics_add(u->f->metrics, INV_METRIC_RETRIES, came_back(a, text),
	    none, 1);
}

void
inv_figures_opened(struct inv_uploader *u)
{
	inv_metrics_add(u->f->metrics, INV_METRIC_BREAKER_OPENED, none, none,
	    1);
}

void
inv_figures_committed(struct inv_uploader *u, const struct inv_batch *b,
    uint64_t rows)
{
	inv_metrics_add(u->f->metrics, INV_METRIC_VERDICTS,
	    inv_verdict_name(INV_COMMITTED), inv_str_of(b->evidence), rows);
}

/* Intents without an outcome: of this run, and of earlier ones. */
static uint64_t
count_open(const struct inv_uploader *u)
{
	uint64_t n = 0;

	for (size_t i = 0; i < u->window_n; i++)
		n += u->window[i]->seq != 0;
	for (const struct inv_batch *b = u->queue; b != NULL; b = b->next)
		n += b->seq != 0;
	for (const struct inv_batch *b = u->suspects; b != NULL; b = b->next)
		n++;
	for (const struct inv_batch *b = u->known; b != NULL; b = b->next)
		n += b->outcome == INV_OUTCOME_OPEN;
	return n;
}

/* 0: closed; 1: one request tries; 2: open. */
static uint64_t
state_of(enum inv_breaker breaker)
{
	switch (breaker) {
	case INV_BREAKER_CLOSED:
		return 0;
	case INV_BREAKER_PROBING:
		return 1;
	case INV_BREAKER_OPEN:
		return 2;
	}
	return 0;
}

void
inv_figures_now(struct inv_uploader *u)
{
	struct inv_metrics *m = u->f->metrics;

	if (m == NULL)
		return;
	inv_metrics_set(m, INV_METRIC_QUEUE, none, u->window_n);
	inv_metrics_set(m, INV_METRIC_QUEUE_CAPACITY, none,
	    inv_uploader_depth(u));
	inv_metrics_set(m, INV_METRIC_BREAKER, none,
	    state_of(u->throttle.breaker));
	/* Under another's lease the journal is not ours to look at. */
	if (u->journal != NULL)
		inv_metrics_set(m, INV_METRIC_OPEN_INTENTS, none,
		    count_open(u));
}

void
inv_figures_tell(struct inv_uploader *u)
{
	if (u->f->metrics == NULL ||
	    inv_clock_ms() < inv_metrics_due(u->f->metrics))
		return;
	inv_figures_now(u);
	inv_filter_tell(u->f);
}
