/* chart.c - the charts of a review as SVG inside of a page */

#include "quarantine/chart.h"

#include <stdio.h>
#include <time.h>

#include "data/html.h"

#define TO "\xe2\x80\x93" /* a dash between numbers */

enum { /* units of a chart's own, about a pixel each */
	WIDTH = 360,
	HEIGHT = 190,
	TOP = 24,     /* of the tallest column */
	BOTTOM = 162, /* of all columns */
	LABEL = 180,  /* where the base line's labels stand */
	REASONS = 6,  /* bars at most */
	BAR = 9,      /* height of a bar */
	STEP = 31,    /* from one bar to the next */
};

static void
put(struct inv_buf *b, const char *text)
{
	inv_buf_add(b, inv_str_of(text));
}

void
inv_chart_day(struct inv_buf *out, uint64_t at)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		inv_buf_addf(out, "%d %s", tm.tm_mday, months[tm.tm_mon]);
}

static uint64_t
most_of(const uint64_t *v, size_t n)
{
	uint64_t most = 1;

	for (size_t i = 0; i < n; i++)
		if (v[i] > most)
			most = v[i];
	return most;
}

/* A share of a length; what is there at all is to be seen. */
static double
share(uint64_t v, uint64_t most, double length)
{
	double d = (double)v / (double)most * length;

	return v > 0 && d < 2 ? 2 : d;
}

static void
open_image(struct inv_buf *b, unsigned height, const char *label)
{
	inv_buf_addf(b,
	    "<svg viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"%s",
	    (int)WIDTH, height, label);
}

static void
column(struct inv_buf *b, const char *class, double x, double width, double h)
{
	inv_buf_addf(b,
	    "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%.1f\" rx=\"1.5\"/>",
	    class, x, (double)BOTTOM - h, width, h);
}

static void
base_line(struct inv_buf *b)
{
	inv_buf_addf(b,
	    "<line class=\"axis\" x1=\"0\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
	    (int)BOTTOM, (int)WIDTH, (int)BOTTOM);
}

/* ---- reasons ---- */

static void
reason_bar(struct inv_buf *b, const struct inv_review_reason *r, unsigned y,
    double width)
{
	inv_buf_addf(b, "<text x=\"0\" y=\"%u\">", y + 12);
	inv_html_text(b, inv_buf_str(&r->name));
	inv_buf_addf(b,
	    "</text><text class=\"value\" x=\"%d\" y=\"%u\" "
	    "text-anchor=\"end\">",
	    (int)WIDTH, y + 12);
	inv_buf_count(b, r->count);
	inv_buf_addf(b,
	    "</text><rect class=\"bar\" x=\"0\" y=\"%u\" width=\"%.1f\" "
	    "height=\"%d\" rx=\"2\"/>",
	    y + 18, width, (int)BAR);
}

void
inv_chart_reasons(struct inv_buf *out, const struct inv_review *v)
{
	size_t n = v->reasons < REASONS ? v->reasons : REASONS;
	uint64_t most = n > 0 ? v->reason[0].count : 1;
	uint64_t other = v->open_all;

	open_image(out, (unsigned)(n > 0 ? n : 1) * STEP,
	    "Open rows by reason: ");
	for (size_t i = 0; i < n; i++) {
		inv_html_text(out, inv_buf_str(&v->reason[i].name));
		inv_buf_addf(out, " %ju, ", (uintmax_t)v->reason[i].count);
		other -= v->reason[i].count;
	}
	inv_buf_addf(out, "others %ju\">", (uintmax_t)other);
	for (size_t i = 0; i < n; i++)
		reason_bar(out, &v->reason[i], (unsigned)i * STEP,
		    share(v->reason[i].count, most, WIDTH));
	put(out, "</svg>");
	if (other == 0)
		return;
	put(out, "<p class=\"soft\">and ");
	inv_buf_count(out, other);
	put(out, " for other reasons</p>");
}

/* ---- days ---- */

static uint64_t
day_at(const struct inv_review *v, size_t k)
{
	uint64_t ago = (INV_REVIEW_DAYS - 1 - k) * INV_REVIEW_DAY;

	return v->now > ago ? v->now - ago : 0;
}

static void
label_days(struct inv_buf *b, const struct inv_review *v)
{
	for (size_t k = 0; k < INV_REVIEW_DAYS; k++) {
		inv_chart_day(b, day_at(v, k));
		inv_buf_addf(b, " %ju and %ju%s", (uintmax_t)v->failed_on[k],
		    (uintmax_t)v->closed_on[k],
		    k + 1 < INV_REVIEW_DAYS ? ", " : "\">");
	}
}

static void
day_name(struct inv_buf *b, const struct inv_review *v, size_t k, double x)
{
	inv_buf_addf(b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">", x,
	    (int)LABEL,
	    k == 0 ? "start" : (k + 1 == INV_REVIEW_DAYS ? "end" : "middle"));
	inv_chart_day(b, day_at(v, k));
	put(b, "</text>");
}

void
inv_chart_days(struct inv_buf *out, const struct inv_review *v)
{
	const double step = (double)WIDTH / INV_REVIEW_DAYS;
	uint64_t failed = most_of(v->failed_on, INV_REVIEW_DAYS);
	uint64_t closed = most_of(v->closed_on, INV_REVIEW_DAYS);
	uint64_t most = failed > closed ? failed : closed;

	open_image(out, HEIGHT, "New and closed rows of each day: ");
	label_days(out, v);
	inv_buf_addf(out,
	    "<line class=\"axis\" x1=\"0\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>"
	    "<text x=\"0\" y=\"%d\">",
	    (int)TOP, (int)WIDTH, (int)TOP, (int)TOP - 6);
	inv_buf_count(out, most);
	put(out, "</text>");
	for (size_t k = 0; k < INV_REVIEW_DAYS; k++) {
		double x = (double)k * step;

		column(out, "bar", x + 3, step / 2 - 3.5,
		    share(v->failed_on[k], most, BOTTOM - TOP));
		column(out, "bar2", x + step / 2 + 0.5, step / 2 - 3.5,
		    share(v->closed_on[k], most, BOTTOM - TOP));
	}
	base_line(out);
	day_name(out, v, 0, 3);
	day_name(out, v, INV_REVIEW_DAYS / 2, step * INV_REVIEW_DAYS / 2);
	day_name(out, v, INV_REVIEW_DAYS - 1, WIDTH - 3);
	put(out, "</svg>");
}

/* ---- ages ---- */

void
inv_chart_ages(struct inv_buf *out, const struct inv_review *v)
{
	static const char *const name[INV_REVIEW_AGES] = { "0", "1" TO "2",
		"3" TO "6", "7" TO "13", "14" TO "29", "30" TO "89", "90+" };
	const double step = (double)WIDTH / INV_REVIEW_AGES;
	uint64_t most = most_of(v->age, INV_REVIEW_AGES);

	open_image(out, HEIGHT, "Open rows by age in days: ");
	for (size_t k = 0; k < INV_REVIEW_AGES; k++)
		inv_buf_addf(out, "%s: %ju%s", name[k], (uintmax_t)v->age[k],
		    k + 1 < INV_REVIEW_AGES ? ", " : "\">");
	for (size_t k = 0; k < INV_REVIEW_AGES; k++) {
		double h = share(v->age[k], most, BOTTOM - TOP);
		double middle = ((double)k + 0.5) * step;

		column(out, "bar", middle - step / 2 + 5, step - 10, h);
		inv_buf_addf(out,
		    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s"
		    "</text><text class=\"value\" x=\"%.1f\" y=\"%.1f\" "
		    "text-anchor=\"middle\">",
		    middle, (int)LABEL, name[k], middle, BOTTOM - h - 6);
		inv_buf_count(out, v->age[k]);
		put(out, "</text>");
	}
	base_line(out);
	put(out, "</svg>");
}
