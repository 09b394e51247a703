/* property.c - the Unicode properties that ECMA-262 names, as PCRE2 does */

#include "data/property.h"

/* ECMA-262, table 68: values of General_Category with what else they are. */
static const struct {
	const char *name; /* for PCRE2 */
	const char *other[3];
} categories[] = {
	{ "L&", { "LC", "Cased_Letter" } },
	{ "Pe", { "Close_Punctuation" } },
	{ "Pc", { "Connector_Punctuation" } },
	{ "Cc", { "Control", "cntrl" } },
	{ "Sc", { "Currency_Symbol" } },
	{ "Pd", { "Dash_Punctuation" } },
	{ "Nd", { "Decimal_Number", "digit" } },
	{ "Me", { "Enclosing_Mark" } },
	{ "Pf", { "Final_Punctuation" } },
	{ "Cf", { "Format" } },
	{ "Pi", { "Initial_Punctuation" } },
	{ "L", { "Letter" } },
	{ "Nl", { "Letter_Number" } },
	{ "Zl", { "Line_Separator" } },
	{ "Ll", { "Lowercase_Letter" } },
	{ "M", { "Mark", "Combining_Mark" } },
	{ "Sm", { "Math_Symbol" } },
	{ "Lm", { "Modifier_Letter" } },
	{ "Sk", { "Modifier_Symbol" } },
	{ "Mn", { "Nonspacing_Mark" } },
	{ "N", { "Number" } },
	{ "Ps", { "Open_Punctuation" } },
	{ "C", { "Other" } },
	{ "Lo", { "Other_Letter" } },
	{ "No", { "Other_Number" } },
	{ "Po", { "Other_Punctuation" } },
	{ "So", { "Other_Symbol" } },
	{ "Zp", { "Paragraph_Separator" } },
	{ "Co", { "Private_Use" } },
	{ "P", { "Punctuation", "punct" } },
	{ "Z", { "Separator" } },
	{ "Zs", { "Space_Separator" } },
	{ "Mc", { "Spacing_Mark" } },
	{ "Cs", { "Surrogate" } },
	{ "S", { "Symbol" } },
	{ "Lt", { "Titlecase_Letter" } },
	{ "Cn", { "Unassigned" } },
	{ "Lu", { "Uppercase_Letter" } },
};

/* Tables 67 and 69, but for what PCRE2 has no table of. */
static const char *const flags[] = { "Any", "ASCII", "ASCII_Hex_Digit", "AHex",
	"Alphabetic", "Alpha", "Bidi_Control", "Bidi_C", "Bidi_Mirrored",
	"Bidi_M", "Case_Ignorable", "CI", "Cased", "Changes_When_Casefolded",
	"CWCF", "Changes_When_Casemapped", "CWCM", "Changes_When_Lowercased",
	"CWL", "Changes_When_Titlecased", "CWT", "Changes_When_Uppercased",
	"CWU", "Dash", "Default_Ignorable_Code_Point", "DI", "Deprecated",
	"Dep", "Diacritic", "Dia", "Emoji", "Emoji_Component", "EComp",
	"Emoji_Modifier", "EMod", "Emoji_Modifier_Base", "EBase",
	"Emoji_Presentation", "EPres", "Extended_Pictographic", "ExtPict",
	"Extender", "Ext", "Grapheme_Base", "Gr_Base", "Grapheme_Extend",
	"Gr_Ext", "Hex_Digit", "Hex", "IDS_Binary_Operator", "IDSB",
	"IDS_Trinary_Operator", "IDST", "ID_Continue", "IDC", "ID_Start", "IDS",
	"Ideographic", "Ideo", "Join_Control", "Join_C",
	"Logical_Order_Exception", "LOE", "Lowercase", "Lower", "Math",
	"Noncharacter_Code_Point", "NChar", "Pattern_Syntax", "Pat_Syn",
	"Pattern_White_Space", "Pat_WS", "Quotation_Mark", "QMark", "Radical",
	"Regional_Indicator", "RI", "Sentence_Terminal", "STerm", "Soft_Dotted",
	"SD", "Terminal_Punctuation", "Term", "Unified_Ideograph", "UIdeo",
	"Uppercase", "Upper", "Variation_Selector", "VS", "White_Space",
	"space", "XID_Continue", "XIDC", "XID_Start", "XIDS" };

static bool
add_category(struct inv_str name, struct inv_buf *out)
{
	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++) {
		const char *const *other = categories[i].other;
		bool is = i > 0 && inv_str_is(name, categories[i].name);

		for (; !is && *other != NULL; other++)
			is = inv_str_is(name, *other);
		if (is) {
			inv_buf_add(out, inv_str_of(categories[i].name));
			return true;
		}
	}
	return false;
}

/* Old_Italic, Ital: PCRE2 would take old-italic for it as well. */
static bool
add_script(const char *kind, struct inv_str name, struct inv_buf *out)
{
	if (name.n == 0 || *name.p < 'A' || *name.p > 'Z')
		return false;
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_')
			return false;
	}
	inv_buf_add(out, inv_str_of(kind));
	inv_buf_add(out, name);
	return true;
}

bool
inv_property_add(struct inv_str name, struct inv_buf *out)
{
	const char *is = name.n > 0 ? memchr(name.p, '=', name.n) : NULL;

	if (is != NULL) {
		struct inv_str what = { name.p, (size_t)(is - name.p) };
		struct inv_str value = { is + 1, name.n - what.n - 1 };

		if (inv_str_is(what, "Script") || inv_str_is(what, "sc"))
			return add_script("sc:", value, out);
		if (inv_str_is(what, "Script_Extensions") ||
		    inv_str_is(what, "scx"))
			return add_script("scx:", value, out);
		return (inv_str_is(what, "General_Category") ||
			   inv_str_is(what, "gc")) &&
		    add_category(value, out);
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (inv_str_is(name, flags[i])) {
			inv_buf_add(out, name);
			return true;
		}
	return add_category(name, out);
}
