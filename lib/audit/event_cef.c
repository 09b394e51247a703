/* event_cef.c - an event in ArcSight's Common Event Format */

#include "audit/event_part.h"
#include "base/clock.h"
#include "data/cef.h"
#include "data/scan.h"

/* Bytes that ArcSight keeps of a value. */
enum {
	ACT_MAX = 63,
	ID_MAX = 40,
	TEXT_MAX = 1023,
	CUSTOM_MAX = 4000,
};

/* The inside of a JSON string. */
static void
put_inside(struct inv_buf *b, const char *key, struct inv_str raw, size_t max)
{
	struct inv_buf plain = INV_BUF(raw.n);

	if (inv_buf_room(&plain, raw.n))
		plain.n = inv_text_decode(raw, plain.p);
	inv_cef_value(b, key, inv_buf_str(&plain), max);
	inv_buf_free(&plain);
}

/* cs1, cs2 ... and cn1, cn2 ... say in a label what they are. */
static void
put_custom(struct inv_buf *b, const char *key, const char *label,
    struct inv_str value)
{
	if (value.n == 0)
		return;
	put_inside(b, key, value, CUSTOM_MAX);
	inv_buf_addf(b, " %sLabel=%s", key, label);
}

static void
put_header(struct inv_buf *b, const struct inv_event *e)
{
	inv_buf_add(b, INV_LIT("CEF:0|"));
	inv_cef_header(b, INV_LIT("inv"));
	inv_cef_header(b, INV_LIT("inv-audit"));
	inv_cef_header(b, inv_str_of(INV_VERSION));
	inv_cef_header(b, e->action);
	inv_cef_header(b, e->action);
	inv_buf_addf(b, "%u|", e->severity);
}

static void
put_time(struct inv_buf *b, struct inv_str time)
{
	char text[INV_CLOCK_TEXT] = "";

	memcpy(text, time.p, sizeof(text) - 1);
	inv_buf_addf(b, "rt=%jd", (intmax_t)inv_clock_read(text) * 1000);
}

/* Who it was, and as whom where that is somebody else. */
static void
put_user(struct inv_buf *b, struct inv_str user, struct inv_str login)
{
	put_inside(b, "suser", login.n > 0 ? login : user, TEXT_MAX);
	if (login.n > 0)
		put_inside(b, "duser", user, TEXT_MAX);
}

void
inv_event_put_cef(struct inv_buf *b, const struct inv_event *e)
{
	const struct inv_str *of = e->of;

	put_header(b, e);
	put_time(b, e->line->time);
	inv_buf_addf(b, " externalId=%ju", (uintmax_t)e->line->seq);
	inv_cef_value(b, "msg", e->message, TEXT_MAX);
	put_inside(b, "act", e->what, ACT_MAX);
	inv_cef_value(b, "outcome", inv_str_of(e->outcome), ACT_MAX);
	put_inside(b, "reason",
	    of[INV_EVENT_REASON].n > 0 ? of[INV_EVENT_REASON]
				       : of[INV_EVENT_WHY],
	    TEXT_MAX);
	put_inside(b, "fname", e->name, TEXT_MAX);
	inv_cef_value(b, "fileHash", e->line->manifest, TEXT_MAX);
	put_inside(b, "fsize", of[INV_EVENT_BYTES], ID_MAX);
	put_user(b, of[INV_EVENT_USER], of[INV_EVENT_LOGIN]);
	put_custom(b, "cs1", "run", of[INV_EVENT_RUN]);
	put_custom(b, "cs2", "idempotencyKey", of[INV_EVENT_KEY]);
	put_custom(b, "cs3", "batchHash", of[INV_EVENT_HASH]);
	put_custom(b, "cs4", "entryHash",
	    (struct inv_str){ e->hash, sizeof(e->hash) });
	put_custom(b, "cs5", "stage", of[INV_EVENT_STAGE]);
	put_custom(b, "cs6", "item", of[INV_EVENT_ITEM]);
	put_custom(b, "cn1", "rows", of[INV_EVENT_COUNT]);
	put_custom(b, "cn2", "status", of[INV_EVENT_STATUS]);
	inv_buf_addf(b, " cn3=%ju cn3Label=submission",
	    (uintmax_t)e->line->submission);
}
