/*
 * freexl_faulty.c - a libfreexl that breaks, for tests: LD_PRELOAD it
 *
 * What freexl_open does is in INV_FREEXL_FAULT: crash, spin, sleep, eat
 * (memory), babble (into what it was not asked to), or damaged, which is what
 * it says of bad files.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int freexl_open(const char *path, const void **handle);

static void
eat(void)
{
	enum { BITE = 1 << 20 };

	for (;;) {
		void *p = malloc(BITE);

		if (p == NULL)
			return;
		memset(p, 1, BITE);
	}
}

static void
babble(void)
{
	char noise[4096];

	memset(noise, 'x', sizeof(noise));
	for (int fd = 0; fd < 1024; fd++)
		if (write(fd, noise, sizeof(noise)) < 0)
			continue;
}

int
freexl_open(const char *path, const void **handle)
{
	enum { NO_MEMORY = -4, CRAFTED = -26 };
	const char *fault = getenv("INV_FREEXL_FAULT");

	(void)path;
	*handle = NULL;
	if (fault == NULL)
		return CRAFTED;
	if (strcmp(fault, "crash") == 0)
		abort();
	while (strcmp(fault, "spin") == 0)
		continue;
	while (strcmp(fault, "sleep") == 0)
		pause();
	if (strcmp(fault, "babble") == 0)
		babble();
	if (strcmp(fault, "eat") != 0)
		return CRAFTED;
	eat();
	return NO_MEMORY;
}
