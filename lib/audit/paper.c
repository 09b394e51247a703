/* paper.c - a report, as text of 80 columns or as an HTML page */

#include "audit/paper.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/html.h"
#include "data/html_page.h"

enum {
	WIDTH = 80,          /* columns of a page of text */
	INDENT = 2,          /* of what stands below a heading */
	NAME = 13,           /* columns of a fact's name */
	LINE_MAX = 64 << 20, /* bytes of a row, and of a value shown */
	MINUTE = 16,         /* bytes of "2026-11-20T06:30" */
	ESCAPED = 4,         /* bytes that one may become: \xNN */
	SUM_NAME = 12,       /* columns of the names in a sum */
	SUM_COUNT = 26,      /* and of its numbers */
};

static const unsigned char css[] = {
#include "audit/page/report.css.inc"
};

static void
put(struct inv_paper *p, const char *text)
{
	inv_buf_add(p->out, inv_str_of(text));
}

/* ---- text ---- */

/* s as it may reach a terminal; good as long as *room, to be freed. */
static struct inv_str
shown(struct inv_str s, char **room)
{
	*room = inv_mem_new(ESCAPED * s.n + 1);
	return (struct inv_str){ *room,
		inv_log_escape(s, *room, ESCAPED * s.n + 1) };
}

static size_t
width_of(struct inv_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
pad(struct inv_buf *b, size_t n)
{
	while (n-- > 0)
		inv_buf_byte(b, ' ');
}

/* The first bytes of s that are at most n columns wide. */
static struct inv_str
first_of(struct inv_str s, size_t n)
{
	size_t i = 0;

	while (i < s.n) {
		size_t k = i + 1;

		while (k < s.n && ((unsigned char)s.p[k] & 0xc0) == 0x80)
			k++;
		if (n-- == 0)
			break;
		i = k;
	}
	return (struct inv_str){ s.p, i };
}

/* s in lines that end before WIDTH; it begins at column `indent`. */
static void
wrap(struct inv_buf *b, struct inv_str s, size_t indent)
{
	size_t at = indent;

	while (s.n > 0) {
		const char *blank = memchr(s.p, ' ', s.n);
		struct inv_str word = { s.p,
			blank != NULL ? (size_t)(blank - s.p) : s.n };
		bool first = at == indent;

		if (!first && at + 1 + width_of(word) > WIDTH) {
			inv_buf_byte(b, '\n');
			pad(b, indent);
			at = indent;
			continue;
		}
		word = first_of(word, WIDTH - indent);
		if (!first)
			inv_buf_byte(b, ' ');
		inv_buf_add(b, word);
		at += width_of(word) + !first;
		s.p += word.n;
		s.n -= word.n;
		if (s.n > 0 && *s.p == ' ') {
			s.p++;
			s.n--;
		}
	}
	inv_buf_byte(b, '\n');
}

static struct inv_str
minute_of(struct inv_str time, char out[MINUTE])
{
	if (time.n != INV_CLOCK_TEXT - 1 || time.p[MINUTE - 6] != 'T')
		return time;
	memcpy(out, time.p, MINUTE);
	out[MINUTE - 6] = ' ';
	return (struct inv_str){ out, MINUTE };
}

/* Digits with commas, or the text of any other kind. */
static struct inv_str
as_text(enum inv_paper_kind kind, struct inv_str value, char minute[MINUTE],
    struct inv_buf *count)
{
	uint64_t v;

	if (kind == INV_PAPER_TIME)
		return minute_of(value, minute);
	if (kind != INV_PAPER_COUNT || !inv_str_u64(value, 0, UINT64_MAX, &v))
		return value;
	inv_buf_count(count, v);
	return inv_buf_str(count);
}

static void
text_cell(struct inv_paper *p, const struct inv_paper_column *c,
    struct inv_str value)
{
	struct inv_buf count = INV_BUF(32);
	char minute[MINUTE];
	char *room;
	struct inv_str s =
	    shown(as_text(c->kind, value, minute, &count), &room);
	size_t n = width_of(s);

	if (c->width == 0 && s.n > 0) {
		pad(&p->below, INDENT + 2);
		inv_buf_addf(&p->below, "%-*s", NAME - 2, c->name);
		wrap(&p->below, s, INDENT + NAME);
	} else if (c->width > 0) {
		pad(&p->line, p->at > 0 ? 2 : INDENT);
		if (c->kind == INV_PAPER_COUNT && n < c->width)
			pad(&p->line, c->width - n);
		inv_buf_add(&p->line, s);
		if (c->kind != INV_PAPER_COUNT && n < c->width)
			pad(&p->line, c->width - n);
	}
	free(room);
	inv_buf_free(&count);
}

/* Without the blanks that the last cell was filled up with. */
static void
end_line(struct inv_paper *p)
{
	while (p->line.n > 0 && p->line.p[p->line.n - 1] == ' ')
		p->line.n--;
	inv_buf_add(p->out, inv_buf_str(&p->line));
	inv_buf_byte(p->out, '\n');
	inv_buf_add(p->out, inv_buf_str(&p->below));
	inv_buf_reset(&p->line);
	inv_buf_reset(&p->below);
}

/* ---- HTML ---- */

static void
html_value(struct inv_paper *p, enum inv_paper_kind kind, struct inv_str value)
{
	char minute[MINUTE];
	struct inv_str s;

	switch (kind) {
	case INV_PAPER_TEXT:
		inv_html_text(p->out, value);
		break;
	case INV_PAPER_COUNT: {
		struct inv_buf count = INV_BUF(32);

		inv_html_text(p->out, as_text(kind, value, minute, &count));
		inv_buf_free(&count);
		break;
	}
	case INV_PAPER_CODE:
		put(p, "<code>");
		inv_html_text(p->out, value);
		put(p, "</code>");
		break;
	case INV_PAPER_VERDICT:
		put(p, "<span class=\"verdict ");
		inv_html_text(p->out, value);
		put(p, "\">");
		inv_html_text(p->out, value);
		put(p, "</span>");
		break;
	case INV_PAPER_TIME:
		s = minute_of(value, minute);
		put(p, "<time datetime=\"");
		inv_html_text(p->out, value);
		put(p, "\">");
		inv_html_text(p->out, s);
		put(p, "</time>");
		break;
	}
}

/* Cells below stand in a second row, each with its name. */
static void
html_cell(struct inv_paper *p, const struct inv_paper_column *c,
    struct inv_str value)
{
	struct inv_buf *row = p->out;

	if (p->at == 0)
		put(p, "<tr>");
	if (c->width > 0) {
		inv_buf_addf(row, "<td%s data-label=\"%s\">",
		    c->kind == INV_PAPER_COUNT ? " class=\"n\"" : "", c->name);
		html_value(p, c->kind, value);
		put(p, "</td>");
		return;
	}
	if (value.n == 0)
		return;
	p->out = &p->below;
	inv_buf_addf(p->out, "<div><dt>%s</dt><dd>", c->name);
	html_value(p, c->kind, value);
	put(p, "</dd></div>\n");
	p->out = row;
}

static void
end_html_row(struct inv_paper *p)
{
	size_t across = 0;

	for (size_t i = 0; i < p->columns; i++)
		across += p->column[i].width > 0;
	put(p, "</tr>\n");
	if (p->below.n == 0)
		return;
	inv_buf_addf(p->out,
	    "<tr class=\"below\"><td colspan=\"%zu\"><dl class=\"facts\">\n",
	    across);
	inv_buf_add(p->out, inv_buf_str(&p->below));
	put(p, "</dl></td></tr>\n");
	inv_buf_reset(&p->below);
}

/* ---- the page ---- */

void
inv_paper_begin(struct inv_paper *p, struct inv_str title, uint64_t now,
    struct inv_digest *d)
{
	const struct inv_html_page page = {
		.title = title,
		.style = { (const char *)css, sizeof(css) },
	};
	char time[INV_CLOCK_TEXT];
	char *room;

	p->line = p->below = INV_BUF(LINE_MAX);
	if (p->html) {
		inv_html_head(p->out, &page, d);
		put(p, "<body>\n<header><h1>");
		inv_html_text(p->out, title);
		put(p, "</h1><p class=\"soft\">As of ");
		inv_html_time(p->out, now);
		put(p, " UTC</p></header>\n<main>\n<section>\n");
		return;
	}
	wrap(p->out, shown(title, &room), 0);
	free(room);
	inv_clock_text((int64_t)now, time);
	inv_buf_addf(p->out, "As of %.10s %.5s UTC\n", time, time + 11);
}

void
inv_paper_end(struct inv_paper *p)
{
	static const char made[] =
	    "Made by inv-audit " INV_VERSION ". Times are UTC.";

	if (p->html)
		inv_buf_addf(p->out,
		    "</section>\n</main>\n<footer>%s The page loads nothing "
		    "and sends nothing.</footer>\n</body>\n</html>\n",
		    made);
	else
		inv_buf_addf(p->out, "\n%s\n", made);
	inv_buf_free(&p->line);
	inv_buf_free(&p->below);
}

void
inv_paper_section(struct inv_paper *p, const char *title, const char *note)
{
	if (p->html) {
		inv_buf_addf(p->out, "</section>\n<section>\n<h2>%s</h2>\n",
		    title);
		if (*note != '\0')
			inv_buf_addf(p->out, "<p class=\"soft\">%s</p>\n",
			    note);
		return;
	}
	inv_buf_addf(p->out, "\n%s\n", title);
	for (size_t n = strlen(title); n > 0; n--)
		inv_buf_byte(p->out, '-');
	inv_buf_byte(p->out, '\n');
	if (*note != '\0')
		wrap(p->out, inv_str_of(note), 0);
}

void
inv_paper_say(struct inv_paper *p, struct inv_str text)
{
	char *room;

	if (p->html) {
		put(p, "<p>");
		inv_html_text(p->out, text);
		put(p, "</p>\n");
		return;
	}
	wrap(p->out, shown(text, &room), 0);
	free(room);
}

void
inv_paper_judge(struct inv_paper *p, bool good, struct inv_str text)
{
	char *room;

	if (p->html) {
		inv_buf_addf(p->out, "<p class=\"judged %s\">",
		    good ? "good" : "bad");
		inv_html_text(p->out, text);
		put(p, "</p>\n");
		return;
	}
	inv_buf_add(p->out, good ? INV_LIT("  ") : INV_LIT("! "));
	wrap(p->out, shown(text, &room), INDENT);
	free(room);
}

/* ---- what stands on it ---- */

static void
add_term(struct inv_paper *p, struct inv_str name, uint64_t n, const char *sign)
{
	struct inv_buf count = INV_BUF(32);

	inv_buf_count(&count, n);
	if (p->html)
		inv_buf_addf(p->out,
		    "<div class=\"%.*s\"><dt>%.*s</dt><dd>%.*s</dd></div>\n",
		    INV_ARG(name), INV_ARG(name), INV_ARG(inv_buf_str(&count)));
	else
		inv_buf_addf(p->out, "%s %-*.*s%*.*s\n", sign, SUM_NAME,
		    INV_ARG(name), SUM_COUNT - SUM_NAME,
		    INV_ARG(inv_buf_str(&count)));
	inv_buf_free(&count);
}

void
inv_paper_sum(struct inv_paper *p, uint64_t rows,
    const uint64_t counts[INV_VERDICTS])
{
	if (p->html)
		put(p, "<dl class=\"sum\">\n");
	add_term(p, INV_LIT("rows"), rows, " ");
	for (int v = INV_COMMITTED; v < INV_VERDICTS; v++)
		add_term(p, inv_verdict_name((enum inv_verdict)v), counts[v],
		    v == INV_COMMITTED ? "=" : "+");
	add_term(p, inv_verdict_name(INV_PENDING), counts[INV_PENDING], "+");
	put(p, p->html ? "</dl>\n" : "\n");
}

void
inv_paper_facts(struct inv_paper *p)
{
	put(p, p->html ? "<dl class=\"facts\">\n" : "\n");
}

void
inv_paper_fact(struct inv_paper *p, const char *name, enum inv_paper_kind kind,
    struct inv_str value)
{
	struct inv_buf count = INV_BUF(32);
	char minute[MINUTE];
	char *room;

	if (p->html) {
		inv_buf_addf(p->out, "<div><dt>%s</dt><dd>", name);
		html_value(p, kind, value);
		put(p, "</dd></div>\n");
		return;
	}
	pad(p->out, INDENT);
	inv_buf_addf(p->out, "%-*s", NAME, name);
	wrap(p->out, shown(as_text(kind, value, minute, &count), &room),
	    INDENT + NAME);
	free(room);
	inv_buf_free(&count);
}

void
inv_paper_facts_end(struct inv_paper *p)
{
	put(p, p->html ? "</dl>\n" : "\n");
}

static void
html_heads(struct inv_paper *p)
{
	put(p, "<div class=\"sheet\"><table><thead><tr>");
	for (size_t i = 0; i < p->columns; i++)
		if (p->column[i].width > 0)
			inv_buf_addf(p->out, "<th scope=\"col\"%s>%s</th>",
			    p->column[i].kind == INV_PAPER_COUNT
				? " class=\"n\""
				: "",
			    p->column[i].name);
	put(p, "</tr></thead>\n<tbody>\n");
}

void
inv_paper_table(struct inv_paper *p, const struct inv_paper_column *columns,
    size_t n)
{
	p->column = columns;
	p->columns = n;
	p->at = 0;
	if (p->html) {
		html_heads(p);
		return;
	}
	put(p, "\n");
	for (size_t i = 0; i < n; i++)
		if (columns[i].width > 0) {
			pad(&p->line, i > 0 ? 2 : INDENT);
			inv_buf_addf(&p->line, "%*s",
			    columns[i].kind == INV_PAPER_COUNT
				? (int)columns[i].width
				: -(int)columns[i].width,
			    columns[i].name);
		}
	end_line(p);
}

void
inv_paper_cell(struct inv_paper *p, struct inv_str value)
{
	const struct inv_paper_column *c = &p->column[p->at];

	if (p->html)
		html_cell(p, c, value);
	else
		text_cell(p, c, value);
	if (++p->at < p->columns)
		return;
	p->at = 0;
	if (p->html)
		end_html_row(p);
	else
		end_line(p);
}

void
inv_paper_cell_u64(struct inv_paper *p, uint64_t value)
{
	struct inv_buf digits = INV_BUF(32);

	inv_buf_u64(&digits, value);
	inv_paper_cell(p, inv_buf_str(&digits));
	inv_buf_free(&digits);
}

void
inv_paper_table_end(struct inv_paper *p)
{
	put(p, p->html ? "</tbody></table></div>\n" : "\n");
}

void
inv_paper_commands(struct inv_paper *p, struct inv_str text)
{
	put(p, p->html ? "<pre>" : "\n");
	while (text.n > 0) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl != NULL ? (size_t)(nl - text.p) : text.n;
		struct inv_str line = { text.p, n };
		char *room;

		if (p->html) {
			inv_html_text(p->out, line);
		} else {
			inv_buf_add(p->out, shown(line, &room));
			free(room);
		}
		inv_buf_byte(p->out, '\n');
		n += nl != NULL;
		text.p += n;
		text.n -= n;
	}
	put(p, p->html ? "</pre>\n" : "\n");
}
