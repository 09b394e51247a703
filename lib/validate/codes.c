/* codes.c - what every word means that says why a row is refused */

#include "validate/codes.h"

#include <strings.h>

#include "base/near.h"

enum {
	NAME_WIDTH = 26, /* columns of a name in the list, and behind it */
	KIND_WIDTH = 9,  /* the same of a kind */
	LINE_WIDTH = 78, /* columns of a line of an explanation */
	INDENT = 10,     /* of its text */
	FAR_MAX = 4,     /* letters between a name and one that is suggested */
};

/* Whole sentences but for the example, which is a message as it is said. */
struct code {
	const char *name;
	const char *kind;
	const char *what;
	const char *cause;
	const char *todo;
	const char *example;
};

static const struct code codes[] = {
	/* ---- members ---- */
	{ "missing", "error", "A member that must be there is not.",
	    "A column was left out of the file, or its name is spelt in "
	    "another way.",
	    "Add the column, or give it the name that the schema has; take it "
	    "off \"required\" if it may be absent.",
	    "m.csv:2: quantity: is missing [missing]" },
	{ "extra_forbidden", "error",
	    "A member is there that the schema does not know.",
	    "A column was added, or its name is spelt in another way.",
	    "Take the column out or rename it, or add it to \"properties\".",
	    "m.csv:2: qty: is not in the schema [extra_forbidden]" },

	/* ---- types ---- */
	{ "string_type", "error", "The value is not a string.",
	    "A typed source (json, ndjson) has a number where text belongs.",
	    "Write the value between quotes, or change \"type\".",
	    "m.ndjson:2: code: 7 is not a string [string_type]" },
	{ "int_type", "error", "The value is not a whole number.",
	    "A typed source has text or null where a number belongs.",
	    "Write the number without quotes, or read text as numbers with "
	    "--coerce always.",
	    "m.ndjson:2: quantity: \"5\" is not a whole number [int_type]" },
	{ "float_type", "error", "The value is not a number.",
	    "A typed source has text or null where a number belongs.",
	    "Write the number without quotes, or read text as numbers with "
	    "--coerce always.",
	    "m.ndjson:2: cost: \"5.5\" is not a number [float_type]" },
	{ "bool_type", "error", "The value is neither true nor false.",
	    "A typed source has text or a number where true or false belongs.",
	    "Write true or false without quotes.",
	    "m.ndjson:2: active: 1 is not true or false [bool_type]" },
	{ "none_required", "error", "The value is not null.",
	    "The schema allows nothing but null here.",
	    "Leave the cell empty, or change \"type\".",
	    "m.ndjson:2: reserved: 1 is not null [none_required]" },
	{ "list_type", "error", "The value is not an array.",
	    "One value stands where a list of them belongs.",
	    "Write [\"a\"] for a list of one.",
	    "m.ndjson:2: tags: \"a\" is not an array [list_type]" },
	{ "dict_type", "error", "The value is not an object.",
	    "A plain value stands where an object belongs.",
	    "Write an object, {\"name\":\"value\"}, or change \"type\".",
	    "m.ndjson:2: place: \"B12\" is not an object [dict_type]" },

	/* ---- cells and numbers ---- */
	{ "int_parsing", "error",
	    "The text of a cell can not be read as a whole number.",
	    "A unit, a blank, a thousands separator, a leading zero, a sign, "
	    "or 5.0 for 5.",
	    "Write digits only; make the column a string if it is a code and "
	    "not a quantity.",
	    "m.csv:2: quantity: \"1,000\" is not a whole number [int_parsing]" },
	{ "int_parsing_size", "error",
	    "The whole number is past 2^53, where doubles leave numbers out.",
	    "An identifier that only looks like a number.",
	    "Make the column a string.",
	    "m.csv:2: serial: \"9007199254740993\" is past 2^53 "
	    "[int_parsing_size]" },
	{ "int_from_float", "error", "The number has a fraction.",
	    "A quantity was computed, or the column is a measure.",
	    "Round it where it comes from, or make the column a number.",
	    "m.ndjson:2: quantity: 5.5 is not a whole number [int_from_float]" },
	{ "float_parsing", "error",
	    "The text of a cell can not be read as a number.",
	    "A unit, a currency sign, a decimal comma, a blank.",
	    "Write the number as JSON does: 1234.5.",
	    "m.csv:2: cost: \"1.234,50\" is not a number [float_parsing]" },
	{ "bool_parsing", "error",
	    "The text of a cell is neither true nor false.",
	    "yes, no, 1, 0, TRUE of a spreadsheet.", "Write true or false.",
	    "m.csv:2: active: \"yes\" is not true or false [bool_parsing]" },
	{ "json_invalid", "error",
	    "The cell begins as an array or object, and is no JSON.",
	    "A quote that was lost, or a list written in another way.",
	    "Write it as JSON: [1,2], {\"a\":\"b\"}.",
	    "m.csv:2: tags: \"[1,\" is no JSON: byte 4: a value is missing "
	    "[json_invalid]" },
	{ "not_flat", "error",
	    "With --flatten two members of the row have the same name.",
	    "A member \"a.b\" beside an object \"a\" with a member \"b\".",
	    "Leave --flatten out, or rename one of them where it comes from.",
	    "m.json:2: flattened: the same member twice [not_flat]" },
	{ "member_twice", "error",
	    "The row has a member of its own that --set would add; of XML, "
	    "two of the same name.",
	    "The source tells by now what used to be added; an attribute and "
	    "an element, or two namespaces, have one name.",
	    "Leave --set out, or give the constant another name.",
	    "m.json:2: --set: it has a member \"campus\" [member_twice]" },
	{ "mixed_content", "error",
	    "An element of XML has text beside elements.",
	    "Words in bold or links within a description.",
	    "Ask for plain text, or leave the member out with --columns.",
	    "m.xml:2: note: has text beside elements [mixed_content]" },
	{ "number_not_exact", "error",
	    "The number can not travel without changing its value.",
	    "More than 17 digits, or larger than a double can be; most often "
	    "an identifier.",
	    "Make the column a string, or round the number where it comes "
	    "from.",
	    "m.ndjson:2: serial: 10000000000000001 would change its value "
	    "[number_not_exact]" },
	{ "greater_than_equal", "error", "The number is below \"minimum\".",
	    "A negative quantity, or a correction booked as a row.",
	    "Correct the number; if it is right, the schema's bound is not.",
	    "m.csv:118: quantity: \"-3\" is less than 0 [greater_than_equal]" },
	{ "greater_than", "error",
	    "The number is not above \"exclusiveMinimum\".",
	    "Zero where something must be.",
	    "Correct the number; if it is right, the schema's bound is not.",
	    "m.csv:2: cost: \"0\" is not greater than 0 [greater_than]" },
	{ "less_than_equal", "error", "The number is above \"maximum\".",
	    "A digit too many, another unit, two columns exchanged.",
	    "Correct the number; if it is right, the schema's bound is not.",
	    "m.csv:2: share: \"150\" is greater than 100 [less_than_equal]" },
	{ "less_than", "error", "The number is not below \"exclusiveMaximum\".",
	    "A digit too many, another unit, two columns exchanged.",
	    "Correct the number; if it is right, the schema's bound is not.",
	    "m.csv:2: share: \"1\" is not less than 1 [less_than]" },
	{ "multiple_of", "error",
	    "The number is not a multiple of \"multipleOf\".",
	    "More decimals than the unit has, or packs counted as pieces.",
	    "Round the number, or correct it where it comes from.",
	    "m.csv:2: cost: \"1.005\" is not a multiple of 0.01 "
	    "[multiple_of]" },

	/* ---- strings ---- */
	{ "string_too_short", "error",
	    "The string has fewer characters than \"minLength\".",
	    "An empty cell, or an abbreviation.",
	    "Fill the cell in; let it be null where nothing is known.",
	    "m.csv:2: title: \"\" is shorter than 1 character "
	    "[string_too_short]" },
	{ "string_too_long", "error",
	    "The string has more characters than \"maxLength\".",
	    "Two fields in one cell, or a text for people in a code.",
	    "Shorten it; what is cut by the receiver is lost unseen.",
	    "m.csv:2: code: \"LAB-1\" is longer than 3 characters "
	    "[string_too_long]" },
	{ "string_pattern_mismatch", "error",
	    "The string has not the form that \"pattern\" wants.",
	    "A typing error, blanks at the ends, small letters for large ones, "
	    "or a spreadsheet that changed the code.",
	    "Compare the value with the pattern; blanks and letters can be "
	    "put right by x-inv-normalize.",
	    "m.csv:2: asset_id: \"LAB 7\" does not match ^LAB-[0-9]+$ "
	    "[string_pattern_mismatch]" },
	{ "string_pattern_limit", "error",
	    "Whether the string matches could not be told in the steps that "
	    "are allowed.",
	    "A pattern such as (a+)+$, which tries every way to cut a string.",
	    "Write the pattern without one repetition inside another.",
	    "m.csv:2: note: \"aaaa...\" takes too many steps to match (a+)+$ "
	    "[string_pattern_limit]" },
	{ "date_parsing", "error", "The string is not a date.",
	    "Another order (03/14/2026), a day that is not in the calendar, or "
	    "the number of a spreadsheet (46095).",
	    "Write 2026-03-14; format the column as text before it is saved.",
	    "m.csv:2: acquired_on: \"2026-02-30\" is not a date of the "
	    "calendar, YYYY-MM-DD [date_parsing]" },
	{ "datetime_parsing", "error", "The string is not a date with a time.",
	    "No offset, a blank for the T, a day that is not in the calendar.",
	    "Write 2026-03-14T09:30:00Z.",
	    "m.csv:2: seen_at: \"2026-03-14 09:30\" is not a time of the "
	    "calendar, as RFC 3339 writes it [datetime_parsing]" },
	{ "enum", "error", "The value is none of those that \"enum\" lists.",
	    "Another spelling or letter case, or a value that is new.",
	    "Use one of the list, or add the value to it.",
	    "m.csv:2: state: \"Active\" is not one of \"active\", \"retired\" "
	    "[enum]" },
	{ "literal_error", "error",
	    "The value is not the one that \"const\" has.",
	    "A record of another kind, or of another version.",
	    "Send it with the schema that is meant for it.",
	    "m.csv:2: version: \"2\" is not \"1\" [literal_error]" },

	{ "not_in_registry", "error",
	    "The value is none of those of the registry (--lookup).",
	    "A tag that was mistyped, or is not registered yet.",
	    "Correct the value, or register it and run the manifest again.",
	    "m.csv:2: asset_id: \"LAB-9\" is not in registry.csv "
	    "(NOT_IN_REGISTRY:asset_id) [not_in_registry]" },

	/* ---- attachments ---- */
	{ "attachment_missing", "error",
	    "A file that the row names is not in the folder of --attachments.",
	    "It was not sent yet, or its name is spelt in another way.",
	    "Put the file there and run the manifest again, or inv-quarantine "
	    "resubmit --reason attachment.",
	    "m.csv:2: sds: \"sds/4411.pdf\" is not in the folder of "
	    "attachments [attachment_missing]" },
	{ "attachment_refused", "error",
	    "What the row names as a file is not taken, whatever is in it.",
	    "A symbolic link, a folder, a path that leads out of the folder, a "
	    "file that may not be read or is larger than 4 GiB; more than 64 "
	    "files for one row.",
	    "Put the file itself there, readable; split or pack what is too "
	    "much.",
	    "m.csv:2: sds: \"../passwd\" leads out of the folder of "
	    "attachments [attachment_refused]" },
	{ "attachment_changed", "error",
	    "A file that the row names changed while it was read.",
	    "It was still being copied into the folder.",
	    "Run the manifest again when it is complete; let whoever brings "
	    "files rename them into place.",
	    "m.csv:2: sds: \"sds/4411.pdf\" changed while it was read "
	    "[attachment_changed]" },

	/* ---- rules ---- */
	{ "combination_not_allowed", "error",
	    "The values of several columns do not go together.",
	    "One of them was changed and the others were not.",
	    "Compare the row with \"allowed\" of the rule that the error names.",
	    "m.csv:2: {\"code\":\"T32\",\"budget\":\"modular\"} is no "
	    "combination that is allowed (COMBINATION_NOT_ALLOWED:NIH-2) "
	    "[combination_not_allowed]" },
	{ "MISSING_REQUIRED_FIELD", "flag",
	    "A rule requires a column that is missing, null or blank.",
	    "What the funder wants to know was not filled in.",
	    "Fill it in; the error names the rule and where it comes from.",
	    NULL },
	{ "TRUNCATION_RISK", "flag",
	    "A text is longer than whoever receives it will keep.",
	    "It was written for another form, or another funder.",
	    "Shorten it; what is cut by the receiver is lost unseen.", NULL },
	{ "COMBINATION_NOT_ALLOWED", "flag",
	    "A rule does not allow the values of several columns together.",
	    "One of them was changed and the others were not.",
	    "Compare the row with \"allowed\" of the rule behind the colon.",
	    NULL },
	{ "NOT_IN_REGISTRY", "flag",
	    "A registry does not have the value (see not_in_registry).",
	    "A tag that was mistyped, or is not registered yet.",
	    "Correct the value, or register it and run the manifest again.",
	    NULL },

	/* ---- other formats ---- */
	{ "date_past", "error",
	    "The date lies in the future, which x-inv-not-future forbids.",
	    "A typing error in the year, or day and month exchanged.",
	    "Correct the date; now is when the file was received.",
	    "m.csv:2: acquired_on: \"2062-03-14\" lies in the future "
	    "[date_past]" },
	{ "datetime_past", "error",
	    "The time lies in the future, which x-inv-not-future forbids.",
	    "A clock that is wrong, or a local time written with a Z.",
	    "Correct the time; now is when the file was received.",
	    "m.csv:2: seen_at: \"2062-03-14T09:30:00Z\" lies in the future "
	    "[datetime_past]" },
	{ "time_parsing", "error", "The string is not a time of the day.",
	    "No seconds, or no offset.", "Write 09:30:00Z.",
	    "m.csv:2: at: \"9:30\" is not a time of the day with its offset, "
	    "as RFC 3339 writes it [time_parsing]" },
	{ "time_delta_parsing", "error", "The string is not a duration.",
	    "A number without its unit, or words.",
	    "Write P3D for three days, PT90S for ninety seconds.",
	    "m.csv:2: lasts: \"3 days\" is not a duration, as RFC 3339 writes "
	    "it [time_delta_parsing]" },
	{ "value_error", "error", "The string is not an email address.",
	    "A name, a phone number, or two addresses in one cell.",
	    "Write one address and nothing else.",
	    "m.csv:2: contact: \"j.doe\" is not an email address "
	    "[value_error]" },
	{ "url_parsing", "error", "The string is not a URI.",
	    "The scheme was left out, or there are blanks in it.",
	    "Write it with its scheme, https://example.org/a%20b.",
	    "m.csv:2: page: \"example.org\" is not a URI with its scheme "
	    "[url_parsing]" },
	{ "uuid_parsing", "error", "The string is not a UUID.",
	    "Another kind of identifier, or one that was cut.",
	    "Write all 32 digits and four hyphens.",
	    "m.csv:2: id: \"1234\" is not a UUID [uuid_parsing]" },
	{ "ip_v4_address", "error", "The string is not an IPv4 address.",
	    "A host name, leading zeros, or an address with a port.",
	    "Write four numbers from 0 to 255 with dots between them.",
	    "m.csv:2: host: \"10.0.0.256\" is not an IPv4 address "
	    "[ip_v4_address]" },
	{ "ip_v6_address", "error", "The string is not an IPv6 address.",
	    "An IPv4 address, brackets around it, or a zone behind it.",
	    "Write it as RFC 4291 does.",
	    "m.csv:2: host: \"10.0.0.1\" is not an IPv6 address "
	    "[ip_v6_address]" },
	{ "pattern_regex", "error", "The string is not a regular expression.",
	    "A bracket that is not closed, or another dialect.",
	    "Write it as ECMA-262 does.",
	    "m.csv:2: form: \"(\" is not a regular expression "
	    "[pattern_regex]" },
	{ "json_pointer_parsing", "error", "The string is not a JSON pointer.",
	    "A path with dots, or without the slash at its beginning.",
	    "Write /a/b, with ~0 for ~ and ~1 for a slash in a name.",
	    "m.csv:2: at: \"a.b\" is not a JSON pointer "
	    "[json_pointer_parsing]" },

	/* ---- arrays and objects ---- */
	{ "too_short", "error",
	    "There are fewer items, or members, than there must be.",
	    "A list that was not filled in.",
	    "Add what is missing, or let it be null.",
	    "m.ndjson:2: tags: [] has fewer than 1 item [too_short]" },
	{ "too_long", "error",
	    "There are more items, or members, than there may be.",
	    "Two lists in one.", "Take some out.",
	    "m.ndjson:2: tags: [1,2,3] has more than 2 items [too_long]" },
	{ "not_unique", "error", "The list has the same item twice.",
	    "A list that was put together from two.", "Take one of them out.",
	    "m.ndjson:2: tags: [1,1] has the same item twice [not_unique]" },
	{ "contains_too_few", "error",
	    "Too few items of the list fit \"contains\".",
	    "The item that matters was left out.",
	    "Add it; the schema says what it must be.",
	    "m.ndjson:2: roles: [\"co\"] has fewer than 1 item of a kind it "
	    "must have [contains_too_few]" },
	{ "contains_too_many", "error",
	    "Too many items of the list fit \"contains\".",
	    "What may be there once is there twice.", "Take some out.",
	    "m.ndjson:2: roles: [\"pi\",\"pi\"] has more than 1 item of a "
	    "kind it must have [contains_too_many]" },

	/* ---- schemas within schemas ---- */
	{ "none_of", "error", "The value fits none of \"anyOf\" or \"oneOf\".",
	    "A record of a kind that the schema does not know.",
	    "Compare it with the kinds that the schema has.",
	    "m.ndjson:2: part: {} fits none of the schemas it may fit "
	    "[none_of]" },
	{ "one_of_many", "error", "The value fits more than one of \"oneOf\".",
	    "The kinds in the schema are not told apart by what they ask for.",
	    "Give each kind a member with a \"const\" of its own.",
	    "m.ndjson:2: part: {} fits more than one of the schemas of which "
	    "it must fit one [one_of_many]" },
	{ "union_tag_invalid", "error",
	    "The member that says which alternative an object is names none.",
	    "A kind that the schema does not know, or a name that is misspelt.",
	    "Use one of those that \"expected_tags\" lists.",
	    "m.ndjson:2: taken/kind: \"xray\" names none of the alternatives "
	    "[union_tag_invalid]" },
	{ "union_tag_not_found", "error",
	    "The member that says which alternative an object is is not there.",
	    "It was left out; \"discriminator\" has its name.", "Add it.",
	    "m.ndjson:2: taken: {} has no member that says which of the "
	    "alternatives it is [union_tag_not_found]" },
	{ "not_allowed", "error", "The value fits \"not\".",
	    "A value that is kept for something else.",
	    "Use another value; the schema says which may not be.",
	    "m.csv:2: code: \"TEST\" is what it must not be [not_allowed]" },
	{ "never", "error", "The schema of the value is false.",
	    "A member that must not be there in a record of this kind.",
	    "Take it out.", "m.csv:2: old_id: \"7\" is not allowed [never]" },
	{ "schema_recursion", "error",
	    "The schema goes round in a circle for this value.",
	    "A $dynamicRef that leads back to where it stands.",
	    "Correct the schema; the row is not at fault.",
	    "m.ndjson:2: part: {} is checked round and round without an end "
	    "[schema_recursion]" },

	/* ---- rows as a whole ---- */
	{ "record_too_long", "error",
	    "The record is longer than 1 MiB in canonical form.",
	    "A document or an image in a cell.",
	    "Send it as an attachment, and its name in the record.",
	    "m.ndjson:2: is longer than 1048576 bytes [record_too_long]" },
	{ "record_too_deep", "error",
	    "The record is nested deeper, or has more names, than it may.",
	    "JSON in cells, on top of what the record is.",
	    "Send less in one record.",
	    "m.csv:2: is nested deeper, or has more names, than a record may "
	    "[record_too_deep]" },
	{ "too_many_errors", "error",
	    "The errors of the row do not fit on a line.",
	    "A file of another kind altogether, or another delimiter.",
	    "Look at the row; nothing in it is as the schema wants it.",
	    "m.csv:2: has more errors than can be listed [too_many_errors]" },

	/* ---- what a spreadsheet did ---- */
	{ "spreadsheet_zeros", "warning",
	    "A cell may have lost its leading zeros.",
	    "A spreadsheet took a code such as 00501 for a number.",
	    "Put the zeros back; format the column as text before the file is "
	    "opened.",
	    "m.csv:9: zip: \"501\" may have lost its leading zeros in a "
	    "spreadsheet [spreadsheet_zeros]" },
	{ "spreadsheet_number", "warning",
	    "A code may have been shortened as a number; its last digits are "
	    "gone.",
	    "A spreadsheet took a long code for a number.",
	    "Get the code from where it comes from; format the column as text.",
	    "m.csv:9: serial: \"1.23E+11\" may be a code that a spreadsheet "
	    "has shortened as a number [spreadsheet_number]" },
	{ "spreadsheet_overflow", "warning",
	    "A cell holds signs where a value did not fit its column.",
	    "What was shown was copied, not what was in the cell.",
	    "Widen the column, and save or copy again.",
	    "m.csv:9: cost: \"#####\" is what a spreadsheet shows in a column "
	    "that is too narrow [spreadsheet_overflow]" },
	{ "spreadsheet_error", "warning", "A cell holds an error of a formula.",
	    "A reference to a cell that is gone, or a look-up that found "
	    "nothing.",
	    "Put the formula right, and save again.",
	    "m.csv:9: room: \"#N/A\" is an error of a spreadsheet "
	    "[spreadsheet_error]" },
	{ "spreadsheet_date", "warning",
	    "A code may have been changed into a date.",
	    "A spreadsheet took 5-3 or MARCH5 for a day.",
	    "Get the code from where it comes from; format the column as text.",
	    "m.csv:99: shelf: \"5-Mar\" may be a code that a spreadsheet took "
	    "for a date [spreadsheet_date]" },
	{ "spreadsheet_serial", "warning",
	    "A date may have been written as a number of days.",
	    "The cell of a spreadsheet is not formatted as a date.",
	    "Format the column as YYYY-MM-DD, and save again.",
	    "m.csv:99: acquired_on: \"46095\" may be a date that a spreadsheet "
	    "wrote as a number [spreadsheet_serial]" },
	{ "spreadsheet_cut", "warning",
	    "A text may have lost its end: it has exactly 255 or 32,767 "
	    "characters.",
	    "A spreadsheet, or an export of one, holds no more in a cell.",
	    "Get the whole text from where it comes from.",
	    "m.csv:9: note: \"This balance...\" may have been cut: it is as "
	    "long as a spreadsheet lets text be [spreadsheet_cut]" },

	/* ---- X12, by inv-split ---- */
	{ "control_total", "error",
	    "A total or a control number of X12 is not what it has to be.",
	    "Segments, sets or groups were lost or added on the way, or the "
	    "sender counts wrong; nobody can say which.",
	    "Have the sender send the set, group or interchange again.",
	    "orders.edi:14: SE01: 9 segments promised, 8 counted (segments 3 "
	    "to 10) [control_total]" },
	{ "envelope_broken", "error",
	    "A set, group or interchange of X12 lacks its begin or its end.",
	    "The file was cut short, or parts of it were pasted together.",
	    "Fetch the file again; if it is so, have the sender send it again.",
	    "orders.edi:1: the interchange that begins with segment 1 has no "
	    "IEA [envelope_broken]" },
	{ "segment_invalid", "error", "A segment of X12 is damaged.",
	    "Its terminator was lost, or its text has a separator in it.",
	    "Have the sender send the set again.",
	    "orders.edi:12: segment 12 does not begin with the id of a "
	    "segment [segment_invalid]" },
	{ "segment_outside", "error",
	    "Segments of X12 belong to no transaction set.",
	    "A lost ST, or an acknowledgement (TA1) beside the sets.",
	    "Look at the segments under \"raw\".",
	    "orders.edi:9: segments that belong to no transaction set "
	    "[segment_outside]" },
	{ "no_mapping", "error",
	    "There is no mapping for this X12 transaction set.",
	    "A partner sends a kind of set that nobody has mapped.",
	    "Write a mapping, see inv-mapping(5), and run the file again.",
	    "orders.edi:9: no mapping for this transaction set [no_mapping]" },
	{ "set_empty", "error", "An X12 transaction set has no line item.",
	    "An order without lines, or a mapping whose rows begin with "
	    "another segment.",
	    "Look at the set under \"raw\", and at \"rows\" of the mapping.",
	    "orders.edi:9: no segment of it begins a row [set_empty]" },
	{ "element_twice", "error",
	    "An element that a member is made of comes again: of X12 with "
	    "another value, of XML with any.",
	    "A segment or an element is repeated that the mapping takes for "
	    "single.",
	    "Make the member a list, or say with \"when\" which is meant.",
	    "orders.edi:9: ship_to_name: N102: another value of it is there "
	    "already [element_twice]" },
	{ "element_unmapped", "error",
	    "A row of XML has something that its mapping does not name.",
	    "The sender has added an element or an attribute.",
	    "Name it in the mapping, or have \"others\" of its rows be "
	    "\"drop\", see inv-mapping(5).",
	    "m.xml:2: price/@unit: the mapping does not name it "
	    "[element_unmapped]" },
	{ "hl_parent", "error",
	    "The hierarchy of an X12 ship notice leads nowhere.",
	    "An HL names a parent that does not come before it.",
	    "Have the sender send the notice again.",
	    "notice.edi:9: HL has no HL01, or its parent is none that is open "
	    "[hl_parent]" },
	{ "hl_twice", "error",
	    "Two HL segments of an X12 ship notice have the same HL01.",
	    "The sender counts wrong, or two notices were pasted together; "
	    "nobody can say what is in which.",
	    "Have the sender send the notice again.",
	    "notice.edi:9: segment 9: HL01 3 is that of an HL before it "
	    "[hl_twice]" },
	{ "decimal_parsing", "error",
	    "An X12 element with implied decimals is no whole number.",
	    "The sender writes the decimal point, or the mapping has the "
	    "wrong type.",
	    "Take the type off in the mapping if the point is written.",
	    "invoice.edi:9: total: AMT02: not a whole number, so that "
	    "decimals could be implied [decimal_parsing]" },

	/* ---- why a row did not go on ---- */
	{ "schema_violation", "reason",
	    "A rule of the schema is broken (quarantined).",
	    "See the errors of the row.",
	    "Correct the row where it comes from, and send the file again.",
	    NULL },
	{ "compliance_block", "reason",
	    "A rule of a rules file stops the row (quarantined).",
	    "See the errors of the row; each names its rule and its fallback.",
	    "What the fallback says: retry later, notify the officer, or "
	    "mend the row and validate it again.",
	    NULL },
	{ "attachment", "reason",
	    "The row is right, but a file that it names is not had "
	    "(quarantined).",
	    "It was not sent yet, or is one that is not taken.",
	    "Put it right, then inv-quarantine resubmit --reason attachment.",
	    NULL },
	{ "malformed_row", "reason",
	    "No record could be read there (quarantined).",
	    "A quote that is not closed, a cell too many, a row of JSON "
	    "that is none, an error in a cell of a workbook, a set of X12 "
	    "that does not add up, or text beside elements of XML.",
	    "Correct the row; the row has its bytes under \"raw\", one of a "
	    "workbook what its cells show under \"record\".",
	    NULL },
	{ "malformed_line", "reason",
	    "A line of the stream, or of an ndjson file, is no record "
	    "(quarantined).",
	    "A program in the pipe that writes something else.",
	    "Look at what stands in the pipe; use jq with -c.", NULL },
	{ "item_refused", "reason",
	    "The row says which item of the quarantine it corrects, and is "
	    "none that could (quarantined).",
	    "The item is closed, or corrected twice in the sheet, or its id "
	    "was changed.",
	    "See its errors; export the open items again.", NULL },
	{ "conflict", "reason",
	    "An earlier row has the same key and other content (quarantined).",
	    "A thing was listed twice, with two quantities.",
	    "Decide which row is right, and take the other out.", NULL },
	{ "rejected", "reason", "The ledger refused the row (quarantined).",
	    "A rule of the ledger that the schema does not have.",
	    "Read the ledger's answer; add its rule to the schema.", NULL },
	{ "key_mismatch", "reason",
	    "The ledger knows the key of the batch with other bytes "
	    "(quarantined).",
	    "Another program sent something under the same key.",
	    "See inv-quarantine(1); it is never sent again by itself.", NULL },
	{ "transient_failure", "reason",
	    "The ledger failed, again and again (quarantined).",
	    "The ledger was down or overloaded.",
	    "Run the manifest again; nothing is wrong with the row.", NULL },
	{ "duplicate", "reason", "An earlier row says the same (skipped).",
	    "The row stands twice in the file, or in two files.",
	    "Nothing; it shares what becomes of the first.", NULL },
	{ "already_committed", "reason",
	    "The ledger has this content already (skipped).",
	    "The manifest was run before.", "Nothing.", NULL },
	{ "superseded", "reason",
	    "A manifest that arrived later has committed the key with other "
	    "content (skipped).",
	    "An older manifest was run again.",
	    "Nothing; to put it in force again, hand it in as a new "
	    "submission.",
	    NULL },
	{ "filtered", "reason", "A person left the row out (skipped).",
	    "A filter such as jq gave it this verdict.", "Nothing.", NULL },
	{ "systemic", "reason",
	    "The ledger can not be reached, or lets nobody in (held).",
	    "An address, a certificate or a token that is wrong.",
	    "Put that right and run the manifest again.", NULL },
	{ "not_attempted", "reason",
	    "The run ended before the row was sent (held).",
	    "The run was stopped, or a chunk was not whole.",
	    "Run the manifest again.", NULL },
	{ "waits", "reason", "A row of the same key has no answer yet (held).",
	    "An earlier batch is open; nothing open is overtaken.",
	    "Run the manifest again when that batch is settled.", NULL },
	{ "lease", "reason", "Another run was writing to the ledger (held).",
	    "Two pipes at the same time.", "Run the manifest again.", NULL },
	{ "unsigned", "reason",
	    "Nobody who may has signed the manifest (held).",
	    "inv-split ran without --sign, with another key, or the manifest "
	    "line was changed.",
	    "Find out where the stream is from; run the file with --sign.",
	    NULL },
	{ "unanswered", "reason",
	    "The row was sent, and no answer can be trusted (ambiguous).",
	    "A connection that broke, or an answer cut short.",
	    "Run the manifest again: it is sent under the same key.", NULL },
};

enum { CODES = sizeof(codes) / sizeof(*codes) };

void
inv_codes_list(struct inv_buf *out)
{
	for (size_t i = 0; i < CODES; i++)
		inv_buf_addf(out, "%-*s%-*s%s\n", NAME_WIDTH, codes[i].name,
		    KIND_WIDTH, codes[i].kind, codes[i].what);
}

/* A text behind its heading, words never broken. */
static void
add_text(struct inv_buf *out, const char *heading, const char *text)
{
	size_t at = INDENT;

	inv_buf_addf(out, "%-*s", INDENT, heading);
	for (const char *word = text; *word != '\0';) {
		size_t n = strcspn(word, " ");

		if (word > text && at + 1 + n > LINE_WIDTH) {
			inv_buf_addf(out, "\n%*s", INDENT, "");
			at = INDENT;
		} else if (word > text) {
			inv_buf_byte(out, ' ');
			at++;
		}
		inv_buf_add(out, (struct inv_str){ word, n });
		at += n;
		word += n + (word[n] == ' ');
	}
	inv_buf_byte(out, '\n');
}

static void
explain(const struct code *c, struct inv_buf *out)
{
	inv_buf_addf(out, "%s (%s)\n", c->name, c->kind);
	add_text(out, "means", c->what);
	add_text(out, "cause", c->cause);
	add_text(out, "do", c->todo);
	if (c->example != NULL)
		add_text(out, "example", c->example);
}

/* Case alone is no distance. */
static size_t
distance(struct inv_str name, const char *code, size_t most)
{
	if (strlen(code) == name.n && strncasecmp(name.p, code, name.n) == 0)
		return 0;
	return inv_near(name, inv_str_of(code), most);
}

/* "; x, y?" with all the names that are nearest, unless they are far. */
static void
add_nearest(struct inv_str name, struct inv_buf *b)
{
	size_t best = name.n / 3 < FAR_MAX ? name.n / 3 : FAR_MAX;
	const char *before = "; ";

	for (size_t i = 0; i < CODES; i++) {
		size_t d = distance(name, codes[i].name, best);

		best = d < best ? d : best;
	}
	for (size_t i = 0; i < CODES; i++)
		if (distance(name, codes[i].name, best) == best) {
			inv_buf_addf(b, "%s%s", before, codes[i].name);
			before = ", ";
		}
	inv_buf_addf(b, "%s", before[0] == ',' ? "?" : "");
}

bool
inv_codes_explain(struct inv_str name, struct inv_buf *out, struct inv_err *err)
{
	const char *colon = memchr(name.p, ':', name.n);
	struct inv_str word = {
		name.p,
		colon == NULL ? name.n : (size_t)(colon - name.p),
	};
	struct inv_buf near = INV_BUF(INV_ERR_MSG);

	for (size_t i = 0; i < CODES; i++)
		if (inv_str_is(word, codes[i].name)) {
			explain(&codes[i], out);
			return true;
		}
	add_nearest(word, &near);
	inv_fail(err, INV_NO, "%.*s: no such code%.*s", INV_ARG(name),
	    INV_ARG(inv_buf_str(&near)));
	inv_buf_free(&near);
	return false;
}
