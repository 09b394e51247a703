/*
 * records.js - records by chance that a schema may well take
 *
 * A value is made after the schema, as far as that is easily done, and then
 * often spoilt in one place.  Its text is JSON as others write it: numbers in
 * more than one form, escapes where there need be none.
 */
"use strict";

const { Schemas, NAMES, TEXTS, NUMBERS } = require("./schemas.js");

const isObject = (v) => typeof v === "object" && v !== null &&
	!Array.isArray(v);

/* Two values as one where that makes sense. */
function merged(a, b) {
	if (isObject(a) && isObject(b))
		return { ...a, ...b };
	if (Array.isArray(a) && Array.isArray(b))
		return a.length > b.length ? a : b;
	return b;
}

class Records {
	constructor(random, schema) {
		this.r = random;
		this.root = schema;
		this.any = new Schemas(random);
	}

	target(ref) {
		if (ref === "#")
			return this.root;
		return this.root.$defs["d" + ref.match(/\d+$/)[0]];
	}

	/* A value of one type that has what the schema says of that type. */
	number(s, whole) {
		const r = this.r;
		const near = [s.minimum, s.maximum, s.exclusiveMinimum,
			s.exclusiveMaximum, s.multipleOf].filter((x) => x !== undefined);
		let v = near.length > 0 && r.chance(0.7) ?
			r.pick(near) + r.pick([0, 0, 1, -1, 0.5]) : r.pick(NUMBERS);
		if (s.multipleOf && r.chance(0.6))
			v = s.multipleOf * r.below(20);
		v = whole && r.chance(0.95) ? Math.round(v) : v;
		return v === 0 ? 0 : Number(v.toPrecision(15));
	}

	string(s) {
		const r = this.r;
		let fits = TEXTS.filter((t) => (!s.pattern ||
			new RegExp(s.pattern, "u").test(t)) &&
			[...t].length >= (s.minLength || 0) &&
			[...t].length <= (s.maxLength || 99));
		if (s.format && r.chance(0.8))
			fits = fits.filter((t) => /^\d{4}-/.test(t));
		return r.pick(fits.length > 0 && r.chance(0.8) ? fits : TEXTS);
	}

	array(s, depth) {
		const r = this.r;
		const v = [];
		const n = r.chance(0.8) ?
			Math.max(s.minItems || 0, Math.min(s.maxItems || 4, r.below(5))) :
			r.below(5);
		for (let i = 0; i < n; i++)
			v.push(this.value((s.prefixItems || [])[i] ?? s.items ??
				s.unevaluatedItems ?? true, depth - 1));
		if (s.contains !== undefined && r.chance(0.8))
			for (let i = r.below(3); i >= 0; i--)
				v.splice(r.below(v.length + 1), 0,
					this.value(s.contains, depth - 1));
		return v;
	}

	object(s, depth) {
		const r = this.r;
		const v = {};
		const properties = s.properties || {};
		const names = new Set([...r.some(Object.keys(properties), 0.7),
			...r.some(s.required || [], 0.95)]);
		if (r.chance(0.3))
			names.add(r.pick(NAMES));
		if (r.chance(0.8))
			for (const [name, more] of
				Object.entries(s.dependentRequired || {}))
				if (names.has(name))
					more.forEach((x) => names.add(x));
		for (const name of names) {
			const own = Object.hasOwn(properties, name);
			const rest = s.additionalProperties ?? s.unevaluatedProperties;
			if (!own && rest === false && r.chance(0.8) &&
				!(s.required || []).includes(name))
				continue;
			v[name] = this.value(own ? properties[name] : rest || true,
				depth - 1);
		}
		return v;
	}

	typed(s, depth) {
		const r = this.r;
		const hints = { properties: "object", required: "object",
			items: "array", prefixItems: "array", contains: "array",
			minimum: "number", multipleOf: "number", maxLength: "string",
			minLength: "string", pattern: "string", format: "string" };
		const hint = Object.keys(hints).filter((k) => k in s);
		const type = s.type ? r.pick([].concat(s.type)) :
			hint.length > 0 ? hints[r.pick(hint)] : "";
		switch (type) {
		case "object": return this.object(s, depth);
		case "array": return this.array(s, depth);
		case "string": return this.string(s);
		case "integer": return this.number(s, true);
		case "number": return this.number(s, false);
		case "boolean": return r.chance(0.5);
		case "null": return null;
		default: return this.any.value();
		}
	}

	value(s, depth = 6) {
		const r = this.r;
		if (depth <= 0 || s === true || s === false || r.chance(0.02))
			return this.any.value(1);
		if ("const" in s)
			return s.const;
		if ("enum" in s)
			return r.pick(s.enum);
		let v = this.typed(s, depth);
		const within = [...(s.allOf || [])];
		for (const k of ["anyOf", "oneOf"])
			if (s[k])
				within.push(r.pick(s[k]));
		if (s.$ref)
			within.push(this.target(s.$ref));
		if (s.if !== undefined)
			within.push(...(r.chance(0.5) ? [s.if, s.then ?? true] :
				[s.else ?? true]));
		for (const one of within)
			if (r.chance(0.8) && one !== true && one !== false)
				v = merged(v, this.value(one, depth - 1));
		return v;
	}

	/* Something else in one place. */
	spoilt(v, depth = 0) {
		const r = this.r;
		if (isObject(v) && (depth === 0 || r.chance(0.7))) {
			const names = Object.keys(v);
			const copy = { ...v };
			const name = names.length > 0 && r.chance(0.8) ? r.pick(names) :
				r.pick(NAMES);
			if (r.chance(0.25))
				delete copy[name];
			else
				copy[name] = this.spoilt(v[name], depth + 1);
			return copy;
		}
		if (Array.isArray(v) && v.length > 0 && r.chance(0.7)) {
			const copy = [...v];
			const i = r.below(v.length);
			copy.splice(i, 1, ...r.pick([[], [v[i], v[i]],
				[this.spoilt(v[i], depth + 1)]]));
			return copy;
		}
		return this.any.value();
	}

	/* A record: always an object. */
	record() {
		const v = this.value(this.root);
		const object = isObject(v) ? v : { data: v };
		return this.r.chance(0.4) ? this.spoilt(object) : object;
	}

	/* ---- its text ---- */

	numberText(v) {
		const plain = JSON.stringify(v);
		if (!this.r.chance(0.15))
			return plain;
		if (/^-?\d+$/.test(plain))
			return this.r.pick([plain + ".0", plain + "e0",
				v === 0 ? "-0" : plain + "0E-1"]);
		return /^-?\d+\.\d+$/.test(plain) ? plain + "0" : plain;
	}

	stringText(v) {
		if (!this.r.chance(0.1))
			return JSON.stringify(v);
		let text = "";
		for (let i = 0; i < v.length; i++)
			text += "\\u" + v.charCodeAt(i).toString(16).padStart(4, "0");
		return '"' + text + '"';
	}

	text(v) {
		if (typeof v === "number")
			return this.numberText(v);
		if (typeof v === "string")
			return this.stringText(v);
		if (Array.isArray(v))
			return "[" + v.map((x) => this.text(x)).join(",") + "]";
		if (isObject(v))
			return "{" + Object.entries(v).map(([name, x]) =>
				this.stringText(name) + ":" + this.text(x)).join(",") + "}";
		return JSON.stringify(v);
	}

	/* A record with a number that a double, or its text, does not keep. */
	odd() {
		const value = this.r.pick(["1e400", "-1e999", "1e-400",
			"0.1234567890123456789012345678", "123456789012345678901234567890",
			"10000000000000001", "9007199254740993", "1180591620717411303424"]);
		return '{"a":' + value + "}";
	}
}

module.exports = { Records };
