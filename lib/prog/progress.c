/* progress.c - one line on stderr, only where a person sees it */

#include "prog/progress.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { REDRAW_MS = 100, LINE_MAX_BYTES = 256 };

void
inv_progress_open(struct inv_progress *p)
{
	*p = (struct inv_progress){
		.shown = inv_prog.level != INV_LOG_QUIET &&
		    isatty(STDERR_FILENO) == 1,
	};
}

static void
draw(struct inv_progress *p, struct inv_str line)
{
	struct inv_buf b = INV_BUF(2 * LINE_MAX_BYTES);

	inv_buf_byte(&b, '\r');
	inv_buf_add(&b, line);
	for (size_t i = line.n; i < p->width; i++)
		inv_buf_byte(&b, ' ');
	if (line.n == 0)
		inv_buf_byte(&b, '\r');
	p->width = line.n;
	/* A line that is not drawn is no loss. */
	ssize_t n = write(STDERR_FILENO, b.p, b.n);
	(void)n;
	inv_buf_free(&b);
}

void
inv_progress_show(struct inv_progress *p, const uint64_t counts[INV_VERDICTS])
{
	uint64_t now = inv_clock_ms();
	struct inv_buf line = INV_BUF(LINE_MAX_BYTES);
	uint64_t rows = 0;

	if (!p->shown || now < p->next_ms)
		return;
	p->next_ms = now + REDRAW_MS;
	for (int v = 0; v < INV_VERDICTS; v++)
		rows += counts[v];
	inv_buf_addf(&line, "%ju rows", (uintmax_t)rows);
	for (int v = INV_COMMITTED; v < INV_VERDICTS; v++)
		if (counts[v] > 0)
			inv_buf_addf(&line, ", %ju %.*s", (uintmax_t)counts[v],
			    INV_ARG(inv_verdict_name((enum inv_verdict)v)));
	draw(p, inv_buf_str(&line));
	inv_buf_free(&line);
}

void
inv_progress_close(struct inv_progress *p)
{
	if (p->shown && p->width > 0)
		draw(p, (struct inv_str){ NULL, 0 });
}
