/* fates.c - what became of each row of a manifest, over all its runs */

#include "audit/fates.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/audit.h"

void
inv_fates_free(struct inv_fates *f)
{
	for (size_t i = 0; i < f->n; i++)
		inv_rows_free(&f->fate[i].ranges);
	free(f->fate);
	free(f->of);
	inv_arena_free(&f->text);
	*f = (struct inv_fates){ 0 };
}

static uint16_t
add(struct inv_fates *f, enum inv_verdict verdict, struct inv_str stage,
    struct inv_str reason)
{
	struct inv_fate *fate;

	f->fate = inv_mem_resize(f->fate, f->n + 1, sizeof(*f->fate));
	fate = &f->fate[f->n];
	*fate = (struct inv_fate){ .verdict = verdict };
	fate->stage = inv_arena_str(&f->text, stage);
	fate->reason = inv_arena_str(&f->text, reason);
	return (uint16_t)f->n++;
}

uint16_t
inv_fates_of(struct inv_fates *f, enum inv_verdict verdict,
    struct inv_str stage, struct inv_str reason)
{
	if (f->n == 0)
		(void)add(f, INV_PENDING, INV_LIT(""), INV_LIT(""));
	if (verdict == INV_PENDING)
		return INV_FATE_PENDING;
	/* Past the ceiling only the verdict is told, one fate for each. */
	if (f->n >= INV_FATES_MAX)
		stage = reason = INV_LIT("");
	for (size_t i = 0; i < f->n; i++)
		if (f->fate[i].verdict == verdict &&
		    inv_str_eq(f->fate[i].stage, stage) &&
		    inv_str_eq(f->fate[i].reason, reason))
			return (uint16_t)i;
	return add(f, verdict, stage, reason);
}

static void
make_room(struct inv_fates *f, uint64_t row)
{
	uint64_t n = f->room == 0 ? INV_FATES_FIRST_ROOM : f->room;

	while (n < row)
		n *= 2;
	if (n == f->room)
		return;
	f->of = inv_mem_resize(f->of, (size_t)n, sizeof(*f->of));
	memset(f->of + f->room, 0, (size_t)(n - f->room) * sizeof(*f->of));
	f->room = n;
}

void
inv_fates_set(struct inv_fates *f, uint16_t fate, uint64_t first, uint64_t last)
{
	if (last > f->highest)
		f->highest = last;
	if (last > INV_STANDING_MAX)
		last = INV_STANDING_MAX;
	if (first > last || fate == INV_FATE_PENDING)
		return;
	make_room(f, last);
	for (uint64_t r = first; r <= last; r++)
		if (f->fate[f->of[r - 1]].verdict != INV_COMMITTED)
			f->of[r - 1] = fate;
}

static void
count(struct inv_fate *fate, uint64_t first, uint64_t last)
{
	fate->rows += last - first + 1;
	if (fate->ranges.n == INV_FATE_RANGES)
		return;
	inv_rows_join(&fate->ranges, first, last);
	fate->shown = fate->ranges.count;
}

void
inv_fates_count(struct inv_fates *f, uint64_t rows)
{
	uint64_t known = rows < f->room ? rows : f->room;
	uint64_t first = 1;

	(void)inv_fates_of(f, INV_PENDING, INV_LIT(""), INV_LIT(""));
	for (uint64_t r = 1; r <= known; r++)
		if (r == known || f->of[r] != f->of[r - 1]) {
			count(&f->fate[f->of[r - 1]], first, r);
			first = r + 1;
		}
	if (rows > known)
		count(&f->fate[INV_FATE_PENDING], known + 1, rows);
}
