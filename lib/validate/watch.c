/* watch.c - what the manifests of a stream look like, against a baseline */

#include "validate/watch.h"

#include <fcntl.h>

#include "base/log.h"
#include "data/emit.h"
#include "io/file.h"
#include "validate/finding.h"

enum {
	LISTED_MAX = 1000,      /* findings of a report line */
	LISTED_BYTES = 4 << 20, /* of them, about */
	SAID_MAX = 10,          /* findings of a message */
	TEXT_MAX = 64 << 10,    /* bytes of a message */
	KEY_MAX = 16 << 20,     /* bytes of a key; a schema has fewer */
};

static bool
read_baseline(struct inv_watch *w, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_BASELINE_MAX);
	struct inv_digest *d = inv_digest_new();
	struct inv_err why;
	bool ok = inv_file_read(AT_FDCWD, w->how.baseline, &text, err);

	if (!ok)
		err->fault = INV_CONFIG;
	else if (!inv_baseline_read(&w->was, inv_buf_str(&text), &why))
		ok = inv_fail(err, INV_CONFIG, "%s: %s", w->how.baseline,
		    why.msg);
	inv_digest_hex_of(d, inv_buf_str(&text), w->sha256);
	inv_digest_free(d);
	inv_buf_free(&text);
	return ok;
}

bool
inv_watch_open(struct inv_watch *w, const struct inv_watch_options *how,
    struct inv_str key, struct inv_err *err)
{
	*w = (struct inv_watch){
		.how = *how,
		.damage = inv_damage_new(),
		.key = INV_BUF(KEY_MAX),
	};
	inv_buf_add(&w->key, key);
	if (how->baseline != NULL && !read_baseline(w, err))
		return false;
	/* What a person has set is kept in a baseline that is renewed. */
	w->all.thresholds =
	    how->baseline != NULL ? w->was.thresholds : inv_thresholds_usual();
	return true;
}

void
inv_watch_close(struct inv_watch *w)
{
	inv_baseline_free(&w->was);
	inv_baseline_free(&w->all);
	inv_profile_free(&w->now);
	inv_findings_free(&w->found);
	inv_damage_free(w->damage);
	inv_buf_free(&w->key);
}

void
inv_watch_begin(struct inv_watch *w, const char *id, bool typed)
{
	struct inv_str seed = { id, INV_MANIFEST_ID };

	w->typed = typed;
	inv_damage_begin(w->damage,
	    w->how.baseline != NULL ? &w->was.profile : NULL);
	if (w->how.baseline != NULL) {
		inv_profile_free(&w->now);
		inv_profile_init(&w->now, seed);
	}
	if (w->how.write != NULL && w->all.manifests++ == 0) {
		inv_profile_init(&w->all.profile, seed);
		memcpy(w->all.manifest, id, sizeof(w->all.manifest));
	}
}

void
inv_watch_record(struct inv_watch *w, const struct inv_record *rec,
    struct inv_str canonical, struct inv_flaws *warnings)
{
	struct inv_str record = canonical.n > 0 ? canonical : rec->record;

	if (!w->typed)
		inv_damage_look(w->damage, rec->fields, canonical, warnings);
	if (w->how.baseline != NULL)
		inv_profile_add(&w->now, record);
	if (w->how.write != NULL)
		inv_profile_add(&w->all.profile, record);
}

/* ---- the end of a manifest ---- */

/* Numbers of a key are counted up: they differ, and are nobody's business. */
static void
settle(const struct inv_watch *w, struct inv_profile *p)
{
	struct inv_str rest = inv_buf_str(&w->key);
	struct inv_buf name = INV_BUF(KEY_MAX);
	struct inv_member m;

	while (rest.n > 0 && inv_scan_each(&rest, &m)) {
		struct inv_str inner = inv_member_inner(&m);

		inv_buf_reset(&name);
		if (!inv_buf_room(&name, inner.n + 1))
			break;
		name.n = inv_text_decode(inner, name.p);
		inv_profile_forget(p, inv_buf_str(&name));
	}
	inv_buf_free(&name);
	inv_profile_settle(p);
}

static void
put_findings(const struct inv_watch *w, struct inv_buf *b)
{
	size_t begin = b->n;

	inv_emit_key(b, INV_LIT("findings"));
	inv_emit_open(b, '[');
	for (size_t i = 0;
	     i < w->found.n && i < LISTED_MAX && b->n - begin < LISTED_BYTES;
	     i++)
		inv_finding_json(b, &w->found.at[i], &w->was.profile, &w->now);
	inv_emit_close(b, ']');
}

static void
put_report(const struct inv_watch *w, const char *id, struct inv_buf *b)
{
	const char *slash = strrchr(w->how.baseline, '/');

	inv_emit_open(b, '{');
	inv_emit_member_str(b, INV_LIT("type"), INV_LIT("report"));
	inv_emit_member_str(b, INV_LIT("report"), INV_LIT("drift"));
	inv_emit_member_str(b, INV_LIT("manifest"),
	    (struct inv_str){ id, INV_MANIFEST_ID });
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(inv_prog.name));
	inv_emit_member_str(b, INV_LIT("baseline"),
	    inv_str_of(slash != NULL ? slash + 1 : w->how.baseline));
	inv_emit_member_str(b, INV_LIT("baseline_sha256"),
	    (struct inv_str){ w->sha256, sizeof(w->sha256) });
	inv_emit_member_u64(b, INV_LIT("rows"), w->now.rows);
	inv_emit_member_u64(b, INV_LIT("baseline_rows"), w->was.profile.rows);
	inv_emit_member_bool(b, INV_LIT("tested"), !w->found.few);
	inv_emit_member_bool(b, INV_LIT("partial"), w->now.full);
	put_findings(w, b);
	inv_emit_member_u64(b, INV_LIT("drifted"), w->found.n);
	inv_emit_close(b, '}');
}

static void
say_findings(const struct inv_watch *w, struct inv_str name)
{
	struct inv_buf b = INV_BUF(TEXT_MAX);
	size_t i = 0;

	for (; i < w->found.n && i < SAID_MAX; i++) {
		inv_buf_add(&b, i == 0 ? INV_LIT("") : INV_LIT("; "));
		inv_finding_text(&b, &w->found.at[i], &w->was.profile, &w->now);
	}
	if (i < w->found.n)
		inv_buf_addf(&b, "; %zu more", w->found.n - i);
	inv_warn("%.*s: drift: %.*s", INV_ARG(name), INV_ARG(inv_buf_str(&b)));
	inv_buf_free(&b);
}

static void
say_limits(const struct inv_watch *w, struct inv_str name)
{
	if (w->found.few)
		inv_warn("%.*s: drift: too few rows to test distributions: "
			 "%ju, and %ju in the baseline",
		    INV_ARG(name), (uintmax_t)w->now.rows,
		    (uintmax_t)w->was.profile.rows);
	if (w->now.full)
		inv_warn("%.*s: drift: too many columns: some are compared "
			 "in part or not at all",
		    INV_ARG(name));
}

bool
inv_watch_end(struct inv_watch *w, struct inv_str name, const char *id,
    struct inv_buf *line)
{
	if (w->how.baseline == NULL)
		return true;
	settle(w, &w->now);
	inv_drift_compare(&w->was.profile, &w->now, &w->was.thresholds,
	    &w->found);
	put_report(w, id, line);
	say_limits(w, name);
	if (w->found.n > 0 && w->found.n >= w->how.warn)
		say_findings(w, name);
	if (w->how.fail == 0 || w->found.n < w->how.fail)
		return true;
	inv_say("%.*s: drift: %zu findings: failed", INV_ARG(name), w->found.n);
	return false;
}

bool
inv_watch_write(struct inv_watch *w, struct inv_err *err)
{
	struct inv_buf b = INV_BUF(INV_BASELINE_MAX);

	if (w->how.write == NULL)
		return true;
	/* Nothing would ever differ from it. */
	if (w->all.profile.rows == 0)
		return inv_fail(err, INV_BAD, "%s: not written: no rows",
		    w->how.write);
	if (w->all.profile.full)
		inv_warn("%s: too many columns: some are there in part or not "
			 "at all",
		    w->how.write);
	settle(w, &w->all.profile);
	inv_baseline_write(&w->all, &b);
	bool ok = inv_file_summary(w->how.write, inv_buf_str(&b), err);

	inv_buf_free(&b);
	return ok;
}
