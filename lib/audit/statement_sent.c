/* statement_sent.c - a statement on rules, batches and what people did */

#include "audit/statement_part.h"

enum {
	RULE_COLUMNS = 8,
	BATCH_COLUMNS = 11,
	ACTION_COLUMNS = 7,
};

static const struct inv_paper_column rule_columns[RULE_COLUMNS] = {
	{ "Program", INV_PAPER_TEXT, 20 },
	{ "Version", INV_PAPER_TEXT, 24 },
	{ "Runs", INV_PAPER_COUNT, 6 },
	{ "Schema", INV_PAPER_TEXT, 0 },
	{ "SHA-256", INV_PAPER_CODE, 0 },
	{ "Rules", INV_PAPER_TEXT, 0 },
	{ "Key", INV_PAPER_TEXT, 0 },
	{ "Also", INV_PAPER_TEXT, 0 },
};

static const struct inv_paper_column batch_columns[BATCH_COLUMNS] = {
	{ "Entry", INV_PAPER_COUNT, 7 },
	{ "Outcome", INV_PAPER_TEXT, 12 },
	{ "Evidence", INV_PAPER_TEXT, 14 },
	{ "Status", INV_PAPER_COUNT, 6 },
	{ "Tries", INV_PAPER_COUNT, 5 },
	{ "ms", INV_PAPER_COUNT, 6 },
	{ "Time", INV_PAPER_TIME, 16 },
	{ "Rows", INV_PAPER_CODE, 0 },
	{ "Key", INV_PAPER_CODE, 0 },
	{ "Body", INV_PAPER_CODE, 0 },
	{ "Processed", INV_PAPER_TEXT, 0 },
};

static const struct inv_paper_column action_columns[ACTION_COLUMNS] = {
	{ "Time", INV_PAPER_TIME, 16 },
	{ "What", INV_PAPER_TEXT, 10 },
	{ "Row", INV_PAPER_COUNT, 9 },
	{ "Who", INV_PAPER_TEXT, 16 },
	{ "Item", INV_PAPER_CODE, 18 },
	{ "Why", INV_PAPER_TEXT, 0 },
	{ "Detail", INV_PAPER_CODE, 0 },
};

/* ---- rules ---- */

/* The values of each object of the list in a line of its own. */
static struct inv_str
rules_text(struct inv_statement *s, const struct inv_members *m)
{
	const struct inv_member *list = inv_member_find(m, "rules");
	struct inv_str rest = INV_LIT("");
	struct inv_member rule, part;

	inv_buf_reset(&s->text);
	if (list != NULL && list->kind == INV_KIND_ARRAY)
		rest = list->value;
	while (rest.n > 0 && inv_scan_each(&rest, &rule)) {
		struct inv_str inside = rule.value;

		if (rule.kind != INV_KIND_OBJECT)
			continue;
		if (s->text.n > 0)
			inv_buf_add(&s->text, INV_LIT("; "));
		for (bool first = true; inv_scan_each(&inside, &part);
		     first = false) {
			if (!first)
				inv_buf_byte(&s->text, ' ');
			inv_statement_add(s, &part);
		}
	}
	return inv_statement_text(s);
}

static struct inv_str
key_text(struct inv_statement *s, const struct inv_members *m)
{
	const struct inv_member *list = inv_member_find(m, "key");
	struct inv_str rest = INV_LIT("");
	struct inv_member name;

	inv_buf_reset(&s->text);
	if (list != NULL && list->kind == INV_KIND_ARRAY)
		rest = list->value;
	while (rest.n > 0 && inv_scan_each(&rest, &name)) {
		if (s->text.n > 0)
			inv_buf_add(&s->text, INV_LIT(", "));
		inv_statement_add(s, &name);
	}
	return inv_statement_text(s);
}

/* Whatever else it says of how it went to work. */
static struct inv_str
also_text(struct inv_statement *s, const struct inv_members *m)
{
	static const char *const told[] = { "type", "stage", "version",
		"schema", "schema_sha256", "rules", "key" };

	inv_buf_reset(&s->text);
	for (size_t i = 0; i < m->n; i++) {
		bool is_told = false;

		for (size_t k = 0; k < sizeof(told) / sizeof(*told); k++)
			is_told = is_told || inv_str_is(m->at[i].key, told[k]);
		if (is_told)
			continue;
		if (s->text.n > 0)
			inv_buf_add(&s->text, INV_LIT("; "));
		inv_statement_add_decoded(s, m->at[i].key);
		inv_buf_byte(&s->text, ' ');
		inv_statement_add(s, &m->at[i]);
	}
	return inv_statement_text(s);
}

/* Runs from the i-th on with that line; 0 where an earlier one has it. */
static uint64_t
runs_with(const struct inv_dossier_part *part, size_t i, struct inv_str line)
{
	uint64_t n = 0;

	for (size_t r = 0; r < part->runs; r++)
		for (size_t k = 0; k < part->run[r].stages; k++) {
			if (!inv_str_eq(part->run[r].stage[k], line))
				continue;
			if (r < i)
				return 0;
			n++;
			break;
		}
	return n;
}

static void
add_rule(struct inv_statement *s, struct inv_str line, uint64_t n)
{
	const struct inv_members *m = inv_statement_scan(s, line);

	inv_statement_cell(s, m, "stage");
	inv_statement_cell(s, m, "version");
	inv_paper_cell_u64(s->p, n);
	inv_statement_cell(s, m, "schema");
	inv_statement_cell(s, m, "schema_sha256");
	inv_paper_cell(s->p, rules_text(s, m));
	inv_paper_cell(s->p, key_text(s, m));
	inv_paper_cell(s->p, also_text(s, m));
}

void
inv_statement_rules(struct inv_statement *s,
    const struct inv_dossier_part *part)
{
	size_t shown = 0, all = 0;

	inv_paper_section(s->p, "Rules",
	    "The programs that the rows went through, and what they judged "
	    "by.");
	inv_paper_table(s->p, rule_columns, RULE_COLUMNS);
	for (size_t i = 0; i < part->runs; i++)
		for (size_t k = 0; k < part->run[i].stages; k++) {
			struct inv_str line = part->run[i].stage[k];
			uint64_t n = runs_with(part, i, line);

			all += n > 0;
			if (n == 0 || shown == INV_STATEMENT_RULES)
				continue;
			shown++;
			add_rule(s, line, n);
		}
	inv_paper_table_end(s->p);
	inv_statement_more(s, "different stages", shown, all);
}

/* ---- batches ---- */

static void
add_batch(struct inv_statement *s, struct inv_str entry)
{
	const struct inv_members *m = inv_statement_scan(s, entry);
	const struct inv_member *list = inv_member_find(m, "rows");
	struct inv_rows numbers = { 0 };

	inv_statement_cell(s, m, "seq");
	inv_statement_cell(s, m, "outcome");
	inv_statement_cell(s, m,
	    inv_member_find(m, "evidence") != NULL ? "evidence" : "reason");
	inv_statement_cell(s, m, "status");
	inv_statement_cell(s, m, "attempts");
	inv_statement_cell(s, m, "ms");
	inv_statement_cell(s, m, "time");
	if (list == NULL || !inv_record_rows(list->value, &numbers))
		inv_rows_reset(&numbers);
	inv_paper_cell(s->p, inv_statement_ranges(s, &numbers, 0));
	inv_statement_cell(s, m, "idempotency_key");
	inv_statement_cell(s, m, "batch_hash");
	inv_statement_cell(s, m, "processed_at");
	inv_rows_free(&numbers);
}

void
inv_statement_batches(struct inv_statement *s,
    const struct inv_dossier_part *part)
{
	inv_paper_section(s->p, "Batches",
	    "What was sent to the ledger, and what became of it. The key is "
	    "the idempotency key; the body's is the SHA-256 of the bytes that "
	    "were sent.");
	if (part->batches == 0) {
		inv_paper_say(s->p, INV_LIT("Nothing was sent."));
		return;
	}
	inv_paper_table(s->p, batch_columns, BATCH_COLUMNS);
	for (size_t i = 0; i < part->batches; i++)
		add_batch(s, part->batch[i]);
	inv_paper_table_end(s->p);
	inv_statement_more(s, "batches", part->batches, part->all_batches);
}

/* ---- people ---- */

static void
who_cell(struct inv_statement *s, const struct inv_members *m)
{
	const struct inv_member *login = inv_member_find(m, "login");

	(void)inv_statement_member(s, m, "user");
	if (login != NULL) {
		inv_buf_add(&s->text, INV_LIT(" for "));
		inv_statement_add(s, login);
	}
	inv_paper_cell(s->p, inv_statement_text(s));
}

static void
detail_cell(struct inv_statement *s, const struct inv_members *m)
{
	struct inv_str detail = inv_statement_member(s, m, "detail");

	inv_paper_cell(s->p, inv_str_is(detail, "{}") ? INV_LIT("") : detail);
}

void
inv_statement_people(struct inv_statement *s,
    const struct inv_dossier_part *part)
{
	inv_paper_section(s->p, "People",
	    "What somebody did with rows of it, and why.");
	if (part->actions == 0) {
		inv_paper_say(s->p, INV_LIT("Nobody has done anything."));
		return;
	}
	inv_paper_table(s->p, action_columns, ACTION_COLUMNS);
	for (size_t i = 0; i < part->actions; i++) {
		const struct inv_members *m =
		    inv_statement_scan(s, part->action[i]);

		inv_statement_cell(s, m, "at");
		inv_statement_cell(s, m, "verb");
		inv_statement_cell(s, m, "row");
		who_cell(s, m);
		inv_statement_cell(s, m, "item");
		inv_statement_cell(s, m, "why");
		detail_cell(s, m);
	}
	inv_paper_table_end(s->p);
	inv_statement_more(s, "actions", part->actions, part->all_actions);
}
