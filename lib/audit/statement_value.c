/* statement_value.c - values of the log, as a statement shows them */

#include "audit/statement_part.h"

struct inv_str
inv_statement_text(struct inv_statement *s)
{
	return inv_buf_str(&s->text);
}

/* Escaped text, decoded into s->text, behind what is there. */
void
inv_statement_add_decoded(struct inv_statement *s, struct inv_str raw)
{
	if (inv_buf_room(&s->text, raw.n))
		s->text.n += inv_text_decode(raw, s->text.p + s->text.n);
}

struct inv_str
inv_statement_decoded(struct inv_statement *s, struct inv_str raw)
{
	inv_buf_reset(&s->text);
	inv_statement_add_decoded(s, raw);
	return inv_statement_text(s);
}

/* A value of a scanned line: what a string says, or any other as JSON. */
void
inv_statement_add(struct inv_statement *s, const struct inv_member *m)
{
	if (m->kind == INV_KIND_STRING)
		inv_statement_add_decoded(s, inv_member_inner(m));
	else
		inv_buf_add(&s->text, m->value);
}

const struct inv_members *
inv_statement_scan(struct inv_statement *s, struct inv_str json)
{
	struct inv_err ignored;

	if (!inv_scan_line(s->scan, json, &ignored))
		(void)!inv_scan_line(s->scan, INV_LIT("{}"), &ignored);
	return inv_scan_outer(s->scan);
}

struct inv_str
inv_statement_member(struct inv_statement *s, const struct inv_members *m,
    const char *name)
{
	const struct inv_member *at = inv_member_find(m, name);

	inv_buf_reset(&s->text);
	if (at != NULL)
		inv_statement_add(s, at);
	return inv_statement_text(s);
}

void
inv_statement_cell(struct inv_statement *s, const struct inv_members *m,
    const char *name)
{
	inv_paper_cell(s->p, inv_statement_member(s, m, name));
}

/* "1-6, 8", and how many more rows there are than those. */
struct inv_str
inv_statement_ranges(struct inv_statement *s, const struct inv_rows *rows,
    uint64_t more)
{
	inv_buf_reset(&s->text);
	for (size_t i = 0; i < rows->n; i++) {
		const struct inv_range *r = &rows->range[i];

		if (i > 0)
			inv_buf_add(&s->text, INV_LIT(", "));
		inv_buf_u64(&s->text, r->first);
		if (r->last > r->first) {
			inv_buf_byte(&s->text, '-');
			inv_buf_u64(&s->text, r->last);
		}
	}
	if (more > 0)
		inv_buf_addf(&s->text, " and %ju rows more", (uintmax_t)more);
	return inv_statement_text(s);
}

/* Those that there are. */
struct inv_str
inv_statement_verdicts(struct inv_statement *s,
    const uint64_t counts[INV_VERDICTS])
{
	inv_buf_reset(&s->text);
	for (int v = 0; v < INV_VERDICTS; v++) {
		struct inv_str name = inv_verdict_name((enum inv_verdict)v);

		if (counts[v] == 0)
			continue;
		if (s->text.n > 0)
			inv_buf_add(&s->text, INV_LIT(", "));
		inv_buf_count(&s->text, counts[v]);
		inv_buf_byte(&s->text, ' ');
		inv_buf_add(&s->text, name);
	}
	return inv_statement_text(s);
}

/* That not all of them are listed. */
void
inv_statement_more(struct inv_statement *s, const char *what, uint64_t shown,
    uint64_t all)
{
	if (shown == all)
		return;
	inv_buf_reset(&s->text);
	inv_buf_addf(&s->text, "The first %ju of %ju %s are listed.",
	    (uintmax_t)shown, (uintmax_t)all, what);
	inv_paper_say(s->p, inv_statement_text(s));
}

/* The line of a manifest that tells most of it: the last not of a subset. */
const struct inv_dossier_run *
inv_statement_run(const struct inv_dossier_part *part)
{
	const struct inv_dossier_run *best = NULL;

	for (size_t i = 0; i < part->runs; i++)
		if (best == NULL || best->subset || !part->run[i].subset)
			best = &part->run[i];
	return best;
}
