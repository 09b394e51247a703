/* page.c - a review as one HTML page that needs nothing else */

#include "quarantine/page.h"

#include "data/emit.h"
#include "data/html.h"
#include "data/html_page.h"
#include "quarantine/advice.h"
#include "quarantine/chart.h"

enum { TITLE_MAX = 256 }; /* bytes */

static const unsigned char css[] = {
#include "quarantine/page/report.css.inc"
};

static const unsigned char js[] = {
#include "quarantine/page/report.js.inc"
};

static void
put(struct inv_buf *b, const char *text)
{
	inv_buf_add(b, inv_str_of(text));
}

static const struct inv_str style = { (const char *)css, sizeof(css) };
static const struct inv_str script = { (const char *)js, sizeof(js) };

/* ---- small parts ---- */

static void
add_text(struct inv_buf *b, struct inv_str s, const char *instead)
{
	if (s.n > 0)
		inv_html_text(b, s);
	else
		put(b, instead);
}

/* Take the first line of *text. */
static struct inv_str
take_line(struct inv_str *text)
{
	const char *nl = memchr(text->p, '\n', text->n);
	struct inv_str line = { text->p,
		nl != NULL ? (size_t)(nl - text->p) : text->n };
	size_t n = line.n + (nl != NULL);

	text->p += n;
	text->n -= n;
	return line;
}

static void
open_cell(struct inv_buf *b, const char *label)
{
	inv_buf_addf(b, "<td data-label=\"%s\">", label);
}

static void
number_cell(struct inv_buf *b, const char *label, uint64_t n)
{
	inv_buf_addf(b, "<td class=\"n\" data-label=\"%s\">", label);
	inv_buf_count(b, n);
	put(b, "</td>");
}

static void
time_cell(struct inv_buf *b, const char *label, uint64_t at)
{
	open_cell(b, label);
	inv_html_time(b, at);
	put(b, "</td>");
}

/* ---- totals ---- */

static void
open_total(struct inv_buf *b, const char *name, uint64_t n)
{
	inv_buf_addf(b, "<div><dt>%s</dt><dd class=\"number\">", name);
	inv_buf_count(b, n);
	put(b, "</dd><dd class=\"also\">");
}

static void
close_total(struct inv_buf *b)
{
	put(b, "</dd></div>\n");
}

static void
add_change(struct inv_buf *b, const struct inv_review *v)
{
	bool more = v->open_all >= v->open_before;

	if (v->open_all == v->open_before) {
		put(b, "as many as yesterday");
		return;
	}
	inv_buf_count(b,
	    more ? v->open_all - v->open_before : v->open_before - v->open_all);
	put(b, more ? " more than yesterday" : " fewer than yesterday");
}

static void
add_oldest(struct inv_buf *b, const struct inv_review *v)
{
	uint64_t days = 0;

	if (v->oldest_at > 0 && v->oldest_at < v->now)
		days = (v->now - v->oldest_at) / INV_REVIEW_DAY;
	open_total(b, "Oldest, in days", days);
	if (v->oldest_at > 0) {
		put(b, "waits since ");
		inv_html_time(b, v->oldest_at);
	} else {
		put(b, "nothing waits");
	}
	close_total(b);
}

static void
totals(struct inv_buf *b, const struct inv_review *v)
{
	put(b, "<dl class=\"totals\">\n");
	open_total(b, "Open", v->open_all);
	add_change(b, v);
	for (int k = INV_QUARANTINED; k < INV_VERDICTS; k++) {
		put(b, k == INV_QUARANTINED ? "<br>" : ", ");
		inv_buf_count(b, v->open[k]);
		put(b, " ");
		inv_buf_add(b, inv_verdict_name((enum inv_verdict)k));
	}
	close_total(b);
	open_total(b, "New in 24 hours", v->fresh);
	put(b, "failed for the first time");
	close_total(b);
	open_total(b, "Closed in 24 hours", v->settled);
	inv_buf_count(b, v->closed_all);
	put(b, " closed in all");
	if (v->purged > 0) {
		put(b, "<br>");
		inv_buf_count(b, v->purged);
		put(b, " purged");
	}
	close_total(b);
	add_oldest(b, v);
	put(b, "</dl>\n");
}

static void
charts(struct inv_buf *b, const struct inv_review *v)
{
	put(b,
	    "<div class=\"charts\">\n<figure><figcaption>Open rows by "
	    "reason</figcaption>");
	inv_chart_reasons(b, v);
	put(b,
	    "</figure>\n<figure><figcaption>The last 14 days "
	    "<span><i class=\"key\"></i>new <i class=\"key key2\"></i>closed"
	    "</span></figcaption>");
	inv_chart_days(b, v);
	put(b,
	    "</figure>\n<figure><figcaption>Open rows by age "
	    "<span>in days</span></figcaption>");
	inv_chart_ages(b, v);
	put(b, "</figure>\n</div>\n");
}

/* ---- groups ---- */

static void
add_name(struct inv_buf *b, const struct inv_review_group *g)
{
	inv_html_text(b, inv_buf_str(&g->reason));
	if (g->field.n > 0)
		put(b, " ");
	inv_html_text(b, inv_buf_str(&g->field));
	if (g->type.n > 0)
		put(b, " ");
	inv_html_text(b, inv_buf_str(&g->type));
}

static void
add_group(struct inv_buf *b, const struct inv_review_group *g, size_t k)
{
	inv_buf_addf(b, "<tr data-group=\"%zu\" data-name=\"", k);
	add_name(b, g);
	put(b, "\">");
	open_cell(b, "Group");
	inv_buf_addf(b, "<code class=\"print\">%s</code></td>", g->print);
	open_cell(b, "Reason");
	add_text(b, inv_buf_str(&g->reason), "none");
	put(b, "</td>");
	open_cell(b, "Field");
	add_text(b, inv_buf_str(&g->field), "the row");
	put(b, "</td>");
	open_cell(b, "For example");
	put(b, "<span>");
	add_text(b, inv_buf_str(&g->sample), "no error was given");
	put(b, "</span></td>");
	number_cell(b, "Rows", g->count);
	time_cell(b, "First seen", g->first_at);
	time_cell(b, "Last seen", g->last_at);
	put(b, "</tr>\n");
}

static void
groups(struct inv_buf *b, const struct inv_review *v)
{
	size_t n = v->groups < INV_PAGE_GROUPS ? v->groups : INV_PAGE_GROUPS;

	put(b,
	    "<section aria-labelledby=\"h-groups\">\n"
	    "<h2 id=\"h-groups\">Groups</h2>\n<p class=\"soft\">"
	    "Open rows that fail alike: for the same reason, in the same "
	    "field. A row with several errors is in several groups.");
	if (n < v->groups)
		inv_buf_addf(b, " The largest %zu of %s%zu.", n,
		    v->more_groups ? "more than " : "", v->groups);
	put(b,
	    "</p>\n<div class=\"sheet\"><table id=\"groups\"><thead><tr>"
	    "<th scope=\"col\">Group</th><th scope=\"col\">Reason</th>"
	    "<th scope=\"col\">Field</th>"
	    "<th scope=\"col\">For example</th>"
	    "<th scope=\"col\" class=\"n\">Rows</th>"
	    "<th scope=\"col\">First seen</th>"
	    "<th scope=\"col\">Last seen</th></tr></thead>\n<tbody>\n");
	for (size_t k = 0; k < n; k++)
		add_group(b, &v->group[k], k);
	put(b, "</tbody></table></div>\n</section>\n");
}

/* ---- rows ---- */

static void
add_sent(struct inv_buf *b, struct inv_str sent)
{
	if (sent.n == 0)
		return;
	put(b, "<p class=\"soft\">Request and answer</p><pre>");
	for (bool first = true; sent.n > 0; first = false) {
		put(b, first ? "" : "\n");
		inv_html_text(b, take_line(&sent));
	}
	put(b, "</pre>");
}

static void
add_what(struct inv_buf *b, const struct inv_review_row *row)
{
	struct inv_str first = inv_review_part(row, INV_REVIEW_FIRST);
	struct inv_str all = inv_review_part(row, INV_REVIEW_ALL);

	open_cell(b, "What is wrong");
	put(b, "<details><summary>");
	add_text(b, first, "no error was given");
	put(b, "</summary>");
	if (!inv_str_eq(first, all)) {
		put(b, "<p>");
		inv_html_text(b, all);
		put(b, "</p>");
	}
	put(b, "<pre>");
	add_text(b, inv_review_part(row, INV_REVIEW_ROW), "no row was kept");
	put(b, "</pre>");
	add_sent(b, inv_review_part(row, INV_REVIEW_SENT));
	put(b, "</details></td>");
}

static void
add_row(struct inv_buf *b, const struct inv_review_row *row)
{
	struct inv_str verdict = inv_verdict_name(row->verdict);

	put(b, "<tr>");
	open_cell(b, "Item");
	inv_buf_addf(b, "<code>%s</code></td>", row->id);
	open_cell(b, "State");
	inv_buf_addf(b, "<span class=\"verdict %.*s\">%.*s</span></td>",
	    INV_ARG(verdict), INV_ARG(verdict));
	open_cell(b, "Reason");
	inv_html_text(b, inv_review_part(row, INV_REVIEW_REASON));
	put(b, "</td>");
	add_what(b, row);
	open_cell(b, "From");
	inv_html_text(b, inv_review_part(row, INV_REVIEW_NAME));
	if (row->line > 0)
		inv_buf_addf(b, "<span class=\"keep\">:%ju</span>",
		    (uintmax_t)row->line);
	put(b, "</td>");
	number_cell(b, "Failures", row->failures);
	time_cell(b, "First failure", row->first_at);
	time_cell(b, "Last failure", row->last_at);
	put(b, "</tr>\n");
}

/* What the script makes of the same when it runs. */
static void
add_status(struct inv_buf *b, const struct inv_review *v)
{
	size_t kept = inv_review_kept(v);

	put(b, "<p id=\"status\" role=\"status\">Showing ");
	if (kept > INV_PAGE_ROWS) {
		inv_buf_count(b, INV_PAGE_ROWS);
		put(b, " of ");
	}
	inv_buf_count(b, kept);
	put(b, kept == 1 ? " row" : " rows");
	if (kept < v->open_all) {
		put(b, ", the newest of ");
		inv_buf_count(b, v->open_all);
		put(b, " that are open");
	}
	put(b, ".</p>\n");
}

static void
rows(struct inv_buf *b, const struct inv_review *v)
{
	size_t kept = inv_review_kept(v);

	put(b,
	    "<section aria-labelledby=\"found\">\n"
	    "<h2 id=\"found\">Rows</h2>\n"
	    "<div id=\"controls\" role=\"search\" hidden>"
	    "<label>Search <input type=\"search\" id=\"search\" "
	    "autocomplete=\"off\"></label>"
	    "<label>State <select id=\"verdict\">"
	    "<option value=\"\">any</option></select></label>"
	    "<label>Reason <select id=\"reason\">"
	    "<option value=\"\">any</option></select></label>"
	    "<label>Group <select id=\"group\">"
	    "<option value=\"\">any</option></select></label>"
	    "<button type=\"button\" class=\"plain\" id=\"clear\">Clear"
	    "</button></div>\n");
	add_status(b, v);
	put(b,
	    "<div class=\"sheet\"><table id=\"rows\" "
	    "aria-labelledby=\"found\"><thead><tr>"
	    "<th scope=\"col\" data-key=\"0\">Item</th>"
	    "<th scope=\"col\" data-key=\"1\">State</th>"
	    "<th scope=\"col\" data-key=\"2\">Reason</th>"
	    "<th scope=\"col\" data-key=\"3\">What is wrong</th>"
	    "<th scope=\"col\" data-key=\"6\">From</th>"
	    "<th scope=\"col\" data-key=\"8\" class=\"n\">Failures</th>"
	    "<th scope=\"col\" data-key=\"9\">First failure</th>"
	    "<th scope=\"col\" data-key=\"10\">Last failure</th>"
	    "</tr></thead>\n<tbody>\n");
	for (size_t k = 0; k < kept && k < INV_PAGE_ROWS; k++)
		add_row(b, inv_review_row(v, k));
	put(b,
	    "</tbody></table></div>\n"
	    "<button type=\"button\" class=\"plain\" id=\"more\" hidden>"
	    "Show 200 more</button>\n</section>\n");
}

/* ---- the same rows for the script ---- */

static void
add_groups_of(struct inv_buf *b, const struct inv_review_row *row,
    const size_t *place)
{
	put(b, ",[");
	for (size_t i = 0; i < row->groups; i++)
		inv_buf_addf(b, "%s%zu", i > 0 ? "," : "",
		    place[row->group[i]]);
	put(b, "]");
}

static void
add_lines(struct inv_buf *b, struct inv_str text)
{
	put(b, ",[");
	for (bool first = true; text.n > 0; first = false) {
		put(b, first ? "" : ",");
		inv_html_json(b, take_line(&text));
	}
	put(b, "]");
}

static void
add_data(struct inv_buf *b, const struct inv_review_row *row,
    const size_t *place)
{
	static const enum inv_review_part parts[] = { INV_REVIEW_REASON,
		INV_REVIEW_FIRST, INV_REVIEW_ALL, INV_REVIEW_ROW,
		INV_REVIEW_NAME };

	put(b, "[");
	inv_html_json(b, inv_str_of(row->id));
	put(b, ",");
	inv_html_json(b, inv_verdict_name(row->verdict));
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		put(b, ",");
		inv_html_json(b, inv_review_part(row, parts[i]));
	}
	inv_buf_addf(b, ",%ju,%ju,%ju,%ju", (uintmax_t)row->line,
	    (uintmax_t)row->failures, (uintmax_t)row->first_at,
	    (uintmax_t)row->last_at);
	add_groups_of(b, row, place);
	add_lines(b, inv_review_part(row, INV_REVIEW_SENT));
	put(b, "]");
}

static void
data(struct inv_buf *b, const struct inv_review *v)
{
	size_t place[INV_REVIEW_GROUPS]; /* by the order they were made */
	size_t kept = inv_review_kept(v);

	for (size_t k = 0; k < v->groups; k++)
		place[v->group[k].made] = k;
	inv_buf_addf(b,
	    "<script type=\"application/json\" id=\"data\">"
	    "{\"open\":%ju,\"rows\":[",
	    (uintmax_t)v->open_all);
	for (size_t k = 0; k < kept; k++) {
		put(b, k > 0 ? ",\n" : "\n");
		add_data(b, inv_review_row(v, k), place);
	}
	put(b, "]}</script>\n");
}

void
inv_page_write(struct inv_buf *out, const struct inv_review *v)
{
	struct inv_html_page page = { .style = style, .script = script };
	struct inv_buf title = INV_BUF(TITLE_MAX);

	inv_buf_add(&title, INV_LIT("Quarantine: "));
	inv_buf_count(&title, v->open_all);
	inv_buf_add(&title, INV_LIT(" open, "));
	inv_chart_day(&title, v->now);
	page.title = inv_buf_str(&title);
	inv_html_head(out, &page, v->digest);
	inv_buf_free(&title);
	put(out,
	    "<body>\n<a class=\"skip\" href=\"#found\">Skip to the rows"
	    "</a>\n<header><h1>Quarantine</h1><p class=\"soft\">As of ");
	inv_html_time(out, v->now);
	put(out, " UTC</p></header>\n<main>\n");
	totals(out, v);
	if (v->open_all > 0) {
		charts(out, v);
		groups(out, v);
		inv_advice_write(out, v);
		rows(out, v);
	} else {
		put(out, "<p class=\"none\">Nothing waits for a person.</p>\n");
	}
	put(out,
	    "</main>\n<footer>Made by inv-quarantine " INV_VERSION
	    ". Times are UTC. The page holds rows as they were "
	    "submitted, loads nothing and sends nothing.</footer>\n");
	if (v->open_all > 0) {
		data(out, v);
		inv_html_script(out, &page);
	}
	put(out, "</body>\n</html>\n");
}
