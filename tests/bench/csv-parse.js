// csv-parse.js FILE - its rows as a line of JSON each, by csv-parse of npm
const path = require("path");
const npm = path.join(__dirname, "../../build/npm/node_modules");
const { parse } = require(path.join(npm, "csv-parse"));
const fs = require("fs");

let lines = [];
const flush = () => {
	fs.writeSync(1, lines.join("\n") + "\n");
	lines = [];
};
const parser = fs.createReadStream(process.argv[2]).pipe(parse({ columns: true }));
parser.on("data", (row) => {
	if (lines.push(JSON.stringify(row)) === 1000)
		flush();
});
parser.on("end", () => lines.length > 0 && flush());
