/* rulebook.c - the rules files of a run, and the log of what they decide */

#include "validate/rulebook.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/rules.h"
#include "io/file.h"
#include "io/stream.h"
#include "prog/lookup.h"

enum { WHO_MAX = 1024 }; /* bytes of how a line of the log begins */

struct set {
	struct inv_rules *rules;
	char sha256[INV_DIGEST_HEX]; /* of the file's text */
};

struct inv_rulebook {
	struct set *sets;
	size_t n;
	struct inv_tape *tape;
	struct inv_out log;
	int log_fd; /* -1: no log */
	struct inv_buf who;
};

static bool
is_new(const struct inv_rulebook *b, const struct inv_rules *rules,
    const char *path, struct inv_err *err)
{
	struct inv_str name = inv_rules_name(rules);

	for (size_t i = 0; i < b->n; i++)
		if (inv_str_eq(inv_rules_name(b->sets[i].rules), name))
			return inv_fail(err, INV_CONFIG,
			    "%s: #/name: %.*s is another file's", path,
			    INV_ARG(name));
	return true;
}

static bool
add_text(struct inv_rulebook *b, struct inv_str text, const char *path,
    const char *ref_dir, struct inv_err *err)
{
	struct set *set = &b->sets[b->n];
	struct inv_err why;

	set->rules = inv_rules_new(text, ref_dir, &why);
	if (set->rules == NULL)
		return inv_fail(err, INV_CONFIG, "%s: %s", path, why.msg);
	if (!is_new(b, set->rules, path, err)) {
		inv_rules_free(set->rules);
		return false;
	}
	struct inv_digest *d = inv_digest_new();

	inv_digest_hex_of(d, text, set->sha256);
	inv_digest_free(d);
	inv_note("rules %.*s %.*s: %s", INV_ARG(inv_rules_name(set->rules)),
	    INV_ARG(inv_rules_version(set->rules)), path);
	b->n++;
	return true;
}

static bool
add_file(struct inv_rulebook *b, const char *name, const char *ref_dir,
    struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_RULES_MAX);
	char path[PATH_MAX];

	if (!inv_lookup_rules(name, path, err))
		return false;
	bool ok = inv_file_read(AT_FDCWD, path, &text, err);

	if (ok)
		ok = add_text(b, inv_buf_str(&text), path, ref_dir, err);
	else
		err->fault = INV_CONFIG;
	inv_buf_free(&text);
	return ok;
}

static bool
open_log(struct inv_rulebook *b, const char *path, struct inv_err *err)
{
	enum { HOW = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY };

	if (path == NULL)
		return true;
	b->log_fd = open(path, HOW, 0600);
	if (b->log_fd < 0)
		return inv_fail_sys(err, INV_CREATE, "%s", path);
	inv_out_init(&b->log, b->log_fd, path);
	return true;
}

struct inv_rulebook *
inv_rulebook_new(const struct inv_rulebook_options *options,
    struct inv_err *err)
{
	struct inv_rulebook *b = inv_mem_new(sizeof(*b));
	bool ok = true;

	*b = (struct inv_rulebook){
		.sets = inv_mem_new(options->n * sizeof(*b->sets)),
		.tape = inv_tape_new(),
		.log_fd = -1,
		.who = INV_BUF(WHO_MAX),
	};
	for (size_t i = 0; ok && i < options->n; i++)
		ok = add_file(b, options->rules[i], options->ref_dir, err);
	if (ok && open_log(b, options->decisions, err))
		return b;
	inv_rulebook_free(b);
	return NULL;
}

void
inv_rulebook_free(struct inv_rulebook *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++)
		inv_rules_free(b->sets[i].rules);
	free(b->sets);
	inv_tape_free(b->tape);
	if (b->log_fd >= 0) {
		inv_buf_free(&b->log.buf);
		close(b->log_fd);
	}
	inv_buf_free(&b->who);
	free(b);
}

bool
inv_rulebook_flush(struct inv_rulebook *b, struct inv_err *err)
{
	if (b->log_fd < 0)
		return true;
	b->log_fd = -1;
	return inv_out_close(&b->log, err);
}

bool
inv_rulebook_has_time(const struct inv_rulebook *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (inv_rules_has_time(b->sets[i].rules))
			return true;
	return false;
}

void
inv_rulebook_set_as_of(struct inv_rulebook *b, struct inv_str time)
{
	for (size_t i = 0; i < b->n; i++)
		inv_rules_set_as_of(b->sets[i].rules, time);
}

void
inv_rulebook_at(struct inv_rulebook *b, struct inv_str manifest,
    struct inv_str run, const struct inv_record *rec)
{
	struct inv_buf *who = &b->who;

	if (b->log_fd < 0)
		return;
	inv_buf_reset(who);
	inv_emit_open(who, '{');
	inv_emit_member_str(who, INV_LIT("manifest"), manifest);
	inv_emit_member_str(who, INV_LIT("run"), run);
	inv_emit_member_u64(who, INV_LIT("row"), rec->row);
	inv_emit_member_u64(who, INV_LIT("line"), rec->line);
}

void
inv_rulebook_judge(struct inv_rulebook *b, struct inv_str record,
    struct inv_flaws *flaws, struct inv_flaws *warnings)
{
	bool logged = b->log_fd >= 0 && b->who.n > 0;
	const struct inv_judging j = {
		.record = inv_tape_read(b->tape, record),
		.known = flaws->n,
		.flaws = flaws,
		.warnings = warnings,
		.log = logged ? inv_out_buf(&b->log) : NULL,
		.who = inv_buf_str(&b->who),
	};

	for (size_t i = 0; j.record != NULL && i < b->n; i++)
		inv_rules_judge(b->sets[i].rules, &j);
	if (logged)
		inv_out_check(&b->log);
}

void
inv_rulebook_stage(const struct inv_rulebook *b, struct inv_buf *out)
{
	if (b->n == 0)
		return;
	inv_emit_key(out, INV_LIT("rules"));
	inv_emit_open(out, '[');
	for (size_t i = 0; i < b->n; i++) {
		const struct set *set = &b->sets[i];

		inv_emit_open(out, '{');
		inv_emit_member_str(out, INV_LIT("name"),
		    inv_rules_name(set->rules));
		inv_emit_member_str(out, INV_LIT("version"),
		    inv_rules_version(set->rules));
		inv_emit_member_str(out, INV_LIT("sha256"),
		    (struct inv_str){ set->sha256, sizeof(set->sha256) });
		inv_emit_close(out, '}');
	}
	inv_emit_close(out, ']');
}
