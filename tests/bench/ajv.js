/*
 * ajv.js SCHEMA FILE [stream] - count the records of a file that fit, by ajv
 *
 * FILE is NDJSON of bare records, or the stream that inv-split makes of them.
 * As fast as node does it without leaving JavaScript: large reads, lines cut
 * by indexOf, JSON.parse, the compiled function of ajv, and no output.
 */
"use strict";

const fs = require("fs");
const { StringDecoder } = require("string_decoder");
const Ajv = require("../../build/npm/node_modules/ajv/dist/2020").default;

const ajv = new Ajv({ strict: false, validateFormats: true });
/* The calendar is not looked at, which is less than inv-validate does. */
ajv.addFormat("date", /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
for (const name of ["date-time", "time", "duration", "email", "uri", "uuid",
	"uri-reference", "regex"])
	ajv.addFormat(name, true);
const fits = ajv.compile(JSON.parse(fs.readFileSync(process.argv[2])));
const decoder = new StringDecoder("utf8");
const recordOf = process.argv[4] === "stream" ?
	(line) => line.type === "record" ? line.record : undefined :
	(line) => line;
let rest = "";
let rows = 0;
let good = 0;

fs.createReadStream(process.argv[3], { highWaterMark: 1 << 20 })
	.on("data", (chunk) => {
		const text = rest + decoder.write(chunk);
		let begin = 0;
		for (let end; (end = text.indexOf("\n", begin)) >= 0;
			begin = end + 1) {
			const record = recordOf(JSON.parse(text.slice(begin, end)));
			if (record === undefined)
				continue;
			rows++;
			if (fits(record))
				good++;
		}
		rest = text.slice(begin);
	})
	.on("end", () => console.log(JSON.stringify({ rows, good })));
