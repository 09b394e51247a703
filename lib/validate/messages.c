/* messages.c - what is wrong with records, said to people */

#include "validate/messages.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

enum {
	SAID_MAX = 5,             /* messages of a sort, then a sum */
	NAME_MAX_BYTES = 1 << 20, /* of a manifest's name */
	PLACE_MAX = 256,          /* bytes of a place, in a message */
	TEXT_MAX = 1 << 20,       /* bytes of a message */
};

struct inv_sort {
	const char *type;
	char *place;
	uint64_t n;
};

void
inv_messages_init(struct inv_messages *m)
{
	*m = (struct inv_messages){
		.manifest = INV_BUF(NAME_MAX_BYTES),
		.place = INV_BUF(PLACE_MAX),
		.text = INV_BUF(TEXT_MAX),
		.sorts = inv_mem_new(INV_SORTS_MAX * sizeof(struct inv_sort)),
	};
}

void
inv_messages_free(struct inv_messages *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->sorts[i].place);
	free(m->sorts);
	inv_buf_free(&m->manifest);
	inv_buf_free(&m->place);
	inv_buf_free(&m->text);
}

void
inv_messages_begin(struct inv_messages *m, struct inv_str manifest)
{
	inv_messages_sum(m);
	inv_buf_reset(&m->manifest);
	inv_buf_add(&m->manifest, manifest);
}

/* The errors of that place and type so far; NULL where there are too many. */
static struct inv_sort *
sort_of(struct inv_messages *m, const char *type)
{
	struct inv_str place = inv_buf_str(&m->place);
	struct inv_sort *s = m->sorts;

	for (size_t i = 0; i < m->n; i++, s++)
		if (strcmp(s->type, type) == 0 && inv_str_is(place, s->place))
			return s;
	if (m->n == INV_SORTS_MAX)
		return NULL;
	*s = (struct inv_sort){ type, inv_mem_dup(place.p, place.n), 0 };
	m->n++;
	return s;
}

void
inv_messages_say(struct inv_messages *m, const char *where,
    const struct inv_flaws *flaws)
{
	if (inv_prog.level == INV_LOG_QUIET)
		return;
	for (size_t i = 0; i < flaws->n; i++) {
		inv_buf_reset(&m->place);
		inv_flaws_place(flaws, i, &m->place);
		struct inv_sort *s = sort_of(m, flaws->at[i].type);

		if (s == NULL)
			m->unsorted++;
		else if (s->n++ < SAID_MAX) {
			inv_buf_reset(&m->text);
			inv_flaws_text(flaws, i, &m->text);
			inv_warn("%s: %s%s%.*s", where, s->place,
			    s->place[0] == '\0' ? "" : ": ",
			    INV_ARG(inv_buf_str(&m->text)));
		}
	}
}

void
inv_messages_sum(struct inv_messages *m)
{
	struct inv_str manifest = inv_buf_str(&m->manifest);

	for (size_t i = 0; i < m->n; i++) {
		struct inv_sort *s = &m->sorts[i];

		if (s->n > SAID_MAX)
			inv_warn("%.*s: %s: %ju more [%s]", INV_ARG(manifest),
			    s->place, (uintmax_t)(s->n - SAID_MAX), s->type);
		free(s->place);
	}
	if (m->unsorted > 0)
		inv_warn("%.*s: %ju more errors, of other columns and types",
		    INV_ARG(manifest), (uintmax_t)m->unsorted);
	m->n = 0;
	m->unsorted = 0;
}
