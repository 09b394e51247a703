/* test_attachments - what records name, kept under its digest or refused */

#include "store/attachments.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static int state;
static int folder;

static void
put(const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static enum inv_attached
take(struct inv_attachments *a, struct inv_str name, struct inv_attachment *out,
    const char **why)
{
	struct inv_err err;
	enum inv_attached is;

	*why = "";
	is = inv_attachments_take(a, name, out, why, &err);
	check(is != INV_ATTACHED_FAILED);
	return is;
}

static void
keeps_a_file_under_its_digest(void)
{
	struct inv_err err;
	struct inv_attachments *a = inv_attachments_open(state, "files", &err);
	struct inv_attachment out;
	struct stat st;
	const char *why;

	put("a", "abc");
	check(take(a, INV_LIT("a"), &out, &why) == INV_ATTACHED);
	check(out.bytes == 3);
	check_str(((struct inv_str){ out.sha256, 12 }), "ba7816bf8f01");
	check(inv_attachments_settle(a, &err));
	check(fstatat(state,
		  "attachments/ba7816bf8f01cfea414140de5dae2223b00361a396"
		  "177a9cb410ff61f20015ad",
		  &st, 0) == 0);
	check((st.st_mode & 07777) == 0444);
	put("a", "");
	check(take(a, INV_LIT("./a"), &out, &why) == INV_ATTACHED);
	check(out.bytes == 0);
	inv_attachments_close(a);
}

static void
takes_nothing_that_is_not_a_file_below_the_folder(void)
{
	struct inv_err err;
	struct inv_attachments *a = inv_attachments_open(state, "files", &err);
	struct inv_attachment out;
	const char *why;

	put("../outside", "abc");
	check(symlinkat("a", folder, "link") == 0);
	check(mkfifoat(folder, "fifo", 0600) == 0);
	check(take(a, INV_LIT("none"), &out, &why) == INV_ATTACHED_MISSING);
	check(take(a, INV_LIT(""), &out, &why) == INV_ATTACHED_MISSING);
	check(take(a, INV_LIT("../outside"), &out, &why) ==
	    INV_ATTACHED_REFUSED);
	check_str(inv_str_of(why), "leads out of the folder of attachments");
	check(take(a, INV_LIT("/etc/passwd"), &out, &why) ==
	    INV_ATTACHED_REFUSED);
	check(take(a, INV_LIT("link"), &out, &why) == INV_ATTACHED_REFUSED);
	check(take(a, INV_LIT("fifo"), &out, &why) == INV_ATTACHED_REFUSED);
	check(take(a, INV_LIT("."), &out, &why) == INV_ATTACHED_REFUSED);
	check(take(a, INV_LIT("a\0b"), &out, &why) == INV_ATTACHED_REFUSED);
	inv_attachments_close(a);
}

static void
needs_a_folder(void)
{
	struct inv_err err;

	check(inv_attachments_open(state, "none", &err) == NULL);
	check(err.fault == INV_NOINPUT);
	check(inv_attachments_open(state, "outside", &err) == NULL);
	check(err.fault == INV_NOINPUT);
}

static const struct test tests[] = {
	TEST(keeps_a_file_under_its_digest),
	TEST(takes_nothing_that_is_not_a_file_below_the_folder),
	TEST(needs_a_folder),
};

int
main(void)
{
	char path[] = "/tmp/test_attachments.XXXXXX";
	char command[64];

	if (mkdtemp(path) == NULL || chdir(path) != 0 ||
	    mkdir("state", 0700) != 0 || mkdir("files", 0700) != 0)
		return 1;
	state = open("state", O_RDONLY | O_DIRECTORY);
	folder = open("files", O_RDONLY | O_DIRECTORY);
	int rc = RUN(tests);

	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command) != 0 || rc;
}
