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

# inv-commit belongs to one ledger.
try_commit() {
	case $1 in
	'wrong ledger for the state')
		"$2" -q -l "file:$PWD/one.db" whole > /dev/null
		"$2" -l "file:$PWD/other.db" whole
		;;
	*) try "$@" -l "file:$PWD/one.db" ;;
	esac
}

# inv-run takes manifests, as files.
try_run() {
	printf 'asset_id,grant_code,description,quantity,location_code,acquired_on
LAB-1,NIH-1,x,1,BLDG12-RM304-CAB2,2026-01-02\n' > good.csv
	local case=$1
	shift
	case $case in
	'not JSON')
		{
			printf '{"asset_id":"LAB-1","grant_code":"NIH-1",'
			printf '"description":"x","quantity":1,"location_code":'
			printf '"BLDG12-RM304-CAB2","acquired_on":"2026-01-02"}\n'
			echo 'not JSON'
		} > lines.ndjson
		"$@" -s inventory lines.ndjson
		;;
	'truncated stream')
		head -c -20 good.csv > cut.csv
		"$@" -s inventory cut.csv
		;;
	'empty stream') "$@" -s inventory /dev/null ;;
	/dev/full) "$@" -s inventory good.csv > /dev/full ;;
	'closed stdout') "$@" -s inventory good.csv >&- ;;
	'bad option') "$@" --nonsense good.csv ;;
	'unreadable state')
		: > file
		INV_STATE=file "$@" -s inventory good.csv
		;;
	'wrong ledger for the state')
		"$@" -q -s inventory -l "file:$PWD/one.db" good.csv > /dev/null
		"$@" -s inventory -l "file:$PWD/other.db" good.csv
		;;
	*) try "$case" "$@" -s inventory ;;
	esac
}

says() { # PROGRAM MESSAGE: err has it
	local message=${2//HERE/$PWD}
	case $2 in
	none) [ ! -s err ] ;;
	'none of its own') ! grep -q "^$1:" err ;;
	*) grep -qF "$1: ${message/#STATE/$INV_STATE}" err ;;
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
			! says "$program" "$message"; then
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

@test "inv-commit meets bad input as the table says" {
	table inv-commit try_commit
}

@test "inv-run meets bad input as the table says" {
	table inv-run try_run
}

# inv-status reads the state: what is bad is in there.
try_status() { # CASE PROGRAM
	local segment=$INV_STATE/journal/000001.ndjson
	mkdir -p -m 700 "$INV_STATE/journal"
	case $1 in
	'not JSON')
		(umask 077 && echo 'not JSON' > "$segment")
		"$2"
		;;
	'truncated stream')
		(umask 077 && printf '{"seq":1,"pre' > "$segment")
		"$2"
		;;
	'empty stream')
		(umask 077 && : > "$segment")
		"$2"
		;;
	directory)
		mkdir "$segment"
		"$2"
		;;
	'missing file') INV_STATE=nowhere "$2" ;;
	/dev/full) "$2" > /dev/full ;;
	'closed stdout') "$2" >&- ;;
	'bad option') "$2" --nonsense ;;
	'unreadable state')
		: > file
		INV_STATE=file "$2"
		;;
	esac
}

@test "inv-status meets bad input as the table says" {
	table inv-status try_status
}

# A database with a record in it.
ledger() {
	local pid
	inv-ledger -d l.db --port-file url 2> /dev/null 3>&- &
	pid=$!
	wait_for test -s url
	curl -sS --noproxy '*' -o /dev/null -H 'Idempotency-Key: "k"' \
		-d '[{"asset_id":"A","grant_code":"N"}]' \
		"$(cat url)/inventory/upsert"
	kill $pid
	wait $pid
}

try_ledger() { # CASE PROGRAM
	case $1 in
	directory) "$2" -d dir ;;
	'missing file') "$2" -d nowhere --export records ;;
	/dev/full) "$2" -d l.db --export records > /dev/full ;;
	'closed stdout') "$2" -d l.db --export records >&- ;;
	'bad option') "$2" --nonsense ;;
	'unreadable state') "$2" -d file ;;
	'wrong ledger for the state') "$2" -d l.db -k serial ;;
	esac
}

@test "inv-ledger meets bad input as the table says" {
	ledger
	seq 1000 > file
	chmod 600 file
	table inv-ledger try_ledger
}
