/*
 * fuzz_columns - any records, a line each, as the rows of a manifest
 *
 * Whatever their figures are, they are written as a baseline that can be read
 * again, and have not drifted from it; warnings are a list in JSON.
 */

#include <stdlib.h>

#include "data/baseline.h"
#include "data/damage.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
take(struct inv_profile *p, struct inv_damage *d, struct inv_scan *scan,
    struct inv_str line)
{
	struct inv_flaws warnings = INV_FLAWS;
	struct inv_err err;
	enum inv_kind kind;

	if (!inv_scan_object(scan, line, &err))
		return;
	inv_profile_add(p, line);
	inv_damage_look(d, inv_scan_record(scan), line, &warnings);
	must(inv_scan_value(scan, inv_flaws_json(&warnings), &kind, &err));
	must(kind == INV_KIND_ARRAY);
	inv_flaws_free(&warnings);
}

static void
compare(const struct inv_baseline *b)
{
	struct inv_buf text = INV_BUF(INV_BASELINE_MAX);
	struct inv_findings found = { 0 };
	struct inv_baseline read;
	struct inv_err err;

	inv_baseline_write(b, &text);
	must(!text.failed);
	must(inv_baseline_read(&read, inv_buf_str(&text), &err));
	inv_drift_compare(&read.profile, &b->profile, &b->thresholds, &found);
	must(found.n == 0);
	inv_findings_free(&found);
	inv_baseline_free(&read);
	inv_buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct inv_scan *scan;
	static struct inv_damage *damage;
	struct inv_baseline b = { .thresholds = inv_thresholds_usual() };
	struct inv_str rest = { (const char *)p, n };

	if (scan == NULL) {
		scan = inv_scan_new();
		damage = inv_damage_new();
	}
	b.thresholds.at[INV_MIN_ROWS] = 1;
	memset(b.manifest, 'a', sizeof(b.manifest));
	inv_profile_init(&b.profile, rest);
	inv_damage_begin(damage, NULL);
	while (rest.n > 0) {
		const char *lf = memchr(rest.p, '\n', rest.n);
		size_t len = lf == NULL ? rest.n : (size_t)(lf - rest.p);

		take(&b.profile, damage, scan, (struct inv_str){ rest.p, len });
		len += lf != NULL;
		rest = (struct inv_str){ rest.p + len, rest.n - len };
	}
	inv_profile_settle(&b.profile);
	compare(&b);
	inv_baseline_free(&b);
	return 0;
}
