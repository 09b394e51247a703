/* inv-split - manifests in, records out */

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/record.h"
#include "data/signature.h"
#include "data/source.h"
#include "io/file.h"
#include "io/inbox.h"
#include "io/stream.h"
#include "prog/metrics.h"
#include "prog/opt.h"
#include "prog/secret_opt.h"
#include "prog/source_opt.h"
#include "store/archive.h"
#include "store/audit_key.h"
#include "store/correction.h"

enum {
	CHUNK_SIZE = INV_OPT_LONG,
	SUBMISSION,
	NO_ARCHIVE,
	FORCE,
	WATCH,
	SIGN,
};

enum {
	CHUNK_MAX = 100000,   /* rows of a chunk, at most */
	NAME_TEXT = 16 << 10, /* bytes of a name with its bytes escaped */
	SUMMARY = 4096,       /* bytes of --stats */
	TELL_ROWS = 4096,     /* after so many the clock is asked */
};

static const uint64_t SUBMISSION_MAX = (UINT64_C(1) << 53) - 1;

static const struct inv_option options[] = {
	INV_SOURCE_OPTIONS,
	{ CHUNK_SIZE, "chunk-size", "N", "rows of a chunk (500)" },
	{ SUBMISSION, "submission", "N",
	    "which submission of the same bytes this is (1)" },
	{ FORCE, "force", NULL,
	    "corrections may undo what is newer than their items" },
	{ WATCH, "watch", "DIR",
	    "each file that is put into this folder, until told to stop" },
	{ SIGN, "sign", "FILE|fd:N|cred:NAME",
	    "sign each manifest line with this key" },
	{ NO_ARCHIVE, "no-archive", NULL, "keep no copy, only the arrival" },
	{ 0 },
};

static const struct inv_prog_info info = {
	.name = "inv-split",
	.purpose = "manifests in, records out",
	.usage = "[FILE ...]",
	.options = options,
	.operands = -1,
	.reads_stdin = true,
};

struct split {
	struct inv_source_opt reading;
	enum inv_keep keep;
	uint64_t submission;
	uint64_t chunk_size;
	bool asking;       /* the quarantine, which could not be read */
	bool force;        /* corrections stand where their manifest does */
	const char *watch; /* a drop folder; NULL: operands are read */
	const char *sign;  /* where the key is; NULL: nothing is signed */
	struct inv_audit_key key;
	struct inv_state state;
	struct inv_archive *archive;
	struct inv_source *source;
	struct inv_corrections *corrections;
	struct inv_digest *digest;
	struct inv_out out;
	uint64_t manifests;
	uint64_t refused;
	uint64_t counts[INV_VERDICTS]; /* of all manifests */
	uint64_t started_ms;
	struct inv_metrics *metrics; /* NULL: nobody asked for them */
	enum inv_fault fault;        /* the worst that did not stop us */
};

/* A manifest under way. */
struct manifest {
	const char *name;
	struct inv_archived kept;
	uint64_t rows;
	uint64_t counts[INV_VERDICTS];
	uint64_t malformed;       /* rows */
	uint64_t first_malformed; /* line of the first of them */
	uint64_t astray;          /* rows that correct no item */
	uint64_t first_astray;    /* the same */
	bool refused;
	struct inv_err why; /* it was refused */
};

/* ---- options ---- */

static void
set_option(struct split *s, int code)
{
	switch (code) {
	case CHUNK_SIZE:
		s->chunk_size =
		    inv_opt_u64("--chunk-size", optarg, 1, CHUNK_MAX);
		break;
	case SUBMISSION:
		s->submission =
		    inv_opt_u64("--submission", optarg, 1, SUBMISSION_MAX);
		break;
	case FORCE:
		s->force = true;
		break;
	case WATCH:
		s->watch = optarg;
		break;
	case SIGN:
		inv_opt_secret("--sign", optarg);
		s->sign = optarg;
		break;
	case NO_ARCHIVE:
		s->keep = INV_KEEP_NOT;
		break;
	default:
		inv_source_opt(&s->reading, code);
	}
}

/* ---- the lines around the records ---- */

/* A string that may have any bytes: those that are not UTF-8 escaped. */
static void
emit_any(struct inv_buf *b, struct inv_str s)
{
	char text[NAME_TEXT];

	if (!inv_text_is_utf8(s))
		s = (struct inv_str){
			text,
			inv_log_escape(s, text, sizeof(text)),
		};
	inv_emit_str(b, s);
}

static void
emit_hex(struct inv_buf *b, struct inv_str name, const void *bytes, size_t n)
{
	char hex[INV_DIGEST_HEX];

	inv_str_hex(bytes, n, hex);
	inv_emit_member_str(b, name, (struct inv_str){ hex, 2 * n });
}

static void
emit_run(struct inv_buf *b)
{
	unsigned char run[INV_RUN_ID / 2];

	inv_random(run, sizeof(run));
	emit_hex(b, INV_LIT("run"), run, sizeof(run));
}

static void
emit_request_id(struct split *s, const char *id, struct inv_buf *b)
{
	unsigned char digest[INV_DIGEST];
	struct inv_buf number = INV_BUF(32);

	inv_buf_u64(&number, s->submission);
	inv_digest_begin(s->digest);
	inv_digest_part(s->digest, INV_LIT("inv-request"));
	inv_digest_part(s->digest, inv_str_of(id));
	inv_digest_part(s->digest, inv_buf_str(&number));
	inv_digest_end(s->digest, digest);
	inv_buf_free(&number);
	emit_hex(b, INV_LIT("request_id"), digest, sizeof(digest));
}

static bool
emit_manifest(struct split *s, const struct manifest *m, struct inv_err *err)
{
	struct inv_buf *b = inv_out_buf(&s->out);
	enum inv_format format = inv_source_format(s->source);
	size_t begin = b->n;

	inv_buf_add(b, INV_LIT("{\"type\":\"manifest\",\"v\":1"));
	inv_emit_member_str(b, INV_LIT("manifest"), inv_str_of(m->kept.id));
	emit_run(b);
	inv_emit_key(b, INV_LIT("name"));
	emit_any(b, inv_str_of(m->name));
	inv_emit_member_str(b, INV_LIT("format"),
	    inv_str_of(inv_format_name(format)));
	inv_emit_member_u64(b, INV_LIT("bytes"), m->kept.bytes);
	if (!m->refused && inv_source_has_columns(s->source)) {
		inv_emit_key(b, INV_LIT("columns"));
		inv_source_columns(s->source, b);
	}
	inv_emit_member_u64(b, INV_LIT("arrival"), m->kept.arrival);
	inv_emit_member_str(b, INV_LIT("received"),
	    inv_str_of(m->kept.received));
	inv_emit_member_u64(b, INV_LIT("submission"), s->submission);
	inv_emit_member_u64(b, INV_LIT("chunk_size"), s->chunk_size);
	emit_request_id(s, m->kept.id, b);
	bool ok = s->sign == NULL ||
	    inv_signature_add(b, begin, &s->key.public, s->key.signer, err);

	inv_buf_add(b, INV_LIT("}\n"));
	inv_out_check(&s->out);
	return ok;
}

static void
emit_stage(struct split *s)
{
	struct inv_buf *b = inv_out_buf(&s->out);

	inv_buf_add(b, INV_LIT("{\"type\":\"stage\""));
	inv_emit_member_str(b, INV_LIT("stage"), inv_str_of(info.name));
	inv_emit_member_str(b, INV_LIT("version"), inv_str_of(INV_VERSION));
	inv_source_notes(s->source, b);
	inv_buf_add(b, INV_LIT("}\n"));
}

static void
emit_end(struct split *s, const struct manifest *m)
{
	struct inv_buf *b = inv_out_buf(&s->out);

	inv_buf_add(b, INV_LIT("{\"type\":\"end\""));
	inv_emit_member_str(b, INV_LIT("manifest"), inv_str_of(m->kept.id));
	inv_emit_member_u64(b, INV_LIT("rows"), m->rows);
	inv_emit_member_u64(b, INV_LIT("bytes"), m->kept.bytes);
	inv_emit_key(b, INV_LIT("counts"));
	inv_verdict_counts(b, m->counts);
	if (m->refused) {
		inv_emit_key(b, INV_LIT("refused"));
		inv_emit_open(b, '{');
		inv_emit_member_str(b, INV_LIT("reason"),
		    inv_str_of(inv_source_reason(s->source)));
		inv_emit_key(b, INV_LIT("msg"));
		emit_any(b, inv_str_of(m->why.msg));
		inv_emit_close(b, '}');
	} else {
		inv_source_totals(s->source, b);
	}
	inv_buf_add(b, INV_LIT("}\n"));
	inv_out_check(&s->out);
}

/* ---- figures ---- */

static uint64_t
rows_of(const struct split *s, const struct manifest *m, int verdict)
{
	return s->counts[verdict] + (m == NULL ? 0 : m->counts[verdict]);
}

/* What has been written, with what has of the manifest under way, if any. */
static void
count(const struct split *s, const struct manifest *m)
{
	struct inv_str none = { NULL, 0 };

	if (s->metrics == NULL)
		return;
	for (int v = 0; v < INV_VERDICTS; v++)
		inv_metrics_count(s->metrics, INV_METRIC_ROWS,
		    inv_verdict_name((enum inv_verdict)v), none,
		    rows_of(s, m, v));
	inv_metrics_count(s->metrics, INV_METRIC_VERDICTS,
	    inv_verdict_name(INV_QUARANTINED), INV_LIT("malformed_row"),
	    rows_of(s, m, INV_QUARANTINED));
	inv_metrics_count(s->metrics, INV_METRIC_MANIFESTS, none, none,
	    s->manifests + (m != NULL));
}

static void
tell_figures(const struct split *s, const struct manifest *m)
{
	if (s->metrics == NULL || m->rows % TELL_ROWS != 0 ||
	    inv_clock_ms() < inv_metrics_due(s->metrics))
		return;
	count(s, m);
	inv_metrics_tell(s->metrics);
}

/* ---- a manifest ---- */

/* A row that says which item it corrects: its record begins at `record`. */
static bool
take_correction(struct split *s, const struct manifest *m, struct inv_buf *b,
    size_t record, bool *correct, struct inv_err *err)
{
	const struct inv_correction row = {
		.row = m->rows,
		.item = inv_source_item(s->source),
		.why = inv_source_why(s->source),
		.cells = inv_source_has_columns(s->source),
		.force = s->force,
	};

	s->asking = row.item.n > 0;
	bool ok = !s->asking ||
	    inv_corrections_take(s->corrections, &row, b, record, correct, err);

	s->asking = s->asking && !ok;
	return ok;
}

static bool
emit_row(struct split *s, struct manifest *m, uint64_t line,
    struct inv_err *err)
{
	struct inv_buf *b = inv_out_buf(&s->out);
	struct inv_str id = { m->kept.id, INV_MANIFEST_SHORT };

	inv_record_head(b, id, m->rows + 1, line, m->rows / s->chunk_size);
	m->rows++;
	size_t record = b->n + sizeof("\"record\":") - 1;
	bool sound = inv_source_write(s->source, b);
	bool correct = true;

	if (!sound && m->malformed++ == 0)
		m->first_malformed = line;
	if (sound && !take_correction(s, m, b, record, &correct, err))
		return false;
	if (!correct && m->astray++ == 0)
		m->first_astray = line;
	m->counts[sound && correct ? INV_PENDING : INV_QUARANTINED]++;
	inv_buf_add(b, INV_LIT("}\n"));
	inv_out_check(&s->out);
	return true;
}

static bool
emit_rows(struct split *s, struct manifest *m, struct inv_err *err)
{
	enum inv_next next;
	uint64_t line;

	while ((next = inv_source_next(s->source, &line, err)) ==
	    INV_NEXT_LINE) {
		if (!emit_row(s, m, line, err))
			return false;
		tell_figures(s, m);
		if (s->out.failed)
			return inv_out_flush(&s->out, err);
	}
	return next == INV_NEXT_END;
}

static void
tell(const struct manifest *m)
{
	if (m->refused)
		inv_say("%s", m->why.msg);
	if (m->malformed > 0)
		inv_warn("%s:%ju: malformed, as are %ju of %ju rows", m->name,
		    (uintmax_t)m->first_malformed, (uintmax_t)m->malformed,
		    (uintmax_t)m->rows);
	if (m->astray > 0)
		inv_warn("%s:%ju: inv:item is none that it could correct, as "
			 "in %ju of %ju rows",
		    m->name, (uintmax_t)m->first_astray, (uintmax_t)m->astray,
		    (uintmax_t)m->rows);
}

/* All lines of a manifest that has been taken in. */
static bool
split(struct split *s, struct manifest *m, struct inv_err *err)
{
	m->refused = !inv_source_begin(s->source, m->kept.fd, m->name, &m->why);
	if (m->refused && m->why.fault != INV_BAD) {
		*err = m->why;
		return false;
	}
	inv_note("%s: read as %s", m->name,
	    inv_format_name(inv_source_format(s->source)));
	inv_corrections_begin(s->corrections,
	    (struct inv_str){ m->kept.id, INV_MANIFEST_ID }, s->submission);
	if (!emit_manifest(s, m, err) || (!m->refused && !emit_rows(s, m, err)))
		return false;
	emit_stage(s);
	emit_end(s, m);
	tell(m);
	s->manifests++;
	s->refused += m->refused;
	for (int v = 0; v < INV_VERDICTS; v++)
		s->counts[v] += m->counts[v];
	if (m->refused)
		s->fault = INV_BAD;
	return true;
}

/* ---- the operands ---- */

static int
open_operand(const char *path, struct inv_err *err)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0
	    ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		inv_fail_sys(err, INV_NOINPUT, "%s", path);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		inv_fail(err, INV_NOINPUT, "%s: is a directory", path);
		close(fd);
		return -1;
	}
	return fd;
}

/* Takes fd. */
static bool
take_in(struct split *s, struct manifest *m, int fd, struct inv_err *err)
{
	bool ok = inv_archive_take(s->archive, fd, m->name, s->submission,
	    s->keep, &m->kept, err);

	close(fd);
	if (!ok)
		return false;
	switch (s->keep) {
	case INV_KEEP:
		inv_warn("%s: archived as %s/%s, arrival %ju", m->name,
		    s->state.path, m->kept.path, (uintmax_t)m->kept.arrival);
		break;
	case INV_KEEP_NOT:
		inv_warn("%s: not archived: %s, arrival %ju", m->name,
		    m->kept.id, (uintmax_t)m->kept.arrival);
		break;
	}
	return true;
}

/* What can not be read does not stop the others. */
static bool
pass_over(struct split *s, const struct inv_err *err)
{
	if (err->fault != INV_NOINPUT)
		return false;
	inv_say("%s", err->msg);
	if (s->fault == INV_OK)
		s->fault = INV_NOINPUT;
	return true;
}

/* All of a file: fd, or -1 with *err; m->refused where it gave nothing. */
static bool
split_file(struct split *s, struct manifest *m, int fd, struct inv_err *err)
{
	if (fd < 0 || !take_in(s, m, fd, err)) {
		m->refused = true;
		return pass_over(s, err);
	}
	bool ok = split(s, m, err);

	/* Whatever else failed now is our own copy, not what somebody named. */
	if (!ok && !s->asking && err->fault != INV_CONFIG)
		err->fault = INV_IO;
	close(m->kept.fd);
	return ok;
}

static bool
split_operand(struct split *s, const char *path, struct inv_err *err)
{
	struct manifest m = { .name = path };

	return split_file(s, &m, open_operand(path, err), err);
}

/* It may be one; a file of that very name comes first. */
static bool
is_pattern(const char *path)
{
	struct stat st;

	return strpbrk(path, "*?[") != NULL && lstat(path, &st) != 0;
}

/* All files that match, in the order of their names. */
static bool
split_pattern(struct split *s, const char *pattern, struct inv_err *err)
{
	glob_t files;
	int failed = glob(pattern, 0, NULL, &files);
	bool ok = true;

	inv_mem_need(failed != GLOB_NOSPACE);
	if (failed != 0) {
		globfree(&files);
		inv_fail(err, INV_NOINPUT, "%s: no such file, and none matches",
		    pattern);
		return pass_over(s, err);
	}
	for (size_t i = 0; ok && i < files.gl_pathc; i++) {
		const char *path = files.gl_pathv[i];

		/* A file, and not standard input. */
		ok = split_operand(s, strcmp(path, "-") == 0 ? "./-" : path,
		    err);
	}
	globfree(&files);
	return ok;
}

static bool
split_all(struct split *s, char *paths[], struct inv_err *err)
{
	bool ok = true;

	if (paths[0] == NULL)
		return split_operand(s, "-", err);
	for (; ok && *paths != NULL; paths++)
		ok = is_pattern(*paths) ? split_pattern(s, *paths, err)
					: split_operand(s, *paths, err);
	return ok;
}

/* ---- a drop folder ---- */

#define DONE "done"
#define FAILED "failed"

/* A file leaves the folder when all that it gave has been written. */
static bool
split_dropped(struct split *s, struct inv_inbox *inbox,
    struct inv_inbox_file *file, struct inv_err *err)
{
	struct manifest m = { .name = file->path };

	*err = file->why;
	if (!split_file(s, &m, file->fd, err) || !inv_out_flush(&s->out, err))
		return false;
	count(s, NULL);
	if (s->metrics != NULL)
		inv_metrics_tell(s->metrics);
	return inv_inbox_settle(inbox, m.refused ? FAILED : DONE,
	    m.kept.id[0] != '\0' ? m.kept.id : "unread", err);
}

/* SIGTERM and SIGINT let the manifest under way come to its end. */
static int
stop_signals(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	return signalfd(-1, &stop, SFD_CLOEXEC);
}

static bool
split_folder(struct split *s, struct inv_err *err)
{
	struct inv_inbox_file file;
	enum inv_next next;
	int stop = stop_signals();

	if (stop == -1)
		return inv_fail_sys(err, INV_INTERNAL, "signalfd");
	/* A reader that goes is seen in the same way whenever that is. */
	(void)signal(SIGPIPE, SIG_IGN);
	struct inv_inbox *inbox = inv_inbox_open(s->watch, stop, err);

	if (inbox == NULL || !inv_inbox_ready(inbox, DONE, err) ||
	    !inv_inbox_ready(inbox, FAILED, err)) {
		inv_inbox_close(inbox);
		close(stop);
		return false;
	}
	while ((next = inv_inbox_next(inbox, &s->out, &file, err)) ==
	    INV_NEXT_LINE)
		if (!split_dropped(s, inbox, &file, err)) {
			next = INV_NEXT_ERR;
			break;
		}
	/* What was refused is where somebody will look for it. */
	s->fault = INV_OK;
	inv_inbox_close(inbox);
	close(stop);
	return next == INV_NEXT_END;
}

/* ---- begin and end ---- */

static void
open_key(struct split *s)
{
	struct inv_secret_place place;
	struct inv_err err;

	if (s->sign == NULL)
		return;
	inv_secret_guard();
	char *path = inv_opt_secret_place(s->sign, &place);

	if (!inv_audit_key_open(&s->key, &s->state, &place, &err))
		inv_die(&err);
	free(path);
}

static bool
write_stats(const struct split *s, struct inv_err *err)
{
	struct inv_buf b = INV_BUF(SUMMARY);

	inv_emit_open(&b, '{');
	inv_emit_member_str(&b, INV_LIT("program"), inv_str_of(info.name));
	inv_emit_member_str(&b, INV_LIT("version"), inv_str_of(INV_VERSION));
	inv_emit_member_u64(&b, INV_LIT("manifests"), s->manifests);
	inv_emit_member_u64(&b, INV_LIT("refused"), s->refused);
	inv_emit_key(&b, INV_LIT("counts"));
	inv_verdict_counts(&b, s->counts);
	inv_emit_member_u64(&b, INV_LIT("ms"), inv_clock_ms() - s->started_ms);
	inv_emit_member_u64(&b, INV_LIT("status"),
	    (uint64_t)inv_fault_exit(s->fault));
	inv_emit_close(&b, '}');
	inv_buf_byte(&b, '\n');
	bool ok = inv_file_summary(inv_prog.stats, inv_buf_str(&b), err);

	inv_buf_free(&b);
	return ok;
}

/* What has been written goes out, whatever stopped us. */
static bool
finish(struct split *s, bool ok, struct inv_err *err)
{
	struct inv_err why;

	if (!inv_out_close(&s->out, &why) && ok) {
		*err = why;
		ok = false;
	}
	if (!ok)
		s->fault = err->fault;
	if (inv_prog.stats != NULL && !write_stats(s, &why) && ok) {
		*err = why;
		s->fault = why.fault;
		ok = false;
	}
	count(s, NULL);
	if (!inv_metrics_close(s->metrics, inv_fault_exit(s->fault), &why) &&
	    ok) {
		*err = why;
		s->fault = why.fault;
		ok = false;
	}
	inv_source_free(s->source);
	inv_source_opt_free(&s->reading);
	inv_corrections_free(s->corrections);
	close(s->state.fd);
	inv_archive_close(s->archive);
	inv_digest_free(s->digest);
	inv_audit_key_close(&s->key);
	return ok;
}

int
main(int argc, char *argv[])
{
	struct split s = {
		.submission = 1,
		.chunk_size = INV_CHUNK_ROWS,
		.started_ms = inv_clock_ms(),
	};
	struct inv_err err;

	for (int c; (c = inv_opt(&info, argc, argv)) != -1;)
		set_option(&s, c);
	inv_source_opt_check(&s.reading);
	if (s.watch != NULL && argv[optind] != NULL)
		inv_opt_wrong("--watch", argv[optind],
		    "no files beside a folder");
	s.state.fd = inv_opt_state(&s.state.path);
	open_key(&s);
	s.archive = inv_archive_open(s.state.fd, &err);
	if (s.archive == NULL)
		inv_die(&err);
	s.metrics = inv_metrics_open(info.name);
	s.source = inv_source_new(&s.reading.how, info.name);
	s.corrections = inv_corrections_new(&s.state, info.name);
	s.digest = inv_digest_new();
	inv_out_init(&s.out, STDOUT_FILENO, "stdout");

	bool ok = s.watch != NULL ? split_folder(&s, &err)
				  : split_all(&s, argv + optind, &err);

	if (!finish(&s, ok, &err))
		inv_say("%s", err.msg);
	return inv_fault_exit(s.fault);
}
