/* random.js - numbers by chance that can be had again, from a seed */
"use strict";

/* Mulberry32: 32 bits of state are enough to tell the cases apart. */
module.exports = class {
	constructor(seed) {
		this.state = seed | 0;
	}

	/* At least 0, below 1. */
	next() {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	/* One of 0 .. n - 1. */
	below(n) {
		return Math.floor(this.next() * n);
	}

	chance(p) {
		return this.next() < p;
	}

	pick(list) {
		return list[this.below(list.length)];
	}

	/* Some of a list, in its order. */
	some(list, p) {
		return list.filter(() => this.chance(p));
	}
};
