#!/usr/bin/env bats
# inv-audit verify, checkpoint and key: what is signed over the log

load lib
load audit

# One run of six rows: a log of eight entries.
logged() {
	committed_six
	six | inv-audit
	CHECKPOINTS=$INV_STATE/audit/checkpoints.ndjson
}

another() { # LETTER: a manifest of no rows
	{ manifest "$1"; end "$1" 0; } | inv-audit > /dev/null
}

# The public key in the DER form that openssl reads, made from ours.
public_der() { # FILE
	printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
	cut -d + -f 3- "$1" | base64 -d | tail -c 32
}

@test "a checkpoint is signed when a manifest has ended, and printed" {
	logged
	run -0 inv-audit checkpoint
	[ "${lines[0]}" = "$(inv-audit key show | cut -d + -f 1)" ]
	[ "${lines[1]}" = 8 ]
	[ "${lines[2]}" = "$("$ROOT/tests/helper/merkle-root" "$LOG")" ]
	[[ ${lines[3]} = "— ${lines[0]} "* ]]
	[ "${#lines[@]}" = 4 ]
	another b
	another c
	[ "$(jq -c .size "$CHECKPOINTS" | paste -s -d ' ')" = "8 10 12" ]
}

@test "each checkpoint has the root of the entries so far" {
	logged
	another b
	another c
	while read -r size; do
		root=$(jq -r "select(.size == $size) | .note" "$CHECKPOINTS" | sed -n 3p)
		[ "$root" = "$("$ROOT/tests/helper/merkle-root" "$LOG" "$size")" ]
		[ "$(base64 -d <<< "$root" | od -An -tx1 | tr -d ' \n')" = \
			"$(jq -r "select(.size == $size) | .root" "$CHECKPOINTS")" ]
	done < <(jq .size "$CHECKPOINTS")
}

@test "openssl finds the signature good" {
	logged
	inv-audit checkpoint > note
	head -n 3 note > text
	sed -n 5p note | cut -d ' ' -f 3 | base64 -d | tail -c 64 > signature
	inv-audit key show > key.pub
	public_der key.pub > key.der
	run -0 openssl pkeyutl -verify -pubin -keyform DER -inkey key.der \
		-rawin -in text -sigfile signature
	[[ $output = *"Verified Successfully"* ]]
	sed -i 2s/8/9/ text
	run -1 openssl pkeyutl -verify -pubin -keyform DER -inkey key.der \
		-rawin -in text -sigfile signature
}

@test "a run that adds nothing signs nothing" {
	logged
	cp "$CHECKPOINTS" before
	six | inv-audit
	cmp "$CHECKPOINTS" before
}

@test "what is taken in behind the last manifest is signed at the end" {
	logged
	commit a '[[7,7]]' 9
	another b
	commit b '[[7,7]]' 6
	inv-audit /dev/null || [ $? = 65 ]
	[ "$(jq .size "$CHECKPOINTS" | tail -n 1)" = "$(wc -l < "$LOG")" ]
}

@test "without a checkpoint there is none to print: 1" {
	mkdir -m 700 -p "$INV_STATE/audit"
	run -1 inv-audit checkpoint
	[[ $output = *"no checkpoint has been signed"* ]]
	rmdir "$INV_STATE/audit"
	run -66 inv-audit checkpoint
}

@test "half a line that a kill has left is cut off by the next checkpoint" {
	logged
	cp "$CHECKPOINTS" before
	printf '{"size":9,"ro' >> "$CHECKPOINTS"
	run -0 inv-audit verify
	another b
	head -n 1 "$CHECKPOINTS" | cmp - before
	[ "$(jq -c .size "$CHECKPOINTS" | paste -s -d ' ')" = "8 10" ]
	run -0 inv-audit verify
}

@test "killed at any write, the next run leaves a log that is whole and signed" {
	needs_strace
	committed_six
	six > in
	for n in 1 2 3 4 5 6 7 8; do
		rm -rf "$INV_STATE/audit"
		strace -qq -o /dev/null -e trace=write,pwrite64,fsync,fdatasync,renameat \
			-e inject=write,pwrite64,fsync,fdatasync,renameat:signal=KILL:when=$n \
			inv-audit in > /dev/null 2>&1 || true
		inv-audit in > /dev/null
		inv-audit verify | jq -e '.covered == .entries and .checkpoints >= 1'
	done
}

# ---- keys ----

@test "the first run makes a key, for its owner alone" {
	logged
	[ "$(stat -c %a "$INV_STATE/audit/key")" = 600 ]
	run -0 inv-audit key show
	[[ $output =~ ^[^+\ ]+/inv-audit/[0-9a-f]{8}\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$ ]]
	[ "$output" = "$(cat "$INV_STATE/audit/key.pub")" ]
}

@test "key new makes one with a name and prints its public half" {
	run -0 inv-audit key new --name inv.example.edu/audit
	[[ $output = inv.example.edu/audit+* ]]
	[ "$output" = "$(inv-audit key show)" ]
	logged
	[ "$(inv-audit checkpoint | head -n 1)" = inv.example.edu/audit ]
	inv-audit verify > /dev/null
}

@test "key new replaces no key: 73" {
	inv-audit key new > before
	run -73 inv-audit key new --name other
	[ "$(inv-audit key show)" = "$(cat before)" ]
}

@test "a name that is none is 64" {
	for name in "a b" "a+b" "ä" "$(printf 'x%.0s' {1..256})"; do
		run -64 inv-audit key new --name "$name"
	done
	run -64 inv-audit key
	run -64 inv-audit key make
	run -64 inv-audit key show --name x
	run -64 inv-audit verify --name x
	[ ! -e "$INV_STATE/audit/key" ]
}

@test "a private key from elsewhere signs: a file, a descriptor, a credential" {
	INV_STATE=$PWD/other inv-audit key new --name elsewhere > elsewhere.pub
	mv other/audit/key elsewhere.key
	committed_six
	six > in
	inv-audit --sign-key elsewhere.key in
	[ ! -e "$INV_STATE/audit/key" ]
	run -0 inv-audit verify --key elsewhere.pub
	{ manifest b; end b 0; } > in
	inv-audit --sign-key fd:7 in 7< elsewhere.key
	mkdir creds
	mv elsewhere.key creds/audit
	{ manifest c; end c 0; } > in
	CREDENTIALS_DIRECTORY=$PWD/creds inv-audit --sign-key cred:audit in
	inv-audit verify --key elsewhere.pub | jq -e '.checkpoints == 3'
}

@test "a private key that others can open is 77, one that is none 78" {
	committed_six
	six > in
	inv-audit key new > /dev/null
	chmod 644 "$INV_STATE/audit/key"
	run -77 inv-audit in
	chmod 600 "$INV_STATE/audit/key"
	echo PRIVATE+KEY+x+00000000+AAAA > none
	chmod 600 none
	run -78 inv-audit --sign-key none in
	# A name that the id is not of.
	sed 's/KEY+./KEY+?/' "$INV_STATE/audit/key" > none
	run -78 inv-audit --sign-key none in
	run -78 inv-audit verify --key none
	run -66 inv-audit verify --key missing
	run -64 inv-audit --sign-key fd:1 in
}

# ---- verify ----

@test "a log that was written anew with a chain that fits is found" {
	logged
	another b
	# Change an entry in the middle, and make all hashes fit.
	sed -i '3s/a\.csv/b.csv/' "$LOG"
	prev=$ZEROS
	while IFS= read -r line; do
		line=$(sed "s/\"prev\":\"[0-9a-f]*\"/\"prev\":\"$prev\"/" <<< "$line")
		prev=$(printf %s "$line" | sha256sum | cut -c 1-64)
		printf '%s\n' "$line"
	done < "$LOG" > new
	cat new > "$LOG"
	sed -i "s/\"hash\":\"[0-9a-f]*\"/\"hash\":\"$prev\"/" "$HEAD"
	run -1 inv-audit verify
	[[ $output = *"the first 8 entries are not those that a checkpoint was signed over"* ]]
	run -74 inv-audit < <(manifest c; end c 0)
	[[ $output = *"the first 8 entries are not those"* ]]
	[ "$(wc -l < "$CHECKPOINTS")" = 2 ]
}

@test "a log and a head that were cut are found by a checkpoint" {
	logged
	cp "$LOG" log
	cp "$HEAD" head
	another b
	cp log "$LOG"
	cp head "$HEAD"
	run -1 inv-audit verify
	[[ $output = *"8 entries, a checkpoint of 10 was signed: its end was cut off"* ]]
	run -74 inv-audit < <(manifest c; end c 0)
}

@test "a checkpoint that was kept elsewhere finds what was cut or written anew" {
	logged
	cp -a "$INV_STATE/audit" old
	another b
	inv-audit checkpoint > kept
	inv-audit key show > key.pub
	inv-audit verify --key key.pub --checkpoint kept |
		jq -e '.checkpoints == 3 and .covered == 10'
	# All of it is put back as it was a run before.
	rm -r "$INV_STATE/audit"
	cp -a old "$INV_STATE/audit"
	run -0 inv-audit verify
	run -1 inv-audit verify --checkpoint kept
	[[ $output = *"kept: of 10 entries, audit/log.ndjson has 8: its end was cut off"* ]]
	another c
	run -0 inv-audit verify
	run -1 inv-audit verify --checkpoint kept
	[[ $output = *"kept: the first 10 entries of audit/log.ndjson are not those that it was signed over"* ]]
}

@test "a log that is gone is found by a checkpoint, beside it or elsewhere" {
	logged
	inv-audit checkpoint > kept
	inv-audit key show > key.pub
	rm "$LOG" "$HEAD"
	run -1 inv-audit verify
	[[ $output = *"a checkpoint of 8 was signed"* ]]
	rm -r "$INV_STATE/audit"
	run -1 inv-audit verify --key key.pub --checkpoint kept
	[[ $output = *"kept: of 8 entries, audit/log.ndjson has 0"* ]]
}

@test "the end of a block tells of the checkpoint before it, which so is missed" {
	logged
	another b
	another c
	[ "$(jq -c 'select(.type == "end") | .checkpoint' "$LOG" | paste -sd ' ')" = 'null 8 10' ]
	inv-audit verify | jq -e '.checkpoints == 3'
	cp "$CHECKPOINTS" whole
	# Without the last one its entries are not signed; any other is missed.
	head -n 2 whole > "$CHECKPOINTS"
	run -0 inv-audit verify
	jq -e '.covered == 10 and .entries == 12' <<< "$output"
	run -1 inv-audit status
	head -n 1 whole > "$CHECKPOINTS"
	run -1 inv-audit verify
	[ "$output" = 'inv-audit: audit/checkpoints.ndjson: the one of 10 entries is gone, which line 12 of audit/log.ndjson tells of' ]
	# Runs go on, and sign over all; what was lost stays missed.
	another d
	run -1 inv-audit verify
	[[ $output = *'the one of 10 entries is gone'* ]]
	rm "$CHECKPOINTS"
	run -1 inv-audit verify
	[[ $output = *'the one of 8 entries is gone'* ]]
	# Put back, nothing is missed.
	cp whole "$CHECKPOINTS"
	run -0 inv-audit verify
}

@test "a signature that is false, or of nobody, is found" {
	logged
	INV_STATE=$PWD/other inv-audit key new > other.pub
	run -1 inv-audit verify --key other.pub
	[[ $output = *"checkpoints.ndjson: line 1: signed by none of the keys given"* ]]
	inv-audit verify --key other.pub --key "$INV_STATE/audit/key.pub"
	inv-audit checkpoint | sed 2s/8/7/ > kept
	run -1 inv-audit verify --checkpoint kept
	[[ $output = *"kept: the signature of "*" is false"* ]]
	echo nonsense > kept
	run -1 inv-audit verify --checkpoint kept
	[[ $output = *"kept: no note"* ]]
	run -66 inv-audit verify --checkpoint missing
}

@test "any byte of a checkpoint that was changed is found" {
	logged
	cp "$CHECKPOINTS" good
	# All but the time, which nobody signs.
	time=$(grep -bo '"time":"' good | cut -d : -f 1)
	for at in 0 2 9 12 30 79 $((time + 40)) $((time + 60)) $((time + 90)) 300; do
		cp good "$CHECKPOINTS"
		char=$(tail -c +$((at + 1)) good | head -c 1)
		[ "$char" = A ] && other=B || other=A
		printf %s $other | dd of="$CHECKPOINTS" bs=1 seek="$at" conv=notrunc status=none
		run -1 inv-audit verify
	done
}

@test "verify --read-data hashes bodies and the archive, and says what it read" {
	printf 'asset_id\nA-1\nA-2\n' > m.csv
	printf 'asset_id\nA-3\n' > n.csv
	printf 'asset_id\nA-4\n' > o.csv
	inv-split -q m.csv n.csv | inv-commit -q | inv-audit > /dev/null
	inv-split -q --no-archive o.csv | inv-commit -q | inv-audit > /dev/null
	inv-audit verify --read-data |
		jq -e '.bodies == 3 and .manifests == 2 and .unkept == 1'
	run -0 script -qec "inv-audit verify --read-data" /dev/null
	[[ $output = *"3 bodies of batches and 2 archived manifests have the SHA-256 they are known by; 1 manifests were not kept"* ]]
	id=$(sha256sum < m.csv | cut -c 1-64)
	chmod 600 "$INV_STATE/archive/${id:0:2}/$id"
	sed -i s/A-2/A-9/ "$INV_STATE/archive/${id:0:2}/$id"
	run -0 inv-audit verify
	run -1 inv-audit verify --read-data
	[[ $output = *"archive/${id:0:2}/$id"* ]]
}

@test "entries that are not signed yet are told" {
	logged
	rm "$CHECKPOINTS"
	inv-audit verify | jq -e '.checkpoints == 0 and .covered == 0 and .entries == 8'
	run -0 script -qec "inv-audit verify" /dev/null
	[[ $output = *"the 8 entries behind entry 0 are not signed yet"* ]]
	another b
	run -0 script -qec "inv-audit verify" /dev/null
	[[ $output = *"1 signed checkpoints agree; the last covers all entries"* ]]
}

@test "an option is refused where it would do nothing" {
	run -64 inv-audit verify --sign-key x
	run -64 inv-audit checkpoint --key x
	run -64 inv-audit --checkpoint x
	[[ $output = *"--checkpoint"*"only with verify"* ]]
	run -64 inv-audit verify more
}
