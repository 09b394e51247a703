/*
 * judge.js - JSON Schema read literally, to say who is right
 *
 * No more than the schemas of schemas.js have.  Slow, and as near to the words
 * of the specification as can be: each schema gives whether the value fits and
 * which of its members and items were evaluated.  Numbers are decimals.
 */
"use strict";

const isObject = (v) => typeof v === "object" && v !== null &&
	!Array.isArray(v);

function equal(a, b) {
	if (typeof a !== "object" || typeof b !== "object" || !a || !b)
		return a === b;
	if (Array.isArray(a) !== Array.isArray(b))
		return false;
	const names = Object.keys(a);
	return names.length === Object.keys(b).length &&
		names.every((k) => Object.hasOwn(b, k) && equal(a[k], b[k]));
}

/* A number as its digits and the power of ten they stand at. */
function decimal(v) {
	const [, sign, whole, fraction = "", exponent = "0"] = String(v)
		.match(/^(-?)(\d+)(?:\.(\d+))?(?:e([-+]\d+))?$/);
	return { digits: BigInt(sign + whole + fraction),
		power: Number(exponent) - fraction.length };
}

function isMultiple(v, of) {
	const a = decimal(v), b = decimal(of);
	const least = Math.min(a.power, b.power);
	return (a.digits * 10n ** BigInt(a.power - least)) %
		(b.digits * 10n ** BigInt(b.power - least)) === 0n;
}

function isType(v, type) {
	switch (type) {
	case "integer": return typeof v === "number" && isMultiple(v, 1);
	case "array": return Array.isArray(v);
	case "object": return isObject(v);
	case "null": return v === null;
	default: return typeof v === type;
	}
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[-+]([01]\d|2[0-3]):[0-5]\d)$/i;

function isDate(text) {
	const [, y, m, d] = (text.match(DATE) || []).map(Number);
	return m >= 1 && m <= 12 && d >= 1 &&
		d <= new Date(Date.UTC(2000 + y % 400, m, 0)).getUTCDate();
}

/* Leap seconds are no part of what is made here. */
function isDateTime(text) {
	return /^t$/i.test(text[10]) && isDate(text.slice(0, 10)) &&
		TIME.test(text.slice(11));
}

class Judge {
	constructor(root) {
		this.root = root;
	}

	target(ref) {
		if (ref === "#")
			return this.root;
		return this.root.$defs["d" + ref.match(/\d+$/)[0]];
	}

	simple(s, v) {
		const has = (k) => Object.hasOwn(s, k);
		if (has("type") && ![].concat(s.type).some((t) => isType(v, t)))
			return false;
		if (has("const") && !equal(s.const, v))
			return false;
		if (has("enum") && !s.enum.some((x) => equal(x, v)))
			return false;
		if (typeof v === "number")
			return !(v < s.minimum || v > s.maximum ||
				v <= s.exclusiveMinimum || v >= s.exclusiveMaximum) &&
				(!has("multipleOf") || isMultiple(v, s.multipleOf));
		if (typeof v === "string")
			return !([...v].length < s.minLength ||
				[...v].length > s.maxLength) &&
				(!has("pattern") || new RegExp(s.pattern, "u").test(v)) &&
				(s.format !== "date" || isDate(v)) &&
				(s.format !== "date-time" || isDateTime(v));
		return true;
	}

	array(s, v, seen) {
		const prefix = s.prefixItems || [];
		let ok = true;
		const check = (i, schema) => {
			seen.items.add(i);
			ok = this.fits(schema, v[i]) && ok;
		};
		v.forEach((x, i) => {
			if (i < prefix.length)
				check(i, prefix[i]);
			else if (s.items !== undefined)
				check(i, s.items);
		});
		if (s.contains !== undefined) {
			const found = v.map((x) => this.fits(s.contains, x));
			found.forEach((yes, i) => yes && seen.items.add(i));
			const n = found.filter(Boolean).length;
			ok &&= n >= (s.minContains ?? 1) && !(n > s.maxContains);
		}
		if (s.uniqueItems)
			ok &&= v.every((x, i) => !v.slice(0, i).some((y) => equal(x, y)));
		return ok && !(v.length < s.minItems) && !(v.length > s.maxItems);
	}

	object(s, v, seen) {
		const names = Object.keys(v);
		let ok = true;
		for (const name of names) {
			const rules = [];
			if (Object.hasOwn(s.properties || {}, name))
				rules.push(s.properties[name]);
			for (const [p, rule] of Object.entries(s.patternProperties || {}))
				if (new RegExp(p, "u").test(name))
					rules.push(rule);
			if (rules.length === 0 && s.additionalProperties !== undefined)
				rules.push(s.additionalProperties);
			for (const rule of rules) {
				seen.members.add(name);
				ok = this.fits(rule, v[name]) && ok;
			}
			if (s.propertyNames !== undefined)
				ok = this.fits(s.propertyNames, name) && ok;
			const list = s.dependentRequired || {};
			if (Object.hasOwn(list, name))
				ok &&= list[name].every((k) => Object.hasOwn(v, k));
		}
		ok &&= (s.required || []).every((k) => Object.hasOwn(v, k));
		return ok && !(names.length < s.minProperties) &&
			!(names.length > s.maxProperties);
	}

	/* What others say of the same value; what they evaluated counts where
	   they fit. */
	joined(s, v, seen) {
		const one = (schema) => {
			const theirs = this.evaluate(schema, v);
			if (theirs.ok) {
				theirs.members.forEach((x) => seen.members.add(x));
				theirs.items.forEach((x) => seen.items.add(x));
			}
			return theirs.ok;
		};
		const count = (list) => list.map(one).filter(Boolean).length;
		let ok = true;
		if (s.$ref)
			ok = one(this.target(s.$ref)) && ok;
		if (s.allOf)
			ok = count(s.allOf) === s.allOf.length && ok;
		if (s.anyOf)
			ok = count(s.anyOf) > 0 && ok;
		if (s.oneOf)
			ok = count(s.oneOf) === 1 && ok;
		if (s.not !== undefined)
			ok = !this.fits(s.not, v) && ok;
		if (s.if !== undefined)
			ok = one((one(s.if) ? s.then : s.else) ?? true) && ok;
		if (isObject(v))
			for (const [name, schema] of
				Object.entries(s.dependentSchemas || {}))
				if (Object.hasOwn(v, name))
					ok = one(schema) && ok;
		return ok;
	}

	evaluate(s, v) {
		const seen = { ok: s !== false, members: new Set(),
			items: new Set() };
		if (s === true || s === false)
			return seen;
		let ok = this.simple(s, v);
		if (Array.isArray(v))
			ok = this.array(s, v, seen) && ok;
		if (isObject(v))
			ok = this.object(s, v, seen) && ok;
		ok = this.joined(s, v, seen) && ok;
		if (s.unevaluatedItems !== undefined && Array.isArray(v))
			v.forEach((x, i) => {
				if (!seen.items.has(i))
					ok = this.fits(s.unevaluatedItems, x) && ok;
				seen.items.add(i);
			});
		if (s.unevaluatedProperties !== undefined && isObject(v))
			for (const name of Object.keys(v)) {
				if (!seen.members.has(name))
					ok = this.fits(s.unevaluatedProperties, v[name]) && ok;
				seen.members.add(name);
			}
		seen.ok = ok;
		return seen;
	}

	fits(s, v) {
		return this.evaluate(s, v).ok;
	}
}

module.exports = { Judge, isDate, isDateTime };
