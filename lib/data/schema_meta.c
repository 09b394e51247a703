/*
 * schema_meta.c - the metaschemas of draft 2020-12 that need no file
 *
 * The general one, and one for each vocabulary: what kind of value each
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
