# tls.bats - whom inv-commit trusts, what it shows, and to whom
#
# The ledger is tests/helper/tls-ledger, which keeps every byte that it was
# sent; the certificates are made here and last as long as the file's tests.

load lib

setup_file() {
	export CERTS=$BATS_FILE_TMPDIR
	command -v openssl > /dev/null || return 0
	cd "$CERTS" || return
	authority ca
	authority other
	issue good ca
	issue second ca
	issue client ca extendedKeyUsage=clientAuth
	issue unknown other
	issue host ca '' DNS:elsewhere.example
	issue purpose ca extendedKeyUsage=clientAuth
	issue expired ca '' IP:127.0.0.1 20200101000000Z 20200201000000Z
	issue future ca '' IP:127.0.0.1 20900101000000Z 20910101000000Z
	issue between ca basicConstraints=critical,CA:true
	issue leaf between
	openssl req -x509 -key good.key -out self.pem -days 2 -subj /CN=self \
		-addext subjectAltName=IP:127.0.0.1 2> /dev/null
	cat leaf.pem between.pem > chain.pem
	openssl pkey -in good.key -aes128 -passout pass:secret -out locked.key
	chmod 600 ./*.key
}

# authority NAME: NAME.pem and NAME.key
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" \
		2> /dev/null
}

# issue NAME AUTHORITY [EXTENSION [ALTNAME [FROM TO]]]
issue() {
	printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$1.db" \
		"new_certs_dir=." 'rand_serial=yes' 'default_md=sha256' \
		'policy=p' 'default_days=2' '[p]' 'commonName=supplied' '[e]' \
		"subjectAltName=${4:-IP:127.0.0.1}" "${3:-}" > "$1.cnf"
	: > "$1.db"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2> /dev/null
	openssl ca -batch -notext -config "$1.cnf" -extensions e -in "$1.csr" \
		-cert "$2.pem" -keyfile "$2.key" -out "$1.pem" \
		${5:+-startdate "$5" -enddate "$6"} 2> /dev/null
}

prepare() {
	command -v openssl > /dev/null || skip "no openssl"
	export INV_SCHEMA=inventory
	TOKEN=sesame-open-0123456789
	(umask 077 && echo $TOKEN > token)
	# LeakSanitizer can not look into what nobody may look into.
	[ "$(id -u)" = 0 ] || export ASAN_OPTIONS=detect_leaks=0
	{
		echo asset_id,grant_code,description,quantity,location_code,acquired_on
		seq "${ROWS:-30}" | awk '{ printf "LAB-%06d,NIH-R01-7,Tips,1," \
			"BLDG12-RM304-CAB2,2026-03-14\n", $1 }'
	} | inv-split -q --chunk-size 10 - | inv-validate -q > in
}

teardown() {
	stop_ledger
}

# https CERT [OPTION...]: tls-ledger with that certificate, its URL in LEDGER.
https() {
	local cert=$CERTS/$1.pem key=$CERTS/$1.key
	shift
	tls_ledger --cert "$cert" "$key" "$@"
	LEDGER=https://127.0.0.1:$(cat port)
}

tls_ledger() {
	stop_ledger
	rm -f port raw plain
	"$ROOT/tests/helper/tls-ledger" "$@" 2> ledger.err 3>&- &
	LEDGER_PID=$!
	wait_for test -s port
	LEDGER=http://127.0.0.1:$(cat port)
}

commit() { # [OPTION...]: with $engine, where one is set
	inv-commit ${engine:+--engine "$engine"} -c 1 --backoff 1ms --max-backoff 5ms -l "$LEDGER" \
		--namespace lab --cacert "$CERTS/ca.pem" --token-file token \
		"$@" "${IN:-in}"
}

committed() { # [OPTION...]: every row is
	run -0 --separate-stderr commit "$@"
	[ "$(jq -s 'map(select(.type == "batch").count) | add' <<< "$output")" = \
		"${ROWS:-30}" ]
}

# refused MESSAGE [OPTION...]: 69, all held, and the ledger saw no request; the
# token is nowhere in what came over the wire.  With both engines.
# Nothing of ours was still to be read, and it would have been seen: GET /last,
# of a client that trusts anybody, is answered when all that came before it has
# been read to its end, and its bytes are all that the ledger could read.
refused() {
	local message=$1 engine size
	shift
	for engine in io_uring poll; do
		if [ $engine = io_uring ] && ! has_ring; then
			echo "# SKIP io_uring is refused here" >&3
			continue
		fi
		run -69 --separate-stderr commit --engine $engine "$@"
		[[ $stderr == *"$message"* ]]
		[ "$(jq -r 'select(.type == "record") |
			.verdict + " " + .reason' <<< "$output" | sort -u)" = \
			'held systemic' ]
	done
	[ -s raw ]
	size=$(curl -sk -m 20 --noproxy '*' --tlsv1.0 -o /dev/null \
		--cert "$CERTS/client.pem" --key "$CERTS/client.key" \
		-H "Authorization: Bearer $TOKEN" -w '%{size_request}' \
		"$LEDGER/last")
	[ "$(tokens $TOKEN)" = 1 ]
	[ "$(stat -c %s plain)" = "$size" ]
	run -1 grep -qF $TOKEN raw
}

# ---- whom it trusts ----

trusted() { # ENGINE
	local engine=$1
	https good
	committed
	grep -q 'POST /inventory/upsert' plain
	grep -q LAB-000030 plain
	grep -q $TOKEN plain
	! grep -q "LAB-000030\|$TOKEN" raw
}

@test "a ledger whose certificate is good gets everything" {
	engines trusted
}

@test "a certificate that has expired is refused" {
	https expired
	refused 'certificate has expired'
}

@test "a certificate that is not yet valid is refused" {
	https future
	refused 'certificate is not yet valid'
}

@test "by a clock ten years off a good certificate is refused, until it is set" {
	local faulty
	faulty=$(dirname "$(command -v inv-commit)")/clock_faulty.so
	case $faulty in
	*/asan/* | */tsan/*) skip "a sanitizer has to be the first library" ;;
	esac
	https good
	LD_PRELOAD=$faulty INV_CLOCK_WALL=315360000 \
		refused 'certificate has expired'
	https good
	LD_PRELOAD=$faulty INV_CLOCK_WALL=-315360000 \
		refused 'certificate is not yet valid'
	committed
}

@test "a certificate for another host is refused" {
	https host
	refused "127.0.0.1"
}

@test "a certificate that vouches for itself is refused" {
	tls_ledger --cert "$CERTS/self.pem" "$CERTS/good.key"
	LEDGER=https://127.0.0.1:$(cat port)
	refused 'self-signed certificate'
}

@test "a certificate of another authority is refused" {
	https unknown
	refused 'unable to get local issuer certificate'
}

@test "a certificate whose issuer is missing is refused, with it it is taken" {
	https leaf
	refused 'unable to get local issuer certificate'
	tls_ledger --cert "$CERTS/chain.pem" "$CERTS/leaf.key"
	LEDGER=https://127.0.0.1:$(cat port)
	committed
}

@test "a certificate that is not for servers is refused" {
	https purpose
	refused 'unsuitable certificate purpose'
}

# A configuration that lets OpenSSL speak what it would refuse by itself.
@test "TLS 1.1 is refused, also where the system allows it; 1.2 is not" {
	printf '%s\n' 'openssl_conf=o' '[o]' 'ssl_conf=s' '[s]' \
		'system_default=d' '[d]' 'MinProtocol=TLSv1' \
		'CipherString=DEFAULT:@SECLEVEL=0' > old.cnf
	https good --max 1.1
	OPENSSL_CONF=$PWD/old.cnf openssl s_client -connect "${LEDGER#https://}" \
		-tls1_1 -CAfile "$CERTS/ca.pem" < /dev/null > client 2>&1 ||
		true
	grep -q 'Protocol *: TLSv1.1' client
	rm -f plain
	OPENSSL_CONF=$PWD/old.cnf refused 'protocol version'
	https good --max 1.2
	committed
}

bad_from_the_second_on() { # ENGINE
	local engine=$1
	tls_ledger --close --cert "$CERTS/good.pem" "$CERTS/good.key" \
		--cert "$CERTS/expired.pem" "$CERTS/expired.key"
	LEDGER=https://127.0.0.1:$(cat port)
	run -69 --separate-stderr commit
	[[ $stderr == *'certificate has expired'* ]]
	[ "$(jq 'select(.type == "batch").count' <<< "$output")" = 10 ]
	[ "$(jq -r 'select(.type == "record").reason' <<< "$output" |
		sort | uniq -c | xargs)" = '20 systemic' ]
	[ "$(grep -c 'POST ' plain)" = 1 ]
	[ "$(tokens $TOKEN)" = 1 ]
}

@test "a certificate that is bad from the second connection on is refused" {
	engines bad_from_the_second_on
}

mute() {
	local from
	https good --mute
	from=$(date +%s)
	run -75 --separate-stderr commit --engine "$1" -r 1 --timeout 500ms
	(($(date +%s) - from < 10))
	[ "$(jq -r 'select(.type == "record") |
		.verdict + " " + .reason' <<< "$output" | sort | uniq -c |
		xargs)" = "${ROWS:-30} held systemic" ]
	[ "$(jq 'select(.row == 1).attempts' <<< "$output")" = 2 ]
	[[ $stderr == *'timed out'*'nothing more is sent'* ]]
	[ -s raw ]
	run -1 grep -qF $TOKEN raw
	# nothing of them had an effect: they are free, not open
	[ "$(jq -r 'select(.type == "outcome").outcome' \
		"$INV_STATE/journal/000001.ndjson" | sort -u)" = no_effect ]
	https good
	committed --engine "$1"
	[ "$(grep -ao 'POST /' plain | wc -l)" = 3 ]
}

@test "a ledger that never answers the handshake: held in time, then committed" {
	engines mute
}

@test "--cacert trusts nobody that only the system trusts" {
	https good
	export ASAN_OPTIONS=detect_leaks=0
	run -69 strace -f -o trace -e trace=file \
		inv-commit -q -l "$LEDGER" --cacert "$CERTS/other.pem" in
	grep -q other.pem trace
	! grep -q /etc/ssl/certs trace
}

# ---- pins ----

pin_of() { # CERT
	echo "sha256//$(openssl x509 -in "$CERTS/$1.pem" -noout -pubkey |
		openssl pkey -pubin -outform der |
		openssl dgst -sha256 -binary | base64)"
}

@test "a key that is not the pinned one is refused, however good" {
	https good
	refused 'public key' --pin "$(pin_of second)"
	committed --pin "$(pin_of good)"
}

@test "of more pins one is enough" {
	https good
	committed --pin "$(pin_of second);$(pin_of good)"
}

@test "a pin does not replace the verification" {
	https expired
	refused 'certificate has expired' --pin "$(pin_of expired)"
}

@test "a pin that is none is 64" {
	local pin
	for pin in "$CERTS/good.pem" sha256//abc "$(pin_of good);" \
		"$(pin_of good)x"; do
		run -64 --separate-stderr inv-commit --pin "$pin" in
		[[ $stderr == *'--pin'* ]]
	done
}

# ---- who we are ----

shows_ours() { # ENGINE
	local engine=$1
	https good --client-ca "$CERTS/ca.pem"
	committed --cert "$CERTS/client.pem" --key-file "$CERTS/client.key"
}

@test "a ledger that wants a certificate gets ours" {
	engines shows_ours
}

@test "no certificate where the ledger wants one is refused: 69" {
	local version
	for version in 1.3 1.2; do
		https good --client-ca "$CERTS/ca.pem" --max $version
		refused alert
	done
}

@test "a certificate that the ledger does not trust is refused: 69" {
	local version
	for version in 1.3 1.2; do
		https good --client-ca "$CERTS/ca.pem" --max $version
		refused 'unknown ca' --cert "$CERTS/unknown.pem" \
			--key-file "$CERTS/unknown.key"
	done
}

@test "rows that a ledger refused for our certificate are free again" {
	https good --client-ca "$CERTS/ca.pem"
	refused 'certificate required'
	committed --cert "$CERTS/client.pem" --key-file "$CERTS/client.key"
	[ "$(jq -r 'select(.type == "batch").evidence' <<< "$output" |
		sort -u)" = receipt ]
}

@test "a key that others can read is 77" {
	cp "$CERTS/client.key" key
	chmod 640 key
	https good
	run -77 --separate-stderr commit --cert "$CERTS/client.pem" \
		--key-file key
	[[ $stderr == *'key: refused: others can open it'* ]]
	[ ! -s raw ]
}

@test "a key that is encrypted is refused, nobody is asked" {
	https good
	run -69 --separate-stderr commit --cert "$CERTS/good.pem" \
		--key-file "$CERTS/locked.key"
	[[ $stderr == *'private key'* ]]
	[ ! -s raw ]
}

@test "--cert and --key-file go together, and with https" {
	run -64 inv-commit -l https://x/ --cert "$CERTS/client.pem" in
	run -64 inv-commit -l https://x/ --key-file "$CERTS/client.key" in
	run -64 inv-commit -l http://localhost/ --cert "$CERTS/client.pem" \
		--key-file "$CERTS/client.key" in
	run -64 inv-commit -l http://localhost/ --pin "$(pin_of good)" in
	run -64 inv-commit -l file:x.db --pin "$(pin_of good)" in
}

@test "a certificate that is not there is 78" {
	run -78 --separate-stderr inv-commit -l https://127.0.0.1:9/ \
		--cert no.pem --key-file "$CERTS/client.key" in
	[[ $stderr == *'no.pem: No such file or directory'* ]]
}

# ---- plain http ----

@test "plain http to another machine is refused without --allow-http" {
	tls_ledger
	# libcurl takes any name below localhost for this machine, we do not.
	LEDGER=${LEDGER/127.0.0.1/ledger.localhost}
	run -78 --separate-stderr commit
	[[ $stderr == *'plain http leaves this machine'*'(--allow-http)'* ]]
	[ ! -s raw ]
	committed --allow-http
	grep -qF $TOKEN raw
}

# ---- more headers ----

@test "--header adds to every request" {
	tls_ledger --answer 409
	run commit --header 'X-Site: lab 7' --header x-tenant:b
	[ "$(grep -c 'POST /inventory/upsert' plain)" = 3 ]
	[ "$(grep -c 'GET /batches/' plain)" = 3 ]
	[ "$(grep -c $'^X-Site: lab 7\r' plain)" = 6 ]
	[ "$(grep -c $'^x-tenant:b\r' plain)" = 6 ]
}

@test "a header that is ours, HTTP's or a secret is 64, its value not shown" {
	local name
	for name in Idempotency-Key content-type Content-Digest traceparent \
		X-Compliance-Standard Host Content-Length Transfer-Encoding \
		Connection Accept-Encoding Authorization cookie \
		Proxy-Authorization; do
		run -64 --separate-stderr inv-commit --header "$name: v4lue" in
		[[ ${stderr,,} == *"--header: \"${name,,}\": is "* ]]
		[[ $stderr != *v4lue* ]]
	done
}

@test "a header with a control character, or of no value, is 64" {
	local line
	for line in $'X: a\r\nY: b' $'X: a\nb' $'X: \e[0m' 'X:' X 'X Y: a' \
		'Authorization : v4lue' "X: $(printf 'a%.0s' {1..1024})"; do
		run -64 --separate-stderr inv-commit --header "$line" in
		[[ $stderr == *'not "Name: value"'* ]]
		[[ $stderr != *v4lue* ]]
	done
}

@test "a seventeenth header is 64" {
	local -a all=()
	local i
	for i in {1..17}; do
		all+=(--header "X-$i: a")
	done
	run -64 inv-commit "${all[@]}" in
	tls_ledger
	committed "${all[@]:0:32}"
}

# ---- the token ----

requests() { grep -cE '(POST|GET) /[^ ]* HTTP/' plain; }

tokens() { # TOKEN: how many requests had it
	grep -cF "Authorization: Bearer $1"$'\r' plain
}

# canary: another tls-ledger, in canary/, its URL in CANARY; it goes with ours.
canary() {
	rm -rf canary
	mkdir canary
	(cd canary && exec "$ROOT/tests/helper/tls-ledger" "$@") 2> /dev/null \
		3>&- &
	CANARY_PID=$!
	wait_for test -s canary/port
	CANARY=http://127.0.0.1:$(cat canary/port)
}

all_have_the_token() { # ENGINE
	local engine=$1
	tls_ledger --answer 409
	run commit
	[ "$(requests)" = 6 ]
	[ "$(tokens $TOKEN)" = 6 ]
	tls_ledger --answer 202 --location /jobs/1
	run commit -r 2
	grep -q 'GET /jobs/1' plain
	[ "$(tokens $TOKEN)" = "$(requests)" ]
}

@test "every request has the token: batches, questions and polls" {
	engines all_have_the_token
}

no_token_for_another() { # ENGINE
	local status engine=$1
	canary
	for status in 301 302 303 307 308 201 202; do
		tls_ledger --answer $status --location "$CANARY/x"
		run commit -r 1
		[ "$(tokens $TOKEN)" = "$(requests)" ]
		rm -rf "$INV_STATE/journal"
	done
	kill $CANARY_PID
	[ ! -s canary/raw ]
}

@test "no redirect and no Location takes the token to another origin" {
	engines no_token_for_another
}

@test "a redirect from https to http is refused: 69" {
	canary
	https good --answer 307 --location "$CANARY/inventory/upsert"
	run -69 --separate-stderr commit
	kill $CANARY_PID
	[ ! -s canary/raw ]
}

@test "a token file that others can open, or not ours, is 77, nothing sent" {
	local mode
	tls_ledger
	for mode in 640 604 660 602; do
		chmod $mode token
		run -77 --separate-stderr commit
		[[ $stderr == *'token: refused: others can open it'* ]]
	done
	run -77 commit --token-file .
	mkfifo pipe
	run -77 timeout 10 inv-commit -l "$LEDGER" --token-file pipe in
	if [ "$(id -u)" = 0 ]; then
		chmod 600 token
		chown nobody token
		run -77 --separate-stderr commit
		[[ $stderr == *'belongs to user'* ]]
	fi
	[ ! -s raw ]
	[ ! -e "$INV_STATE/journal" ]
}

@test "no token, or what is none, is 78" {
	local text
	tls_ledger
	run -78 commit --token-file no-such-file
	for text in '' short 'two words' $'line\nline'; do
		printf %s "$text" > token
		run -78 --separate-stderr commit
	done
	[ ! -s raw ]
}

@test "a token file that is replaced is read again" {
	ROWS=2000 prepare
	IN=pipe
	mkfifo pipe
	tls_ledger
	commit > out 2> err 3>&- &
	local pid=$! rows=0
	exec 4> pipe
	(umask 077 && echo another-token-1 > new)
	grep -v '"type":"record"' in | head -n 2 >&4
	grep '"type":"record"' in > records
	while ! grep -qs another-token-1 plain; do
		((rows < 2000))
		sed -n "$((rows + 1)),$((rows += 10))p" records >&4
		[ ! -e new ] || ! grep -qs $TOKEN plain || mv new token
		sleep 0.02
	done
	tail -n "+$((rows + 1))" records >&4
	grep -v '"type":"record"' in | tail -n +3 >&4
	exec 4>&-
	wait $pid
	run -1 grep -q 401 err
	(($(tokens $TOKEN) > 0 && $(tokens another-token-1) > 0))
}

@test "the file is looked at once a second at most" {
	ROWS=400 prepare
	tls_ledger
	local from=$SECONDS
	export ASAN_OPTIONS=detect_leaks=0
	run -0 strace -f -o trace -e trace=file inv-commit -q -c 1 \
		-l "$LEDGER" --token-file ./token in
	[ "$(requests)" = 40 ]
	(($(grep -cF '"./token"' trace) <= 2 + SECONDS - from))
}

a_new_token_after_401() { # ENGINE
	local engine=$1
	prepare
	(umask 077 && echo another-token-1 | tee accept > new)
	tls_ledger --accept accept --swap new token
	committed -r 0 --breaker 1 --deadline 1s
	[ "$(tokens $TOKEN)" = 1 ]
	[ "$(tokens another-token-1)" = 3 ]
	[ "$(jq -s '[.[] | select(.type == "batch").attempts] | unique' -c \
		<<< "$output")" = '[1]' ]
}

@test "after a 401 it is looked at once, and a new one used at once" {
	engines a_new_token_after_401
}

# The new one waits for the rate, and the run is ended.
a_new_token_too_late() { # ENGINE
	local ROWS=20
	prepare
	(umask 077 && echo another-token-1 | tee accept > new)
	tls_ledger --accept accept --swap new token
	inv-commit -q --engine "$1" -l "$LEDGER" --token-file token --rate 1/s \
		--namespace lab in > out 2> err 3>&- &
	local pid=$! status=0
	wait_for test ! -e new
	kill -TERM $pid
	wait $pid || status=$?
	[ $status = 75 ]
	[ "$(jq -r 'select(.type == "record") | .verdict + " " + .reason' out |
		sort | uniq -c | xargs)" = '20 held not_attempted' ]
	committed
}

@test "what waits to go with a new token is held when the run is ended" {
	engines a_new_token_too_late
}

@test "a 401 with no other token holds all: 69" {
	echo another-token-1 > accept
	tls_ledger --accept accept
	run -69 --separate-stderr commit
	[[ $stderr == *'answered 401'* ]]
	[ "$(requests)" = 1 ]
}

@test "a token file that goes bad is said, and the last token kept" {
	echo another-token-1 > accept
	(umask 077 && echo short > new)
	tls_ledger --accept accept --swap new token
	run -69 --separate-stderr commit
	[[ $stderr == *'not a word of 8 to 8192 bytes: the last one is kept'* ]]
}

@test "fd:N is read to its end, from a pipe too" {
	tls_ledger
	committed --token-file fd:5 5< token
	[ "$(tokens $TOKEN)" = 3 ]
	rm -rf "$INV_STATE/journal"
	committed --token-file fd:6 6< <(echo pipe-token-1)
	[ "$(tokens pipe-token-1)" = 3 ]
}

@test "fd:N below 3, or no number, is 64; one that is closed is 78" {
	local n
	for n in 0 2 03 x '' -1; do
		run -64 inv-commit --token-file "fd:$n" in
	done
	run -78 inv-commit -l http://localhost:9/ --token-file fd:99 in
}

@test "cred:NAME is a credential of systemd" {
	mkdir creds
	cp token creds/ledger-token
	chmod 440 creds/ledger-token
	tls_ledger
	run -78 --separate-stderr commit --token-file cred:ledger-token
	[[ $stderr == *'CREDENTIALS_DIRECTORY is not set'* ]]
	export CREDENTIALS_DIRECTORY=$PWD/creds
	run -78 commit --token-file cred:other
	committed --token-file cred:ledger-token
	chmod 444 creds/ledger-token
	run -77 commit --token-file cred:ledger-token
	for n in '' . .. a/b; do
		run -64 inv-commit --token-file "cred:$n" in
	done
}

@test "--token-file goes with an http or https ledger" {
	run -64 inv-commit -l file:x.db --token-file token in
}

# ---- where the token is not ----

# What a ledger says goes into journal, stream, quarantine and audit.
@test "a token that the ledger repeats is starred out everywhere" {
	local body
	ROWS=1 prepare
	for body in '{"title":"no: {token}"}' \
		'{"results":[{"index":0,"status":422,"error":{"got":"{token}"}}]}'; do
		tls_ledger --answer 422 --body "$body"
		run commit -v --stats stats
		[[ $output == *'****'* ]]
		echo "$output" | sed -n '/^{/p' | inv-quarantine |
			inv-audit >> all 2>&1 || true
		echo "$output" >> all
		cat stats >> all
	done
	inv-quarantine list >> all
	inv-quarantine export --csv >> all
	run -1 grep -qF $TOKEN all
	run -1 grep -rqF $TOKEN "$INV_STATE"
}

# headers of the first row that has some, in the stream.
headers_in() { # FILE
	jq -cs 'map(.headers // empty)[0]' "$1"
}

@test "a row that was not committed has the headers of its batch and answer" {
	ROWS=1 prepare
	tls_ledger --answer 422 --header 'Date: Sat, 21 Nov 2026 06:00:00 GMT' \
		--header 'X-Request-ID: r-"7"' --header 'Server: lab' \
		--header 'Retry-After: 5' --header 'traceparent: 00-1-2-01' \
		--header 'Server: another'
	run -0 --separate-stderr commit --header 'X-Lab: of-seven' \
		--header 'x-lab: again'
	echo "$output" > out
	[ "$(headers_in out | jq -c .response)" = "$(jq -nc '{
		"Content-Type": "application/json",
		Date: "Sat, 21 Nov 2026 06:00:00 GMT", "Retry-After": "5",
		Server: "lab", "X-Request-Id": "r-\"7\"",
		traceparent: "00-1-2-01"}')" ]
	headers_in out | jq -e '.request | .["Content-Type"] == "application/json"
		and .["X-Lab"] == "redacted" and .Authorization == "redacted"
		and (has("x-lab") | not) and has("traceparent")
		and has("Content-Digest") and has("X-Compliance-Standard")'
	[ "$(headers_in out | jq -r '.request["Idempotency-Key"]')" = \
		"$(jq -c 'select(.headers) | .idempotency_key' out)" ]
	run -1 grep -q of-seven out
	run -1 grep -rq of-seven "$INV_STATE"
	inv-quarantine -q out > /dev/null
	[ "$(inv-quarantine list | jq -r .item | inv-quarantine show - |
		jq -c .more.headers)" = "$(headers_in out)" ]
}

@test "headers that may hold a secret, or are long or not ASCII, are not told" {
	local long
	ROWS=1 prepare
	long=$(printf %0256d 0)
	tls_ledger --answer 422 --header 'Set-Cookie: s=zzsecret' \
		--header 'WWW-Authenticate: Basic realm=zzsecret' \
		--header 'Authorization: zzsecret' \
		--header 'X-Other: zzsecret' --header "Server: $long" \
		--header 'X-Correlation-Id: zzé'
	run -0 --separate-stderr commit
	echo "$output" > out
	[ "$(headers_in out | jq -c .response)" = \
		'{"Content-Type":"application/json"}' ]
	run -1 grep -q zz out
	run -1 grep -rq zzsecret "$INV_STATE"
}

@test "a batch without an answer tells its request; a committed one nothing" {
	ROWS=1 prepare
	tls_ledger
	run -0 --separate-stderr commit
	[[ $output != *'"headers"'* ]]
	stop_ledger
	ROWS=2 prepare
	run --separate-stderr commit -r 1
	echo "$output" > out
	[ "$(headers_in out | jq -c '.response, (.request | has("Idempotency-Key"))')" = \
		$'{}\ntrue' ]
}

@test "a row that its own result refuses has the headers of the answer" {
	ROWS=1 prepare
	tls_ledger --answer 422 --header 'X-Request-Id: r-8' \
		--body '{"results":[{"index":0,"status":422}]}'
	run -0 --separate-stderr commit
	echo "$output" > out
	[ "$(jq -r 'select(.verdict == "quarantined") |
		.headers.response["X-Request-Id"]' out)" = r-8 ]
}

@test "a token that the ledger repeats in a header is starred out" {
	ROWS=1 prepare
	tls_ledger --answer 422 --header 'X-Request-Id: a {token} {token}'
	run -0 --separate-stderr commit
	echo "$output" > out
	[[ $(headers_in out | jq -r '.response["X-Request-Id"]') =~ ^a\ \*+\ \*+$ ]]
	inv-quarantine < out 2>> all | inv-audit >> all 2>&1 || true
	inv-quarantine report --html page.html
	inv-quarantine export --csv >> all
	run -1 grep -qF $TOKEN out all page.html
	run -1 grep -rqF $TOKEN "$INV_STATE"
}

@test "the token is in no file, message, argument or environment" {
	mkfifo pipe
	tls_ledger
	inv-commit -v -l "$LEDGER" --token-file token --stats stats pipe \
		> out 2> err 3>&- &
	local pid=$!
	exec 4> pipe
	grep -v '"type":"end"' in >&4
	wait_for grep -qs $TOKEN plain
	tr '\0' '\n' < "/proc/$pid/cmdline" > all
	tr '\0' '\n' < "/proc/$pid/environ" >> all
	grep '"type":"end"' in >&4
	exec 4>&-
	wait $pid
	inv-quarantine < out 2>> all | inv-audit >> all 2>&1
	cat err stats >> all
	grep -q token-file all
	grep -q INV_STATE all
	run -1 grep -qF $TOKEN all out
	run -1 grep -rqF $TOKEN "$INV_STATE"
}

# dies_with_core [OPTION...]: a running inv-commit is killed so that it dumps
# core: 0 if it did, 1 if it did not, 2 if it ended otherwise.
dies_with_core() {
	timeout 60 python3 - "$LEDGER" "$@" <<- 'END'
	import os, resource, signal, subprocess, sys, time
	_, most = resource.getrlimit(resource.RLIMIT_CORE)
	resource.setrlimit(resource.RLIMIT_CORE, (most, most))
	p = subprocess.Popen(
	    ["inv-commit", "-v", "--namespace", "lab", "-l", *sys.argv[1:]],
	    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
	    stderr=subprocess.PIPE)
	p.stderr.readline()  # it says what it waits with
	os.kill(p.pid, signal.SIGQUIT)
	_, status = os.waitpid(p.pid, 0)
	sys.exit((0 if os.WCOREDUMP(status) else 1) if os.WIFSIGNALED(status) else 2)
	END
}

@test "with a token or a key there is no core dump" {
	tls_ledger
	dies_with_core || skip "no core dumps here"
	run -1 dies_with_core --token-file token
	https good
	run -1 dies_with_core --cert "$CERTS/client.pem" \
		--key-file "$CERTS/client.key"
	! grep -qF $TOKEN core* 2> /dev/null
}
