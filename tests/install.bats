# install.bats - what make install leaves, and make uninstall takes away

load lib

prepare() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
	VARIANT=$(basename "$(dirname "$(command -v inv-split)")")
}

for_dest() { # TARGET
	make -s -C "$ROOT" "VARIANT=$VARIANT" "DESTDIR=$PWD/dest" PREFIX=/usr "$1"
}

@test "programs, pages, schemas and completions are installed, and removed" {
	local program page
	for_dest install
	for program in "$ROOT"/cmd/inv-*.c; do
		program=$(basename "$program" .c)
		[ -x "dest/usr/bin/$program" ]
		[ -r "dest/usr/share/man/man1/$program.1" ]
		[ -r "dest/usr/share/bash-completion/completions/$program" ]
	done
	for page in "$ROOT"/man/*; do
		cmp "$page" "dest/usr/share/man/man${page##*.}/${page##*/}"
	done
	cmp "$ROOT/examples/schemas/inventory.schema.json" \
		dest/usr/share/inv/schemas/inventory.schema.json
	cmp "$ROOT/examples/rules/funders.rules.json" \
		dest/usr/share/inv/schemas/funders.rules.json
	cmp "$ROOT/examples/mappings/850.json" \
		dest/usr/share/inv/mappings/850.json
	[ "$(find dest -perm /022 -not -type l)" = "" ]
	for_dest uninstall
	[ "$(find dest -type f)" = "" ]
}

@test "installed programs run: inv-run finds the others beside it" {
	for_dest install
	cp "$ROOT/examples/manifests/q3-chemistry.csv" m.csv
	PATH=/usr/bin:/bin dest/usr/bin/inv-run -q m.csv > summary
	jq -e '.counts.committed == 904' summary
}
