# drift.bats - what inv-validate(1) says of baselines, drift and spreadsheets

load lib

prepare() {
	echo '{"type":"object"}' > any.json
	export INV_SCHEMA=$PWD/any.json
}

# manifest NAME ROWS AWK: a CSV of so many rows, each what AWK prints for i.
manifest() {
	{
		echo "id,room,quantity,when"
		awk -v n="$2" 'function r(k) { return "R" (i % k) }
			BEGIN { for (i = 1; i <= n; i++) '"$3"' }' < /dev/null
	} > "$1"
	inv-split -q "$1" 2> split.err > "$1.nd"
}

# Of 1,000 rows: five rooms, numbers 0 to 99, a date.
usual='print "A-" i "," r(5) "," i % 100 ",2026-01-" 10 + i % 20'

baseline() {
	manifest was.csv 1000 "$usual"
	inv-validate --write-baseline b.json was.csv.nd > /dev/null
}

# drift AWK: the report of a manifest of 1,000 such rows, in $report.
drift() {
	manifest m.csv "${rows:-1000}" "$1"
	inv-validate --baseline b.json "${@:2}" m.csv.nd > out 2> err
	report=$(grep '"type":"report"' out)
}

# The findings as kind:column, in their order.
found() {
	jq -r '[.findings[] | .kind + ":" + .column] | join(" ")' <<< "$report"
}

# edit PATH VALUE: change the baseline as a person would.
edit() {
	jq -c "$1 = $2" b.json > b.new && mv b.new b.json
}

@test "a manifest that looks as ever has not drifted" {
	baseline
	drift 'print "B-" i "," r(5) "," (i * 7) % 100 ",2026-03-" 10 + i % 20'
	[ "$(jq -c .findings <<< "$report")" = '[]' ]
	[ ! -s err ]
}

@test "the report stands before the end line and is as its schema has it" {
	baseline
	drift 'print "A-" i "," (i % 2 ? "X" i % 7 : "") "," i * 3 ",5"'
	[ "$(tail -n 2 out | jq -r .type | tr '\n' ' ')" = "report end " ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	jq -e --arg b "$(sha256sum < b.json | cut -c 1-64)" '.baseline == "b.json" and
		.baseline_sha256 == $b and .rows == 1000 and
		.baseline_rows == 1000 and .tested and (.partial | not) and
		.stage == "inv-validate" and .drifted == (.findings | length)
		' <<< "$report"
	[ "$(jq -r .manifest <<< "$report")" = \
		"$(head -n 1 out | jq -r .manifest)" ]
}

@test "a null rate and new values are said in one line" {
	baseline
	drift 'print "A-" i "," (i % 9 ? r(5) : "Q" i % 2) "," \
		(i % 7 ? i % 100 : "") ",2026-01-10"'
	[ "$(found)" = "null_rate:quantity new_values:room" ]
	[ "$(cat err)" = "inv-validate: m.csv: drift: quantity null rate 0 % -> 14 %; room 2 new values (Q1, Q0)" ]
	jq -e '.findings[0] | .was == 0 and .is == 0.142 and
		.score == 0.142 and .threshold == 0.05' <<< "$report"
	jq -e '.findings[1] | .count == 2 and .values == ["Q1","Q0"] and
		.score == 0.111 and .threshold > 0.03 and .threshold < 0.032' <<< "$report"
}

@test "columns that are missing, new or renamed are found" {
	baseline
	printf 'Id,site,quantity,more\n' > m.csv
	for ((i = 0; i < 500; i++)); do
		echo "A-$i,R$((i % 5)),$((i % 100)),some text"
	done >> m.csv
	inv-split -q m.csv 2> split.err |
		inv-validate --baseline b.json > out 2> err
	report=$(grep '"type":"report"' out)
	[ "$(found)" = "renamed_column:id renamed_column:room missing_column:when new_column:more" ]
	[ "$(jq -c '.findings[1] | [.was, .is]' <<< "$report")" = '["room","site"]' ]
	grep -q 'drift: id renamed Id; room renamed site; when is missing; more is new$' err
}

@test "a renamed column is compared with what it was" {
	baseline
	manifest m.csv 1000 'print "A-" i "," (i % 2 ? "" : r(5)) "," i % 100 ",2026-01-10"'
	inv-split -q <(sed '1s/room/Room/' m.csv) 2> split.err |
		inv-validate --baseline b.json 2> err | grep '"type":"report"' > r
	report=$(cat r)
	[ "$(found)" = "renamed_column:room null_rate:room" ]
}

@test "a type that shifted is found, in quotes or not" {
	baseline
	drift 'print "A-" i "," r(5) "," i % 100 (i % 5 ? "" : " pcs") ",2026-01-10"'
	[ "$(found)" = "type:quantity" ]
	[ "$(jq -c '.findings[0] | [.was, .is]' <<< "$report")" = \
		'[{"integer":1},{"integer":0.8,"text":0.2}]' ]
	grep -q 'drift: quantity text 0 % -> 20 %$' err
	sed 's/"quantity":"\([0-9]*\)"/"quantity":\1/' was.csv.nd |
		inv-validate --baseline b.json 2> err | grep '"drifted":0'
}

@test "values that vanished are found where they were to be expected" {
	baseline
	drift 'print "A-" i "," r(3) "," i % 100 ",2026-01-10"'
	[ "$(found)" = "vanished_values:room categories:room" ]
	jq -e '.findings[0] | .count == 2 and .values == ["R3","R4"] and
		.score == 0.4 and .threshold == 0.05' <<< "$report"
	grep -q 'room 2 vanished values (R3, R4); room categories PSI' err
}

@test "categories that moved are found" {
	baseline
	drift 'print "A-" i "," (i % 2 ? "R0" : r(5)) "," i % 100 ",2026-01-10"'
	[ "$(found)" = "categories:room" ]
	jq -e '.findings[0] | .score > 0.25 and .threshold == 0.25 and
		.was[0] == ["R0",0.2] and .is[0] == ["R0",0.6]' <<< "$report"
	edit .thresholds.psi 1
	drift 'print "A-" i "," (i % 2 ? "R0" : r(5)) "," i % 100 ",2026-01-10"'
	[ "$(found)" = "" ]
}

@test "numbers that moved are found" {
	baseline
	drift 'print "A-" i "," r(5) "," 20 + i % 100 ",2026-01-10"'
	[ "$(found)" = "numbers:quantity" ]
	jq -e '.findings[0] | .score == 0.2 and .threshold == 0.1 and
		.was == [5,25,50,74,94] and .is == [25,45,70,94,114]' <<< "$report"
	grep -q 'quantity numbers KS 0.20, median 50 -> 70' err
}

@test "a column of numbers is sampled, and a re-run gives the same" {
	baseline
	rows=5000 drift 'print "A-" i "," r(5) "," (i * 37) % 1000 ",2026-01-10"'
	[ "$(found)" = "numbers:quantity" ]
	inv-validate -q --baseline b.json m.csv.nd | cmp - out
	inv-validate -q --write-baseline 1.json m.csv.nd > /dev/null
	inv-validate -q --write-baseline 2.json m.csv.nd > /dev/null
	cmp 1.json 2.json
	[ "$(jq '[.columns[] | select(.name == "quantity").sample[][1]] | add' 1.json)" = 1000 ]
}

@test "too few rows are said, and only columns compared" {
	baseline
	rows=99 drift 'print "A-" i ",X,," i'
	[ "$(found)" = "" ]
	jq -e '.tested == false' <<< "$report"
	grep -q 'm.csv: drift: too few rows to test distributions: 99, and 1000 in the baseline$' err
	edit .thresholds.min_rows 50
	rows=99 drift 'print "A-" i ",X,," i'
	[[ "$(found)" = *"null_rate:quantity"* ]]
	jq -e .tested <<< "$report"
}

@test "a manifest that was refused is not compared" {
	baseline
	run -65 --separate-stderr inv-split /dev/null
	inv-validate --baseline b.json <<< "$output" > out
	run -1 grep '"type":"report"' out
}

@test "--drift-warn says nothing of fewer findings" {
	baseline
	drift 'print "A-" i "," r(3) "," i % 100 ",2026-01-10"' --drift-warn 3
	[ "$(jq .drifted <<< "$report")" = 2 ]
	[ ! -s err ]
	drift 'print "A-" i "," r(3) "," i % 100 ",2026-01-10"' --drift-warn 2
	grep -q 'drift: room' err
}

@test "--drift-fail fails a manifest, and inv-audit says so" {
	baseline
	manifest bad.csv 1000 'print "A-" i "," r(3) "," i % 100 ",2026-01-10"'
	manifest good.csv 1000 "$usual"
	run -1 --separate-stderr inv-validate --baseline b.json --drift-fail 2 \
		<(cat bad.csv.nd good.csv.nd)
	[[ $stderr = *'inv-validate: bad.csv: drift: 2 findings: failed'* ]]
	[ "$(grep -c '"type":"record"' <<< "$output")" = 2000 ]
	grep '"type":"end"' <<< "$output" > ends
	[ "$(jq -c .failed ends | tr '\n' ' ')" = '"inv-validate" null ' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" <<< "$output"
	inv-dedup <<< "$output" | inv-commit -q | inv-quarantine -q > through
	grep -q '"failed":"inv-validate"' through
	grep -q '"type":"report"' through
	run -1 inv-audit -q through
	run -0 --separate-stderr inv-validate -q --baseline b.json \
		--drift-fail 3 bad.csv.nd
}

@test "--drift-warn and --drift-fail want a baseline and a number" {
	run -64 inv-validate --drift-fail 2 /dev/null
	[[ $output = *"--drift-fail: nothing is compared without --baseline"* ]]
	run -64 inv-validate --drift-warn 2 /dev/null
	run -64 inv-validate --baseline x --drift-warn 0 /dev/null
	run -64 inv-validate --baseline x --drift-fail some /dev/null
}

@test "a baseline keeps categories and numbers, no identifiers or text" {
	baseline
	[ "$(jq -c '[.inv_baseline, .manifests, .rows]' b.json)" = '[1,1,1000]' ]
	[ "$(jq -r .manifest b.json)" = "$(sha256sum < was.csv | cut -c 1-64)" ]
	[ "$(jq -c '[.columns[].name]' b.json)" = '["id","quantity","room","when"]' ] ||
		[ "$(jq -c '[.columns[].name]' b.json)" = '["id","room","quantity","when"]' ]
	[ "$(jq -c '.columns[] | select(.name == "room").values[0]' b.json)" = '["R0",200]' ]
	run -1 grep -F A-17 b.json
}

@test "one baseline is made of all manifests of a stream" {
	manifest a.csv 300 "$usual"
	manifest b.csv 200 'print "B-" i "," "S" i % 2 ",5,2026-01-10"'
	cat a.csv.nd b.csv.nd | inv-validate --write-baseline b.json > out
	[ "$(jq -c '[.manifests, .rows]' b.json)" = '[2,500]' ]
	[ "$(jq -r .manifest b.json)" = "$(head -n 1 a.csv.nd | jq -r .manifest)" ]
	jq -e '[.columns[] | select(.name == "room").values[][0]] |
		index("S1") and index("R3")' b.json
}

@test "a stream that is not whole writes no baseline" {
	manifest a.csv 300 "$usual"
	run -65 inv-validate -q --write-baseline b.json <(head -n 100 a.csv.nd)
	[ ! -e b.json ]
	run -65 inv-validate -q --write-baseline b.json /dev/null
	[ ! -e b.json ]
	run -73 inv-validate -q --write-baseline no/where.json a.csv.nd
	run -74 inv-validate -q --write-baseline /dev/full a.csv.nd
	[[ $output = *"/dev/full: write: No space left on device"* ]]
	run -0 --separate-stderr inv-validate -q --write-baseline - a.csv.nd
	jq -e '.rows == 300' <<< "$stderr"
}

@test "a run that fails leaves the baseline that is there" {
	baseline
	cp b.json old.json
	manifest bad.csv 1000 'print "A-" i "," r(3) "," i % 100 ",2026-01-10"'
	run -1 inv-validate -q --baseline b.json --write-baseline b.json \
		--drift-fail 1 bad.csv.nd
	cmp b.json old.json
	inv-validate -q --baseline b.json --write-baseline b.json \
		bad.csv.nd > /dev/null
	run -1 cmp -s b.json old.json
}

@test "numbers of a key are neither kept nor compared" {
	echo '{"properties":{"id":{"type":"integer"}},"required":["id"],"x-inv-key":["id"]}' > keyed.json
	manifest was.csv 1000 'print 1000 + i "," r(5) "," i % 100 ",2026-01-10"'
	manifest m.csv 1000 'print 5000 + i "," r(5) "," 200 + i % 100 ",2026-01-10"'
	inv-validate -q -s ./keyed.json --write-baseline b.json was.csv.nd > /dev/null
	[ "$(jq -c '[.columns[] | select(.sample // [] | length > 0) | .name]' b.json)" = '["quantity"]' ]
	for schema in keyed any; do
		inv-validate -q -s ./$schema.json --baseline b.json m.csv.nd |
			jq -c 'select(.findings).findings[] | [.column, .kind]'
	done > found
	[ "$(sort -u found)" = '["quantity","numbers"]' ]
	inv-validate -q --write-baseline b.json was.csv.nd > /dev/null
	inv-validate -q -s ./keyed.json --baseline b.json m.csv.nd |
		jq 'select(.findings).findings | length' > found
	[ "$(cat found)" = 1 ]
}

@test "a baseline is not replaced by one of no rows" {
	baseline
	cp b.json kept
	manifest m.csv 0 ''
	run -65 --separate-stderr inv-validate -q --baseline b.json --write-baseline b.json m.csv.nd
	[ "$stderr" = "inv-validate: b.json: not written: no rows" ]
	cmp b.json kept
}

@test "a baseline that is renewed keeps its thresholds" {
	baseline
	edit .thresholds.psi 0.1
	edit .thresholds.null_rate 0.5
	manifest m.csv 1000 "$usual"
	inv-validate -q --baseline b.json --write-baseline b.json m.csv.nd > out
	[ "$(jq -c '.thresholds | [.psi, .null_rate, .ks]' b.json)" = '[0.1,0.5,0.1]' ]
	edit .thresholds '{"ks":0.9}'
	inv-validate -q --baseline b.json --write-baseline c.json m.csv.nd > out
	[ "$(jq -c '.thresholds | [.psi, .null_rate, .ks]' c.json)" = '[0.25,0.05,0.9]' ]
}

@test "a baseline that is none is refused with the place" {
	baseline
	edit .thresholds.psy 1
	run -78 inv-validate --baseline b.json was.csv.nd
	[[ $output = *"b.json: thresholds/psy: unknown member"* ]]
	echo '[]' > b.json
	run -78 inv-validate --baseline b.json was.csv.nd
	[[ $output = *"b.json: not a baseline: no inv_baseline"* ]]
	head -c 33M /dev/zero | tr '\0' ' ' > b.json
	run -78 inv-validate --baseline b.json was.csv.nd
	[[ $output = *"b.json: longer than 33554432 bytes"* ]]
	run -78 inv-validate --baseline nowhere was.csv.nd
	[[ $output = *"nowhere: No such file"* ]]
}

@test "records that do not fit are compared as they came" {
	baseline
	echo '{"properties":{"room":{"type":"string","x-inv-normalize":{"after":["uppercase"]}},"quantity":{"type":"integer"}}}' > up.json
	drift 'print "A-" i ",r" i % 5 "," i % 100 (i % 5 ? "" : "x") ",2026-01-10"' \
		-q -s ./up.json
	[ "$(found)" = "type:quantity new_values:room vanished_values:room categories:room" ]
	jq -e '.findings[1] | .score == 0.2 and .values == ["r0"]' <<< "$report"
}

@test "dates of another month are no drift" {
	baseline
	drift 'print "A-" i "," r(5) "," i % 100 ",2026-03-0" i % 9 + 1'
	[ "$(found)" = "" ]
}

@test "of many findings the first are listed, and all are counted" {
	baseline
	jq -nc '[range(1200) as $i | {key: "c\($i)", value: "x"}] |
		from_entries' | inv-split -q -f ndjson 2> split.err |
		inv-validate --baseline b.json 2> err > out
	report=$(grep '"type":"report"' out)
	[ "$(jq -c '[.drifted, (.findings | length)]' <<< "$report")" = '[1204,1000]' ]
	grep -q 'when is missing; .*; c1001 is new; 1194 more$' err
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
}

@test "columns past what memory holds are left out, and that is said" {
	jq -nc '[range(4000) as $i | {key: "column \($i)", value: "x"}] |
		from_entries' > wide
	for ((i = 0; i < 40; i++)); do
		sed "s/\"x\"/\"x$i\"/g" wide
	done | inv-split -q -f ndjson 2> split.err > wide.nd
	inv-validate --write-baseline b.json wide.nd 2> err > out
	grep -q 'b.json: too many columns: some are there in part or not at all' err
	inv-validate --baseline b.json wide.nd 2> err > out
	grep -q 'drift: too many columns: some are compared in part or not at all' err
	grep '"type":"report"' out | jq -e .partial
}

# ---- spreadsheets ----

# warned: the types of warnings in out, with their columns.
warned() {
	jq -r 'select(.warnings) | .warnings[] | .type + ":" + .loc[0]' out
}

@test "what a spreadsheet did is a warning on the row, and is said" {
	printf 'a,b\n#REF!,1\n#####,2\nx,#N/A\n' |
		inv-split -q 2> split.err | inv-validate > out 2> err
	[ "$(warned | tr '\n' ' ')" = "spreadsheet_error:a spreadsheet_overflow:a spreadsheet_error:b " ]
	[ "$(jq -c 'select(.row == 1).warnings' out)" = '[{"type":"spreadsheet_error","loc":["a"],"msg":"is an error of a spreadsheet","input":"#REF!","severity":"WARNING"}]' ]
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	[ "$(tail -n 1 out | jq .counts.pending)" = 3 ]
	[ "$(head -n 1 err)" = 'inv-validate: -:2: a: "#REF!" is an error of a spreadsheet [spreadsheet_error]' ]
}

@test "a row that is refused has the warning beside its errors" {
	echo '{"properties":{"a":{"type":"string","pattern":"^LAB-[0-9]+$"}}}' > a.json
	printf 'a\nLAB-1\n1.23E+11\n' | inv-split -q 2> split.err |
		inv-validate -s ./a.json > out 2> err
	[ "$(jq -c 'select(.row == 2) | [.verdict, .errors[0].type, .warnings[0].type]' out)" = \
		'["quarantined","string_pattern_mismatch","spreadsheet_number"]' ]
}

@test "a number that the schema reads as one is no damage" {
	echo '{"properties":{"a":{"type":"number"},"b":{"type":"string"}}}' > a.json
	printf 'a,b\n1.23E+11,1.23E+11\n' | inv-split -q 2> split.err |
		inv-validate -s ./a.json > out 2> err
	[ "$(warned)" = "spreadsheet_number:b" ]
}

@test "lost zeros, dates and day numbers show beside the cells before them" {
	{
		echo "zip,shelf,day"
		for ((i = 0; i < 12; i++)); do
			echo "0050$((i % 10)),$i-3,2026-01-1$((i % 10))"
		done
		echo "501,5-Mar,46095"
		echo "00502,Mar-05,2026-01-02"
	} | inv-split -q 2> split.err | inv-validate > out 2> err
	[ "$(warned | tr '\n' ' ')" = "spreadsheet_zeros:zip spreadsheet_date:shelf spreadsheet_serial:day spreadsheet_date:shelf " ]
	[ "$(jq 'select(.warnings) | .line' out | head -n 1)" = 14 ]
}

@test "what a column is like is not known before the tenth cell" {
	{
		echo "zip,shelf,day"
		echo "501,5-Mar,46095"
		for ((i = 0; i < 8; i++)); do
			echo "0050$i,$i-3,2026-01-1$i"
		done
		echo "501,5-Mar,46095"
	} | inv-split -q 2> split.err | inv-validate > out 2> err
	[ "$(warned)" = "" ]
}

@test "a baseline knows the zeros and dates from the first row on" {
	{
		echo "zip,day"
		for ((i = 0; i < 200; i++)); do
			echo "0050$((i % 10)),2026-01-1$((i % 10))"
		done
	} | inv-split -q 2> split.err |
		inv-validate --write-baseline b.json > /dev/null
	printf 'zip,day\n501,46095\n' | inv-split -q 2> split.err |
		inv-validate --baseline b.json > out 2> err
	[ "$(warned | tr '\n' ' ')" = "spreadsheet_zeros:zip spreadsheet_serial:day " ]
}

@test "text that is as long as a spreadsheet lets it be may have been cut" {
	text() {
		printf '%*s' "$1" '' | tr ' ' x
	}
	printf '%s\n' a "$(text 254)" "$(text 255)" "$(text 256)" \
		"$(text 255)" "$(text 32767)" "$(text 32766)" |
		inv-split -q 2> split.err | inv-validate > out 2> err
	[ "$(jq -c 'select(.warnings) | [.row, .warnings[].type]' out | tr '\n' ' ')" = \
		'[2,"spreadsheet_cut"] [5,"spreadsheet_cut"] ' ]
}

@test "values of typed manifests are no cells of a spreadsheet" {
	echo '{"a":"#REF!","b":"1.23E+11"}' | inv-split -q -f ndjson 2> split.err |
		inv-validate > out 2> err
	[ "$(warned)" = "" ]
}

@test "files that no spreadsheet has damaged have no warnings" {
	local file n=0
	corpus csv-spectrum
	for file in "$CORPUS"/*/*.csv "$CORPUS"/*.csv \
		"$CORPORA"/frictionless-csv/*.csv \
		"$CORPORA"/frictionless-csv/*/*.csv \
		"$ROOT"/examples/manifests/*.csv; do
		[ -e "$file" ] || continue
		n=$((n + 1))
		inv-split -q "$file" 2> split.err > nd || continue
		inv-validate -q nd > out
		if [ -n "$(warned)" ]; then
			echo "$file: $(warned)"
			return 1
		fi
	done
	[ "$n" -gt 5 ]
}
