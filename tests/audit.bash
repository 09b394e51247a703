# audit.bash - streams and a journal made by hand, for the tests of inv-audit

ZEROS=0000000000000000000000000000000000000000000000000000000000000000

# ---- streams, line by line; a manifest's id is 64 times a letter ----

id() {
	tr 0 "$1" <<< $ZEROS
}

manifest() { # LETTER [RUN [SUBMISSION]]
	printf '{"type":"manifest","v":1,"manifest":"%s","run":"%s","name":"%s.csv","format":"csv","arrival":1,"submission":%d}\n' \
		"$(id "$1")" "${2:-$(id 1 | cut -c 1-16)}" "$1" "${3:-1}"
}

stage() { # NAME
	printf '{"type":"stage","stage":"%s","version":"1"}\n' "$1"
}

row() { # LETTER ROW [MORE]
	printf '{"type":"record","manifest":"%s","row":%d,"line":%d,"chunk":%d,"record":{"a":"%d"}%s}\n' \
		"$(id "$1" | cut -c 1-32)" "$2" $(($2 + 1)) $((($2 - 1) / 500)) "$2" "${3:+,$3}"
}

verdict() { # VERDICT STAGE REASON [MORE]
	printf '"verdict":"%s","stage":"%s","reason":"%s"%s' "$1" "$2" "$3" "${4:+,$4}"
}

batch() { # LETTER ROWS KEY [HASH]
	printf '{"type":"batch","manifest":"%s","chunk":0,"rows":%s,"count":%d,"batch_hash":"%s","idempotency_key":"%s","verdict":"committed","evidence":"receipt","status":200,"attempts":1,"ms":3,"journal":2}\n' \
		"$(id "$1")" "$2" "$(count "$2")" "${4:-$(hash "$3")}" "$(id "$3")"
}

end() { # LETTER ROWS
	printf '{"type":"end","manifest":"%s","rows":%d,"bytes":1,"counts":{"pending":0}}\n' "$(id "$1")" "$2"
}

# ---- a journal, as inv-commit writes it ----

count() { # ROWS
	jq 'map(.[1] - .[0] + 1) | add' <<< "$1"
}

body() { # KEY
	printf '[{"k":"%s"}]' "$1"
}

hash() { # KEY: of its body
	body "$1" | sha256sum | cut -c 1-64
}

entry() { # REST: from "type" on
	local file=$INV_STATE/journal/000001.ndjson prev=$ZEROS n=0
	mkdir -p "$INV_STATE/journal"
	chmod 700 "$INV_STATE" "$INV_STATE/journal"
	if [ -s "$file" ]; then
		prev=$(tail -n 1 "$file" | tr -d '\n' | sha256sum | cut -c 1-64)
		n=$(wc -l < "$file")
	fi
	printf '{"seq":%d,"prev":"%s",%s}\n' $((n + 1)) "$prev" "$1" >> "$file"
	chmod 600 "$file"
}

whose() { # LETTER ROWS KEY
	printf '"manifest":"%s","submission":1,"arrival":1,"chunk":0,"rows":%s,"count":%d,"key":"%s"' \
		"$(id "$1")" "$2" "$(count "$2")" "$(id "$3")"
}

intent() { # LETTER ROWS KEY
	entry "\"type\":\"intent\",\"time\":\"2026-11-20T06:30:00Z\",$(whose "$@"),\"batch_hash\":\"$(hash "$3")\",\"keyed_by\":null,\"body\":$(body "$3")"
}

intent_of() { # KEY: the number of its intent; 1 where there is none
	local n
	n=$(grep '"type":"intent"' "$INV_STATE/journal/000001.ndjson" 2> /dev/null |
		grep "\"key\":\"$(id "$1")\"" | tail -n 1 | cut -d : -f 2 | cut -d , -f 1)
	echo "${n:-1}"
}

outcome() { # LETTER ROWS KEY [OUTCOME]
	entry "\"type\":\"outcome\",\"time\":\"2026-11-20T06:30:01Z\",\"intent\":$(intent_of "$3"),$(whose "$1" "$2" "$3"),\"batch_hash\":\"$(hash "$3")\",\"outcome\":\"${4:-committed}\",\"evidence\":\"receipt\",\"status\":200,\"attempts\":1,\"ms\":3"
}

commit() { # LETTER ROWS KEY
	intent "$@"
	outcome "$@"
}

LOG=state/audit/log.ndjson HEAD=state/audit/head

prepare() {
	set -o pipefail
	LOG=$INV_STATE/audit/log.ndjson
	HEAD=$INV_STATE/audit/head
	export JOURNAL=$INV_STATE/journal/000001.ndjson
}

# A manifest of six rows, of which four are committed by two batches.
six() {
	manifest a
	stage inv-split
	stage inv-validate
	row a 3 "$(verdict quarantined inv-validate schema_violation '"errors":[{"type":"missing","loc":["q"]},{"type":"extra_forbidden","loc":["x"]}]')"
	row a 5 "$(verdict skipped inv-dedup duplicate "\"of\":{\"manifest\":\"$(id a | cut -c 1-32)\",\"row\":1}")"
	batch a '[[1,2],[4,4]]' 7
	batch a '[[6,6]]' 8
	end a 6
}

committed_six() {
	commit a '[[1,2],[4,4]]' 7
	commit a '[[6,6]]' 8
}

# The chain of the log, checked without inv-audit.
chain_holds() {
	local prev=$ZEROS n=0 line
	while IFS= read -r line; do
		n=$((n + 1))
		[ "$(jq -r .seq <<< "$line")" = $n ] || return 1
		[ "$(jq -r .prev <<< "$line")" = "$prev" ] || return 1
		prev=$(printf %s "$line" | sha256sum | cut -c 1-64)
	done < "$LOG"
	[ "$(jq -r .hash "$HEAD")" = "$prev" ]
	[ "$(jq -r .seq "$HEAD")" = $n ]
	[ "$(jq -r .bytes "$HEAD")" = "$(stat -c %s "$LOG")" ]
}

# The one entry of the log for which CONDITION holds.
only() {
	jq -c "select($1)" "$LOG"
}
