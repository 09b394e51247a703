/*
 * advice.c - what helps the rows that wait, for the page that shows them
 *
 * By reason, as inv-quarantine(1) says under What to do.
 */

#include "quarantine/advice.h"

#include "data/html.h"

enum { REASONS = 6 }; /* that share an advice, at most */

static const struct advice {
	const char *reason[REASONS];
	const char *helps; /* HTML */
} advices[] = {
	{ { "schema_violation", "malformed_row", "malformed_line", "conflict",
	      "rejected", "item_refused" },
	    "The rows are wrong. Correct them in a sheet, "
	    "<code>inv-quarantine export --xlsx fix.xlsx</code>, and take it "
	    "in again with <code>inv-run</code>; or have whoever sent them do "
	    "so." },
	{ { "compliance_block" },
	    "A rule keeps them back. Correct them in a sheet too; "
	    "<code>inv-quarantine approve</code>, by somebody else, may have "
	    "to come first." },
	{ { "attachment" },
	    "A file that they name was not had. Put it where it belongs, then "
	    "<code>inv-quarantine resubmit --reason attachment</code>, and "
	    "validate them again." },
	{ { "transient_failure", "systemic", "not_attempted", "waits",
	      "lease" },
	    "Nothing is wrong with the rows. Run the manifest again, or "
	    "<code>inv-quarantine resubmit</code>." },
	{ { "unsigned" },
	    "Nobody who may has signed their manifest. Find out where it is "
	    "from, then run the file again with <code>inv-split "
	    "--sign</code>." },
	{ { "unanswered" },
	    "They may be in the ledger. Run the manifest again; of what stays, "
	    "say what the ledger has with <code>inv-quarantine "
	    "resolve</code>." },
	{ { "key_mismatch" },
	    "The ledger has something else under their key. Ask whoever runs "
	    "it, then <code>inv-quarantine resubmit --reason "
	    "key_mismatch</code>." },
};

static uint64_t
rows_of(const struct inv_review *v, const char *reason)
{
	for (size_t i = 0; i < v->reasons; i++)
		if (inv_str_is(inv_buf_str(&v->reason[i].name), reason))
			return v->reason[i].count;
	return 0;
}

static uint64_t
rows_for(const struct inv_review *v, const struct advice *a)
{
	uint64_t n = 0;

	for (size_t k = 0; k < REASONS && a->reason[k] != NULL; k++)
		n += rows_of(v, a->reason[k]);
	return n;
}

static void
write_advice(struct inv_buf *out, const struct inv_review *v,
    const struct advice *a)
{
	bool first = true;

	inv_buf_add(out, INV_LIT("<tr><td data-label=\"Reason\">"));
	for (size_t k = 0; k < REASONS && a->reason[k] != NULL; k++) {
		if (rows_of(v, a->reason[k]) == 0)
			continue;
		if (!first)
			inv_buf_add(out, INV_LIT(", "));
		inv_buf_add(out, inv_str_of(a->reason[k]));
		first = false;
	}
	inv_buf_add(out, INV_LIT("</td><td class=\"n\" data-label=\"Rows\">"));
	inv_buf_count(out, rows_for(v, a));
	inv_buf_addf(out,
	    "</td><td data-label=\"What helps\"><span>%s</span></td></tr>\n",
	    a->helps);
}

void
inv_advice_write(struct inv_buf *out, const struct inv_review *v)
{
	const size_t n = sizeof(advices) / sizeof(*advices);
	uint64_t known = 0;

	for (size_t i = 0; i < n; i++)
		known += rows_for(v, &advices[i]);
	if (known == 0)
		return;
	inv_buf_add(out,
	    INV_LIT("<section aria-labelledby=\"h-todo\">\n"
		    "<h2 id=\"h-todo\">What to do</h2>\n"
		    "<div class=\"sheet\"><table id=\"todo\"><thead><tr>"
		    "<th scope=\"col\">Reason</th>"
		    "<th scope=\"col\" class=\"n\">Rows</th>"
		    "<th scope=\"col\">What helps</th>"
		    "</tr></thead>\n<tbody>\n"));
	for (size_t i = 0; i < n; i++)
		if (rows_for(v, &advices[i]) > 0)
			write_advice(out, v, &advices[i]);
	inv_buf_add(out, INV_LIT("</tbody></table></div>\n</section>\n"));
}
