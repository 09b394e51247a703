/* test_schema_doc - lib/data/schema_doc.h: documents and references */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "check.h"
#include "data/schema_node.h"
#include "io/file.h"

static char folder[] = "/tmp/inv-test-doc-XXXXXX";
static int dir;
static struct inv_program program;
static struct inv_err err;

static bool
compile_in(const char *ref_dir, const char *text)
{
	struct inv_schema_options options = { .ref_dir = ref_dir };

	inv_program_free(&program);
	err = (struct inv_err){ 0 };
	bool ok =
	    inv_program_compile(&program, inv_str_of(text), &options, &err);

	check(ok || err.fault == INV_CONFIG);
	return ok;
}

static bool
compile(const char *text)
{
	return compile_in(NULL, text);
}

/* The rule of the one check that "a" comes to, by whatever references. */
static struct inv_str
rule_of_a(void)
{
	const struct inv_prop *prop = inv_props_find(program.root->props,
	    program.root->n_props, INV_LIT("a"));

	if (prop == NULL)
		return INV_LIT("no such property");
	const struct inv_node *node = prop->node;

	while (node->n == 0 && (node->ref != NULL || node->dynamic != NULL))
		node = node->ref != NULL ? node->ref : node->dynamic;
	return node->n == 1 ? node->checks[0].rule.schema : INV_LIT("none");
}

/* {"properties":{"a":{"$ref":REF}},...}: where the minimum stands. */
static void
leads_to(const char *ref, const char *more, const char *where)
{
	char text[4096];

	snprintf(text, sizeof(text),
	    "{\"properties\":{\"a\":{\"$ref\":\"%s\"}}%s}", ref, more);
	if (compile_in(".", text))
		check_str(rule_of_a(), where);
	else
		check_str(inv_str_of(err.msg), where);
}

static void
follows_pointers(void)
{
	leads_to("#/$defs/x", ",\"$defs\":{\"x\":{\"minimum\":1}}",
	    "/$defs/x/minimum");
	leads_to("#/$defs/a~1b~0c%25d%22",
	    ",\"$defs\":{\"a/b~c%d\\\"\":"
	    "{\"minimum\":1}}",
	    "/$defs/a~1b~0c%d\"/minimum");
	leads_to("#/$defs//", ",\"$defs\":{\"\":{\"\":{\"minimum\":1}}}",
	    "/$defs///minimum");
	leads_to("#/unknown/1/x", ",\"unknown\":[0,{\"x\":{\"minimum\":1}}]",
	    "/unknown/1/x/minimum");
	leads_to("#/enum/0", ",\"enum\":[{\"minimum\":1}]", "/enum/0/minimum");
	leads_to("#/$defs/b",
	    ",\"$defs\":{\"b\":{\"$ref\":\"#/$defs/c\"},"
	    "\"c\":{\"minimum\":1}}",
	    "/$defs/c/minimum");
}

static void
says_what_is_not_there(void)
{
	static const char *const cases[][2] = {
		{ "#/$defs/x",
		    "#/properties/a/$ref: #/$defs/x: there is no "
		    "such value" },
		{ "#/items/01",
		    "#/properties/a/$ref: #/items/01: there is "
		    "no such value" },
		{ "#/~2",
		    "#/properties/a/$ref: #/~2: there is no such "
		    "value" },
		{ "#/properties%00",
		    "#/properties/a/$ref: #/properties: there "
		    "is no such value" },
		{ "#x", "#/properties/a/$ref: #x: there is no such anchor" },
		{ "#%2", "#/properties/a/$ref: not a URI" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		leads_to(cases[i][0], "", cases[i][1]);
	check(!compile("{\"$defs\":{\"unused\":{\"$ref\":\"#/nowhere\"}}}"));
	check_str(inv_str_of(err.msg),
	    "#/$defs/unused/$ref: #/nowhere: there is no such value");
	check(!compile("{\"$ref\":1}"));
	check_str(inv_str_of(err.msg), "#/$ref: not a string");
}

static void
knows_names_where_schemas_stand_and_nowhere_else(void)
{
	leads_to("#x", ",\"items\":{\"$anchor\":\"x\",\"minimum\":1}",
	    "/items/minimum");
	leads_to("b#x",
	    ",\"$id\":\"http://h/a\",\"not\":{\"$id\":\"b\",\"allOf\":["
	    "{\"$anchor\":\"x\",\"minimum\":1}]}",
	    "http://h/b#/allOf/0/minimum");
	leads_to("#x", ",\"const\":{\"$anchor\":\"x\"}",
	    "#/properties/a/$ref: #x: there is no such anchor");
	leads_to("#x", ",\"unknown\":{\"$anchor\":\"x\"}",
	    "#/properties/a/$ref: #x: there is no such anchor");
	leads_to("#x", ",\"if\":{\"$id\":\"b\",\"$anchor\":\"x\"}",
	    "#/properties/a/$ref: #x: there is no such anchor");
}

static void
refuses_a_name_that_is_none(void)
{
	static const char *const cases[][2] = {
		{ "{\"items\":{\"$anchor\":\"1x\"}}",
		    "#/items/$anchor: not a plain name" },
		{ "{\"$dynamicAnchor\":\"\"}",
		    "#/$dynamicAnchor: not a plain name" },
		{ "{\"$anchor\":\"x\",\"items\":{\"$anchor\":\"x\"}}",
		    "#/items/$anchor: the same anchor twice" },
		{ "{\"items\":{\"$id\":\"b\"},\"not\":{\"$id\":\"b\"}}",
		    "#/not/$id: the same $id twice" },
		{ "{\"$id\":\"http://h/a#x\"}", "#/$id: has a fragment" },
		{ "{\"$id\":1}", "#/$id: not a string" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check(!compile(cases[i][0]));
		check_str(inv_str_of(err.msg), cases[i][1]);
	}
}

static void
crosses_an_id_by_pointer_and_by_reference(void)
{
	static const char more[] =
	    ",\"$id\":\"http://h/a/main\",\"$defs\":{\"s\":{\"$id\":"
	    "\"../b/sub\",\"$defs\":{\"t\":{\"minimum\":1},"
	    "\"u\":{\"$ref\":\"#/$defs/t\"}}}}";

	leads_to("#/$defs/s/$defs/u", more, "http://h/b/sub#/$defs/t/minimum");
	leads_to("/b/sub#/$defs/t", more, "http://h/b/sub#/$defs/t/minimum");
	leads_to("http://h/b/sub#/$defs/u", more,
	    "http://h/b/sub#/$defs/t/minimum");
	leads_to("sub#/$defs/t", more,
	    "#/properties/a/$ref: http://h/a/sub: not found: no file of it "
	    "under .");
	leads_to("urn:x:y#/$defs/t",
	    ",\"not\":{\"$id\":\"urn:x:y\",\"$defs\":{\"t\":{\"minimum\":1}}}",
	    "urn:x:y#/$defs/t/minimum");
}

static void
write_file(const char *name, const char *text)
{
	check(inv_file_replace(dir, name, inv_str_of(text), &err));
}

static void
finds_documents_in_the_folder_alone(void)
{
	check(mkdirat(dir, "h", 0700) == 0 && mkdirat(dir, "h/p", 0700) == 0);
	write_file("id.json", "{\"$id\":\"http://far/away\",\"minimum\":1}");
	write_file("h/p/host.json", "{\"minimum\":1}");
	write_file("path.json",
	    "{\"$defs\":{\"x\":{\"minimum\":1}},"
	    "\"properties\":{\"y\":{\"$ref\":\"b%20c\"}}}");
	write_file("b c", "{\"minimum\":1}");
	leads_to("http://far/away", "", "http://far/away#/minimum");
	leads_to("http://me@h:80/p/host.json", "",
	    "http://me@h:80/p/host.json#/minimum");
	leads_to("http://other/h/p/host.json", "",
	    "http://other/h/p/host.json#/minimum");
	leads_to("path.json#/$defs/x", "", "path.json#/$defs/x/minimum");
	leads_to("path.json#/properties/y", "", "b%20c#/minimum");
	check(!compile("{\"$ref\":\"path.json\"}"));
	check_str(inv_str_of(err.msg),
	    "#/$ref: path.json: refers to another document; give its folder "
	    "with --ref-dir");
	check(!compile_in("/nonexistent", "{\"$ref\":\"path.json\"}"));
	check_str(inv_str_of(err.msg),
	    "#/$ref: /nonexistent: No such file or directory");
}

static void
never_leaves_the_folder(void)
{
	check(mkdirat(dir, "in", 0700) == 0);
	check(symlinkat("../id.json", dir, "in/link.json") == 0);
	check(symlinkat("/etc", dir, "etc") == 0);
	leads_to("in/link.json", "",
	    "#/properties/a/$ref: in/link.json: link.json: Too many levels of "
	    "symbolic links");
	leads_to("http://etc/passwd", "",
	    "#/properties/a/$ref: http://etc/passwd: not found: no file of it "
	    "under .");
	leads_to("in/%2e%2e/id.json", "",
	    "#/properties/a/$ref: in/%2e%2e/id.json: not a path below the "
	    "folder");
	leads_to("http://../id.json", "", "http://far/away#/minimum");
	leads_to("%2fetc/passwd", "",
	    "#/properties/a/$ref: %2fetc/passwd: not a path below the folder");
}

static void
says_what_is_wrong_in_another_document(void)
{
	write_file("bad.json", "{");
	write_file("worse.json", "{\"items\":{\"type\":\"int\"}}");
	leads_to("bad.json", "",
	    "#/properties/a/$ref: bad.json: byte 2: expected a member name");
	leads_to("worse.json", "",
	    "worse.json#/items/type: not the name of a type");
}

static void
reads_what_a_metaschema_asks_for(void)
{
	static const char vocabulary[] =
	    "https://json-schema.org/draft/2020-12/vocab/";
	char text[512];

	snprintf(text, sizeof(text),
	    "{\"$vocabulary\":{\"%score\":true,\"%sapplicator\":true,"
	    "\"urn:x:some\":false}}",
	    vocabulary, vocabulary);
	write_file("apply.json", text);
	snprintf(text, sizeof(text),
	    "{\"$vocabulary\":{\"%score\":true,\"%sformat-assertion\":false}}",
	    vocabulary, vocabulary);
	write_file("assert.json", text);
	write_file("needs.json", "{\"$vocabulary\":{\"urn:x:some\":true}}");
	write_file("self.json", "{\"$schema\":\"http://h/self.json\"}");
	check(compile_in(".",
	    "{\"$schema\":\"http://h/apply.json\","
	    "\"minimum\":\"no\",\"not\":{}}"));
	check(program.root->n == 0 && program.root->not != NULL);
	check(compile_in(".",
	    "{\"$schema\":\"http://h/assert.json#\","
	    "\"format\":\"uuid\",\"not\":{}}"));
	check(program.root->n == 1 && program.root->not == NULL);
	check(compile_in(".", "{\"$schema\":\"http://h/self.json\"}"));
	check(!compile_in(".", "{\"$schema\":\"http://h/needs.json\"}"));
	check_str(inv_str_of(err.msg),
	    "#/$schema: needs the vocabulary urn:x:some, which is not known");
	check(compile_in(".",
	    "{\"minimum\":1,\"items\":{\"$id\":\"x\",\"$schema\":"
	    "\"http://h/apply.json\",\"minimum\":\"no\"}}"));
	check(program.root->n == 1);
}

static void
tells_a_dynamic_reference_from_a_static_one(void)
{
	check(compile("{\"$id\":\"http://h/r\",\"$dynamicAnchor\":\"n\","
		      "\"properties\":{\"a\":{\"$dynamicRef\":\"#n\"},"
		      "\"b\":{\"$dynamicRef\":\"#/properties/a\"}}}"));
	const struct inv_node *root = program.root;

	check_str(root->props[0].node->dynamic_name, "n");
	check(root->props[0].node->dynamic == root);
	check(root->props[1].node->dynamic_name.n == 0);
	check(root->resource->n == 1 &&
	    root->resource->dynamic[0].node == root);
	check_str(root->resource->uri, "http://h/r");
	check(compile("{\"$dynamicAnchor\":\"n\",\"$dynamicRef\":\"#n\"}"));
	check(!compile("{\"$anchor\":\"n\",\"$dynamicRef\":\"#n\"}"));
	check_str(inv_str_of(err.msg),
	    "#/$dynamicRef: refers to itself without end");
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(follows_pointers),
		TEST(says_what_is_not_there),
		TEST(knows_names_where_schemas_stand_and_nowhere_else),
		TEST(refuses_a_name_that_is_none),
		TEST(crosses_an_id_by_pointer_and_by_reference),
		TEST(finds_documents_in_the_folder_alone),
		TEST(never_leaves_the_folder),
		TEST(says_what_is_wrong_in_another_document),
		TEST(reads_what_a_metaschema_asks_for),
		TEST(tells_a_dynamic_reference_from_a_static_one),
	};

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	dir = open(".", O_RDONLY | O_DIRECTORY);
	int rc = RUN(tests);

	inv_program_free(&program);
	close(dir);
	return system("rm -rf \"$PWD\"") != 0 || rc;
}
