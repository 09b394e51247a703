/* verb.c - programs that do several things: their first operand may be a verb */

#include "prog/verb.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

void
inv_verb_note(struct inv_verb_given *given, int code)
{
	for (size_t i = 0; i < given->n; i++)
		if (given->code[i] == code)
			return;
	if (given->n + 1 < INV_VERB_OPTIONS)
		given->code[given->n++] = code;
}

static bool
takes(const struct inv_verb *verb, int code)
{
	for (size_t i = 0; verb->option[i] != 0; i++)
		if (verb->option[i] == code)
			return true;
	return false;
}

/* Ends the program: the option is for other verbs, which are named. */
static void
refuse_option(const struct inv_verb *verbs, size_t n,
    const struct inv_option *option)
{
	char text[256] = "only with";
	char name[64];
	const char *before = " ";

	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(text);

		if (!takes(&verbs[i], option->code))
			continue;
		snprintf(text + used, sizeof(text) - used, "%s%s", before,
		    verbs[i].name[0] == '\0' ? "a stream" : verbs[i].name);
		before = ", ";
	}
	snprintf(name, sizeof(name), "--%s", option->name);
	inv_opt_wrong(name, "", text);
}

static void
check_options(const struct inv_verb *verb, const struct inv_verb *verbs,
    size_t n, const struct inv_prog_info *info,
    const struct inv_verb_given *given)
{
	static const struct inv_option metrics = { INV_OPT_METRICS, "metrics",
		NULL, NULL };

	for (size_t i = 0; i < given->n; i++) {
		const struct inv_option *option = info->options;

		if (takes(verb, given->code[i]))
			continue;
		while (option->code != given->code[i])
			option++;
		refuse_option(verbs, n, option);
	}
	if (inv_prog.metrics != NULL && !takes(verb, metrics.code))
		refuse_option(verbs, n, &metrics);
}

static void
check_operands(const struct inv_verb *verb, char *words[])
{
	int count = 0;

	while (words[count] != NULL)
		count++;
	if (count < verb->least)
		inv_opt_wrong(verb->name, verb->operands, "missing");
	if (verb->most >= 0 && count > verb->most)
		inv_opt_wrong("operand", words[verb->most], "one too many");
}

int
inv_verb_run(const struct inv_verb *verbs, size_t n,
    const struct inv_prog_info *info, const struct inv_verb_given *given,
    void *args, char *words[])
{
	const struct inv_verb *verb = verbs;

	for (size_t i = 1; words[0] != NULL && i < n; i++)
		if (strcmp(words[0], verbs[i].name) == 0)
			verb = &verbs[i];
	if (verb != verbs)
		words++;
	check_options(verb, verbs, n, info, given);
	check_operands(verb, words);
	return verb->run(args, words);
}
