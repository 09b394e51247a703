/* report.js - sort, filter and search the rows of the page, all in the page */
(function () {
	"use strict";
	const STEP = 200;
	const ID = 0, VERDICT = 1, REASON = 2, FIRST = 3, ALL = 4, ROW = 5,
		NAME = 6, LINE = 7, FAILURES = 8, FIRST_AT = 9, LAST_AT = 10, GROUPS = 11,
		SENT = 12;
	const data = JSON.parse(document.getElementById("data").textContent);
	const by = (id) => document.getElementById(id);
	const table = by("rows");
	const body = table.tBodies[0];
	const heads = table.tHead.rows[0].cells;
	const labels = Array.from(heads, (th) => th.textContent);
	const keys = Array.from(heads, (th) => Number(th.dataset.key));
	const words = data.rows.map((row) => (row[ID] + " " + row[VERDICT] + " " +
		row[REASON] + " " + row[ALL] + " " + row[ROW] + " " + row[NAME] + ":" +
		row[LINE]).toLowerCase());
	const collator = new Intl.Collator("en", { numeric: true });
	let found = [];
	let shown = STEP;
	let sort = -1;
	let down = false;

	function element(name, className, text) {
		const e = document.createElement(name);
		if (className)
			e.className = className;
		if (text !== undefined)
			e.textContent = text;
		return e;
	}

	function time(seconds) {
		const iso = new Date(seconds * 1000).toISOString();
		const e = element("time", "", iso.slice(0, 10) + " " + iso.slice(11, 16));
		e.dateTime = iso.slice(0, 19) + "Z";
		return e;
	}

	function what(row) {
		const details = element("details");
		details.append(element("summary", "", row[FIRST] || "no error was given"));
		if (row[ALL] !== row[FIRST])
			details.append(element("p", "", row[ALL]));
		details.append(element("pre", "", row[ROW] || "no row was kept"));
		if (row[SENT].length > 0)
			details.append(element("p", "soft", "Request and answer"),
				element("pre", "", row[SENT].join("\n")));
		return details;
	}

	function cell(k, row) {
		const td = element("td", k === FAILURES ? "n" : "");
		td.dataset.label = labels[keys.indexOf(k)];
		if (k === ID)
			td.append(element("code", "", row[ID]));
		else if (k === VERDICT)
			td.append(element("span", "verdict " + row[VERDICT], row[VERDICT]));
		else if (k === FIRST)
			td.append(what(row));
		else if (k === NAME) {
			td.append(row[NAME]);
			if (row[LINE] > 0)
				td.append(element("span", "keep", ":" + row[LINE]));
		}
		else if (k === FIRST_AT || k === LAST_AT)
			td.append(time(row[k]));
		else
			td.append(String(row[k]));
		return td;
	}

	function line(row) {
		const tr = element("tr");
		tr.append(...keys.map((k) => cell(k, row)));
		return tr;
	}

	function count(n, one, many) {
		return n.toLocaleString("en") + " " + (n === 1 ? one : many);
	}

	function draw() {
		const lines = found.slice(0, shown).map((i) => line(data.rows[i]));
		body.replaceChildren(...lines);
		by("more").hidden = found.length <= shown;
		let text = "Showing " + (lines.length === found.length ? "" :
			lines.length.toLocaleString("en") + " of ") +
			count(found.length, "row", "rows");
		if (found.length !== data.rows.length)
			text += " of " + data.rows.length.toLocaleString("en");
		if (data.rows.length < data.open)
			text += ", the newest of " + data.open.toLocaleString("en") +
				" that are open";
		by("status").textContent = text + ".";
	}

	function order(a, b) {
		const x = data.rows[a];
		const y = data.rows[b];
		let less = typeof x[sort] === "number" ? x[sort] - y[sort] :
			collator.compare(x[sort], y[sort]);
		if (less === 0 && sort === NAME)
			less = x[LINE] - y[LINE];
		return (down ? -less : less) || a - b;
	}

	function choose() {
		const text = by("search").value.trim().toLowerCase();
		const terms = text === "" ? [] : text.split(/\s+/);
		const verdict = by("verdict").value;
		const reason = by("reason").value;
		const group = by("group").value;
		found = [];
		for (let i = 0; i < data.rows.length; i++) {
			const row = data.rows[i];
			if ((verdict === "" || row[VERDICT] === verdict) &&
				(reason === "" || row[REASON] === reason) &&
				(group === "" || row[GROUPS].includes(Number(group))) &&
				terms.every((term) => words[i].includes(term)))
				found.push(i);
		}
		if (sort >= 0)
			found.sort(order);
		shown = STEP;
		for (const tr of by("groups").tBodies[0].rows)
			tr.classList.toggle("chosen", tr.dataset.group === group && group !== "");
		draw();
	}

	function sortBy(th) {
		const key = Number(th.dataset.key);
		down = sort === key ? !down : false;
		sort = key;
		for (const other of heads)
			other.removeAttribute("aria-sort");
		th.setAttribute("aria-sort", down ? "descending" : "ascending");
		choose();
	}

	function option(select, value, text) {
		const e = element("option", "", text);
		e.value = value;
		select.append(e);
	}

	for (const th of heads) {
		const button = element("button", "", th.textContent);
		button.type = "button";
		button.addEventListener("click", () => sortBy(th));
		th.replaceChildren(button);
	}
	for (const [id, key] of [["verdict", VERDICT], ["reason", REASON]])
		for (const v of Array.from(new Set(data.rows.map((row) => row[key]))).sort())
			option(by(id), v, v);
	for (const tr of by("groups").tBodies[0].rows) {
		const place = tr.querySelector(".print");
		const button = element("button", "pick", place.textContent);
		button.type = "button";
		button.title = "Show the rows of this group";
		button.addEventListener("click", () => {
			by("group").value = tr.dataset.group;
			choose();
			by("found").scrollIntoView();
			by("group").focus({ preventScroll: true });
		});
		place.replaceChildren(button);
		option(by("group"), tr.dataset.group, place.textContent + " " +
			tr.dataset.name);
	}
	by("search").addEventListener("input", choose);
	for (const id of ["verdict", "reason", "group"])
		by(id).addEventListener("change", choose);
	by("clear").addEventListener("click", () => {
		for (const id of ["search", "verdict", "reason", "group"])
			by(id).value = "";
		choose();
		by("search").focus();
	});
	by("more").addEventListener("click", () => {
		const first = shown;
		shown += STEP;
		draw();
		const summary = body.rows[first].querySelector("summary");
		if (summary)
			summary.focus();
	});
	by("controls").hidden = false;
	choose();
})();
