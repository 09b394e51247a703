# bad-input.bats - the table of tests/README.md, cell by cell

load lib

ID=0123456789abcdef0123456789abcdef

prepare() {
	mkdir dir
	stream > whole
}

# A stream of three rows.
stream() {
	echo '{"type":"manifest","v":1,"manifest":"'$ID$ID'","run":"0123456789abcdef","name":"m.csv","format":"csv","bytes":9,"columns":["asset_id"],"arrival":1,"received":"2026-11-20T06:30:00Z","submission":1,"chunk_size":500,"request_id":"'$ID$ID'"}'
	for i in 1 2 3; do
		echo '{"type":"record","manifest":"'$ID'","row":'$i',"line":'$((i + 1))',"chunk":0,"record":{"asset_id":"LAB-'$i'","grant_code":"NIH-1","description":"x","quantity":"1","location_code":"BLDG12-RM304-CAB2","acquired_on":"2026-01-02"}}'
	done
	echo '{"type":"end","manifest":"'$ID$ID'","rows":3,"bytes":9,"counts":{"pending":3,"committed":0,"skipped":0,"quarantined":0,"held":0,"ambiguous":0}}'
}

# What a filter is given in each case: try CASE COMMAND [ARGUMENT ...].
try() {
	local case=$1
	shift
	case $case in
	'not JSON') sed '2a not JSON' whole | "$@" ;;
	'truncated stream') head -c -20 whole | "$@" ;;
	'empty stream') "$@" < /dev/null ;;
	'gap in a chunk') sed 3d whole | "$@" ;;
	directory) "$@" dir ;;
	'missing file') "$@" nowhere ;;
	/dev/full) "$@" whole > /dev/full ;;
	'closed stdout') "$@" whole >&- ;;
	'bad option') "$@" --nonsense < whole ;;
	'unreadable state')
		: > file
		INV_STATE=file "$@" whole
		;;
	esac
}

# Hold each row of a program's table against what happens: table PROGRAM TRY
# [ARGUMENT ...], where TRY is `try` or a function of the same arguments.
table() {
	local program=$1 case status message got n=0 bad=0
	while IFS=$'\t' read -r case status message; do
		got=0 n=$((n + 1))
		"$2" "$case" "$program" "${@:3}" > out 2> err 3>&- || got=$?
		if [ "$got" != "$status" ] ||
			{ [ "$message" = none ] && [ -s err ]; } ||
			{ [ "$message" != none ] &&
				! grep -qF "$program: $message" err; }; then
			echo "$case: status $got, said:"
			cat err
			bad=1
		fi
		rm -rf "$INV_STATE"
	done < <(awk -v p="### $program" -F ' *[|] *' '
		/^#/ { here = $0 == p }
		here && $3 ~ /^[0-9]+$/ {
			gsub(/`/, "", $4)
			print $2 "\t" $3 "\t" $4
		}' "$ROOT/tests/README.md")
	[ $bad = 0 ] && [ $n -ge 6 ]
}

@test "inv-split meets bad input as the table says" {
	table inv-split try
}

@test "inv-validate meets bad input as the table says" {
	table inv-validate try -s inventory
}

@test "inv-dedup meets bad input as the table says" {
	table inv-dedup try
}

@test "inv-quarantine meets bad input as the table says" {
	table inv-quarantine try
}

@test "inv-audit meets bad input as the table says" {
	table inv-audit try
}
