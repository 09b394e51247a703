/*
 * schema_meta.c - what is known of draft 2020-12 without a file
 *
 * The general metaschema, and one for each vocabulary: what kind of value each
 * keyword has, as the specification says it.
 */

#include "data/schema_meta.h"

#define BASE "https://json-schema.org/draft/2020-12/"
#define HEAD(path)                                                             \
	"{\"$schema\":\"" INV_META_2020 "\",\"$id\":\"" BASE path              \
	"\",\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"]"
#define VOCABULARY(name) "\"" INV_META_VOCABULARY name "\":true"
#define HAS(name) ",\"$vocabulary\":{" VOCABULARY(name) "}"
#define PART(name) "{\"$ref\":\"meta/" name "\"}"

/* Kinds of values. */
#define SCHEMA "{\"$dynamicRef\":\"#meta\"}"
#define SCHEMAS "{\"type\":\"array\",\"minItems\":1,\"items\":" SCHEMA "}"
#define NAMED "{\"type\":\"object\",\"additionalProperties\":" SCHEMA "}"
#define NUMBER "{\"type\":\"number\"}"
#define COUNT "{\"type\":\"integer\",\"minimum\":0}"
#define STRING "{\"type\":\"string\"}"
#define BOOLEAN "{\"type\":\"boolean\"}"
#define NAMES "{\"type\":\"array\",\"items\":" STRING ",\"uniqueItems\":true}"
#define REFERENCE "{\"type\":\"string\",\"format\":\"uri-reference\"}"
#define ANCHOR                                                                 \
	"{\"type\":\"string\",\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"}"
#define TYPE                                                                   \
	"{\"enum\":[\"array\",\"boolean\",\"integer\",\"null\",\"number\","    \
	"\"object\",\"string\"]}"

static const char general[] =
    HEAD("schema") ",\"$vocabulary\":{" VOCABULARY(
	"core") "," VOCABULARY("applicator") "," VOCABULARY("unevaluated") "," VOCABULARY("validation") "," VOCABULARY("meta-data") "," VOCABULARY("format-annotation") "," VOCABULARY("content") "},\"allOf\":[" PART("core") "," PART("applicator") "," PART("unevaluated") "," PART("validation") "," PART("meta-data") "," PART("format-annotation") "," PART("content") "],\"properties\":{\"definitions\":" NAMED
																																													     ",\"dependencies\":"
																																													     "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[" SCHEMA
																																													     "," NAMES
																																													     "]}},\"$recursiveAnchor\":" ANCHOR
																																													     ",\"$recursiveRef\":" REFERENCE
																																													     "}}";

static const char core[] = HEAD("meta/core")
    HAS("core") ",\"properties\":{\"$id\":{\"type\":\"string\",\"format\":"
		"\"uri-reference\",\"pattern\":\"^[^#]*#?$\"},\"$schema\":"
		"{\"type\":\"string\",\"format\":\"uri\"},\"$ref\":" REFERENCE
		",\"$anchor\":" ANCHOR ",\"$dynamicRef\":" REFERENCE
		",\"$dynamicAnchor\":" ANCHOR
		",\"$vocabulary\":{\"type\":\"object\","
		"\"propertyNames\":{\"type\":\"string\",\"format\":\"uri\"},"
		"\"additionalProperties\":" BOOLEAN "},\"$comment\":" STRING
		",\"$defs\":" NAMED "}}";

static const char applicator[] = HEAD("meta/applicator")
    HAS("applicator") ",\"properties\":{\"prefixItems\":" SCHEMAS
		      ",\"items\":" SCHEMA ",\"contains\":" SCHEMA
		      ",\"additionalProperties\":" SCHEMA
		      ",\"properties\":" NAMED
		      ",\"patternProperties\":{\"type\":\"object\","
		      "\"additionalProperties\":" SCHEMA ",\"propertyNames\":"
		      "{\"format\":\"regex\"}},\"dependentSchemas\":" NAMED
		      ",\"propertyNames\":" SCHEMA ",\"if\":" SCHEMA
		      ",\"then\":" SCHEMA ",\"else\":" SCHEMA
		      ",\"allOf\":" SCHEMAS ",\"anyOf\":" SCHEMAS
		      ",\"oneOf\":" SCHEMAS ",\"not\":" SCHEMA "}}";

static const char unevaluated[] = HEAD("meta/unevaluated")
    HAS("unevaluated") ",\"properties\":{\"unevaluatedItems\":" SCHEMA
		       ",\"unevaluatedProperties\":" SCHEMA "}}";

static const char validation[] = HEAD("meta/validation") HAS(
    "validation") ",\"properties\":{\"type\":{\"anyOf\":[" TYPE
		  ",{\"type\":\"array\",\"items\":" TYPE
		  ",\"minItems\":1,\"uniqueItems\":true}]},\"const\":true,"
		  "\"enum\":{\"type\":\"array\"},\"multipleOf\":{\"type\":\"number\","
		  "\"exclusiveMinimum\":0},\"maximum\":" NUMBER
		  ",\"exclusiveMaximum\":" NUMBER ",\"minimum\":" NUMBER
		  ",\"exclusiveMinimum\":" NUMBER ",\"maxLength\":" COUNT
		  ",\"minLength\":" COUNT
		  ",\"pattern\":{\"type\":\"string\",\"format\":\"regex\"},"
		  "\"maxItems\":" COUNT ",\"minItems\":" COUNT
		  ",\"uniqueItems\":" BOOLEAN ",\"maxContains\":" COUNT
		  ",\"minContains\":" COUNT ",\"maxProperties\":" COUNT
		  ",\"minProperties\":" COUNT ",\"required\":" NAMES
		  ",\"dependentRequired\":{\"type\":\"object\","
		  "\"additionalProperties\":" NAMES "}}}";

static const char meta_data[] = HEAD("meta/meta-data")
    HAS("meta-data") ",\"properties\":{\"title\":" STRING
		     ",\"description\":" STRING
		     ",\"default\":true,\"deprecated\":" BOOLEAN
		     ",\"readOnly\":" BOOLEAN ",\"writeOnly\":" BOOLEAN
		     ",\"examples\":{\"type\":\"array\"}}}";

static const char format_annotation[] = HEAD("meta/format-annotation")
    HAS("format-annotation") ",\"properties\":{\"format\":" STRING "}}";

static const char format_assertion[] = HEAD("meta/format-assertion")
    HAS("format-assertion") ",\"properties\":{\"format\":" STRING "}}";

static const char content[] = HEAD("meta/content")
    HAS("content") ",\"properties\":{\"contentEncoding\":" STRING
		   ",\"contentMediaType\":" STRING ",\"contentSchema\":" SCHEMA
		   "}}";

bool
inv_meta_find(struct inv_str uri, struct inv_str *text)
{
	static const struct {
		const char *uri;
		const char *text;
	} all[] = {
		{ INV_META_2020, general },
		{ BASE "meta/core", core },
		{ BASE "meta/applicator", applicator },
		{ BASE "meta/unevaluated", unevaluated },
		{ BASE "meta/validation", validation },
		{ BASE "meta/meta-data", meta_data },
		{ BASE "meta/format-annotation", format_annotation },
		{ BASE "meta/format-assertion", format_assertion },
		{ BASE "meta/content", content },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (inv_str_is(uri, all[i].uri)) {
			*text = inv_str_of(all[i].text);
			return true;
		}
	return false;
}

unsigned
inv_meta_vocabulary(struct inv_str uri)
{
	static const struct {
		const char *uri;
		unsigned bit;
	} all[] = {
		{ INV_META_VOCABULARY "core", INV_VOCABULARY_CORE },
		{ INV_META_VOCABULARY "applicator", INV_VOCABULARY_APPLICATOR },
		{ INV_META_VOCABULARY "unevaluated",
		    INV_VOCABULARY_UNEVALUATED },
		{ INV_META_VOCABULARY "validation", INV_VOCABULARY_VALIDATION },
		{ INV_META_VOCABULARY "meta-data", INV_VOCABULARY_META_DATA },
		{ INV_META_VOCABULARY "format-annotation",
		    INV_VOCABULARY_FORMAT },
		{ INV_META_VOCABULARY "format-assertion",
		    INV_VOCABULARY_FORMAT | INV_VOCABULARY_ASSERTION },
		{ INV_META_VOCABULARY "content", INV_VOCABULARY_CONTENT },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (inv_str_is(uri, all[i].uri))
			return all[i].bit;
	return 0;
}

#define NAME(s)                                                                \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

enum inv_holds
inv_meta_holds(struct inv_str keyword)
{
	static const struct {
		struct inv_str name;
		enum inv_holds holds;
	} all[] = {
		{ NAME("$defs"), INV_HOLDS_MEMBERS },
		{ NAME("additionalProperties"), INV_HOLDS_ONE },
		{ NAME("allOf"), INV_HOLDS_LIST },
		{ NAME("anyOf"), INV_HOLDS_LIST },
		{ NAME("contains"), INV_HOLDS_ONE },
		{ NAME("contentSchema"), INV_HOLDS_ONE },
		{ NAME("dependentSchemas"), INV_HOLDS_MEMBERS },
		{ NAME("else"), INV_HOLDS_ONE },
		{ NAME("if"), INV_HOLDS_ONE },
		{ NAME("items"), INV_HOLDS_ONE },
		{ NAME("not"), INV_HOLDS_ONE },
		{ NAME("oneOf"), INV_HOLDS_LIST },
		{ NAME("patternProperties"), INV_HOLDS_MEMBERS },
		{ NAME("prefixItems"), INV_HOLDS_LIST },
		{ NAME("properties"), INV_HOLDS_MEMBERS },
		{ NAME("propertyNames"), INV_HOLDS_ONE },
		{ NAME("then"), INV_HOLDS_ONE },
		{ NAME("unevaluatedItems"), INV_HOLDS_ONE },
		{ NAME("unevaluatedProperties"), INV_HOLDS_ONE },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (inv_str_eq(keyword, all[i].name))
			return all[i].holds;
	return INV_HOLDS_NOTHING;
}
