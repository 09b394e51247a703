/* throttle.c - whether a request may be made now: pure */

#include "net/throttle.h"

enum { REQUEST = 1000 }; /* of `next`: rate of them pass in a millisecond */

void
inv_throttle_init(struct inv_throttle *t, const struct inv_throttle_options *o)
{
	*t = (struct inv_throttle){ .o = *o };
}

/* ---- the budget ---- */

static struct inv_budget_second *
second_of(struct inv_throttle *t, uint64_t now)
{
	uint64_t second = now / 1000;
	struct inv_budget_second *s = &t->seconds[second % INV_BUDGET_SECONDS];

	if (s->second != second)
		*s = (struct inv_budget_second){ .second = second };
	return s;
}

static bool
has_budget(const struct inv_throttle *t, uint64_t now)
{
	uint64_t second = now / 1000;
	uint64_t requests = 0;
	uint64_t retries = 0;

	for (size_t i = 0; i < INV_BUDGET_SECONDS; i++) {
		const struct inv_budget_second *s = &t->seconds[i];

		if (s->second + INV_BUDGET_SECONDS <= second)
			continue;
		requests += s->requests;
		retries += s->retries;
	}
	return retries < INV_BUDGET_FREE + requests * t->o.budget / 100;
}

/* ---- all three ---- */

bool
inv_throttle_may(const struct inv_throttle *t, uint64_t now, bool again,
    uint64_t *when)
{
	*when = UINT64_MAX;
	if (t->breaker == INV_BREAKER_PROBING)
		return false;
	if (t->breaker == INV_BREAKER_OPEN) {
		*when = t->due_ms;
		if (now < t->due_ms)
			return false;
	} else if (again && !has_budget(t, now)) {
		*when = (now / 1000 + 1) * 1000;
		return false;
	}
	if (t->o.rate == 0 || t->next <= now * t->o.rate)
		return true;
	*when = (t->next + t->o.rate - 1) / t->o.rate;
	return false;
}

uint64_t
inv_throttle_sent(struct inv_throttle *t, uint64_t now, bool again)
{
	struct inv_budget_second *s = second_of(t, now);

	s->requests++;
	s->retries += again;
	t->sent++;
	if (t->breaker == INV_BREAKER_OPEN) {
		t->breaker = INV_BREAKER_PROBING;
		t->probe = t->sent;
	}
	if (t->o.rate == 0)
		return t->sent;
	/* A millisecond late is the clock's doing, more is nobody's credit. */
	if (now > 0 && t->next < (now - 1) * t->o.rate)
		t->next = (now - 1) * t->o.rate;
	t->next += REQUEST;
	return t->sent;
}

bool
inv_throttle_answered(struct inv_throttle *t, uint64_t now, uint64_t number,
    bool bad, uint64_t random)
{
	if (!bad) {
		t->breaker = INV_BREAKER_CLOSED;
		t->bad = t->opened = 0;
		return false;
	}
	t->bad++;
	if (t->breaker == INV_BREAKER_OPEN ||
	    (t->breaker == INV_BREAKER_PROBING && number != t->probe) ||
	    (t->breaker == INV_BREAKER_CLOSED && t->bad < t->o.breaker))
		return false;
	if (t->breaker == INV_BREAKER_CLOSED)
		t->since_ms = now;
	t->breaker = INV_BREAKER_OPEN;
	t->opened++;
	t->due_ms = now + inv_retry_wait(&t->o.wait, t->opened, 0, random);
	return true;
}

uint64_t
inv_throttle_shut(const struct inv_throttle *t, uint64_t now)
{
	return t->breaker == INV_BREAKER_CLOSED ? 0 : now - t->since_ms;
}
