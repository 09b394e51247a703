/* html_page.c - what the pages of all programs have in common */

#include "data/html_page.h"

#include "base/base64.h"
#include "base/clock.h"
#include "data/html.h"

static const unsigned char css[] = {
#include "data/page/page.css.inc"
};

static const struct inv_str common = { (const char *)css, sizeof(css) };

static void
put(struct inv_buf *b, const char *text)
{
	inv_buf_add(b, inv_str_of(text));
}

/* The bytes of first and then, as a policy names them. */
static void
add_source(struct inv_buf *b, struct inv_digest *d, struct inv_str first,
    struct inv_str then)
{
	unsigned char sum[INV_DIGEST];

	inv_digest_begin(d);
	inv_digest_add(d, first);
	inv_digest_add(d, then);
	inv_digest_end(d, sum);
	put(b, "'sha256-");
	inv_base64_put(b, (struct inv_str){ (const char *)sum, sizeof(sum) });
	put(b, "'; ");
}

void
inv_html_head(struct inv_buf *b, const struct inv_html_page *page,
    struct inv_digest *d)
{
	put(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src ");
	add_source(b, d, common, page->style);
	if (page->script.n > 0) {
		put(b, "script-src ");
		add_source(b, d, page->script, INV_LIT(""));
	}
	put(b,
	    "base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<title>");
	inv_html_text(b, page->title);
	put(b, "</title>\n<style>");
	inv_buf_add(b, common);
	inv_buf_add(b, page->style);
	put(b, "</style>\n</head>\n");
}

void
inv_html_script(struct inv_buf *b, const struct inv_html_page *page)
{
	put(b, "<script>");
	inv_buf_add(b, page->script);
	put(b, "</script>\n");
}

void
inv_html_time(struct inv_buf *b, uint64_t at)
{
	char text[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)at, text);
	inv_buf_addf(b, "<time datetime=\"%s\">%.10s %.5s</time>", text, text,
	    text + 11);
}
