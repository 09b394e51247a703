/* infer.c - the schema that a stream of good records would have */

#include "validate/infer.h"

#include "base/log.h"
#include "data/draft.h"

enum { TITLE_MAX = 64 << 10 }; /* bytes of a manifest's name */

struct infer {
	struct inv_filter f;
	struct inv_survey survey;
	struct inv_uniques uniques;
	struct inv_buf title; /* the name of the first manifest */
};

/* Columns that no row may be there for. */
static void
take_columns(struct infer *in, struct inv_str json)
{
	for (struct inv_member m; inv_scan_each(&json, &m);)
		if (m.kind == INV_KIND_STRING)
			inv_survey_column(&in->survey, inv_member_inner(&m));
}

static void
begin_manifest(struct infer *in, const struct inv_record *rec)
{
	const struct inv_member *m = inv_member_find(rec->outer, "columns");

	if (in->title.n == 0)
		inv_buf_add(&in->title, inv_buf_str(&in->f.block.name));
	if (m != NULL && m->kind == INV_KIND_ARRAY)
		take_columns(in, m->value);
}

static void
add_record(struct infer *in, const struct inv_record *rec)
{
	struct inv_site *hint = NULL;

	inv_survey_add(&in->survey, rec->fields, !in->f.block.typed);
	for (size_t i = 0; i < rec->fields->n; i++) {
		const struct inv_member *m = &rec->fields->at[i];
		const struct inv_site *site =
		    inv_survey_site(&in->survey, m, &hint);

		if (site != NULL)
			inv_uniques_put(&in->uniques, site->index, m->value);
	}
	inv_uniques_end(&in->uniques);
	inv_draft_choose(&in->survey, &in->uniques);
}

/* What could not be read is not among what fits. */
static void
end_manifest(struct infer *in)
{
	struct inv_err err;

	if (!in->f.block.refused)
		return;
	inv_fail(&err, INV_BAD, "%.*s: was refused as a whole: no draft",
	    INV_ARG(inv_buf_str(&in->f.block.name)));
	inv_filter_stop(&in->f, &err);
}

static void
take(struct infer *in, const struct inv_record *rec)
{
	switch (rec->kind) {
	case INV_LINE_MANIFEST:
		begin_manifest(in, rec);
		break;
	case INV_LINE_RECORD:
		add_record(in, rec);
		break;
	case INV_LINE_END:
		end_manifest(in);
		break;
	case INV_LINE_STAGE:
	case INV_LINE_BATCH:
	case INV_LINE_OTHER:
	case INV_LINE_BODY:
		break;
	}
	inv_filter_pass(&in->f, rec);
}

static void
write_draft(struct infer *in)
{
	struct inv_filter *f = &in->f;
	struct inv_buf text = INV_BUF(INV_DRAFT_MAX);
	uint64_t rows = 0;
	struct inv_err err;

	for (int i = 0; i < INV_VERDICTS; i++)
		rows += f->totals[i];
	if (f->stopped || f->fault != INV_OK || f->block.open ||
	    f->manifests == 0)
		return;
	if (rows > in->survey.rows)
		inv_warn("%ju of %ju rows have a verdict, and are passed over",
		    (uintmax_t)(rows - in->survey.rows), (uintmax_t)rows);
	inv_draft_write(&in->survey, &in->uniques, inv_buf_str(&in->title),
	    &text);
	if (text.failed) {
		inv_fail(&err, INV_BAD, "a schema of more than %d bytes",
		    INV_DRAFT_MAX);
		inv_filter_stop(f, &err);
	} else {
		inv_out_add(&f->out, inv_buf_str(&text));
	}
	inv_buf_free(&text);
}

int
inv_infer_run(const struct inv_prog_info *info, const char *path)
{
	struct infer in = { .title = INV_BUF(TITLE_MAX) };
	struct inv_record rec;

	inv_survey_init(&in.survey);
	inv_uniques_init(&in.uniques);
	inv_filter_open(&in.f, info, path,
	    INV_WANT_MANIFEST | INV_WANT_END | INV_WANT_QUIET);

	while (inv_filter_next(&in.f, &rec))
		take(&in, &rec);

	write_draft(&in);
	inv_survey_free(&in.survey);
	inv_uniques_free(&in.uniques);
	inv_buf_free(&in.title);
	return inv_filter_close(&in.f);
}
