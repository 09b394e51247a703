/*
 * schemas.js - schemas by chance, over the keywords of draft 2020-12
 *
 * Names, numbers and texts come from small sets, so that the records of
 * records.js hit them.  A schema is valid, and calls itself only for a value
 * that lies deeper.
 */
"use strict";

const NAMES = ["a", "b", "c", "d", "key", "x1", "é", "💩", "", "a b",
	"toString", "a\"b"];
const TEXTS = ["", "a", "b", "ab", "abc", "aab", "12", "007", "é", "💩", "💩a",
	"e\u0301", "a\nb", "a\n", " a ", "A", "\u00a0", "x\u0000y", "LAB-12",
	"NIH-R01-x", "2026-02-28", "2026-02-30", "2024-02-29",
	"2026-02-28T12:00:00Z", "2026-02-28T25:00:00Z", "true", "null",
	"averyveryverylongtextthatgoeson"];
const NUMBERS = [0, 1, 2, 3, 4, 5, 7, 10, 12, 100, -1, -2, -7, 0.5, 1.5, 2.5,
	-0.5, 0.1, 0.2, 0.3, 0.07, 19.99, 1e3, 1e21, 1e-7, 1e300, 9007199254740991,
	9007199254740992, 0.30000000000000004];
const PATTERNS = ["a", "^a", "b$", "^[ab]*$", "^\\d+$", "^(NIH|NSF)-", "^.{2}$",
	"^LAB-[0-9]+$", "^[^\\u0000-\\u0020]+$", "\\S", "^\\w{1,3}$", "^\\p{L}+$",
	"(a)\\1", "^(?=.*b)", "^x", "[é-ö]", "^💩", "^$", "^\\s"];
const STEPS = [1, 2, 3, 0.5, 1.5, 0.25, 5, 0.1, 0.01, 1e-7];
const TYPES = ["string", "integer", "number", "boolean", "null", "array",
	"object"];

class Schemas {
	constructor(random) {
		this.r = random;
		this.defs = 0;
		this.unevaluated = false;
	}

	/* Any value that is not deep, for enum, const and records. */
	value(depth = 2) {
		const r = this.r;
		const kind = r.below(depth > 0 ? 9 : 7);
		if (kind < 3)
			return r.pick(NUMBERS);
		if (kind < 5)
			return r.pick(TEXTS);
		if (kind === 5)
			return r.chance(0.5);
		if (kind === 6)
			return null;
		if (kind === 7)
			return Array.from({ length: r.below(4) },
				() => this.value(depth - 1));
		return Object.fromEntries(r.some(NAMES, 0.2)
			.map((name) => [name, this.value(depth - 1)]));
	}

	/* What is said of a value of one type. */
	number(s) {
		const r = this.r;
		for (const k of ["minimum", "maximum", "exclusiveMinimum",
			"exclusiveMaximum"])
			if (r.chance(0.25))
				s[k] = r.pick(NUMBERS);
		if (r.chance(0.2))
			s.multipleOf = r.pick(STEPS);
	}

	string(s) {
		const r = this.r;
		if (r.chance(0.3))
			s.minLength = r.below(4);
		if (r.chance(0.3))
			s.maxLength = 1 + r.below(6);
		if (r.chance(0.35))
			s.pattern = r.pick(PATTERNS);
		if (r.chance(0.15))
			s.format = r.pick(["date", "date-time", "email", "ipv4",
				"no-such-format"]);
	}

	array(s, depth) {
		const r = this.r;
		if (r.chance(0.5))
			s.items = this.schema(depth - 1);
		if (r.chance(0.35))
			s.prefixItems = Array.from({ length: 1 + r.below(3) },
				() => this.schema(depth - 1));
		if (r.chance(0.25)) {
			s.contains = this.schema(depth - 1);
			if (r.chance(0.4))
				s.minContains = r.below(3);
			if (r.chance(0.4))
				s.maxContains = 1 + r.below(3);
		}
		if (r.chance(0.2))
			s.minItems = r.below(3);
		if (r.chance(0.2))
			s.maxItems = 1 + r.below(4);
		if (r.chance(0.25))
			s.uniqueItems = r.chance(0.9);
		if (this.unevaluated && r.chance(0.5)) {
			if (r.chance(0.7))
				delete s.items;
			s.unevaluatedItems = this.schema(depth - 1);
		}
	}

	object(s, depth, from) {
		const r = this.r;
		const schemas = (list, first = 0) => Object.fromEntries(
			list.map((key) => [key, this.schema(depth - 1, first)]));
		if (r.chance(0.8))
			s.properties = schemas(r.some(NAMES, 0.3));
		if (r.chance(0.25))
			s.patternProperties = schemas(r.some(PATTERNS, 0.1));
		if (r.chance(0.35))
			s.additionalProperties = r.chance(0.5) ? false :
				this.schema(depth - 1);
		if (r.chance(0.4))
			s.required = r.some(NAMES, 0.15);
		if (r.chance(0.15))
			s.propertyNames = this.text();
		if (r.chance(0.15))
			s.minProperties = r.below(3);
		if (r.chance(0.15))
			s.maxProperties = 1 + r.below(5);
		if (r.chance(0.15))
			s.dependentRequired = Object.fromEntries(r.some(NAMES, 0.2)
				.map((name) => [name, r.some(NAMES, 0.15)]));
		if (r.chance(0.15))
			s.dependentSchemas = schemas(r.some(NAMES, 0.15), from);
		if (this.unevaluated && r.chance(0.5)) {
			if (r.chance(0.7))
				delete s.additionalProperties;
			s.unevaluatedProperties = r.chance(0.6) ? false :
				this.schema(depth - 1);
		}
	}

	/* A schema of names. */
	text() {
		const s = {};
		this.string(s);
		delete s.format;
		if (this.r.chance(0.3))
			s.enum = this.r.some(NAMES, 0.6).concat("a");
		return s;
	}

	/* What joins schemas of the same value; `from` is the first definition
	   that it may call, so that none calls itself without end. */
	join(s, depth, from) {
		const r = this.r;
		const list = () => Array.from({ length: 1 + r.below(3) },
			() => this.schema(depth - 1, from));
		if (r.chance(0.2))
			s[r.pick(["allOf", "anyOf", "oneOf"])] = list();
		if (r.chance(0.1))
			s.not = this.schema(depth - 1, from);
		if (r.chance(0.15)) {
			s.if = this.schema(depth - 1, from);
			if (r.chance(0.8))
				s.then = this.schema(depth - 1, from);
			if (r.chance(0.7))
				s.else = this.schema(depth - 1, from);
		}
		if (from < this.defs && r.chance(0.25)) {
			const n = from + r.below(this.defs - from);
			s.$ref = n % 2 ? "#anchor" + n : "#/$defs/d" + n;
		}
	}

	/* from as for join: by default any, since the value lies deeper. */
	schema(depth, from = 0) {
		const r = this.r;
		if (depth <= 0 || r.chance(0.06))
			return r.chance(0.3) ? r.chance(0.75) : this.leaf();
		const s = {};
		if (r.chance(0.75))
			s.type = r.chance(0.7) ? r.pick(TYPES) : this.types();
		const types = [].concat(s.type || r.pick(TYPES));
		for (const type of types)
			if (type === "array" || type === "object")
				this[type](s, depth, from);
			else if (type === "string")
				this.string(s);
			else if (type === "integer" || type === "number")
				this.number(s);
		this.join(s, depth, from);
		return s;
	}

	types() {
		const list = this.r.some(TYPES, 0.35);
		return list.length > 0 ? list : ["integer", "null"];
	}

	/* A schema of a value that holds no others. */
	leaf() {
		const r = this.r;
		const kind = r.below(10);
		const s = {};
		if (kind === 0)
			return { const: this.value() };
		if (kind === 1)
			return { enum: Array.from({ length: 1 + r.below(5) },
				() => this.value()) };
		if (kind < 6)
			this.number(s);
		else
			this.string(s);
		if (r.chance(0.8))
			s.type = kind < 6 ? r.pick(["integer", "number"]) : "string";
		if (r.chance(0.15) && s.type)
			s.type = [s.type, "null"];
		if (r.chance(0.1))
			return { anyOf: [s, { type: "null" }], default: null };
		return s;
	}

	/* The schema of a record whose members are numbers and texts. */
	flat() {
		const r = this.r;
		const names = r.some(NAMES, 0.5);
		const s = { type: "object", properties: Object.fromEntries(
			names.map((name) => [name, this.leaf()])) };
		if (r.chance(0.6))
			s.required = r.some(names, 0.3);
		if (r.chance(0.5))
			s.additionalProperties = r.chance(0.3);
		return s;
	}

	deep() {
		const r = this.r;
		this.unevaluated = r.chance(0.3);
		this.defs = r.below(4);
		const depth = 2 + r.below(3);
		let s = this.schema(depth);
		if (!(s.type === "object" && r.chance(0.8)))
			s = { properties: { data: s } };
		if (this.defs > 0)
			s.$defs = {};
		for (let n = 0; n < this.defs; n++) {
			const d = this.schema(depth - 1, n + 1);
			s.$defs["d" + n] = n % 2 === 0 ? d :
				d === true || d === false ? { $anchor: "anchor" + n } :
				{ $anchor: "anchor" + n, ...d };
		}
		return s;
	}

	any() {
		return this.r.chance(0.3) ? this.flat() : this.deep();
	}
}

module.exports = { Schemas, NAMES, TEXTS, NUMBERS };
