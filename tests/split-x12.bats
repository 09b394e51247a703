#!/usr/bin/env bats
# split-x12 - what inv-split(1) and inv-mapping(5) promise of X12

load lib
load split

prepare() {
	set -o pipefail
}

rows() {
	inv-split -q -f x12 "$@" | jq -c 'select(.type=="record")'
}

# A line a row: the value of MEMBER, or the types of its errors.
fates() { # MEMBER FILE
	rows "$2" | jq -r --arg m "$1" \
		'.record[$m] // (.reason + " " + (.errors | map(.type) | join(",")))'
}

messages() {
	rows "$@" | jq -r '.errors[]?.msg'
}

ISA='ISA*00*          *00*          *ZZ*A              *ZZ*B              *260314*0936*U*00401*000000001*0*T*>~'

# seg SEGMENT...: each with its terminator.
seg() {
	printf '%s~\n' "$@"
}

# set_of ST01 ST02 SEGMENT...: with ST, and an SE that is right.
set_of() {
	local kind=$1 number=$2
	shift 2
	seg "ST*$kind*$number" "$@" "SE*$(($# + 2))*$number"
}

# An order of N lines whose numbers begin with its own.
order() { # NUMBER N [SEGMENT...]
	local number=$1 n=$2 i lines=()
	shift 2
	for ((i = 1; i <= n; i++)); do
		lines+=("PO1*$number.$i*2*EA*9.50**VP*X$i" "PID*F****thing $i")
	done
	set_of 850 "$number" "BEG*00*SA*PO$number**20260314" "$@" \
		"${lines[@]}" "CTT*$n*$((2 * n))"
}

# In one group of one interchange, whose totals are right.
wrapped() { # SETS < sets
	printf '%s\n' "$ISA"
	seg 'GS*PO*A*B*20260314*0936*1*X*004010'
	cat
	seg "GE*$1*1" 'IEA*1*000000001'
}

# mapping DIR: a small mapping of 850, its text with jq's FILTER over it.
mapping() { # FILTER
	mkdir -p maps
	jq -n '{transaction: "850", header: {po: "BEG03"},
		rows: {begin: "PO1", end: ["CTT"], members: {line: "PO101"}}}' |
		jq "$1" > maps/850.json
}

mapped() { # FILTER FILE
	mapping "$1"
	rows --mapping maps "$2" | jq -c '.record // (.errors | map(.type))'
}

# ---- the format ----

@test "what begins with an ISA segment of 106 bytes is X12" {
	order 1 1 | wrapped 1 > m
	[ "$(inv-split -q m | member manifest .format)" = '"x12"' ]
	{ printf '\n \t'; cat m; } > n
	[ "$(inv-split -q n | member manifest .format)" = '"x12"' ]
	printf 'ISA,b\n1,2\n' > m
	[ "$(inv-split -q m | member manifest .format)" = '"csv"' ]
	printf 'ISA*00*short~' > m
	run -65 --separate-stderr inv-split -q m
	[[ $output = *'"reason":"unknown_format"'* ]]
}

@test "a row is a line item, with its headers' fields" {
	order 7 2 'N1*ST*Stores*92*T1' 'N4*Ithaca*NY*14850' | wrapped 1 > m
	[ "$(rows m | jq -c .record | head -n 1)" = '{"sender":"A","receiver":"B","po_number":"PO7","po_purpose":"00","po_type":"SA","po_date":"2026-03-14","ship_to_name":"Stores","ship_to_code":"T1","ship_to_city":"Ithaca","ship_to_state":"NY","ship_to_zip":"14850","line_number":"7.1","quantity":"2","unit":"EA","unit_price":"9.50","vendor_part":"X1","description":["thing 1"]}' ]
	[ "$(fates line_number m | paste -sd' ')" = '7.1 7.2' ]
	[ "$(rows m | jq -c '[.row,.line,.chunk]' | paste -sd' ')" = '[1,7,0] [2,9,0]' ]
	[ "$(inv-split -q m | member manifest '|has("columns")')" = false ]
}

@test "the separators are those of each ISA, and blanks between segments mean nothing" {
	order 1 1 | wrapped 1 > a
	tr '*~>' '|!<' < a | tr -d '\n' | sed 's/!/!\r\n\t /g' > b
	tr '~' "'" < a | tr -d '\n' > c
	tr -d '\n' < a | tr '~' '\n' > d
	cat a b c d > m
	[ "$(fates line_number m | paste -sd' ')" = '1.1 1.1 1.1 1.1' ]
	[ "$(inv-split -q m | member end .totals.interchanges)" = 4 ]
}

@test "invoices and ship notices are read by the mappings that come with inv-split" {
	{ set_of 810 1 'BIG*20260401*INV9*20260314*PO7' 'IT1*1*2*EA*9.5**VP*X1' \
		'IT1*2*3*EA*1**UP*012345678905' 'TDS*2200' 'CTT*2*5'
	set_of 856 2 'BSN*00*SN5*20260402*0800' 'HL*1**S' 'TD1*CTN*4' 'REF*BM*BOL1' \
		'HL*2*1*O' 'PRF*PO7***20260314' 'HL*3*2*P' 'MAN*GM*00123' \
		'HL*4*3*I' 'LIN*1*VP*X1*LT*L77' 'SN1**2*EA' \
		'HL*5*2*P' 'MAN*GM*00456' 'HL*6*5*I' 'LIN*2*VP*X2' 'SN1**3*EA' \
		'HL*7*1*O' 'PRF*PO8' 'HL*8*7*I' 'LIN*1*VP*X3' 'SN1**4*EA' 'CTT*8*9'
	} | wrapped 2 > m
	[ "$(rows m | jq -c '.record | del(.sender,.receiver)')" = "$(cat <<-'END'
	{"invoice_number":"INV9","invoice_date":"2026-04-01","po_number":"PO7","po_date":"2026-03-14","line_number":"1","quantity":"2","unit":"EA","unit_price":"9.5","vendor_part":"X1"}
	{"invoice_number":"INV9","invoice_date":"2026-04-01","po_number":"PO7","po_date":"2026-03-14","line_number":"2","quantity":"3","unit":"EA","unit_price":"1","upc":"012345678905"}
	{"notice_number":"SN5","notice_purpose":"00","notice_date":"2026-04-02","packages":"4","bill_of_lading":"BOL1","po_number":"PO7","po_date":"2026-03-14","pack_sscc":"00123","line_number":"1","vendor_part":"X1","lot":"L77","quantity":"2","unit":"EA"}
	{"notice_number":"SN5","notice_purpose":"00","notice_date":"2026-04-02","packages":"4","bill_of_lading":"BOL1","po_number":"PO7","po_date":"2026-03-14","pack_sscc":"00456","line_number":"2","vendor_part":"X2","quantity":"3","unit":"EA"}
	{"notice_number":"SN5","notice_purpose":"00","notice_date":"2026-04-02","packages":"4","bill_of_lading":"BOL1","po_number":"PO8","line_number":"1","vendor_part":"X3","quantity":"4","unit":"EA"}
	END
	)" ]
}

@test "every line of the stream is as its JSON Schema has it, and read by the next program" {
	{ order 1 2; set_of 997 2 'AK1*PO*1'; seg 'ST*850*3' 'PO1*1' 'SE*9*3'; } |
		wrapped 3 > m
	inv-split -q m > out
	"$ROOT/tests/helper/check-stream" "$ROOT/examples/stream" < out
	inv-dedup -k po_number,line_number < out > passed
	[ "$(member end '|[.counts.pending,.counts.quarantined]' < passed)" = '[2,2]' ]
	[ "$(member end .totals < passed)" = "$(member end .totals < out)" ]
}

@test "cells of X12 are strings, which inv-validate coerces" {
	order 1 1 | wrapped 1 > m
	printf '{"properties":{"quantity":{"type":"integer"}}}' > s.schema.json
	[ "$(inv-split -q m | inv-validate -q -s ./s.schema.json | member record .record.quantity)" = 2 ]
}

@test "packed and in another encoding it is the same, positions being of the text" {
	order 1 1 | sed 's/thing/Röhrchen/' | wrapped 1 > m
	gzip -c m > m.gz
	iconv -t LATIN1 < m > latin
	iconv -t UTF-16 < m > wide
	want=$(rows m | jq -c '[.line,.record]')
	[ "$(rows m.gz | jq -c '[.line,.record]')" = "$want" ]
	[ "$(rows wide | jq -c '[.line,.record]')" = "$want" ]
	[ "$(rows -e LATIN1 latin | jq -c '[.line,.record]')" = "$want" ]
	[ "$(fates line_number latin)" = 'malformed_row string_unicode' ]
}

# ---- totals ----

@test "the end line has what was promised and what was counted" {
	{ order 1 2; order 2 3; } | wrapped 2 > m
	[ "$(inv-split -q m | member end .totals)" = \
		'{"interchanges":1,"groups":{"promised":1,"counted":1},"sets":{"promised":2,"counted":2},"segments":{"promised":18,"counted":18},"lines":{"promised":5,"counted":5},"wrong":0}' ]
	sed -i 's/CTT\*2\*4/CTT*3*4/' m
	[ "$(inv-split -q m | member end '.totals|[.lines.promised,.wrong]')" = '[6,1]' ]
}

# Three orders; EDIT in the middle one costs that one alone, and says so.
costs_its_set() { # MESSAGE SED
	{ order 1 1; order 2 2; order 3 1; } | wrapped 3 | sed "$2" > m
	[ "$(fates line_number m | paste -sd'|')" = \
		'1.1|malformed_row control_total|malformed_row control_total|3.1' ]
	[ "$(messages m | sort -u)" = "$1" ]
}

@test "a total of a set that does not add up quarantines its rows, and no others" {
	costs_its_set 'SE01: 9 segments promised, 8 counted (segments 9 to 16)' 's/SE\*8\*2/SE*9*2/'
	costs_its_set 'SE01: x segments promised, 8 counted (segments 9 to 16)' 's/SE\*8\*2/SE*x*2/'
	costs_its_set 'SE01: nothing segments promised, 8 counted (segments 9 to 16)' 's/SE\*8\*2/SE**2/'
	costs_its_set 'SE02: control number 7, but ST02 is 2 (segments 9 to 16)' 's/SE\*8\*2/SE*8*7/'
	costs_its_set 'CTT01: 1 of PO1 promised, 2 counted' 's/CTT\*2\*4/CTT*1*4/'
	costs_its_set 'CTT02: a sum of PO102 of 5 promised, 4 counted' 's/CTT\*2\*4/CTT*2*5/'
	[ "$(rows m | jq -c 'select(.errors).errors[0].ctx' | head -n 1)" = '{"line":15,"bytes":[362,369],"segment":15}' ]
	[ "$(tail -c +363 m | head -c 7)" = 'CTT*2*5' ]
}

@test "all that is wrong with a set is said on each of its rows" {
	order 1 2 | sed 's/CTT.*~/CTT*1*9~/; s/SE\*8\*1/SE*7*2/' | wrapped 1 > m
	[ "$(rows m | jq -r '[.errors[].type] | join(",")' | uniq -c | tr -s ' ')" = \
		' 2 control_total,control_total,control_total,control_total' ]
	[ "$(inv-split -q m | member end .totals.wrong)" = 4 ]
}

@test "a hash total is right as a sum, and as X12 defines it" {
	order 1 2 | sed 's/PO1\*1.1\*2/PO1*1.1*2.5/; s/CTT\*2\*4/CTT*2*4.5/' | wrapped 1 > m
	[ "$(fates line_number m | paste -sd' ')" = '1.1 1.2' ]
	sed -i 's/CTT\*2\*4.5/CTT*2*27/' m
	[ "$(fates line_number m | paste -sd' ')" = '1.1 1.2' ]
	sed -i 's/CTT\*2\*27/CTT*2*28/' m
	[ "$(messages m | sort -u)" = 'CTT02: a sum of PO102 of 28 promised, 4.5 counted' ]
	sed -i 's/PO1\*1.1\*2.5/PO1*1.1*few/' m
	[ "$(messages m | sort -u)" = 'CTT02: a sum of PO102 of 28 promised, none that is a number counted' ]
	sed -i 's/CTT\*2\*28/CTT*2/' m
	[ "$(fates line_number m | paste -sd' ')" = '1.1 1.2' ]
}

# Two groups in the first of two interchanges.
two_groups() {
	printf '%s\n' "$ISA"
	seg 'GS*PO*A*B*20260314*0936*1*X*004010'
	order 1 1
	seg 'GE*1*1' 'GS*PO*A*B*20260314*0936*2*X*004010'
	order 2 1
	order 3 1
	seg 'GE*2*2' 'IEA*2*000000001'
	order 4 1 | wrapped 1
}

@test "a total of a group or an interchange quarantines all sets in it" {
	two_groups > m
	[ "$(fates line_number m | paste -sd' ')" = '1.1 2.1 3.1 4.1' ]
	two_groups | sed 's/GE\*2\*2/GE*3*2/' > m
	[ "$(fates line_number m | paste -sd'|')" = \
		'1.1|malformed_row control_total|malformed_row control_total|4.1' ]
	[ "$(messages m | sort -u)" = 'GE01: 3 sets promised, 2 counted (segments 10 to 23)' ]
	two_groups | sed 's/GE\*2\*2/GE*2*9/' > m
	[ "$(messages m | sort -u)" = 'GE02: control number 9, but GS06 is 2 (segments 10 to 23)' ]
	two_groups | sed 's/IEA\*2\*/IEA*1*/' > m
	[ "$(fates line_number m | sort | uniq -c | tr -s ' ' | paste -sd'|')" = \
		' 1 4.1| 3 malformed_row control_total' ]
	[ "$(messages m | sort -u)" = 'IEA01: 1 groups promised, 2 counted (segments 1 to 24)' ]
	two_groups | sed '0,/IEA\*2\*000000001/s//IEA*2*000000002/' > m
	[ "$(messages m | sort -u)" = 'IEA02: control number 000000002, but ISA13 is 000000001 (segments 1 to 24)' ]
}

@test "rows of a set that does not add up have the bytes of their loops" {
	order 1 2 | sed 's/SE\*8/SE*9/' | wrapped 1 > m
	[ "$(rows m | jq -c .raw | paste -sd' ')" = \
		'"PO1*1.1*2*EA*9.50**VP*X1~\nPID*F****thing 1" "PO1*1.2*2*EA*9.50**VP*X2~\nPID*F****thing 2"' ]
}

# ---- damage ----

@test "what is cut short is quarantined as far as its end is missing" {
	two_groups > whole
	sed '/^IEA\*2/,$d' whole > m
	[ "$(fates line_number m | uniq -c | tr -s ' ')" = ' 3 malformed_row envelope_broken' ]
	[ "$(messages m | sort -u)" = 'the interchange that begins with segment 1 has no IEA' ]
	sed '/^GE\*2/d; /^IEA\*2/d' whole > m
	[ "$(fates line_number m | paste -sd'|')" = 'malformed_row envelope_broken|malformed_row envelope_broken,envelope_broken|malformed_row envelope_broken,envelope_broken|4.1' ]
	sed 's/^SE\*6\*2~//' whole > m
	[ "$(fates line_number m | head -n 2 | paste -sd'|')" = '1.1|malformed_row envelope_broken' ]
	[ "$(fates line_number m | tail -n 2 | paste -sd'|')" = '3.1|4.1' ]
	[ "$(messages m)" = 'the set that begins with segment 11 has no SE' ]
}

@test "what has no begin is quarantined" {
	two_groups | sed '0,/^GS/{/^GS/d}' > m
	[ "$(fates line_number m | paste -sd'|')" = 'malformed_row envelope_broken,control_total|2.1|3.1|4.1' ]
	[ "$(messages m | head -n 1)" = 'the group that begins with segment 2 has no GS' ]
	two_groups | sed '1!{/^ISA/d}' > m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|2.1|3.1|malformed_row envelope_broken,control_total' ]
	[ "$(messages m | head -n 1)" = 'the interchange that begins with segment 25 has no ISA' ]
}

@test "sound sets beside a damaged segment stay as they are" {
	{ order 1 1; order 2 1 | sed 's/^PID/pid/'; order 3 1; } | wrapped 3 > m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|malformed_row segment_invalid|3.1' ]
	[ "$(messages m)" = 'segment 12 does not begin with the id of a segment' ]
	{ order 1 1; order 2 1 | sed 's/^PO1.*~/PO1*1/'; order 3 1; } | wrapped 3 > m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|malformed_row control_total,control_total|3.1' ]
	{ order 1 1; order 2 1 "MSG*$(head -c 300000 /dev/zero | tr '\0' x)"; order 3 1; } |
		wrapped 3 > m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|malformed_row segment_invalid|3.1' ]
	[ "$(messages m)" = 'segment 11 is longer than 256 KiB (300004 bytes without ~, which the ISA says ends segments)' ]
	tr '~' '\036' < m > n
	[[ $(messages n) = *'(300004 bytes without 0x1e, which the ISA says ends segments)' ]]
}

@test "a terminator that is lost does not cost the next interchange" {
	order 1 1 | wrapped 1 > one
	{ sed 's/^\(IEA.*\)~/\1/' one; order 2 1 | wrapped 1 | tr '~' '!'; } > m
	[ "$(fates line_number m | paste -sd'|')" = \
		'malformed_row control_total,envelope_broken|2.1' ]
}

@test "what is wrong with a group or an interchange without sets refuses the file" {
	local gs='GS*PO*A*B*20260314*0936*1*X*004010~' of
	mapping .
	printf '%s' "$ISA" > m
	printf '%s%s' "$ISA" "$gs" > group
	printf '%s%sGE*5*1~IEA*1*000000001~' "$ISA" "$gs" > sets
	printf '%sIEA*3*000000001~' "$ISA" > groups
	for of in m group sets groups; do
		{ order 1 1 | wrapped 1; cat $of; } > behind
		for file in $of behind; do
			run -65 --separate-stderr inv-split -q --mapping maps $file
			[ "$(member end '|[.rows,.refused.reason]' <<< "$output")" = '[0,"bad_envelope"]' ]
			[[ $stderr = *', and it has no set' ]]
		done
	done
	run -65 --separate-stderr inv-split -q --mapping maps sets
	[ "$stderr" = 'inv-split: sets: line 1: GE01: 5 sets promised, 0 counted (segments 2 to 3), and it has no set' ]
	printf '%sIEA*0*000000001~' "$ISA" > none
	[ "$(inv-split -q --mapping maps none | member end .rows)" = 0 ]
}

@test "an ISA that has not its 106 bytes costs its interchange; the first one the file" {
	order 1 1 | wrapped 1 > one
	{ cat one; sed 's/   //' one; cat one; } > m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|malformed_row envelope_broken|1.1' ]
	sed 's/   //' one > m
	run -65 --separate-stderr inv-split -q -f x12 m
	[ "$(member end .refused.reason <<< "$output")" = '"bad_envelope"' ]
	[ "$stderr" = 'inv-split: m: does not begin with an ISA segment of 106 bytes' ]
	run -65 --separate-stderr inv-split -q -f x12 /dev/null
	[ "$(member end .refused.reason <<< "$output")" = '"empty"' ]
}

@test "a file in which more than 32,768 totals do not add up is refused" {
	{ printf '%s\n' "$ISA"
	seg 'GS*PO*A*B*20260314*0936*1*X*004010'
	seq 1 32769 | sed 's/.*/ST*850*&~SE*1*&~/'
	seg 'GE*32769*1' 'IEA*1*000000001'; } > m
	run -65 --separate-stderr inv-split -q m
	[ "$(member end .refused.reason <<< "$output")" = '"bad_envelope"' ]
	sed -i '/^ST\*850\*7~/d; s/GE\*32769/GE*32768/' m
	run -0 --separate-stderr inv-split -q m
	[ "$(member end .counts.quarantined <<< "$output")" = 32768 ]
}

@test "a set without a mapping, or without rows, is one row with all its segments" {
	{ order 1 1; set_of 997 2 'AK1*PO*1' 'AK9*A*1*1*1'; set_of 850 3 'BEG*00'; order 4 1; } |
		wrapped 4 > m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|malformed_row no_mapping|malformed_row set_empty|4.1' ]
	[ "$(rows m | jq -r 'select(.errors)|[.line,(.errors[0].ctx|tojson),.raw]|join(" ")')" = "$(cat <<-'END'
	9 {"line":9,"bytes":[239,278],"segment":9} ST*997*2~
	AK1*PO*1~
	AK9*A*1*1*1~
	SE*4*2
	13 {"line":13,"bytes":[280,304],"segment":13} ST*850*3~
	BEG*00~
	SE*3*3
	END
	)" ]
}

@test "a set without a mapping keeps 1 MiB of its segments" {
	{ seg 'ST*997*1'; seq 200000 | sed 's/.*/AK1*PO*1~/'; seg 'SE*200002*1'; } | wrapped 1 > m
	[ "$(rows m | jq -c '[.raw_cut, (.raw|length), .errors[0].type]')" = '[true,1048576,"no_mapping"]' ]
}

@test "segments that belong to no set are a row" {
	{ order 1 1; seg 'TA1*1' 'PO1*5'; order 2 1; } | wrapped 2 > m
	{ printf 'SE*3*1~GE*1~'; } >> m
	[ "$(fates line_number m | paste -sd'|')" = '1.1|malformed_row segment_outside|2.1|malformed_row segment_outside' ]
	[ "$(rows m | jq -c 'select(.errors).raw' | paste -sd' ')" = '"TA1*1~\nPO1*5" "SE*3*1~GE*1"' ]
}

@test "a record longer than 1 MiB, or a value than 256 KiB, costs its row" {
	{ seg 'ST*850*1' 'BEG*00*SA*PO1' 'PO1*1*2'; for i in 1 2 3 4 5; do
		printf 'MSG*%s~' "$(head -c 250000 /dev/zero | tr '\0' x)"; done
	seg 'PO1*2*2' 'SE*10*1'; } | wrapped 1 > m
	[ "$(fates line_number m | paste -sd'|')" = 'malformed_row record_too_long|2' ]
	[ "$(rows m | jq -c '.raw_cut // empty')" = true ]
}

# ---- mappings ----

@test "--mapping names a file or a folder, and then no other is used" {
	{ order 1 1; set_of 810 2 'BIG*20260401*INV9' 'IT1*1*2'; } | wrapped 2 > m
	[ "$(mapped . m | paste -sd' ')" = '{"po":"PO1","line":"1.1"} ["no_mapping"]' ]
	[ "$(rows --mapping maps/850.json m | jq -c '.record // (.errors | map(.type))' | paste -sd' ')" = \
		'{"po":"PO1","line":"1.1"} ["no_mapping"]' ]
	[ "$(INV_SCHEMA_PATH=nothere:maps rows m | jq -c '.record.po // .record.invoice_number' | paste -sd' ')" = '"PO1" "INV9"' ]
	[ "$(inv-split -q --mapping maps m | member stage '.mappings|map(.transaction)')" = '["850"]' ]
}

refuses() { # MESSAGE FILTER
	mapping "$2"
	run -78 --separate-stderr inv-split -q --mapping maps m
	[ "$stderr" = "inv-split: maps/850.json: $1" ]
}

@test "a mapping that is none ends the run with 78" {
	order 1 1 | wrapped 1 > m
	refuses 'transaction: not three digits' 'del(.transaction)'
	refuses 'transaction: not three digits' '.transaction="85"'
	refuses 'a mapping of 810' '.transaction="810"'
	refuses 'extra: is not known' '.extra=1'
	refuses 'rows: not an object' 'del(.rows)'
	refuses 'rows/begin: not a segment such as PO1' '.rows.begin="P"'
	refuses 'rows/end: not a list of segments' '.rows.end="CTT"'
	refuses 'po: not an element such as BEG03' '.header.po="BEG"'
	refuses 'po: not an element such as BEG03' '.header.po="BEG00"'
	refuses 'po: no element' '.header.po={}'
	refuses 'po: type: not known, or not as it must be' '.header.po={element:"BEG03",type:"money"}'
	refuses 'po: wehn: not known, or not as it must be' '.header.po={element:"BEG03",wehn:"N1"}'
	refuses 'po: is there twice' '.rows.members.po="PO101"'
	refuses 'inv:x: no name for a member' '.header["inv:x"]="BEG01"'
	refuses 'totals/lines: not an element and a segment: ["CTT01", "PO1"]' '.totals={lines:["CTT01"]}'
	refuses 'totals/sum: not two elements: ["CTT02", "PO102"]' '.totals={sum:["CTT02","PO1"]}'
	refuses 'levels: more than 16' '.levels=([range(17)|{key:tostring,value:{}}]|from_entries)'
	refuses 'longer than 262144 bytes' '.title=("x"*300000)'
	refuses "x512: more than 512 members" '.header=([range(513)|{key:"x\(.)",value:"BEG03"}]|from_entries)'
	printf '{' > maps/850.json
	run -78 --separate-stderr inv-split -q --mapping maps/850.json m
	run -78 --separate-stderr inv-split -q --mapping nothere m
}

@test "when: the element counts while the last such segment fits" {
	order 1 1 'N1*BT*Payer' 'N4*Paris' 'N1*ST*Stores' 'N4*Ithaca' 'N1*SU*Maker' 'N4*Rome' | wrapped 1 > m
	[ "$(mapped '.header={city:{element:"N401",when:"N1*ST"},name:{element:"N102",when:"N1*ST"},none:{element:"N102",when:"N1*XX"},any:{element:"N401",when:"N1**Maker"}}' m)" = \
		'{"city":"Ithaca","name":"Stores","any":"Rome","line":"1.1"}' ]
}

@test "pairs, components, lists and types are taken as they are mapped" {
	order 1 1 'REF*IA*R1' 'REF*IA*R2' 'TD1*CTN>4*7' 'AMT*1*1234' 'DTM*002*990704' | wrapped 1 > m
	[ "$(mapped '.header={refs:{element:"REF02",list:true},kind:"TD101",form:"TD101-1",n:"TD101-2",none:"TD101-3",amount:{element:"AMT02",type:"N2"},zero:{element:"AMT02",type:"N0"},small:{element:"AMT02",type:"N6"},day:{element:"DTM02",type:"date"},plain:{element:"DTM02",type:"string"}}
		| .rows.members={sku:{element:"PO106",pair:"VP"},upc:{element:"PO106",pair:"UP"}}' m)" = \
		'{"refs":["R1","R2"],"kind":"CTN>4","form":"CTN","n":"4","amount":"12.34","zero":"1234","small":"0.001234","day":"1999-07-04","plain":"990704","sku":"X1"}' ]
}

@test "decimals are implied as N2 says, and what is no number costs its row" {
	for v in 5:0.05 -5:-0.05 0:0.00 00012:0.12 100:1.00 -12345:-123.45; do
		order 1 1 "AMT*1*${v%:*}" | wrapped 1 > m
		[ "$(mapped '.header={a:{element:"AMT02",type:"N2"}}' m)" = \
			"{\"a\":\"${v#*:}\",\"line\":\"1.1\"}" ]
	done
	for v in 1.5 x - ''; do
		order 1 1 "AMT*1*$v" | wrapped 1 > m
		[ "$(mapped '.header={a:{element:"AMT02",type:"N2"}}' m)" = \
			"$([ -n "$v" ] && echo '["decimal_parsing"]' || echo '{"line":"1.1"}')" ]
	done
}

@test "dates are of the calendar, those of two digits between 1950 and 2049" {
	for v in 20260314:2026-03-14 490101:2049-01-01 500101:1950-01-01; do
		order 1 1 "DTM*002*${v%:*}" | wrapped 1 > m
		[ "$(mapped '.header={d:{element:"DTM02",type:"date"}}' m)" = \
			"{\"d\":\"${v#*:}\",\"line\":\"1.1\"}" ]
	done
	for v in 20260230 2026 2026031x; do
		order 1 1 "DTM*002*$v" | wrapped 1 > m
		[ "$(mapped '.header={d:{element:"DTM02",type:"date"}}' m)" = '["date_parsing"]' ]
	done
	[ "$(rows --mapping maps m | jq -c '.errors')" = \
		'[{"type":"date_parsing","loc":["d"],"msg":"DTM02: not a date, CCYYMMDD or YYMMDD","ctx":{"line":5,"bytes":[178,194],"segment":5}}]' ]
}

@test "another value of a member that is no list quarantines the row" {
	order 1 2 | sed '0,/^PID/s//PID*F****other~\nPID/; s/SE\*8/SE*9/' | wrapped 1 > m
	[ "$(mapped '.rows.members.what="PID05"' m | paste -sd' ')" = \
		'["element_twice"] {"po":"PO1","line":"1.2","what":"thing 2"}' ]
	order 1 2 'REF*IA*1' 'REF*IA*1' | wrapped 1 > m
	[ "$(mapped '.header.r="REF02"' m | jq -c .r | paste -sd' ')" = '"1" "1"' ]
	order 1 2 'REF*IA*1' 'REF*IA*2' | wrapped 1 > m
	[ "$(mapped '.header.r="REF02"' m | uniq -c | tr -s ' ')" = ' 2 ["element_twice"]' ]
}

@test "segments behind the rows belong to none of them" {
	order 1 1 | sed 's/^CTT/AMT*1*5~\nCTT/; s/SE\*6/SE*7/' | wrapped 1 > m
	[ "$(mapped '.rows.members.a="AMT02"' m)" = '{"po":"PO1","line":"1.1","a":"5"}' ]
	[ "$(mapped '.rows.members.a="AMT02"|.rows.end=["AMT"]' m)" = '{"po":"PO1","line":"1.1"}' ]
}

# levels HL...: an 856 of these, each with an MSG that says which it is.
levels() {
	local hl segments=()
	for hl in "$@"; do
		segments+=("HL*$hl" "MSG*${hl%%\**}")
	done
	set_of 856 1 'BSN*00*S1' "${segments[@]}" | wrapped 1 > m
	mkdir -p maps
	cat > maps/856.json <<-'END'
		{"transaction": "856",
		 "levels": {"S": {"s": "MSG01"}, "O": {"o": "MSG01"}, "P": {"p": "MSG01"}},
		 "rows": {"begin": "HL***I", "members": {"i": "MSG01"}}}
	END
	rows --mapping maps m | jq -c '.record // (.errors | map(.type))' | paste -sd' '
}

@test "a row has the members of its parents in the HL hierarchy" {
	[ "$(levels '1**S' '2*1*O' '3*2*P' '4*3*I' '5*3*I' '6*2*I' '7*1*O' '8*7*I')" = \
		'{"s":"1","o":"2","p":"3","i":"4"} {"s":"1","o":"2","p":"3","i":"5"} {"s":"1","o":"2","i":"6"} {"s":"1","o":"7","i":"8"}' ]
	[ "$(levels '1**S' '2*1*X' '3*2*I')" = '{"s":"1","i":"3"}' ]
	[ "$(levels '1**S' '2*1*P' '3*2*P' '4*3*I' '5*2*I')" = \
		'{"s":"1","p":"3","i":"4"} {"s":"1","p":"2","i":"5"}' ]
	[ "$(levels '1**I' '2*1*I')" = '{"i":"1"} {"i":"2"}' ]
	[ "$(levels '1**S' '2**I')" = '{"i":"2"}' ]
}

@test "an HL whose parent is not open quarantines the rows below it" {
	[ "$(levels '1**S' '2*9*O' '3*2*I' '4**S' '5*4*I')" = '["hl_parent"] {"s":"4","i":"5"}' ]
	[ "$(levels '1**S' '**I')" = '["hl_parent"]' ]
	deep=('1**S')
	for ((i = 2; i < 20; i++)); do deep+=("$i*$((i - 1))*P"); done
	[ "$(levels "${deep[@]}" '20*19*I')" = '["hl_parent"]' ]
}

# hls ST02 HL...: a set of them, each with a MSG of its HL01.
hls() {
	local number=$1 hl segments=()
	shift
	for hl; do segments+=("HL*$hl" "MSG*${hl%%\**}"); done
	set_of 856 "$number" "BSN*00*$number" "${segments[@]}"
}

@test "an HL01 that comes twice quarantines its set, and says which HL" {
	levels '1**S' > /dev/null # the mapping
	{
		hls 1 '1**S' '2*1*I'
		hls 2 '1**S' '2*1*I' '2*1*I' '3*2*I'
		hls 3 '1**S' '2*1*I' '1**S' '4*1*I' '4*1*I'
		hls 4 'A**S' '3*A*I' '1*A*I' 'B*A*I' '2*A*I' '01*A*I'
		hls 5 'A**S' '3*A*I' 'B*A*I' '1*A*I' '2*A*I' '3*A*I'
		hls 6 'A**S' 'B*A*I' 'A*A*I'
		hls 7 '1**S' '2*1*I' '3*1*I'
	} | wrapped 7 > m
	rows --mapping maps m > out
	[ "$(jq -r '.record.i // (.errors|map(.type)|join(","))' out | paste -sd' ')" = \
		"2 hl_twice hl_twice hl_twice hl_twice hl_twice hl_twice 3 1 B 2 01 hl_twice hl_twice hl_twice hl_twice hl_twice hl_twice hl_twice 2 3" ]
	[ "$(jq -r '.errors[]?.msg' out | uniq)" = 'segment 16: HL01 2 is that of an HL before it
segment 27: HL01 1 is that of an HL before it; 1 more like it in the set
segment 61: HL01 3 is that of an HL before it
segment 70: HL01 A is that of an HL before it' ]
	[ "$(jq -c 'select(.errors).errors[0].ctx | [.segment, .line]' out | uniq)" = '[16,16]
[27,27]
[61,61]
[70,70]' ]
}

@test "HL01 that are not counted from 1 are compared up to 262,144 of a set" {
	levels '1**S' > /dev/null
	many() { # N
		set_of 856 1 'BSN*00*1' "$(seq -f 'HL*A%.0f**I' 1 "$1" | paste -sd'~')"
	}
	many 262144 | sed "s/^SE.*/SE*262147*1~/" | wrapped 1 > m
	[ "$(inv-split -q --mapping maps m | member end '|[.rows,.counts.pending]')" = '[262144,262144]' ]
	many 262145 | sed "s/^SE.*/SE*262148*1~/" | wrapped 1 > m
	inv-split -q --mapping maps m > out
	[ "$(member end '|[.rows,.counts.pending]' < out)" = '[262145,0]' ]
	[ "$(grep '"row":1,' out | jq -r '.errors[].msg')" = 'segment 262149: HL01 A262145 is behind 262144 that are not counted from 1' ]
}

@test "the example of inv-mapping(5) is a mapping" {
	sed -n '/^{$/,/^}$/p; /^}$/q' "$ROOT/man/inv-mapping.5" > 850.json
	order 1 1 | wrapped 1 > m
	[ "$(rows --mapping 850.json m | jq -c .record)" = '{"po_number":"PO1","po_date":"2026-03-14","sku":"X1"}' ]
}

@test "--columns and --set name what the mapping has named" {
	{ order 1 1; set_of 850 2 'BEG*00'; } | wrapped 2 > m
	mapping .
	echo '{"po":"order","campus":"where"}' > names
	[ "$(rows --mapping maps --columns names --set campus=north m | jq -c '.record // .errors[0].type' | paste -sd' ')" = \
		'{"order":"PO1","campus":"north"} "set_empty"' ]
	[ "$(inv-split -q --mapping maps --columns names m | member stage .absent_columns)" = '["campus"]' ]
	[ "$(rows --mapping maps --set po=x m | jq -c '.errors[0].type' | head -n 1)" = '"member_twice"' ]
}

# ---- read again ----

# A ship notice is taken; then its mapping is gone.
taken() {
	{ order 1 2; order 2 1; } | wrapped 2 > m.edi
	mapping .
	inv-split -q --mapping maps m.edi | inv-commit -q -k po,line -l file:ledger.db |
		inv-audit -q > summary
	id=$(jq -r .manifest summary)
	rm -r maps
}

@test "what was taken is read again by the mappings of then: a proof has the bytes of the row" {
	taken
	inv-audit key show > lab.pub
	inv-audit prove "$id" 2 > proof
	[ "$(jq -r .raw proof)" = $'PO1*1.2*2*EA*9.50**VP*X2~\nPID*F****thing 2' ]
	[ "$(tail -c +$(($(jq .offset proof) + 1)) m.edi | head -c "$(jq -j .raw proof | wc -c)")" = \
		"$(jq -r .raw proof)" ]
	[ "$(jq -c '[.line,.format,.record,.mappings[].transaction]' proof)" = \
		'[7,"x12","{\"line\":\"1.2\",\"po\":\"PO1\"}","850"]' ]
	run -0 --separate-stderr inv-audit check proof --key lab.pub --manifest m.edi
	sed 's/X2/X3/' m.edi > n.edi
	run -1 --separate-stderr inv-audit check proof --key lab.pub --manifest n.edi
}

@test "a backtest reads it as it was read then" {
	taken
	echo '{"properties":{"line":{"pattern":"^1"}}}' > s.schema.json
	run -1 --separate-stderr inv-validate -s ./s.schema.json --backtest
	[ "$(jq -c '[.rows,.fail_now.rows]' <<< "$output")" = '[3,[[3,3]]]' ]
}

@test "the same file twice is read twice the same, whatever another left behind" {
	{ order 1 1; seg 'PO1*1'; order 2 2; } | wrapped 1 > a
	{ set_of 810 1 'BIG**INV1' 'IT1*1*1'; order 3 1; } | wrapped 2 > b
	inv-split -q a b a b | grep -v '"type":"manifest"' > out
	n=$(($(wc -l < out) / 2))
	diff <(head -n $n out) <(tail -n $n out)
}

@test "memory is bounded, however large a file, a set, a segment or a row is" {
	limited
	ulimit -v 65536
	{ seg 'ST*850*1' 'BEG*00*SA*PO1'
	seq 100000 | sed 's/.*/PO1*&*1~PID*F****thing &~/'
	printf 'PO1*100001*1~PID*F****'
	head -c 8M /dev/zero | tr '\0' x
	printf '~PO1*100002*1~'
	seq 200000 | sed 's/.*/MSG*&~/'
	seg 'CTT*100002' 'SE*400007*1'; } | wrapped 1 > m
	inv-split -q m > out
	[ "$(member end '|[.rows,.counts.quarantined]' < out)" = '[100002,100002]' ]
	[ "$(member record '.errors[]?.type' < out | sort | uniq -c | tr -s ' ' | paste -sd'|')" = \
		' 3 "record_too_long"| 100002 "segment_invalid"' ]
}

# ---- corpora ----

@test "corpus x12-edinet" {
	corpus x12-edinet
	for n in 850:1 850a:3; do
		run -0 --separate-stderr inv-split -q -f x12 "$CORPUS/${n%:*}.edi"
		[ "$(member end '|[.counts.pending,.counts.quarantined,.totals.wrong]' <<< "$output")" = "[${n#*:},0,0]" ]
	done
	run -65 --separate-stderr inv-split -q -f x12 "$CORPUS/850-short-isa.edi"
	[ "$(member end '|[.rows,.refused.reason]' <<< "$output")" = '[0,"bad_envelope"]' ]
}

@test "corpus x12-moov" {
	corpus x12-moov
	run -0 --separate-stderr inv-split -q -f x12 "$CORPUS/810.txt"
	[ "$(member end '|[.counts.pending,.counts.quarantined,.totals.wrong]' <<< "$output")" = '[2,0,0]' ]
	[ "$(member record .record.unit_price <<< "$output" | paste -sd' ')" = '"807.5" "827.75"' ]
}
