#!/usr/bin/env bats
# inv-audit report: a manifest on one page that adds up

load lib
load audit

# A log of six rows: four committed, one quarantined, one skipped.
logged() {
	committed_six
	six > in
	run -0 inv-audit in
}

report() { # [OPTION...]: on manifest a
	inv-audit report aaaaaaaa "$@" > report
}

# What the report says of a verdict in its sum, and of a section.
sum() { # NAME
	local sign='[=+]'
	[ "$1" != rows ] || sign=' '
	sed -n "s/^$sign $1 *\([0-9,]*\)$/\1/p" report
}

section() { # TITLE
	awk -v title="$1" '$0 == title { on = 1; next }
		on && /^-+$/ { next }
		on && /^(Rows|Runs|Rules|Batches|People|Checkpoints|Check it yourself|Submission [0-9]+)$/ { exit }
		on' report
}

has() { # TEXT: in the report, blanks and line ends alike
	tr -s ' \n' ' ' < report | grep -qF -- "$1" || {
		echo "not there: $1"
		cat report
		return 1
	}
}

# Rows FROM to TO of manifest a, held for two reasons in turn, or for one.
held() { # FROM TO [REASON]
	seq "$1" "$2" | jq -c --arg m "$(id a | cut -c 1-32)" --arg r "${3:-}" '
		{type:"record",manifest:$m,row:.,line:.,chunk:((. - 1) / 500 | floor),
		record:{},verdict:"held",stage:"c",
		reason:(if $r != "" then $r elif . % 2 == 0 then "even" else "odd" end)}'
}

browser() {
	command -v chromium > /dev/null || skip "no chromium here"
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic \
		--no-first-run --disable-background-networking --disable-sync \
		--disable-component-update --disable-dev-shm-usage \
		--user-data-dir="$PWD/profile" "$@" 2> chromium.err
}

dom() { # FILE: as the browser has it
	browser --dump-dom "file://$PWD/$1" > dom ||
		skip "chromium does not start here: $(tail -n 1 chromium.err)"
	[ -s dom ]
}

# A page that looks at page.html: what JAVASCRIPT makes of its document d.
probe() { # WIDTH JAVASCRIPT
	cat > probe.html <<- END
		<!DOCTYPE html><meta name="color-scheme" content="light dark">
		<iframe id=f src=page.html style="width:$1px;height:900px;border:0"></iframe>
		<script>onload = () => { const f = document.getElementById('f'), d = f.contentDocument, w = f.contentWindow;
		document.body.textContent = '[' + ($2) + ']'; }</script>
	END
}

@test "the rows add up to those that the manifest has, and are told by number" {
	logged
	run -0 report
	[ "$(sum rows)" = 6 ]
	[ "$(sum committed) $(sum skipped) $(sum quarantined)" = '4 1 1' ]
	[ "$(sum held) $(sum ambiguous) $(sum pending)" = '0 0 0' ]
	has 'It adds up: each row, from 1 to 6, is in one of these.'
	has 'committed 4 inv-commit receipt Which 1-2, 4, 6'
	has 'skipped 1 inv-dedup duplicate Which 5'
	has 'quarantined 1 inv-validate schema_violation Which 3 Errors missing 1, extra_forbidden 1'
}

@test "the report says of rows what the summary of the run says" {
	local i counts
	for i in 1 2 3; do
		commit a "[[$i,$i],[$((10 * i)),$((10 * i + i))]]" "$i"
		{
			manifest a "$(printf '%016d' "$i")"
			seq 1 50 | jq -c --arg m "$(id a | cut -c 1-32)" --argjson i $i '
				[["quarantined","q"],["held","h"],["skipped","s"],["ambiguous","a"]] as $of |
				$of[. * ($i + 2) % 7] as $v |
				{type:"record",manifest:$m,row:.,line:.,chunk:0,record:{}} +
				if $v then {verdict:$v[0],stage:"x",reason:$v[1]} else {} end'
			end a 50
		} > in
		run -75 inv-audit in
		counts=$(jq -r '.standing.counts | "\(.pending) \(.committed) \(.skipped) \(.quarantined) \(.held) \(.ambiguous)"' <<< "$output")
		run -0 report
		[ "$(sum rows)" = 50 ]
		[ "$(sum pending) $(sum committed) $(sum skipped) $(sum quarantined) $(sum held) $(sum ambiguous)" = "$counts" ]
	done
}

@test "of each row the latest verdict counts, and committed is final" {
	{
		manifest a 1111111111111111
		row a 1 "$(verdict held inv-commit systemic)"
		row a 2 "$(verdict held inv-commit systemic)"
		end a 2
	} > first
	run -75 inv-audit first
	run -0 report
	has 'held 2 inv-commit systemic Which 1-2'
	has 'Rows that are not settled, being held, ambiguous or pending: 2.'
	commit a '[[1,1]]' 7
	{
		manifest a 2222222222222222
		batch a '[[1,1]]' 7
		row a 2 "$(verdict quarantined inv-validate schema_violation)"
		end a 2
	} > second
	run -0 inv-audit second
	run -75 inv-audit first
	run -0 report
	has 'committed 1 inv-commit receipt Which 1'
	has 'quarantined 1 inv-validate schema_violation Which 2'
	[ "$(sum held)" = 0 ]
}

@test "where nobody knows how many rows there are it does not add up, and the status is 1" {
	commit a '[[1,2]]' 7
	run -65 inv-audit /dev/null
	run -1 report
	has 'It does not add up: no run has come to the end of the manifest'
	has 'committed 2'
	six | sed '$d' > in
	run -65 inv-audit in
	run -1 report
	has 'It does not add up: no run'
	has incomplete
	logged
	run -0 report
	{ manifest b; end b 0 | sed 's/}$/,"refused":{"reason":"bad_encoding","msg":"byte 3"}}/'; } > in
	run -65 inv-audit in
	inv-audit report bb > report && return 1
	has 'It does not add up: the manifest could not be read as a whole'
	{ manifest c; end c 0; } > in
	run -0 inv-audit in
	inv-audit report cc > report
	has 'It adds up: there are no rows.'
}

@test "a row that the manifest does not have does not add up either" {
	commit a '[[1,2],[9,9]]' 7
	{ manifest a; row a 1; row a 2; end a 2; } > in
	run -75 inv-audit in
	run -1 report
	has 'It does not add up: there is something about row 9, but the manifest has 2.'
	[ "$(sum committed)" = 2 ]
}

@test "rows said to be committed that are not, and outcomes not in the log, are pointed out" {
	commit a '[[1,2],[4,4]]' 7
	six > in
	run -65 inv-audit in
	run -0 report
	has 'Rows that the last run said to be committed, but the journal has no such batch: 1.'
	[ "$(sum committed) $(sum pending)" = '3 1' ]
	commit a '[[6,6]]' 8
	run -0 report
	has 'Outcomes in the journal that the log does not have yet: 1. The next run of inv-audit takes them in.'
	[ "$(sum committed)" = 3 ]
	run -65 inv-audit /dev/null
	run -0 report
	[ "$(sum committed) $(sum pending)" = '4 0' ]
	run -1 grep -q 'does not have yet' report
}

@test "runs, rules and batches are as the log has them" {
	local rules='"schema":"inventory","schema_sha256":"d8","rules":[{"name":"nih","version":"2","sha256":"ab"},{"name":"nsf","version":"1","sha256":"cd"}],"key":["a","b"],"odd":{"x":1}}'
	committed_six
	six | sed "s/\(\"inv-validate\",\"version\":\"1\"\)}/\1,$rules/" > in
	run -0 inv-audit in
	run -0 report
	section Runs > runs
	grep -qE "^  1{16}  .* 6  complete$" runs
	grep -qE '^ +Verdicts +4 committed, 1 skipped, 1 quarantined$' runs
	grep -qE '^ +Entries +3-8$' runs
	has 'inv-validate 1 1 Schema inventory SHA-256 d8 Rules nih 2 ab; nsf 1 cd Key a, b Also odd {"x":1}'
	section Batches > batches
	[ "$(grep -c ' committed ' batches)" = 2 ]
	grep -qE '^ +1  committed +receipt +200 +1 +3  2[0-9-]+ [0-9:]+$' batches
	grep -qE "^ +Rows +1-2, 4$" batches
	grep -qE "^ +Key +7{64}$" batches
	grep -qE "^ +Body +$(hash 7)$" batches
}

@test "a run of some rows, a refusal and a program that said no are told" {
	{
		manifest a 1111111111111111 | sed 's/}$/,"subset":[[2,2]]}/'
		row a 2 "$(verdict held c h)"
		end a 1
		manifest a 2222222222222222
		end a 0 | sed 's/}$/,"refused":{"reason":"bad_encoding","msg":"byte 3"}}/'
		manifest a 3333333333333333
		row a 1 "$(verdict skipped d s)"
		row a 2 "$(verdict skipped d s)"
		end a 2 | sed 's/}$/,"failed":"inv-validate"}/'
	} > in
	run -65 inv-audit in
	report || true
	grep -qE '^  1{16} .*, of some rows$' report
	grep -qE '^  2{16} .* refused$' report
	grep -qE '^ +Said +bad_encoding: byte 3$' report
	grep -qE '^  3{16} .* complete, failed$' report
	grep -qE '^ +Said +inv-validate$' report
}

@test "each submission has a part of its own" {
	logged
	{ manifest a 2222222222222222 2; row a 1; end a 1; } > in
	run -75 inv-audit in
	run -0 report
	[ "$(grep -c '^Submission [12]$' report)" = 2 ]
	[ "$(sum rows | paste -sd ' ')" = '6 1' ]
	[ "$(sum pending | paste -sd ' ')" = '0 1' ]
}

@test "what people did is told, with who and why" {
	logged
	inv-quarantine -q in > passed
	SUDO_USER=carol inv-quarantine assign --to eve --why 'she "knows"' aaaaaaaaaaaa-3 > /dev/null
	run -0 inv-audit passed
	run -0 report
	has "assign 3 $(whoami) for carol aaaaaaaaaaaa-3 Why she \"knows\" Detail"
	inv-audit report aaaaaaaa --html page.html
	grep -qF 'she &quot;knows&quot;' page.html
}

@test "rows that were corrected are counted: they are committed elsewhere" {
	printf 'asset_id,grant_code,quantity\nLAB-1,NIH-R01-7,-3\nLAB-2,NIH-R01-7,-4\nLAB-3,NIH-R01-7,5\n' > m.csv
	jq -nc '{type: "object", "x-inv-key": ["asset_id"], properties: {asset_id: {type: "string"}, quantity: {type: "integer", minimum: 0}}}' > s.json
	through() { inv-split -q "$1" | inv-validate -q -s ./s.json | inv-commit -q -l file:l.db | inv-quarantine -q | inv-audit -q > /dev/null; }
	through m.csv
	inv-audit report m.csv > report
	run -1 grep -q 'were corrected' report
	inv-quarantine fix "$(inv-quarantine list | jq -r .item | head -n 1)" --set quantity=3 --why typo > fix.csv
	through fix.csv
	inv-audit report m.csv > report
	has 'Rows that were corrected, and are committed as rows of another manifest: 1. People tells which.'
	[ "$(sum quarantined)" = 2 ]
	inv-audit report m.csv --html page.html
	grep -qF '<p>Rows that were corrected, and are committed as rows of another manifest: 1.' page.html
	# What is skipped because something newer is there corrects nothing.
	printf 'asset_id,grant_code,quantity\nLAB-2,NIH-R01-7,9\n' > newer.csv
	through newer.csv
	inv-quarantine fix "$(inv-quarantine list | jq -r .item)" --set quantity=4 --why typo > fix.csv
	through fix.csv
	inv-audit report m.csv > report
	has 'another manifest: 1. People'
}

@test "nothing sent, nobody and no checkpoint are said" {
	{ manifest a; row a 1 "$(verdict skipped d s)"; end a 1; } > in
	run -0 inv-audit in
	run -0 report
	has 'Nothing was sent.'
	has 'Nobody has done anything.'
	rm "$INV_STATE/audit/checkpoints.ndjson"
	run -0 report
	has 'No checkpoint covers all of this yet.'
}

@test "the first checkpoint that covers it and the last are told, and whether they hold" {
	logged
	{ manifest b; row b 1 "$(verdict skipped d s)"; end b 1; } > in
	run -0 inv-audit in
	{ manifest c; row c 1 "$(verdict skipped d s)"; end c 1; } > in
	run -0 inv-audit in
	run -0 report
	has 'The last entry about it is 8, of 14 in the log. Checkpoints that cover it: 3.'
	[ "$(section Checkpoints | grep -c Root)" = 2 ]
	has "Root $(jq -r 'select(.size == 8).root' "$INV_STATE/audit/checkpoints.ndjson")"
	has "Root $(jq -r 'select(.size == 14).root' "$INV_STATE/audit/checkpoints.ndjson")"
	[ "$(section Checkpoints | grep -c 'Signature  holds; key: ')" = 2 ]
	INV_STATE=$PWD/other inv-audit -q key new --name another > other.pub
	run -0 report --key other.pub
	has 'Signature does not hold: its checkpoint is signed by none of the keys given; key: another'
	rm "$INV_STATE/audit/key.pub"
	run -0 report
	has 'Signature not checked: there is no public key'
}

@test "the commands to check it with hold, as they stand there" {
	manifest_file() { printf 'a\n1\n2\n'; }
	manifest_file > m.csv
	inv-split -q m.csv | inv-commit -q -l file:ledger.db | inv-audit > /dev/null
	inv-audit key show > lab.pub
	inv-audit report "$(sha256sum < m.csv | cut -c 1-64)" > report
	section 'Check it yourself' |
		awk '/^sha256sum|^inv-audit|^cat/ { on = 1 } /^$/ && !here { on = 0 }
			/^cat/ { here = 1 } /^END$/ { here = 0 } on' > commands
	[ "$(grep -c '^sha256sum' commands)" = 2 ]
	grep -q '^openssl' commands
	run -0 bash -e commands
	[ "$(grep -c "^$(sha256sum < m.csv | cut -c 1-64) " <<< "$output")" = 2 ]
	[[ $output == *'"type":"verified"'* && $output == *'"type":"checked"'* ]]
	[[ $output == *'Signature Verified Successfully'* ]]
	inv-audit report "$(sha256sum < m.csv | cut -c 1-8)" --html page.html
	sed -n '/<pre>/,/<\/pre>/p' page.html | sed 's/<\/*pre>//g' |
		sed 's/&#39;/'"'"'/g; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' > commands
	run -0 bash -e commands
	[[ $output == *'Signature Verified Successfully'* ]]
}

@test "a name that a shell would not take as it stands is FILE in the commands" {
	local name
	for name in 'a b.csv' '$(touch owned).csv' '-o' "it's" 'ä.csv' ''; do
		export INV_STATE=$BATS_TEST_TMPDIR/state-$RANDOM$RANDOM
		manifest a | jq -c --arg n "$name" '.name = $n' > in
		{ row a 1 "$(verdict skipped d s)"; end a 1; } >> in
		run -0 inv-audit in
		run -0 report
		grep -qx 'sha256sum FILE' report
	done
}

@test "the manifest is named by the beginning of its id, or by its name" {
	logged
	{ manifest b; row b 1 "$(verdict skipped d s)"; end b 1; } > in
	run -0 inv-audit in
	run -0 inv-audit report a
	run -0 inv-audit report "$(id b)"
	run -1 inv-audit report c
	[ "$output" = 'inv-audit: c: the log knows no manifest that begins so' ]
	run -0 inv-audit report b.csv
	[[ $output == *"$(id b)"* ]]
	run -1 inv-audit report c.csv
	[ "$output" = 'inv-audit: c.csv: the log knows no manifest of this name' ]
	# One of two with a name is for the reader to choose.
	sed "s/$(id b | cut -c 1-32)/$(id c | cut -c 1-32)/g" in > other
	run inv-audit other
	run -1 inv-audit report b.csv
	[[ $output == *'b.csv: several manifests have this name: '* ]]
	run -0 inv-audit report b
	run -64 inv-audit report ''
	run -64 inv-audit report
	run -64 inv-audit report a b
}

@test "an id that several manifests begin with is refused" {
	logged
	sed "s/$(id a)/$(id a | sed 's/a$/b/')/; s/a.csv/b.csv/" in | grep -v '"batch"' > other
	run inv-audit other
	run -1 inv-audit report aaaa
	[[ $output == *'several manifests begin so: '* ]]
}

@test "a page goes to a file, which is replaced whole, or to stdout; text beside it" {
	logged
	export SOURCE_DATE_EPOCH=1795246200
	echo old > page.html
	ln page.html before
	run -0 inv-audit report a --html page.html --text page.txt
	[ -z "$output" ]
	[ "$(cat before)" = old ]
	[ "$(stat -c %a page.html page.txt | paste -sd ' ')" = '600 600' ]
	inv-audit report a --html - | cmp - page.html
	inv-audit report a | cmp - page.txt
	inv-audit report a --text - | cmp - page.txt
	run -74 inv-audit report a --html /dev/full
	run -74 bash -c 'inv-audit report a > /dev/full'
}

@test "the same log and SOURCE_DATE_EPOCH make the same report, and nothing is changed" {
	logged
	export SOURCE_DATE_EPOCH=1795246200
	find "$INV_STATE" -type f -exec sha256sum {} + | sort > before
	inv-audit report a --html one.html --text one.txt
	TZ=Asia/Tokyo inv-audit report a --html two.html --text two.txt
	cmp one.html two.html
	cmp one.txt two.txt
	grep -qx 'As of 2026-11-21 07:30 UTC' one.txt
	find "$INV_STATE" -type f -exec sha256sum {} + | sort | cmp - before
	SOURCE_DATE_EPOCH=soon run -64 inv-audit report a
}

@test "a log that was changed, cut or written anew is not reported on" {
	logged
	cp -r "$INV_STATE" whole
	sed -i '5s/"inv-validate"/"inv-validatf"/' "$LOG"
	run -74 inv-audit report a
	rm -r "$INV_STATE"; cp -r whole "$INV_STATE"
	sed -i '$d' "$LOG"
	run -74 inv-audit report a
	rm -r "$INV_STATE"; cp -r whole "$INV_STATE"
	sed -i 's/"root":"./"root":"x/' "$INV_STATE/audit/checkpoints.ndjson"
	run -74 inv-audit report a
	rm -r "$INV_STATE/audit"
	run -66 inv-audit report a
	rm -r "$INV_STATE"
	run -66 inv-audit report a
}

@test "text is 80 columns wide but for the commands, and nothing acts on a terminal" {
	committed_six
	{
		manifest a | jq -c '.name = "\u001b[31mred\u202e\n.csv"'
		row a 3 "$(verdict quarantined 's\u001b[2J' 'r\u0007\u009b')"
		row a 5 "$(verdict skipped inv-dedup duplicate)"
		batch a '[[1,2],[4,4]]' 7
		batch a '[[6,6]]' 8
		held 7 999
		end a 999
	} > in
	run -75 inv-audit in
	run -0 report
	LC_ALL=C run -1 grep -q $'[\x01-\x09\x0b-\x1f\x7f]' report
	run -1 grep -q $'\u202e\|\u009b' report
	has '\x1b[31mred'
	sed '/^Check it yourself$/,$d' report > above
	[ "$(wc -L < above)" -le 80 ]
	[ "$(section Rows | grep -c '')" -gt 60 ]
}

@test "a name full of markup and script shows as text in a browser, and nothing runs" {
	local nasty='<img src=x onerror="document.title=1"><script>document.title=2</script></title>&amp;'"'"
	committed_six
	{
		manifest a | jq -c --arg n "$nasty" '.name = $n'
		stage "$(jq -nr --arg n "$nasty" '$n | @json | .[1:-1]')"
		row a 3 "$(verdict quarantined "$(jq -nr --arg n "$nasty" '$n | @json | .[1:-1]')" '<b>r</b>')"
		row a 5 "$(verdict skipped inv-dedup duplicate)"
		batch a '[[1,2],[4,4]]' 7
		batch a '[[6,6]]' 8
		end a 6
	} > in
	run -0 inv-audit in
	inv-audit report a --html page.html
	run -1 grep -qE '<(img|script|b)\b' page.html
	dom page.html
	grep -qF '&lt;img src=x onerror="document.title=1"&gt;&lt;script&gt;' dom
	run -1 grep -qE '<(img|script|b)\b' dom
	grep -qF '<title>Report on &lt;img' dom
}

@test "the page needs no script, and its policy allows nothing but its own style" {
	logged
	inv-audit report a --html page.html
	grep -qF "content=\"default-src 'none'; style-src 'sha256-" page.html
	run -1 grep -qE 'script-src|<script|https?://|src=|href=' page.html
	python3 - <<- 'END'
		import base64, hashlib, re
		page = open("page.html", encoding="utf-8").read()
		style = re.search(r"<style>(.*)</style>", page, re.S).group(1)
		said = re.search(r"style-src 'sha256-([^']+)'", page).group(1)
		assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() == said
	END
}

@test "a browser shows all of it, at a desk and on a phone" {
	logged
	inv-audit report a --html page.html
	dom page.html
	grep -qF 'It adds up' dom
	[ "$(grep -c '<section>' dom)" -ge 7 ]
	local width
	for width in 1280 390; do
		probe $width 'd.documentElement.scrollWidth'
		browser --allow-file-access-from-files --dump-dom "file://$PWD/probe.html" > dom
		[ "$(sed -n 's/.*\[\([0-9]*\)\].*/\1/p' dom)" -le $width ]
	done
}

@test "text has a contrast of 4.5 to 1 at least, light and dark" {
	committed_six
	{ six | sed '$d'; row a 7 "$(verdict held c h)"; row a 8 "$(verdict ambiguous c h)"; row a 9; end a 9; } > in
	run -75 inv-audit in
	inv-audit report a --html page.html
	dom page.html
	probe 1280 "(() => {
		const rgb = c => c.match(/[\\d.]+/g).map(Number);
		const light = c => rgb(c).slice(0, 3).map(v => v / 255).map(v =>
			v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const behind = e => { for (; e; e = e.parentElement) {
			const c = w.getComputedStyle(e).backgroundColor;
			if (rgb(c)[3] !== 0) return c; } };
		let bad = 0, n = 0;
		for (const e of d.body.querySelectorAll('*')) {
			if (!Array.from(e.childNodes).some(c => c.nodeType === 3 && c.data.trim())) continue;
			const a = light(w.getComputedStyle(e).color), b = light(behind(e));
			n++;
			if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) bad++;
		}
		return bad + ' of ' + (n > 100) + ' on ' + w.getComputedStyle(d.body).backgroundColor;
	})()"
	browser --allow-file-access-from-files --dump-dom "file://$PWD/probe.html" > light
	browser --allow-file-access-from-files --blink-settings=preferredColorScheme=0 \
		--dump-dom "file://$PWD/probe.html" > dark
	grep -qF '[0 of true on rgb(251, 251, 249)]' light
	grep -qF '[0 of true on rgb(20, 23, 26)]' dark
}

@test "of more batches, runs and ranges than are listed it says how many there are" {
	python3 - "$INV_STATE" <<- 'END'
		import hashlib, json, os, sys
		state = sys.argv[1]
		os.makedirs(state + "/journal", mode=0o700)
		os.chmod(state, 0o700)
		prev, out = "0" * 64, []
		def line(d):
		    global prev
		    text = json.dumps({"seq": len(out) + 1, "prev": prev, **d}, separators=(",", ":"))
		    prev = hashlib.sha256(text.encode()).hexdigest()
		    out.append(text)
		for i in range(1, 10003):
		    body = '[{"k":"%d"}]' % i
		    whose = {"manifest": "a" * 64, "submission": 1, "arrival": 1, "chunk": 0, "rows": [[i, i]], "count": 1, "key": "%064x" % i}
		    digest = hashlib.sha256(body.encode()).hexdigest()
		    line({"type": "intent", "time": "2026-11-20T06:30:00Z", **whose, "batch_hash": digest, "keyed_by": None, "body": json.loads(body)})
		    line({"type": "outcome", "time": "2026-11-20T06:30:01Z", "intent": len(out), **whose, "batch_hash": digest, "outcome": "committed", "evidence": "receipt", "status": 200, "attempts": 1, "ms": 3})
		with open(state + "/journal/000001.ndjson", "w") as f:
		    f.write("\n".join(out) + "\n")
		os.chmod(state + "/journal/000001.ndjson", 0o600)
	END
	{
		manifest a
		held 1 10002 even
		held 10003 20400
		end a 20400
	} > in
	run -75 inv-audit in
	run -0 report
	has 'The first 10000 of 10002 batches are listed.'
	[ "$(sum rows) $(sum committed) $(sum held)" = '20,400 10,002 10,398' ]
	[ "$(section Batches | grep -c ' committed ')" = 10000 ]
	has 'and 199 rows more'
}

# ---- several logs ----

# The six rows in the log of north; of south the manifest OTHER, two rows held.
campuses() { # [OTHER]
	logged
	mv "$INV_STATE" north
	export INV_STATE=$BATS_TEST_TMPDIR/south
	{
		manifest "${1:-b}" | sed 's/"[ab]\.csv"/"a.csv"/'
		row "${1:-b}" 1 "$(verdict held inv-commit systemic)"
		row "${1:-b}" 2 "$(verdict held inv-commit systemic)"
		end "${1:-b}" 2
	} > in
	run -75 inv-audit in
	export INV_STATE=$BATS_TEST_TMPDIR/state
}

of_both() { # [OPTION...]
	inv-audit report a.csv --state north --state south "$@" > report
}

part() { # TITLE: of the report, up to the next log
	awk -v title="$1" '$0 == title { on = 1; next } /^(All logs|Log [0-9]+)$/ { on = 0 } on' report
}

@test "several logs are in one report: all of them, then each by itself" {
	campuses
	run -0 of_both
	part 'All logs' > all
	part 'Log 1' > one
	part 'Log 2' > two
	[ "$(grep -cE '^  rows +8$|^= committed +4$|^[+] held +2$|^[+] quarantined +1$' all)" = 4 ]
	grep -qF 'It adds up: each row of each log is in one of these.' all
	grep -qE '^ +1  aaaaaaaaaaaa +1 +6$' all
	grep -qE '^ +2  bbbbbbbbbbbb +1 +2$' all
	grep -qE '^ +Of +north$' all
	grep -qE '^ +Verdicts +2 held$' all
	grep -qE '^ +Log of +north$' one
	grep -qE '^ +Log of +south$' two
	[ "$(grep -cE '^  rows +6$' one) $(grep -cE '^  rows +2$' two)" = '1 1' ]
	# Each with its own checkpoints, and what it is checked with.
	[ "$(grep -c 'Signature  *holds' one) $(grep -c 'Signature  *holds' two)" = '1 1' ]
	grep -qx 'export INV_STATE=north' one
	grep -qx 'export INV_STATE=south' two
	run -1 grep -q 'in several logs' report
}

@test "the same file in several logs is said to be counted in each" {
	campuses a
	run -0 inv-audit report aaaa --state north --state south
	[[ $output == *'The same file is in several logs, and its rows are'*'counted in each.'* ]]
	grep -qE '^  rows +8$' <<< "$output"
}

@test "several logs make one page, on which their names are text" {
	campuses
	mv south '<b>so&uth'
	run -0 inv-audit report a.csv --state north --state '<b>so&uth' --html page.html
	[ "$(grep -c '<h2>Log [12]</h2>' page.html)" = 2 ]
	grep -qF '<dt>Log of</dt><dd>&lt;b&gt;so&amp;uth</dd>' page.html
	run -1 grep -qF '<b>so' page.html
	grep -qx '<pre>export INV_STATE=DIR' page.html
	dom page.html
	probe 390 'd.documentElement.scrollWidth'
	browser --allow-file-access-from-files --dump-dom "file://$PWD/probe.html" > dom
	[ "$(sed -n 's/.*\[\([0-9]*\)\].*/\1/p' dom)" -le 390 ]
}

@test "a log without the manifest, or that can not be read, is named in the report of the others" {
	campuses
	run -1 --separate-stderr inv-audit report b --state north --state south
	[[ $stderr == 'inv-audit: north: b: the log knows no manifest that begins so' ]]
	[[ $output == *'! Not in this report: north: b: the log knows no manifest that begins so.'* ]]
	grep -qE '^[+] held +2$' <<< "$output"
	[[ $output != *'Log 2'* ]]
	run -66 --separate-stderr inv-audit report b --state nowhere --state south
	[[ $stderr == *nowhere* ]]
	[[ $output == *'! Not in this report: nowhere: the state directory can not be opened.'* ]]
	sed -i '2s/receipt/reciept/' north/audit/log.ndjson
	run -74 --separate-stderr inv-audit report a.csv --state south --state north
	[[ $output == *'! Not in this report: north: audit/log.ndjson: line 2'*'Log 1'* ]]
	run -74 --separate-stderr inv-audit report aaaa --state south --state north
	[ -z "$output" ]
}

@test "a log of several that does not add up makes the status 1" {
	campuses
	{ manifest c | sed 's/c.csv/a.csv/'; row c 1; } > in
	INV_STATE=east run -65 inv-audit in
	run -1 inv-audit report a.csv --state north --state east
	[[ $output == *'It does not add up: what a log has below does not.'* ]]
	run -0 inv-audit report a.csv --state north
	[[ $output == *'Log of       north'* && $output != *'All logs'* ]]
}
