# monitoring.bats - the rules and dashboards of examples/monitoring, the table
# of inv-metrics(7) and what programs write say the same

load lib

MONITORING=$ROOT/examples/monitoring

prepare() {
	set -o pipefail
	export INV_SCHEMA=inventory
}

teardown() {
	for pid in ${PROMETHEUS_PID:-} ${EXPORTER_PID:-}; do
		kill -9 "$pid" 2> /dev/null || true
		wait "$pid" 2> /dev/null || true
	done
	stop_ledger
}

needs() { # PROGRAM PACKAGE
	command -v "$1" > /dev/null || skip "no $1 (Debian: $2)"
}

rows() { # NUMBER PREFIX
	echo asset_id,grant_code,description,quantity,location_code,acquired_on
	seq "$1" | awk -v p="$2" '{ printf "%s-%06d,NIH-R01-7,Pipette tips,%s," \
		"BLDG12-RM304-CAB2,2026-03-14\n", p, $1, $1 % 3 ? $1 : "x" }'
}

# One of each: a run with a retry and rows refused, a broken one, both looks.
run_all() { # FILE PREFIX
	rows 9 "$2" > "$2.csv"
	start_ledger --fault 503@1
	inv-split -q --metrics "$1" "$2.csv" |
		inv-validate -q --metrics "$1" | inv-dedup -q --metrics "$1" |
		inv-commit -q --metrics "$1" --backoff 1ms -l "$LEDGER" \
			--namespace lab |
		inv-quarantine -q --metrics "$1" | inv-audit -q --metrics "$1"
	sed -n 1,2p "$2.csv" | inv-split -q | sed '$d' |
		inv-audit -q --metrics "$1" || [ $? = $EX_DATAERR ]
	inv-status --metrics "$1"
	inv-audit verify --metrics "$1"
	stop_ledger
} > /dev/null 2>&1

# What a dashboard asks, with its variables filled in.
queries() { # FILE...
	jq -r '.panels[].targets[]?.expr' "$@" |
		sed 's/\$__rate_interval/30s/g; s/\$__range/10m/g; s/\$pipe/.*/g'
}

names() { # of figures in a text
	grep -oE '\binv_[a-z_]+' | sort -u
}

# The rows of the page's table: name, type, unit, labels, stages.
table() {
	sed -n 's/^\.It Cm \(inv_[a-z_]* Ta .*\)/\1/p' "$ROOT/man/inv-metrics.7" |
		sed 's/ Ta /\t/g'
}

@test "the rules are well-formed and their tests pass" {
	needs promtool prometheus
	promtool check rules --lint=all --lint-fatal "$MONITORING/inv.rules.yml"
	cd "$MONITORING"
	promtool test rules inv.test.yml
}

@test "each rule is tested, when it fires and when it does not" {
	grep -o 'alert: .*' "$MONITORING/inv.rules.yml" | while read -r _ name; do
		grep -q "{ eval_time: .*, alertname: $name, exp_alerts: \[\] }" \
			"$MONITORING/inv.test.yml"
		grep -A 2 "^ *alertname: $name\$" "$MONITORING/inv.test.yml" |
			grep -q exp_labels
	done
	[ "$(grep -c 'alert: ' "$MONITORING/inv.rules.yml")" = 6 ]
}

@test "another threshold, or time, in a rule is noticed by its test" {
	needs promtool prometheus
	cp "$MONITORING/inv.test.yml" .
	for change in 's/>= 0.7$/>= 0.75/' 's/>= 0.9$/> 0.9/' 's/> 50$/> 60/' \
		's/> 26 /> 27 /' 's/> 6 /> 7 /' 's/for: 15m/for: 14m/' \
		's/intact == 0/intact == 1/' 's/lease_held == 1/lease_held >= 0/'; do
		sed "$change" "$MONITORING/inv.rules.yml" > inv.rules.yml
		run -1 cmp -s inv.rules.yml "$MONITORING/inv.rules.yml"
		run -1 promtool test rules inv.test.yml
	done
}

@test "the dashboards are JSON, with places and ids of their own" {
	for f in operations compliance lab-managers; do
		jq -e '.uid and .title and (.panels | length > 5)
			and ([.panels[].id] | length == (unique | length))
			and ([.panels[] | .gridPos | .x + .w <= 24] | all)
			and ([.panels[] | .gridPos | [.x, .y]] |
				length == (unique | length))
			and ([.panels[] | select(.type != "row") |
				.title != "" and (.targets | length > 0)
				and ([.targets[].expr | length > 0] | all)] | all)
			and ([.panels[] | select(.type != "row") |
				.datasource.uid == "${datasource}"] | all)' \
			"$MONITORING/$f.json" > /dev/null
	done
	[ "$(jq -rs '[.[].uid] | unique | length' "$MONITORING"/*.json)" = 3 ]
}

@test "each query of the dashboards is one that Prometheus can read" {
	needs promtool prometheus
	queries "$MONITORING"/*.json |
		jq -R '{record: "q:\(input_line_number)", expr: .}' |
		jq -s '{groups: [{name: "queries", rules: .}]}' > q.yml
	[ "$(jq '.groups[0].rules | length' q.yml)" -gt 30 ]
	promtool check rules q.yml
	jq '.groups[0].rules[3].expr += ")"' q.yml > bad.yml
	run ! promtool check rules bad.yml
}

@test "what rules and dashboards ask for is in the page's table, and is written" {
	run_all f.prom LAB
	grep -v '^#' f.prom | grep -oE '^[a-z_]+' | sort -u > written
	table | cut -f 1 > listed
	table | awk -F '\t' '$2 == "histogram" {
		print $1 "_bucket"; print $1 "_sum"; print $1 "_count" }' >> listed
	{
		queries "$MONITORING"/*.json
		grep -vE '^ *(#|- name|- alert|summary|action)' \
			"$MONITORING/inv.rules.yml"
	} | names > asked
	[ "$(wc -l < asked)" -gt 20 ]
	[ -z "$(comm -23 asked <(sort listed))" ]
	[ -z "$(comm -23 asked written)" ]
}

@test "the page's table has all that is written, with type, labels and stages" {
	run_all f.prom LAB
	inv-run -q --metrics f.prom LAB.csv > /dev/null || true
	diff <(sed -n 's/^# TYPE \([^ ]*\) \(.*\)/\1\t\2/p' f.prom | sort) \
		<(table | cut -f 1,2 | sort)
	table | while IFS=$'\t' read -r name type unit labels stages; do
		[ "$labels" != - ] || labels=
		sed -nE "s/^$name(_bucket)?[{]pipe=\"f\",stage=\"[^\"]*\",?(.*)[}] .*/\2/p" \
			f.prom | sed 's/="[^"]*"//g' | sort -u > got
		[ "$(cat got)" = "${labels//, /,}" ]
		case $stages in
		all) stages=inv- ;;
		filters*) stages=inv-split,inv-validate,inv-dedup,inv-commit,inv-quarantine,inv-audit ;;
		esac
		stages=",${stages//, /,},"
		grep -E "^$name(_bucket)?[{]" f.prom |
			sed 's/.*stage="\([^"]*\)".*/\1/' | sort -u | while read -r stage; do
			[[ $stages == ,inv-, || $stages == *",$stage,"* ]]
		done
		case $unit in
		s) [[ $name == *_seconds ]] ;;
		bytes) [[ $name == *_bytes ]] ;;
		esac
		case $type in
		counter) [[ $name == *_total ]] ;;
		*) [[ $name != *_total ]] ;;
		esac
	done
}

@test "each figure has a word on what it tells in the page" {
	table | cut -f 1 | while read -r name; do
		grep -qE "^\.It Cm ($name|.* $name|$name ,.*)( ,.*)?\$" \
			<(grep -v ' Ta ' "$ROOT/man/inv-metrics.7")
	done
}

free_port() {
	python3 -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# A Prometheus that looks each half second at a node_exporter that reads ours.
start_prometheus() {
	local exporter
	exporter=$(free_port)
	prometheus-node-exporter --web.listen-address="127.0.0.1:$exporter" \
		--collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$PWD/textfile" 2> exporter.err 3>&- &
	EXPORTER_PID=$!
	cp "$MONITORING/inv.rules.yml" .
	cat > prometheus.yml <<- END
	global: { scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms }
	rule_files: [ inv.rules.yml ]
	scrape_configs:
	  - job_name: node
	    static_configs: [ { targets: [ '127.0.0.1:$exporter' ] } ]
	END
	PROMETHEUS=127.0.0.1:$(free_port)
	prometheus --config.file=prometheus.yml --storage.tsdb.path=data \
		--web.listen-address="$PROMETHEUS" 2> prometheus.err 3>&- &
	PROMETHEUS_PID=$!
}

ask() { # QUERY: how many series answer it
	curl -sS "http://$PROMETHEUS/api/v1/query" --data-urlencode "query=$1" |
		jq -e 'if .status == "success" then .data.result | length
			else error(.error) end'
}

answers() { # QUERY
	[ "$(ask "$1" 2> /dev/null)" -gt 0 ]
} 2> /dev/null

@test "a collector takes the files of two pipes, and every query has an answer" {
	needs prometheus prometheus
	needs prometheus-node-exporter prometheus-node-exporter
	mkdir textfile
	run_all textfile/a.prom LAB
	INV_STATE=$PWD/other run_all textfile/b.prom LAX
	start_prometheus
	wait_for answers 'count_over_time(inv_runs_total{pipe="b"}[1m]) > 1'
	runs=$(sed -n 's/^inv_runs_total{pipe="a",stage="inv-audit",status="0"} //p' \
		textfile/a.prom)
	run_all textfile/a.prom LAC
	wait_for answers "inv_runs_total{pipe=\"a\",stage=\"inv-audit\",status=\"0\"} > $runs"
	wait_for answers 'increase(inv_runs_total{stage="inv-audit",status!="0"}[1m]) > 0'
	[ "$(ask 'node_textfile_scrape_error == 0')" = 1 ]
	[ "$(ask 'count by (pipe) (inv_runs_total)')" = 2 ]
	# Nobody has the lease, and nothing has to be put right.
	queries "$MONITORING"/*.json | grep -v inv_lease_held > queries
	while IFS= read -r query; do
		answers "$query" || { echo "no answer: $query"; return 1; }
	done < queries
	curl -sS "http://$PROMETHEUS/api/v1/rules" | jq -e '
		[.data.groups[].rules[] | .health == "ok"] | length == 6 and all' > /dev/null
	[ "$(ask 'ALERTS{alertstate="firing"}')" = 0 ]
}
