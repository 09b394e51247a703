/* approval.c - what a second person has signed for a row with a CRITICAL error */

#include "store/approval.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/digest.h"
#include "data/emit.h"
#include "data/errors.h"
#include "io/file.h"

enum {
	TAG_BYTES = 256 /* of what an approval is known by here */
};

static const char file_name[] = "approvers";
static const char *const words[] = {
	[INV_APPROVED_RELEASE] = "release",
	[INV_APPROVED_PURGE] = "purge",
};
static const char title[] = "inv-quarantine approval\n";

struct approver {
	struct inv_note_key key;
	bool gone;
};

struct inv_approvals {
	const struct inv_state *state;
	struct inv_db *db; /* NULL: actions are read in one of their own */
	bool asked;
	struct approver *of;
	size_t n;
	struct inv_action_reader *actions; /* NULL: not needed so far */
	struct inv_digest *digest;
	struct inv_scan *scan;
	struct inv_buf note; /* the one looked at */
	struct inv_buf text; /* what it should say */
	/* With meet: approvals by number, item and what; 1, or 2 once used. */
	struct inv_map met;
	unsigned char key[INV_HASH_KEY];
};

/* What the detail of an approval says. */
struct claim {
	struct inv_str approves;
	struct inv_str content; /* 64 hex */
	struct inv_str note;    /* not decoded */
};

/* ---- the file ---- */

static bool
take_line(struct inv_approvals *a, struct inv_str line, size_t number,
    struct inv_err *err)
{
	struct approver p = { .gone = line.p[0] == '-' };
	const struct inv_str text = { line.p + p.gone, line.n - p.gone };

	if (!inv_note_key_parse(text, &p.key) ||
	    p.key.type != INV_NOTE_SIGNATURE)
		return inv_fail(err, INV_CONFIG, "%s: line %zu: not a key",
		    file_name, number);
	if (a->n == INV_APPROVERS_MAX)
		return inv_fail(err, INV_CONFIG, "%s: more than %d keys",
		    file_name, INV_APPROVERS_MAX);
	a->of = inv_mem_resize(a->of, a->n + 1, sizeof(*a->of));
	a->of[a->n++] = p;
	return true;
}

static bool
take_lines(struct inv_approvals *a, struct inv_str rest, struct inv_err *err)
{
	for (size_t number = 1; rest.n > 0; number++) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		size_t n = nl != NULL ? (size_t)(nl - rest.p) : rest.n;
		struct inv_str line = { rest.p, n };

		n += nl != NULL;
		rest.p += n;
		rest.n -= n;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0 && line.p[0] != '#' &&
		    !take_line(a, line, number, err))
			return false;
	}
	return true;
}

/* Only a file that is not there is none. */
static bool
read_file(struct inv_approvals *a, struct inv_err *err)
{
	struct inv_buf text = INV_BUF(INV_APPROVERS_BYTES);
	int fd = inv_file_open(a->state->fd, file_name, O_RDONLY, err);

	if (fd == -1)
		return errno == ENOENT;
	a->asked = true;
	bool ok = inv_file_read_fd(fd, file_name, &text, err) &&
	    take_lines(a, inv_buf_str(&text), err);

	close(fd);
	inv_buf_free(&text);
	return ok;
}

struct inv_approvals *
inv_approvals_open(const struct inv_state *state, struct inv_db *db,
    struct inv_err *err)
{
	struct inv_approvals *a = inv_mem_new(sizeof(*a));

	a->state = state;
	a->db = db;
	a->note = INV_BUF(INV_NOTE_MAX);
	a->text = INV_BUF(INV_NOTE_MAX);
	a->digest = inv_digest_new();
	a->scan = inv_scan_new();
	inv_random(a->key, sizeof(a->key));
	if (read_file(a, err))
		return a;
	inv_approvals_close(a);
	return NULL;
}

void
inv_approvals_close(struct inv_approvals *a)
{
	if (a == NULL)
		return;
	inv_actions_close(a->actions);
	inv_digest_free(a->digest);
	inv_scan_free(a->scan);
	inv_map_free(&a->met);
	inv_buf_free(&a->note);
	inv_buf_free(&a->text);
	free(a->of);
	free(a);
}

bool
inv_approvals_are_asked(const struct inv_approvals *a)
{
	return a->asked;
}

bool
inv_approvals_need(const struct inv_approvals *a, const struct inv_item *item)
{
	return a->asked && inv_errors_are_critical(item->last.errors);
}

struct inv_str
inv_action_person(const struct inv_action *action)
{
	return action->login.n > 0 ? action->login : action->user;
}

/* ---- the statement ---- */

/* What is signed; the same bytes whoever makes it of the action. */
static bool
put_statement(struct inv_buf *b, const struct inv_action *action,
    struct inv_str approves, struct inv_str content)
{
	char at[INV_CLOCK_TEXT];

	inv_clock_text((int64_t)action->at, at);
	inv_buf_reset(b);
	inv_buf_add(b, inv_str_of(title));
	inv_emit_open(b, '{');
	inv_emit_member_u64(b, INV_LIT("action"), action->number);
	inv_emit_member_str(b, INV_LIT("approves"), approves);
	inv_emit_member_str(b, INV_LIT("item"), action->item);
	inv_emit_member_str(b, INV_LIT("manifest"), action->manifest);
	inv_emit_member_u64(b, INV_LIT("submission"), action->submission);
	inv_emit_member_u64(b, INV_LIT("row"), action->row);
	inv_emit_member_str(b, INV_LIT("content_sha256"), content);
	inv_emit_member_str(b, INV_LIT("at"), inv_str_of(at));
	inv_emit_member_str(b, INV_LIT("user"), action->user);
	if (action->login.n > 0)
		inv_emit_member_str(b, INV_LIT("login"), action->login);
	inv_emit_member_str(b, INV_LIT("why"), action->why);
	inv_emit_close(b, '}');
	inv_buf_byte(b, '\n');
	return !b->failed;
}

static const struct approver *
approver_of(const struct inv_approvals *a, const struct inv_note_key *key)
{
	for (size_t i = 0; i < a->n; i++)
		if (memcmp(a->of[i].key.key, key->key, INV_SIGN_PUBLIC) == 0 &&
		    strcmp(a->of[i].key.name, key->name) == 0)
			return &a->of[i];
	return NULL;
}

bool
inv_approval_sign(struct inv_approvals *a, const struct inv_audit_key *key,
    const struct inv_item *item, enum inv_approved what,
    struct inv_action *action, struct inv_buf *detail, struct inv_err *err)
{
	const struct approver *who = approver_of(a, &key->public);
	char hex[INV_DIGEST_HEX];
	struct inv_str content = { hex, sizeof(hex) };

	if (who == NULL || who->gone)
		return inv_fail(err, INV_DENIED,
		    "%s: has no key %s: whose it is does not approve here",
		    file_name, key->public.name);
	inv_item_digest(item, a->digest, hex);
	inv_buf_reset(&a->note);
	bool ok =
	    put_statement(&a->text, action, inv_str_of(words[what]), content);

	inv_buf_add(&a->note, inv_buf_str(&a->text));
	inv_buf_byte(&a->note, '\n');
	inv_note_sign(&a->note, inv_buf_str(&a->text),
	    inv_str_of(key->public.name), key->signer);
	inv_emit_open(detail, '{');
	inv_emit_member_str(detail, INV_LIT("approves"),
	    inv_str_of(words[what]));
	inv_emit_member_str(detail, INV_LIT("content_sha256"), content);
	inv_emit_member_str(detail, INV_LIT("note"), inv_buf_str(&a->note));
	inv_emit_close(detail, '}');
	action->detail = inv_buf_str(detail);
	return (ok && !a->note.failed && !detail->failed) ||
	    inv_fail(err, INV_BAD, "an approval too long to be kept");
}

/* ---- looking at one ---- */

static bool
read_claim(struct inv_approvals *a, struct inv_str detail, struct claim *c)
{
	struct inv_err ignored;

	if (!inv_scan_line(a->scan, detail, &ignored))
		return false;
	const struct inv_members *m = inv_scan_outer(a->scan);

	c->approves = inv_member_text(m, "approves");
	c->content = inv_member_text(m, "content_sha256");
	c->note = inv_member_text(m, "note");
	return c->content.n == INV_DIGEST_HEX && c->note.n > 0;
}

/* One of the approvers has signed just what the action says. */
static bool
is_signed(struct inv_approvals *a, const struct inv_action *action,
    const struct claim *c, bool gone)
{
	struct inv_note note;
	struct inv_err ignored;
	uint64_t at;

	inv_buf_reset(&a->note);
	if (!inv_buf_room(&a->note, c->note.n))
		return false;
	a->note.n = inv_text_decode(c->note, a->note.p);
	if (!put_statement(&a->text, action, c->approves, c->content) ||
	    !inv_note_parse(inv_buf_str(&a->note), &note, &ignored) ||
	    !inv_str_eq(note.text, inv_buf_str(&a->text)))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if ((gone || !a->of[i].gone) &&
		    inv_note_look(&note, &a->of[i].key, &at) == INV_NOTE_GOOD)
			return true;
	return false;
}

/* NULL, or why it is no approval for that. */
static const char *
flaw_of(struct inv_approvals *a, const struct inv_action *action,
    struct inv_str content, struct inv_str person)
{
	struct claim c;

	if (!read_claim(a, action->detail, &c) ||
	    !is_signed(a, action, &c, false))
		return "and its approval is signed by none of the approvers";
	if (!inv_str_eq(c.content, content))
		return "and the row has changed since it was approved";
	if (inv_str_eq(inv_action_person(action), person))
		return "and approved by who asks: it takes two persons";
	return NULL;
}

static bool
is_for(struct inv_approvals *a, const struct inv_action *action,
    enum inv_approved what)
{
	struct claim c;

	return !read_claim(a, action->detail, &c) ||
	    inv_str_is(c.approves, words[what]);
}

bool
inv_approval_find(struct inv_approvals *a, const struct inv_item *item,
    enum inv_approved what, struct inv_str person, uint64_t *number,
    struct inv_err *err)
{
	const char *why = "and not approved";
	char hex[INV_DIGEST_HEX];
	struct inv_action action;
	uint64_t below = INT64_MAX;

	if (a->actions == NULL)
		a->actions = a->db != NULL ? inv_actions_read_in(a->db, err)
					   : inv_actions_read(a->state, 0, err);
	if (a->actions == NULL)
		return false;
	inv_item_digest(item, a->digest, hex);
	for (;;) {
		const char *flaw;

		switch (inv_actions_approving(a->actions, inv_str_of(item->id),
		    below, &action, err)) {
		case INV_NEXT_ERR:
			return false;
		case INV_NEXT_END:
			return inv_fail(err, INV_DENIED,
			    "CRITICAL, %s: inv-quarantine approve %s "
			    "%s--key FILE --why TEXT",
			    why, item->id,
			    what == INV_APPROVED_PURGE ? "--purge " : "");
		case INV_NEXT_LINE:
			break;
		}
		below = action.number;
		if (!is_for(a, &action, what))
			continue;
		flaw = flaw_of(a, &action, (struct inv_str){ hex, sizeof(hex) },
		    person);
		if (flaw == NULL)
			break;
		why = flaw;
	}
	*number = action.number;
	return true;
}

/* ---- all of them ---- */

static struct inv_map_entry *
entry_of(struct inv_approvals *a, uint64_t number,
    const struct inv_action *action, struct inv_str what)
{
	struct inv_buf tag = INV_BUF(TAG_BYTES);
	unsigned char hash[INV_HASH];

	inv_buf_addf(&tag, "%ju %.*s %.*s", (uintmax_t)number, INV_ARG(what),
	    INV_ARG(action->item));
	inv_hash_of(a->key, inv_buf_str(&tag), hash);
	inv_buf_free(&tag);
	return inv_map_at(&a->met, hash);
}

static bool
meet_approval(struct inv_approvals *a, const struct inv_action *action,
    struct inv_err *err)
{
	unsigned char person[INV_HASH];
	struct claim c;

	if (!read_claim(a, action->detail, &c) ||
	    !is_signed(a, action, &c, true))
		return inv_fail(err, INV_NO,
		    "quarantine: action %ju: an approval that none of the "
		    "approvers has signed",
		    (uintmax_t)action->number);
	inv_hash_of(a->key, inv_action_person(action), person);
	inv_map_mark(entry_of(a, action->number, action, c.approves), person,
	    1);
	return true;
}

static bool
meet_use(struct inv_approvals *a, const struct inv_action *action,
    uint64_t number, struct inv_err *err)
{
	bool purge = inv_str_is(action->verb, words[INV_APPROVED_PURGE]);
	struct inv_map_entry *e = entry_of(a, number, action,
	    inv_str_of(words[purge ? INV_APPROVED_PURGE
				   : INV_APPROVED_RELEASE]));
	unsigned char person[INV_HASH];
	bool fresh = e->value == 1;

	inv_hash_of(a->key, inv_action_person(action), person);
	bool same = inv_map_marked(e, person);

	e->value = 2;
	return (fresh && !same) ||
	    inv_fail(err, INV_NO,
		"quarantine: action %ju: action %ju does not approve it%s",
		(uintmax_t)action->number, (uintmax_t)number,
		fresh ? ", as it is by the same person" : "");
}

bool
inv_approvals_meet(struct inv_approvals *a, const struct inv_action *action,
    struct inv_err *err)
{
	struct inv_err ignored;
	uint64_t number;

	if (inv_str_is(action->verb, "approve"))
		return meet_approval(a, action, err);
	if (!inv_scan_line(a->scan, action->detail, &ignored) ||
	    !inv_member_u64(inv_scan_outer(a->scan), "approval", &number))
		return true;
	return meet_use(a, action, number, err);
}
