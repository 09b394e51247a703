# pipe.bats - the suite as a whole, by the public command line alone

load lib

prepare() {
	export INV_SCHEMA=inventory
}

teardown() {
	stop_ledger
}

law() { # ROWS MANIFEST
	"$ROOT/tests/helper/law" "$@"
}

head_line=asset_id,grant_code,description,quantity,location_code,acquired_on

rows() { # N [PREFIX]: good rows
	seq "$1" | awk -v p="${2:-LAB}" '{ printf "%s-%06d,NIH-R01-7," \
		"Pipette tips,%d,BLDG12-RM304-CAB2,2026-03-14\n", p, $1, $1 }'
}

sheet() { # N [PREFIX]
	echo $head_line
	rows "$@"
}

# The manifests, and how many rows each has by the rules of inv-split(1).
manifests=(
	'clean.csv 20'
	'q3.csv 1000'
	'unclosed.csv 21'
	'trailing.csv 21'
	'ragged.csv 22'
	'bytes.csv 23'
	'long.csv 22'
	'blank.csv 20'
	'cr.csv 20'
	'sheet.tsv 20'
	'lines.ndjson 24'
	'bare.csv 0'
	'utf16.csv 20'
)

make_manifests() {
	sheet 20 > clean.csv
	cp "$ROOT/examples/manifests/q3-chemistry.csv" q3.csv
	{ sheet 10 U; echo 'U-X,NIH-R01-7,"open,1,BLDG1-RM1-CAB1,2026-03-14'
		rows 20 U | tail -n 10; } > unclosed.csv
	{ sheet 10 T; echo 'T-X,NIH-R01-7,"closed" data,1,B,2026-03-14'
		rows 20 T | tail -n 10; } > trailing.csv
	{ sheet 10 R; echo R-X,few; echo 1,2,3,4,5,6,7,8
		rows 20 R | tail -n 10; } > ragged.csv
	{ sheet 20 B; printf 'B-\xff,NIH-1,d,1,BLDG1-RM1-CAB1,2026-03-14\n'
		printf 'B-\0,NIH-1,d,1,BLDG1-RM1-CAB1,2026-03-14\n'
		printf '\xed\xa0\x80,,,,,\n'; } > bytes.csv
	{ sheet 20 L; head -c 300000 /dev/zero | tr '\0' x; echo ,,,,,
		head -c 2000000 /dev/zero | tr '\0' y; echo ,,,,,; } > long.csv
	{ echo $head_line; echo; rows 20 E | sed G; echo; } > blank.csv
	sheet 20 C | tr '\n' '\r' > cr.csv
	sheet 20 S | tr , '\t' > sheet.tsv
	{ sheet 20 N | inv-split -q --no-archive - | inv-validate -q |
		jq -c 'select(.type == "record").record'
		echo '{"asset_id":1'
		echo '{"a":1,"a":2}'
		echo '[]'
		echo '{"quantity":10000000000000001}'; } > lines.ndjson
	echo $head_line > bare.csv
	sheet 20 V | iconv -t UTF-16 > utf16.csv
}

names() {
	printf '%s\n' "${manifests[@]}" | cut -d ' ' -f 1
}

# through PIPE [OPTION...]: all of them through inv-split and PIPE, a line of
# shell, in a fresh state; the summaries in `summary`, the status in `rc`.
through() {
	local pipe=$1
	shift
	rm -rf "$INV_STATE"
	rc=0
	# shellcheck disable=SC2046 # names without blanks
	inv-split -q "$@" $(names) 2> err | bash -c "set -o pipefail; $pipe" \
		> summary 2>> err || rc=$?
}

judge_all() { # the law for each of them
	local one file n
	for one in "${manifests[@]}"; do
		read -r file n <<< "$one"
		echo "$file: $(law "$n" "$file" < summary)"
	done
}

all='inv-validate -q | inv-dedup -q | inv-commit -q | inv-quarantine -q | inv-audit'

@test "all six: every row of every manifest is in one verdict, by its number" {
	local chunk
	make_manifests
	for chunk in 1 7 500; do
		through "$all" --chunk-size $chunk
		[ $rc = 0 ]
		judge_all > "got.$chunk"
	done
	cat got.7
	grep -qx 'q3.csv: committed=904 quarantined=74 skipped=22' got.7
	grep -qx 'lines.ndjson: committed=20 quarantined=4' got.7
	cmp got.1 got.7
	cmp got.7 got.500
}

@test "every prefix and subset of the pipe accounts for every row" {
	local pipe wanted
	make_manifests
	while IFS=: read -r wanted pipe; do
		echo "$pipe"
		through "$pipe"
		[ $rc = "$wanted" ]
		judge_all
	done << 'END'
75:inv-audit
75:inv-validate -q | inv-audit
75:inv-validate -q | inv-dedup -q | inv-audit
0:inv-commit -q -k asset_id | inv-audit
0:inv-validate -q | inv-commit -q | inv-quarantine -q | inv-audit
0:inv-validate -q | inv-commit -q | inv-audit
75:inv-quarantine -q | inv-dedup -q | inv-audit
75:inv-dedup -q -k asset_id | inv-validate -q | inv-audit
END
}

@test "jq -c . between any two stages changes no verdict" {
	make_manifests
	manifests=("${manifests[@]/#long.csv*/clean.csv 20}") # jq is slow there
	through "$all"
	judge_all > plain
	through "jq -c . | ${all//|/| jq -c . |}"
	[ $rc = 0 ]
	judge_all > mixed
	cmp plain mixed
	inv-audit verify --read-data > /dev/null
}

@test "a row that jq gives a verdict is accounted for, one that it drops is not" {
	sheet 1200 > m.csv
	inv-split -q m.csv | jq -c 'if .type == "record" and .row % 3 == 0 then
		. + {verdict: "skipped", reason: "filtered", stage: "jq"}
		else . end' | bash -c "$all" > summary
	[ "$(law 1200 m.csv < summary)" = 'committed=800 skipped=400' ]

	rm -rf "$INV_STATE"
	run -65 --separate-stderr bash -c "set -o pipefail; inv-split -q m.csv |
		jq -c 'select(.row != 700)' | $all"
	[ "$(jq -c '[.complete, .rows, .counts.committed, .counts.held]' \
		<<< "$output")" = '[false,1200,700,499]' ]
	[[ $stderr == *'m.csv: incomplete: 1200 rows announced, 1199 came; row 700 is missing'* ]]
}

@test "a saved stream can be fed later, and again, and changes nothing" {
	make_manifests
	through 'inv-validate -q | inv-dedup -q | inv-commit -q > run.ndjson'
	[ $rc = 0 ]
	inv-quarantine -q run.ndjson | inv-audit > summary
	judge_all > first
	cp "$INV_STATE/audit/log.ndjson" log
	inv-quarantine list --state all > items
	inv-quarantine -q run.ndjson | inv-audit > again
	cmp again summary
	inv-audit run.ndjson > again
	cmp again summary
	cmp "$INV_STATE/audit/log.ndjson" log
	inv-quarantine list --state all | cmp - items
	inv-audit verify --read-data > /dev/null
}

@test "text of another encoding, where it is named" {
	{ sheet 20; echo 'LAB-é,NIH-1,dé,1,BLDG1-RM1-CAB1,2026-03-14'; } |
		iconv -t ISO-8859-1 > latin.csv
	inv-split -q -e ISO-8859-1 latin.csv | bash -c "$all" > summary
	[ "$(law 21 latin.csv < summary)" = committed=21 ]
	inv-ledger --export records --db "$INV_STATE/embedded/ledger.db" |
		grep -q '"description":"dé"'
}

@test "a refused manifest is seen at the end of the pipe, among others" {
	sheet 20 > clean.csv
	: > empty.csv
	echo a,b,a > twice.csv
	run -65 --separate-stderr bash -c "set -o pipefail; inv-split -q \
		empty.csv clean.csv twice.csv | $all"
	[ "$(jq -c '[.name, .rows, .counts.committed, .refused.reason]' \
		<<< "$output" | tr '\n' ' ')" = '["empty.csv",0,0,"empty"] ["clean.csv",20,20,null] ["twice.csv",0,0,"bad_header"] ' ]
}

# ---- what is cut ----

@test "a stream that is cut anywhere is incomplete to every program" {
	local program bytes
	sheet 1200 > m.csv
	inv-split -q m.csv | inv-validate -q | inv-dedup -q | inv-commit -q |
		inv-quarantine -q > whole
	bytes=$(stat -c %s whole)
	for program in validate dedup commit quarantine audit; do
		for cut in 2 40 $((bytes / 2)) $((bytes - 60)); do
			run -65 bash -c "head -c -$cut whole | inv-$program -q"
		done
		# but for the last LF, without which it is whole
		[ $program = audit ] || head -c -1 whole | inv-$program > /dev/null
	done
}

# ---- the state directory ----

@test "what is planted in the state directory is refused, and not written to" {
	local file rc
	{ sheet 20; echo LAB-X,few; } > m.csv
	inv-split -q m.csv | bash -c "$all" > /dev/null
	cp -a state good
	rm good/journal/home # a copy of it is what is looked at here
	sheet 30 > m.csv # so that there is something to commit
	inv-split -q --no-archive m.csv | inv-validate -q > in
	for file in archive archive/index journal journal/000001.ndjson \
		journal/lock journal/seen.db embedded embedded/ledger.db ledger \
		quarantine quarantine/quarantine.db audit audit/log.ndjson \
		audit/head audit/lock; do
		rm -rf state elsewhere
		cp -a good state
		mv "state/$file" elsewhere
		ln -s "$PWD/elsewhere" "state/$file"
		find elsewhere -type f -exec sha256sum {} + > before
		case $file in
		archive*) program='inv-split m.csv' ;;
		quarantine*) program='inv-quarantine list' ;;
		audit*) program='inv-audit in' ;;
		*) program='inv-commit in' ;;
		esac
		echo "$file: $program"
		run -77 --separate-stderr $program
		[[ ${stderr,,} =~ 'symbolic link'|'not a directory' ]]
		find elsewhere -type f -exec sha256sum {} + | cmp - before
	done
}

@test "a state directory of somebody else, or open to others, is refused" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	local program
	sheet 20 > m.csv
	inv-split -q m.csv > in
	for program in 'inv-split m.csv' 'inv-commit in' 'inv-quarantine list' \
		'inv-audit in'; do
		chown nobody state
		run -77 --separate-stderr $program
		[[ $stderr == *"$PWD/state: refused: belongs to user"* ]]
		chown root state
		chmod 770 state
		run -77 --separate-stderr $program
		[[ $stderr == *"$PWD/state: refused: others may write to it"* ]]
		chmod 700 state
	done
	run -77 --separate-stderr setpriv --reuid nobody --clear-groups \
		"$(command -v inv-audit)" < in
}

# ---- hostile text ----

nasty() {
	"$ROOT/tests/helper/nasty" "$@"
}

@test "naughty strings reach the ledger as they are, as cells, values, names" {
	corpus naughty-strings > /dev/null
	local file field
	nasty make
	while read -r file field; do
		rm -rf "$INV_STATE" l.db
		inv-split -q $file | inv-dedup -q | inv-commit -q -k id \
			-l file:l.db | inv-quarantine -q | inv-audit > summary
		[ "$(law 258 $file < summary)" = committed=258 ]
		inv-ledger --export records --db l.db > records
		nasty held records "$field"
	done <<< $'n.csv s\nn.ndjson s\nm.ndjson -'
}

@test "nothing in a record or a name acts in any sink" {
	corpus naughty-strings > /dev/null
	local i=0 name names
	nasty make
	# as cells, as names of columns and members, as names of manifests
	names=(-o $'new\nline' $'\e[31mred' "$(printf 'n%.0s' {1..255})" =1+1
		$'\u202edlo' '<script>alert(1)<|script>' $'\xff' $'\x9b31m')
	mkdir names
	for name in "${names[@]}"; do
		i=$((i + 1))
		{ echo "$i"; cat n.csv; } | sed '1d;2s/s$/=s/' > "names/$name"
		echo "$i,x" >> "names/$name"
	done
	cp m.ndjson $'names/\e]0;m\a'
	cd names
	inv-split -- * 2> ../err.split | inv-validate 2> ../err.validate |
		inv-dedup 2> ../err.dedup | inv-commit 2> ../err.commit |
		inv-quarantine 2> ../err.quarantine | inv-audit 2> ../err.audit \
		> ../summary
	cd ..
	[ "$(wc -l < summary)" = 10 ]
	inv-quarantine export --csv > sheet.csv
	[ "$(wc -l < sheet.csv)" -ge 2000 ]
	script -qec 'inv-quarantine list' /dev/null > list.text
	inv-split -q -- names/$'\e[31mred' > one.ndjson
	script -qec 'inv-audit one.ndjson' /dev/null > audit.text || true
	grep -qF 'x1b[31mred: 259 rows: 259 pending' audit.text
	[ "$(wc -l < err.validate)" -gt 100 ]
	nasty sinks sheet.csv "$INV_STATE/audit/log.ndjson" err.* *.text
	inv-audit verify --read-data > /dev/null
}

# ---- again, and at the same time ----

@test "the same bytes again change nothing; --submission 2 is another manifest" {
	sheet 1200 > m.csv
	cp m.csv other.csv
	for run in 1 2; do
		inv-split -q m.csv | bash -c "$all" > sum.$run
		inv-ledger --export records --db state/embedded/ledger.db > l.$run
		inv-ledger --export requests --db state/embedded/ledger.db > r.$run
	done
	cmp l.1 l.2
	cmp r.1 r.2
	[ "$(jq -c '[.counts.skipped, .standing.counts.committed]' sum.2)" = \
		'[1200,1200]' ]
	# another name: the manifest is its bytes
	inv-split -q other.csv | bash -c "$all" > sum.3
	[ "$(jq -c '[.name, .standing.runs, .standing.counts.committed]' sum.3)" = \
		'["other.csv",3,1200]' ]
	# what is submitted once more has an arrival and an account of its own
	inv-split -q --submission 2 m.csv | tee s | bash -c "$all" > sum.4
	[ "$(head -n 1 s | jq -c '[.arrival, .submission]')" = '[2,2]' ]
	[ "$(jq -c '[.standing.runs, .counts.skipped, .standing.counts.committed]' \
		sum.4)" = '[1,1200,0]' ]
	inv-ledger --export records --db state/embedded/ledger.db | cmp - l.1
}

@test "a later manifest updates; what is the same in it is skipped" {
	sheet 1200 > first.csv
	sed 's/Pipette tips,7,/Pipette tips,70,/; s/,1199,/,0,/' first.csv \
		> second.csv
	inv-split -q first.csv | bash -c "$all" > summary
	inv-split -q second.csv | bash -c "$all" > summary
	[ "$(jq -c '[.counts.committed, .counts.skipped]' summary)" = '[2,1198]' ]
	inv-ledger --export records --db state/embedded/ledger.db > records
	[ "$(grep -c . records)" = 1200 ]
	grep -q '"asset_id":"LAB-000007".*"quantity":70[,}]' records
	grep -q '"asset_id":"LAB-001199".*"quantity":0[,}]' records
	inv-audit verify --read-data > /dev/null
}

@test "two pipes at once on one state: each row has one effect" {
	local same
	start_ledger --delay 5ms
	sheet 5000 > a.csv
	sheet 5000 OTHER > b.csv
	for same in a.csv b.csv; do
		rm -rf "$INV_STATE" one two
		(inv-split -q a.csv | bash -c "set -o pipefail
			${all/inv-commit/inv-commit -l "$LEDGER"}" > one) 3>&- &
		inv-split -q $same | bash -c "set -o pipefail
			${all/inv-commit/inv-commit -l "$LEDGER"}" > two
		wait $!
		[ "$(cat one two | jq '.standing.counts.committed' | tail -n 1)" = 5000 ]
		inv-audit verify --read-data > /dev/null
		# one request with an effect for each chunk
		curl -sf "$LEDGER/requests" | jq -r 'select(.effect).key' > keys
		[ "$(sort keys | uniq -d)" = '' ]
	done
	[ "$(curl -sf "$LEDGER/records" | wc -l)" = 10000 ]
	[ "$(wc -l < keys)" = 20 ]
}

@test "300,000 rows take each program less than 64 MiB" {
	local program keys=$((300000 * 40 / 1024))
	case $(command -v inv-split) in
	*/asan/*) skip "sanitizers take memory of their own" ;;
	esac
	sheet 300000 > m.csv
	measured() { # PROGRAM [OPTION...]
		RSS=$1.rss "$ROOT/tests/helper/rss" "$@"
	}
	measured inv-split -q m.csv | measured inv-validate -q |
		measured inv-dedup -q | measured inv-commit -q |
		measured inv-quarantine -q | measured inv-audit > summary
	[ "$(law 300000 m.csv < summary)" = committed=300000 ]
	head -v *.rss
	for program in split validate commit quarantine audit; do
		[ "$(cat inv-$program.rss)" -lt 65536 ]
	done
	[ "$(cat inv-dedup.rss)" -lt $((65536 + keys)) ]
	# none committed: all of them stored, and all of them skipped again
	sed 's/NIH/NIX/' m.csv > wrong.csv
	inv-split -q wrong.csv | inv-validate -q |
		measured inv-quarantine -q > /dev/null
	inv-split -q m.csv | inv-validate -q | measured inv-commit -q |
		measured inv-audit > summary
	[ "$(jq .counts.skipped summary)" = 300000 ]
	head -v *.rss
	for program in commit quarantine audit; do
		[ "$(cat inv-$program.rss)" -lt 65536 ]
	done
}
