#!/usr/bin/env bats
# inv-audit prove and check --manifest: the bytes of a row in its manifest

load lib

prepare() {
	set -o pipefail
}

# take FILE [OPTION...]: into a new ledger, keyed by the column KEY.
take() {
	local file=$1
	shift
	rm -rf "$INV_STATE" ledger.db
	inv-split -q "$@" "$file" | inv-commit -q -k "${KEY:-id}" -l file:ledger.db |
		inv-audit -q > summary
	id=$(jq -r .manifest summary)
	inv-audit key show > lab.pub
}

# proved FILE ROW RAW [OPTION...]: a proof of the row, which has those bytes,
# which are where it says, and which check finds there.
proved() {
	local file=$1 row=$2 raw=$3
	shift 3
	take "$file" "$@"
	inv-audit prove "$id" "$row" > proof
	[ "$(jq -r .raw proof)" = "$raw" ]
	cut_out "$file" > cut
	[ "$(cat cut)" = "$raw" ]
	run -0 --separate-stderr inv-audit check proof --key lab.pub --manifest "$file"
	jq -e --argjson n "$(wc -c < cut)" --slurpfile p proof \
		'.bytes == $n and .line == $p[0].line and .offset == $p[0].offset' <<< "$output"
}

# As a stranger would: with what every system has.
cut_out() { # FILE
	case $1 in
	*.gz) zcat "$1" ;;
	*.zst) zstdcat "$1" ;;
	*) cat "$1" ;;
	esac > plain
	tail -c +$(($(jq .offset proof) + 1)) plain > behind
	head -c "$(jq -j .raw proof | wc -c)" behind
}

four() {
	printf 'id,what\nA-1,one\nA-2,"a ""b"", c"\n\nA-3,"two\nlines"\nA-4,%s\n' "Größe"
}

@test "a proof tells the bytes of the row, and where they begin" {
	four > m.csv
	proved m.csv 1 'A-1,one'
	jq -e '.line == 2 and .offset == 8 and .format == "csv"' proof
	proved m.csv 2 'A-2,"a ""b"", c"'
	proved m.csv 3 $'A-3,"two\nlines"'
	jq -e '.line == 5' proof
	proved m.csv 4 'A-4,Größe'
	jq -e '.line == 7' proof
}

@test "whatever ends its lines, stands before it or parts its cells" {
	four | sed 's/$/\r/' > crlf.csv
	proved crlf.csv 1 'A-1,one'
	{ printf '\xef\xbb\xbf' && four; } > bom.csv
	proved bom.csv 1 'A-1,one'
	jq -e '.offset == 11' proof
	four | tr ',' ';' > semicolon.csv
	proved semicolon.csv 1 'A-1;one' -d ';'
	jq -e '.delimiter == ";"' proof
	printf 'id\twhat\nT-1\tone\nT-2\ttwo' > m.tsv
	proved m.tsv 2 $'T-2\ttwo'
	printf '{"id":"N-1"}\n\n {"id":"N-2", "x":1.0}\n' > m.ndjson
	proved m.ndjson 2 ' {"id":"N-2", "x":1.0}'
	jq -e '.line == 3 and .format == "ndjson"' proof
}

@test "how it was read is told where it matters" {
	printf 'id,what\nA-1,\n' > m.csv
	proved m.csv 1 'A-1,' --empty null --strict-quotes
	jq -e '.empty == "null" and .strict_quotes and (has("header") or has("delimiter") | not)' proof
	printf 'B-1,x\nB-2,y\n' > n.csv
	KEY=c1 proved n.csv 2 'B-2,y' --no-header
	jq -e '.header == false and .line == 2' proof
}

@test "a packed manifest: they are counted in what is in it" {
	four | gzip > m.csv.gz
	proved m.csv.gz 2 'A-2,"a ""b"", c"'
	four | sed s/A/B/ | zstd -q > m.csv.zst
	proved m.csv.zst 4 'B-4,Größe'
}

@test "an empty row of a table of one column has no bytes, in their place" {
	printf 'id\n\nA-2\n\n' > m.csv
	proved m.csv 1 ''
	jq -e '.offset == 3 and .line == 2 and .raw == ""' proof
	jq -c '.offset = 4' proof > edited
	run -1 --separate-stderr inv-audit check edited --key lab.pub --manifest m.csv
	[[ $stderr = *"its row 1 is not the bytes that the proof tells"* ]]
	printf 'a\n\n' > n.csv
	KEY=c1 proved n.csv 2 '' --no-header
	jq -e '.offset == 2' proof
}

@test "in another encoding a row is no run of bytes, and that is said" {
	four | iconv -t UTF-16 > m.csv
	take m.csv
	run -0 --separate-stderr inv-audit prove "$id" 1
	[[ $stderr = *"the bytes of the row are not in the proof: in UTF-16LE it is no run of bytes that we read"* ]]
	printf '%s\n' "$output" > proof
	jq -e 'has("raw") or has("offset") or has("line") | not' proof
	inv-audit check proof --key lab.pub
	run -1 --separate-stderr inv-audit check proof --key lab.pub --manifest m.csv
	[[ $stderr = *"m.csv: the proof does not tell the bytes of the row"* ]]
	[ -z "$output" ]
	four | iconv -t WINDOWS-1252 > w.csv
	take w.csv -e WINDOWS-1252
	run -0 --separate-stderr inv-audit prove "$id" 1
	[[ $stderr = *"in WINDOWS-1252 it is no run of bytes"* ]]
}

@test "of a manifest that was not kept, or is damaged, there are none" {
	four > m.csv
	take m.csv --no-archive
	run -0 --separate-stderr inv-audit prove "$id" 1
	[[ $stderr = *"the bytes of the row are not in the proof: "* ]]
	jq -e 'has("raw") | not' <<< "$output"
	four | sed s/A/B/ > n.csv
	take n.csv
	chmod 600 "$INV_STATE/archive/${id:0:2}/$id"
	sed -i s/one/eno/ "$INV_STATE/archive/${id:0:2}/$id"
	run -0 --separate-stderr inv-audit prove "$id" 1
	[[ $stderr = *"the bytes of the row are not in the proof: "*"$id"* ]]
	jq -e 'has("raw") | not' <<< "$output"
}

@test "check --manifest needs the very file, and the row in it" {
	four > m.csv
	take m.csv
	inv-audit prove "$id" 2 > proof
	four | sed s/one/eno/ > other.csv
	run -1 --separate-stderr inv-audit check proof --key lab.pub --manifest other.csv
	[[ $stderr = *"other.csv: its SHA-256 is $(sha256sum < other.csv | cut -c 1-16)...: it is not manifest ${id:0:16}..."* ]]
	[ -z "$output" ]
	for edit in '.raw = "A-1,one"' '.offset = 8' '.line = 2' '.raw += " "' \
		'.format = "ndjson"'; do
		jq -c "$edit" proof > edited
		# Alone, the proof says nothing of them.
		inv-audit check edited --key lab.pub > /dev/null
		run -1 --separate-stderr inv-audit check edited --key lab.pub --manifest m.csv
		[[ $stderr = *"m.csv: its row 2 is not the bytes that the proof tells"* ]]
	done
	for edit in '.format = "odt"' '.offset = -1' '.raw = 7' 'del(.line)' \
		'.empty = "none"' '.header = true' '.delimiter = ","'; do
		jq -c "$edit" proof > edited
		run -65 inv-audit check edited --key lab.pub
	done
	run -66 inv-audit check proof --key lab.pub --manifest none.csv
	run -64 inv-audit check proof --key lab.pub --manifest m.csv --checkpoint x
	run -64 inv-audit prove "$id" 2 --manifest m.csv
}

@test "on a terminal the bytes are shown, and act on nothing" {
	printf 'id,what\nA-1,\033[31mred\n' > m.csv
	take m.csv
	inv-audit prove "$id" 1 > proof
	run -0 script -qec "inv-audit check proof --key lab.pub --manifest m.csv" /dev/null
	[[ $output = *"in the manifest it is on line 2, 12 bytes from byte 8 on:"*'A-1,\x1b[31mred'* ]]
	run ! grep -q $'\033' <<< "$output"
}
