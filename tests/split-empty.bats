#!/usr/bin/env bats
# inv-split: files without rows, in every format and through the whole pipe

load lib
load split

prepare() {
	set -o pipefail
	echo '{"type":"object"}' > any.schema.json
	: > zero
	ISA='ISA*00*          *00*          *ZZ*A              *ZZ*B              *260314*0936*U*00401*000000001*0*T*>~'
}

# pipe STATUS ARGS...: what inv-audit ends with; its summaries in `summary`.
pipe() {
	local status=$1
	shift
	rm -rf "$INV_STATE" ledger.db
	run "-$status" --separate-stderr bash -c 'inv-split -q "$@" |
		inv-validate -q -s any.schema.json | inv-dedup -q |
		inv-commit -q -k id -l file:ledger.db | inv-quarantine -q |
		inv-audit -q > summary' bash "$@"
	jq -es 'length == 1 and .[0].rows == 0 and .[0].complete and
		([.[0].counts[]] | add) == 0 and .[0].standing.rows == 0' summary
}

# A manifest without rows is one like any other.
has_none() {
	pipe 0 "$@"
	jq -e 'has("refused") | not' summary
	inv-audit verify -q
}

# There was nothing to tell the columns by, or no text of that format.
is_refused() { # REASON ARGS...
	local reason=$1
	shift
	pipe 65 "$@"
	[ "$(jq -r .refused.reason summary)" = "$reason" ]
	[[ $stderr = "inv-split: "* ]]
}

@test "a header alone is a manifest of 0 rows, and all of the pipe says so with 0" {
	printf 'id,b\n' > m
	has_none m
	printf 'id,b' > m
	has_none m
	printf 'id\tb\r\n' > m
	has_none m
	printf '\xef\xbb\xbfid;b\n\n\n' > m
	has_none m
	printf 'id\n' > m
	has_none m
	printf 'id,b\n' | iconv -t UTF-16 > m
	has_none m
	printf 'id,b\n' | gzip > m
	has_none m
	printf 'title\nid,b\ntotal\n' > m
	has_none --preamble 1 --footer 1 m
	"$ROOT/tests/helper/xlsx.py" m.xlsx <<< $'A1=id\nB1=b'
	has_none m.xlsx
}

@test "so are NDJSON without lines, an empty array, an element without others" {
	has_none -f ndjson zero
	printf '\n \n' > m
	has_none -f ndjson m
	gzip -k zero
	has_none -f ndjson zero.gz
	printf '[]' > m
	has_none m
	printf '{"d":[ ]}\n' > m
	has_none --path /d m
	printf '<a/>' > m
	has_none --path /a/b m
	printf '<?xml version="1.0"?><a><items></items></a>' > m
	has_none --path /a/items/item m
}

@test "so are an interchange and a group of X12 without sets, if that adds up" {
	printf '%sIEA*0*000000001~' "$ISA" > m
	has_none m
	printf '%sGS*PO*A*B*20260314*0936*1*X*004010~GE*0*1~IEA*1*000000001~' "$ISA" > m
	has_none m
	printf '%sGS*PO*A*B*20260314*0936*1*X*004010~GE*1*1~IEA*1*000000001~' "$ISA" > m
	is_refused bad_envelope m
	printf '%sIEA*1*000000001~' "$ISA" > m
	is_refused bad_envelope m
}

@test "an empty file is refused in all formats but NDJSON, and told by inv-audit with 65" {
	is_refused empty zero
	is_refused empty -f csv zero
	is_refused empty -f tsv zero
	is_refused empty -f csv --no-header zero
	is_refused empty -f x12 zero
	is_refused no_array -f json zero
	is_refused malformed -f xml --path /a/b zero
	is_refused unknown_format -f xlsx zero
	gzip -k zero
	is_refused empty zero.gz
	zstd -q zero
	is_refused empty zero.zst
	printf '\xff\xfe' > m
	is_refused empty m
	printf '\xef\xbb\xbf\n\n' > m
	is_refused empty m
}

@test "a sheet without cells has no header, and is refused as an empty file is" {
	"$ROOT/tests/helper/xlsx.py" m.xlsx < /dev/null
	is_refused empty m.xlsx
}

@test "a sheet of XLS is as one of XLSX" {
	/usr/bin/python3 -c 'import xlwt' 2> /dev/null || skip "no xlwt here"
	ldd "$(command -v inv-split)" | grep -q libfreexl || skip "built without libfreexl"
	"$ROOT/tests/helper/xls.py" m.xls A1=id B1=b
	has_none m.xls
	"$ROOT/tests/helper/xls.py" n.xls < /dev/null
	is_refused empty n.xls
	is_refused unknown_format -f xls zero
}
