#!/usr/bin/env bats
# report - the page of inv-quarantine report, in a real browser

load lib

# One browser for all of these: chromedriver, spoken to over HTTP.
setup_file() {
	command -v chromedriver > /dev/null && command -v chromium > /dev/null || return 0
	cd "$BATS_FILE_TMPDIR"
	chromedriver --port=0 > driver.log 2>&1 3>&- &
	DRIVER_PID=$!
	local i
	for ((i = 0; i < 1500; i++)); do
		grep -q 'successfully on port' driver.log && break
		sleep 0.01
	done
	DRIVER=http://127.0.0.1:$(sed -n 's/.*successfully on port \([0-9]*\)\.*$/\1/p' driver.log | tail -n 1)
	jq -nc --arg dir "$BATS_FILE_TMPDIR/profile" '{capabilities:
		{alwaysMatch:{"goog:chromeOptions":{args:["--headless","--no-sandbox",
		"--disable-gpu","--disable-quic","--no-first-run","--disable-sync",
		"--disable-background-networking","--disable-component-update",
		"--disable-dev-shm-usage","--window-size=1280,900",
		"--user-data-dir=" + $dir]},"goog:loggingPrefs":{browser:"ALL"}}}}' > session
	curl -sS -m 100 -d @session "$DRIVER/session" > session.answer || true
	SESSION=$(jq -r '.value.sessionId // empty' session.answer)
	[ -n "$SESSION" ] || cat session.answer driver.log >&2
	export DRIVER DRIVER_PID SESSION
}

teardown_file() {
	[ -n "${DRIVER_PID:-}" ] || return 0
	[ -z "$SESSION" ] ||
		curl -sS -m 20 -X DELETE "$DRIVER/session/$SESSION" > /dev/null || true
	kill "$DRIVER_PID" || true
}

prepare() {
	set -o pipefail
	M=$(printf '%064d' 0 | tr 0 a)
	export SOURCE_DATE_EPOCH
	SOURCE_DATE_EPOCH=$(($(date +%s) + 60))
}

# ---- the browser ----

browser() {
	command -v chromedriver > /dev/null && command -v chromium > /dev/null ||
		skip "no chromium and chromedriver here"
	[ -n "$SESSION" ] ||
		skip "chromium does not start here: $(jq -r '.value.message // "no answer"' \
			"$BATS_FILE_TMPDIR/session.answer" | head -n 1)"
}

# ask METHOD PATH [JSON]: the value of chromedriver's answer.
ask() {
	local body=()
	[ $# -lt 3 ] || body=(-d "$3")
	curl -sS -m 60 -X "$1" "${body[@]}" "$DRIVER/session/$SESSION/$2" > answer
	jq -c '.value | if type == "object" and has("error") then error else . end' answer
}

load_page() { # URL
	ask POST url "$(jq -nc --arg url "$1" '{url:$url}')" > /dev/null
}

show() { # [FILE]
	load_page "file://$PWD/${1:-page.html}"
}

js() { # EXPRESSION
	ask POST execute/sync "$(jq -nc --arg e "return $1" '{script:$e,args:[]}')"
}

chrome() { # COMMAND PARAMETERS: of its own protocol
	ask POST goog/cdp/execute "{\"cmd\":\"$1\",\"params\":$2}"
}

# The page has said nothing: no error, no refusal.
silent() {
	[ "$(ask POST se/log '{"type":"browser"}')" = '[]' ]
}

# What the rows of the table say in a column.
column() { # NUMBER
	js "Array.from(document.querySelectorAll('#rows tbody tr')).map(r => r.cells[$1].textContent)"
}

choose() { # ID VALUE
	js "(() => { const e = document.getElementById('$1'); e.value = $(jq -nc --arg v "$2" '$v');
		e.dispatchEvent(new Event(e.tagName === 'INPUT' ? 'input' : 'change')); })()" > /dev/null
}

click() { # SELECTOR
	js "document.querySelector('$1').click()" > /dev/null
}

status() {
	js "document.getElementById('status').textContent" | jq -r .
}

# ---- a quarantine ----

manifest() { # [RUN [NAME]]
	jq -nc --arg m "$M" --arg run "$(printf '%016d' "${1:-1}")" --arg name "${2:-m.csv}" \
		'{type:"manifest",v:1,manifest:$m,run:$run,name:$name,format:"csv",submission:1}'
}

# Rows FROM to TO with a verdict, a reason, an error of a type in a field.
rows() { # FROM TO VERDICT REASON TYPE FIELD
	seq "$1" "$2" | jq -c --arg m "${M:0:32}" --arg v "$3" --arg r "$4" --arg t "$5" --arg f "$6" \
		'{type:"record",manifest:$m,row:.,line:(. + 1),chunk:((. - 1) / 500 | floor),
		record:{id:"r\(.)"},verdict:$v,stage:"s",reason:$r,
		errors:[{type:$t,loc:[$f],msg:"wrong \(. * 7 % 100)",input:"x"}]}'
}

end() { # ROWS
	printf '{"type":"end","manifest":"%s","rows":%d,"counts":{"pending":0}}\n' "$M" "$1"
}

keep() {
	inv-quarantine -q > /dev/null
}

ten() {
	{
		manifest
		rows 1 5 quarantined schema_violation int_parsing quantity
		rows 6 8 quarantined conflict conflict location
		rows 9 9 held systemic outage batch
		rows 10 10 ambiguous timeout timeout batch
		end 10
	} | keep
}

report() {
	inv-quarantine report --html "${1:-page.html}"
}

# ---- the program ----

@test "the page goes to a file, which is replaced whole, or to stdout" {
	ten
	echo old > page.html
	ln page.html before
	report
	report - > out
	cmp page.html out
	[ "$(cat before)" = old ]
	[ "$(stat -c %a page.html)" = 600 ]
	[ "$(ls page.html*)" = page.html ]
}

@test "a report that can not be written is said, and what was there stays" {
	ten
	run -74 sh -c 'inv-quarantine report --html - > /dev/full'
	[[ $output = *"No space left"* ]]
	run inv-quarantine report --html none/page.html
	[ "$status" -ge 64 ]
	[[ $output = *none/page.html* ]]
	echo old > page.html
	run sh -c 'ulimit -f 1; inv-quarantine report --html page.html'
	[ "$status" != 0 ]
	[ "$(cat page.html)" = old ]
}

@test "report without --html, with operands or with a wrong time is 64" {
	ten
	run -64 inv-quarantine report
	run -64 inv-quarantine report --html page.html more
	run -64 inv-quarantine list --html page.html
	SOURCE_DATE_EPOCH=soon run -64 report
	[ ! -e page.html ]
}

@test "without a quarantine report is 1 and writes nothing" {
	run -1 report
	[ ! -e page.html ]
}

@test "where nothing is open the page says so" {
	ten
	{
		manifest 2
		rows 1 10 skipped duplicate none none
		end 10
	} | keep
	run -0 report
	grep -q 'Nothing waits for a person' page.html
	grep -q '<dt>Closed in 24 hours</dt><dd class="number">10</dd>' page.html
	browser
	show
	silent
}

@test "the same items and the same time give the same bytes" {
	ten
	report one.html
	report two.html
	cmp one.html two.html
	SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + 3600)) report two.html
	run -1 cmp -s one.html two.html
}

@test "totals say what is open, new and closed, against yesterday" {
	ten
	{
		manifest 2
		rows 1 2 skipped duplicate none none
		rows 3 5 quarantined schema_violation int_parsing quantity
		rows 6 8 quarantined conflict conflict location
		rows 9 9 held systemic outage batch
		rows 10 10 ambiguous timeout timeout batch
		end 10
	} | keep
	report
	grep -q '<dt>Open</dt><dd class="number">8</dd><dd class="also">8 more than yesterday<br>6 quarantined, 1 held, 1 ambiguous' page.html
	grep -q '<dt>New in 24 hours</dt><dd class="number">10</dd>' page.html
	grep -q '<dt>Closed in 24 hours</dt><dd class="number">2</dd>' page.html
	SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + 3 * 86400)) report
	grep -q '>8</dd><dd class="also">as many as yesterday' page.html
	grep -q '<dt>New in 24 hours</dt><dd class="number">0</dd>' page.html
	grep -q '<dt>Oldest, in days</dt><dd class="number">3</dd>' page.html
	grep -q 'Open rows by age in days: 0: 0, 1–2: 0, 3–6: 8, ' page.html
	grep -q 'Open rows by reason: conflict 3, schema_violation 3, systemic 1, timeout 1, others 0"' page.html
	grep -Eq 'New and closed rows of each day: .* 10 and 2, ([0-9]+ [A-Z][a-z]+ 0 and 0(, )?){3}"' page.html
}

@test "an item with errors of two groups is in both, each group with its fingerprint" {
	{
		manifest
		rows 1 3 quarantined schema_violation int_parsing quantity
		rows 4 4 quarantined schema_violation int_parsing quantity |
			jq -c '.errors += [{type:"missing",loc:["lines",3,"code"],msg:"missing",input:null}]'
		end 4
	} | keep
	report
	grep -o '<tr data-group=.*data-name="[^"]*"' page.html > groups
	[ "$(cat groups)" = $'<tr data-group="0" data-name="schema_violation quantity int_parsing"\n<tr data-group="1" data-name="schema_violation lines.[].code missing"' ]
	[ "$(sed -n '/<table id="groups">/,/<\/table>/p' page.html | grep -o 'data-label="Rows">[0-9]*')" = $'data-label="Rows">4\ndata-label="Rows">1' ]
	grep -o 'class="print">[0-9a-f]\{8\}<' page.html > prints
	SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + 86400)) report
	grep -o 'class="print">[0-9a-f]\{8\}<' page.html | cmp - prints
	[ "$(sort -u prints | wc -l)" = 2 ]
}

# ---- in the browser ----

@test "the page says what helps, of each reason that rows wait for and no other" {
	local reason n=0
	{
		manifest
		for reason in $(awk '/^\.Ss What to do/ { on = 1; next } /^\.Ss / { on = 0 }
				on && /^\.It Cm / { sub(/^\.It Cm /, ""); gsub(/ ,/, ""); print }' \
				"$ROOT/man/inv-quarantine.1"); do
			n=$((n + 1))
			rows $n $n quarantined "$reason" type field
		done
		end $n
	} > all
	keep < all
	[ "$(wc -l < all)" -ge 16 ]
	report
	sed -n '/<table id="todo">/,/<\/table>/p' page.html > todo
	[ "$(grep -c "^<tr>" todo)" = 7 ]
	for reason in $(jq -r '.reason // empty' all); do
		grep -qE "data-label=\"Reason\">([a-z_]*, )*$reason[,<]" todo
	done
	grep -qF 'lease</td><td class="n" data-label="Rows">5</td>' todo
	export INV_STATE=$PWD/other
	{ manifest; rows 1 2 held systemic outage batch; rows 3 3 quarantined odd t f; end 3; } | keep
	report
	sed -n '/<table id="todo">/,/<\/table>/p' page.html > todo
	[ "$(grep -c '^<tr>' todo)" = 1 ]
	grep -qF '<td data-label="Reason">systemic</td><td class="n" data-label="Rows">2</td>' todo
	export INV_STATE=$PWD/none
	{ manifest; rows 1 1 quarantined odd t f; end 1; } | keep
	report
	run -1 grep -q 'What to do' page.html
}

@test "the page renders, and says nothing on the console" {
	browser
	ten
	report
	show
	[ "$(status)" = 'Showing 10 rows.' ]
	[ "$(column 0 | jq -c '[length, .[0], .[9]]')" = '[10,"aaaaaaaaaaaa-10","aaaaaaaaaaaa-1"]' ]
	[ "$(js 'document.querySelectorAll("svg[role=img][aria-label]").length')" = 3 ]
	[ "$(js 'Array.from(document.querySelectorAll("svg .bar")).every(r => r.getBoundingClientRect().height >= 0)')" = true ]
	[ "$(js 'document.getElementById("controls").hidden')" = false ]
	silent
}

@test "a click or a key on a head sorts, numbers as numbers" {
	browser
	ten
	report
	show
	click '#rows th[data-key="0"] button'
	[ "$(column 0 | jq -c '[.[0], .[1], .[9]]')" = '["aaaaaaaaaaaa-1","aaaaaaaaaaaa-2","aaaaaaaaaaaa-10"]' ]
	[ "$(js 'document.querySelector("#rows th").getAttribute("aria-sort")')" = '"ascending"' ]
	js 'document.querySelector("#rows th button").focus()' > /dev/null
	local key
	key=$(ask GET element/active | jq -r 'to_entries[0].value')
	ask POST "element/$key/value" '{"text":"\ue007"}' > /dev/null
	[ "$(js 'document.querySelector("#rows th").getAttribute("aria-sort")')" = '"descending"' ]
	[ "$(column 0 | jq -r '.[0]')" = aaaaaaaaaaaa-10 ]
}

@test "the state, the reason and the group filter, together" {
	browser
	ten
	report
	show
	choose verdict quarantined
	[ "$(status)" = 'Showing 8 rows of 10.' ]
	choose reason conflict
	[ "$(status)" = 'Showing 3 rows of 10.' ]
	click '#clear'
	[ "$(status)" = 'Showing 10 rows.' ]
	click '#groups tbody tr:first-child button'
	[ "$(column 2 | jq -c unique)" = '["schema_violation"]' ]
	[ "$(status)" = 'Showing 5 rows of 10.' ]
	choose verdict held
	[ "$(status)" = 'Showing 0 rows of 10.' ]
}

@test "the search finds all of its words, in the row and its errors" {
	browser
	ten
	report
	show
	choose search '  QUANTITY   wrong 21 '
	[ "$(column 0 | jq -c .)" = '["aaaaaaaaaaaa-3"]' ]
	choose search '"id":"r7"'
	[ "$(column 0 | jq -c .)" = '["aaaaaaaaaaaa-7"]' ]
	choose search 'm.csv:11'
	[ "$(column 0 | jq -c .)" = '["aaaaaaaaaaaa-10"]' ]
}

@test "the first 200 rows are there without JavaScript, and the others with it" {
	browser
	{
		manifest
		rows 1 450 quarantined schema_violation int_parsing quantity
		end 450
	} | keep
	report
	[ "$(grep -c '^<tr><td data-label="Item">' page.html)" = 200 ]
	chrome Emulation.setScriptExecutionDisabled '{"value":true}' > /dev/null
	show
	chrome Emulation.setScriptExecutionDisabled '{"value":false}' > /dev/null
	[ "$(column 0 | jq -c '[length, .[0], .[199]]')" = '[200,"aaaaaaaaaaaa-450","aaaaaaaaaaaa-251"]' ]
	[ "$(js 'document.getElementById("controls").hidden')" = true ]
	[ "$(status)" = 'Showing 200 of 450 rows.' ]
	js 'document.querySelector("#rows tbody").innerHTML.replace(/\s+(?=<tr|$)/g, "")' > without
	show
	[ "$(status)" = 'Showing 200 of 450 rows.' ]
	js 'document.querySelector("#rows tbody").innerHTML.replace(/\s+(?=<tr|$)/g, "")' | cmp - without
	click '#more'
	click '#more'
	[ "$(column 0 | jq -c '[length, .[449]]')" = '[450,"aaaaaaaaaaaa-1"]' ]
	[ "$(status)" = 'Showing 450 rows.' ]
	[ "$(js 'document.getElementById("more").hidden')" = true ]
}

@test "of 5,001 items the 5,000 newest are in the page, and it says so" {
	{
		manifest
		rows 1 5001 quarantined schema_violation int_parsing quantity
		end 5001
	} | keep
	report
	grep -q 'Showing 200 of 5,000 rows, the newest of 5,001 that are open' page.html
	grep -q '<dt>Open</dt><dd class="number">5,001</dd>' page.html
	[ "$(grep -c '^\["aaaaaaaaaaaa-' page.html)" = 5000 ]
	run -1 grep -F '["aaaaaaaaaaaa-1"' page.html
	browser
	show
	[ "$(status)" = 'Showing 200 of 5,000 rows, the newest of 5,001 that are open.' ]
	choose search '"r5001"'
	[ "$(column 0 | jq -c .)" = '["aaaaaaaaaaaa-5001"]' ]
}

# One record that tries everything, with the address of a listener.
nasty() { # URL
	local evil
	evil=$(printf '</script></pre></td><script>window.ran=1;alert(1)</script><img src="%s/img" onerror="window.ran=2"><svg onload="window.ran=3"><style>@import "%s/css";</style>%s' \
		"$1" "$1" "\"'&amp;--><!-- =cmd|' /C calc'!A0")
	{
		manifest 1 "$evil.csv"
		rows 1 1 quarantined x t f | jq -c --arg e "$evil" \
			'.record = {a:($e + "\u202e\u2028\u0000\u001b[31m\n\u200b\ufeff"), ($e):("=1+1" * 60000)}
			| .reason = $e
			| .errors[0].type = $e | .errors[0].loc = [$e] | .errors[0].msg = $e
			| .errors[0].input = $e'
		end 1
	} | keep
}

@test "a record full of markup and script shows as text, and nothing runs or is asked for" {
	browser
	cat > listen.py <<-'E'
	import http.server, sys
	class Page(http.server.SimpleHTTPRequestHandler):
	    def log_message(self, *words):
	        with open("asked", "a") as f:
	            f.write(self.path + "\n")
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
	with open("port", "w") as f:
	    f.write("%d\n" % server.server_port)
	server.serve_forever()
	E
	python3 listen.py 3>&- &
	local pid=$! url
	wait_for test -s port
	url=http://127.0.0.1:$(cat port)
	nasty "$url"
	report
	load_page "$url/page.html"
	[ "$(js 'window.ran === undefined')" = true ]
	[ "$(js 'document.querySelectorAll("img, iframe, object, #rows svg, #groups svg").length')" = 0 ]
	[ "$(js 'document.scripts.length')" = 2 ]
	[ "$(js 'document.styleSheets.length')" = 1 ]
	js 'document.querySelector("#rows tbody").textContent' > shown
	grep -qF '<script>window.ran=1;alert(1)</script>' shown
	local cell
	for cell in 2 3 4; do
		column $cell | jq -r '.[0]' | grep -qF '<svg onload=' || return 1
	done
	click '#rows th[data-key="2"] button'
	choose search alert
	[ "$(status)" = 'Showing 1 row.' ]
	js 'document.querySelector("summary").click()' > /dev/null
	run ask GET alert/text
	[ "$status" != 0 ]
	[ "$(js 'window.ran === undefined')" = true ]
	silent
	kill $pid
	[ "$(sort -u asked)" = /page.html ]
}

@test "a row that was sent opens to the headers of request and answer, with JavaScript and without" {
	{
		manifest
		rows 1 1 held systemic outage batch | jq -c '. + {status:503, headers:{
			request:{"Content-Type":"application/json","X-Key":"redacted"},
			response:{"Retry-After":"30","Server":"<b>\u202e"}}}'
		rows 2 2 quarantined schema_violation int_parsing quantity
		end 2
	} | keep
	report
	[ "$(grep -c '<p class="soft">Request and answer</p>' page.html)" = 1 ]
	sed -n '/<p class="soft">Request and answer<\/p>/,/<\/details>/p' page.html > without
	grep -qF '<pre>&gt; Content-Type: application/json' without
	grep -qF '&lt; Server: &lt;b&gt;[U+202E]</pre>' without
	browser
	show
	[ "$(column 3 | jq -c 'map(contains("Request and answer"))')" = '[false,true]' ]
	js 'Array.from(document.querySelectorAll("#rows pre"), e => e.textContent).pop()' > said
	[ "$(jq -r . said)" = '> Content-Type: application/json
> X-Key: redacted
< Retry-After: 30
< Server: <b>[U+202E]' ]
	click '#rows th[data-key="0"] button'
	[ "$(column 3 | jq -c 'map(contains("Request and answer"))')" = '[true,false]' ]
	js 'Array.from(document.querySelectorAll("#rows pre"), e => e.textContent)[1]' | cmp - said
	silent
}

@test "what can not be seen is shown, in the page and in its data" {
	nasty http://127.0.0.1:1
	report
	grep -q '\[U+202E\]\|u202e' page.html
	run -1 grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae\xa8\xa9\x8b]|\xef\xbb\xbf' page.html
	[ "$(grep -c '<script' page.html)" = 2 ]
	[ "$(wc -c < page.html)" -lt 100000 ]
}

@test "the policy refuses any other script and style" {
	browser
	ten
	report
	grep -q "default-src 'none'" page.html
	sed 's|<main>|<main><script>window.ran = 1</script><p id="p" style="color: red" onclick="window.ran = 2">p</p>|' page.html > other.html
	show other.html
	click '#p'
	[ "$(js 'window.ran === undefined')" = true ]
	[ "$(js 'getComputedStyle(document.getElementById("p")).color === getComputedStyle(document.body).color')" = true ]
	[ "$(status)" = 'Showing 10 rows.' ]
	ask POST se/log '{"type":"browser"}' | grep -q 'Content Security Policy'
}

@test "text has a contrast of 4.5 to 1 at least, light and dark, and the focus is seen" {
	browser
	ten
	report
	show
	local scheme
	for scheme in light dark; do
		chrome Emulation.setEmulatedMedia '{"features":[{"name":"prefers-color-scheme","value":"'$scheme'"}]}' > /dev/null
		js "(() => {
			const rgb = c => c.match(/[\\d.]+/g).map(Number);
			const light = c => rgb(c).slice(0, 3).map(v => v / 255).map(v =>
				v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
				.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
			const behind = e => { for (; e; e = e.parentElement) {
				const c = getComputedStyle(e).backgroundColor;
				if (rgb(c)[3] !== 0) return c; } };
			let bad = [], n = 0;
			for (const e of document.body.querySelectorAll('*')) {
				if (!Array.from(e.childNodes).some(c => c.nodeType === 3 && c.data.trim()) || e.tagName === 'SCRIPT')
					continue;
				const s = getComputedStyle(e);
				const a = light(e.closest('svg') ? s.fill : s.color), b = light(behind(e));
				n++;
				if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5)
					bad.push(e.outerHTML.slice(0, 80));
			}
			return n > 100 ? bad : ['too few'];
		})()" > contrast
		[ "$(cat contrast)" = '[]' ] || { cat contrast; return 1; }
		js 'getComputedStyle(document.body).backgroundColor' >> papers
	done
	chrome Emulation.setEmulatedMedia '{"features":[]}' > /dev/null
	[ "$(sort -u papers | wc -l)" = 2 ]
	# Whether a browser without a screen gives its page the focus is chance.
	chrome Emulation.setFocusEmulationEnabled '{"enabled":true}' > /dev/null
	js 'document.getElementById("search").focus()' > /dev/null
	js '[document.hasFocus(), document.activeElement.id,
		getComputedStyle(document.activeElement).outlineStyle]' > focus
	[ "$(cat focus)" = '[true,"search","solid"]' ] || { cat focus; return 1; }
}

@test "at no width a column is out of reach, and no line number is broken" {
	local width
	browser
	{
		manifest 1 q3-inventory-of-chemistry-and-of-physics-with-a-long-name.csv
		rows 1 3 quarantined schema_violation string_pattern_mismatch location_code |
			jq -c '.line = 123456'
		end 3
	} | keep
	report
	for width in 1280 1100 900 760 500 390; do
		chrome Emulation.setDeviceMetricsOverride \
			"{\"width\":$width,\"height\":844,\"deviceScaleFactor\":1,\"mobile\":false}" > /dev/null
		show
		js 'Array.from(document.querySelectorAll(".sheet")).every(s =>
			s.scrollWidth <= s.clientWidth || getComputedStyle(s).overflowX === "auto")' >> reach
		js 'document.documentElement.scrollWidth <= innerWidth' >> reach
		js 'Array.from(document.querySelectorAll("#rows .keep")).every(s => s.getClientRects().length === 1)' >> reach
		js '(s => s.scrollWidth <= s.clientWidth)(document.getElementById("rows").parentElement)' >> fits
	done
	chrome Emulation.clearDeviceMetricsOverride '{}' > /dev/null
	[ "$(sort reach | uniq -c | tr -s ' ')" = ' 18 true' ]
	[ "$(head -n 1 fits) $(tail -n 1 fits)" = 'true true' ]
}

@test "on a phone nothing is wider than the screen and rows can be sorted; on paper the controls are gone" {
	browser
	nasty http://127.0.0.1:1
	report
	chrome Emulation.setDeviceMetricsOverride '{"width":390,"height":844,"deviceScaleFactor":2,"mobile":true}' > /dev/null
	show
	js '[document.documentElement.scrollWidth, innerWidth]' > widths
	js 'Array.from(document.querySelectorAll("#rows th button")).every(b => {
		const r = b.getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth; })' > heads
	chrome Emulation.clearDeviceMetricsOverride '{}' > /dev/null
	[ "$(cat widths)" = '[390,390]' ]
	[ "$(cat heads)" = true ]
	chrome Emulation.setEmulatedMedia '{"media":"print"}' > /dev/null
	js 'getComputedStyle(document.getElementById("controls")).display' > display
	chrome Emulation.setEmulatedMedia '{"media":""}' > /dev/null
	[ "$(cat display)" = '"none"' ]
}
