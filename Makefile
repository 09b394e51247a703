# make                build everything into build/rel
# make test           unit, program, golden and fault tests
# make check          what must pass before a commit: test, sanitizers, lint
# make tsan           the tests of inv-commit's thread under ThreadSanitizer
# make valgrind       unit tests and the pipe of six under valgrind
# make soak           the long fault runs: SEED= RUNS=1000
# make differential   inv-validate and ajv on CASES=1000000, SEED=
# make bench          every figure of the README, side by side with its peers
# make install        DESTDIR= PREFIX=/usr/local
# make fuzz           FUZZ_SECONDS=30 per target of FUZZERS=, needs clang
# make coverage       line report in build/cov/html
#
# A new program is cmd/inv-x.c, man/inv-x.1 and tests/inv-x.bats: no edit here.

VERSION   := $(shell git describe --tags --match 'v*' 2>/dev/null || cat VERSION)
PREFIX    ?= /usr/local
BINDIR    ?= $(PREFIX)/bin
MANDIR    ?= $(PREFIX)/share/man
SHAREDIR  ?= $(PREFIX)/share/inv
COMPDIR   ?= $(PREFIX)/share/bash-completion/completions

CC        ?= cc
CFLAGS    ?= -O3 -g
PKGS      := xlsxwriter expat libzip json-c libcurl liburing libcrypto sqlite3 libmicrohttpd \
             libpcre2-8 zlib libzstd
# For xls workbooks; empty where there is none, and with FREEXL= nobody looks.
FREEXL    ?= $(shell pkg-config --exists freexl && echo freexl)
VARIANT   ?= rel
B         := build/$(VARIANT)

# What the code needs, as against what the builder likes (CFLAGS).
STD       := -std=c17 -D_GNU_SOURCE -Ilib -Ibuild/gen -DINV_VERSION='"$(VERSION)"' \
             -DINV_SHAREDIR='"$(SHAREDIR)"'
WARN      := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual \
             -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
             -Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef -Wvla \
             -Wimplicit-fallthrough
HARDEN    := -fstack-protector-strong -fPIE
LINK      := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(FREEXL)) $(if $(FREEXL),-DINV_FREEXL)
LDLIBS    := $(shell pkg-config --libs $(PKGS) $(FREEXL)) -lcsv -lm
ALL_CFLAGS = $(STD) $(WARN) $(HARDEN) $(PKG_CFLAGS) $(CFLAGS) $(VFLAGS) -MMD -MP

# A fifth of inv-validate's time is calls from one small file to the next.  The
# programs are optimised as a whole, where $(CC) can; unit tests need not be.
LTO         := $(shell $(CC) -Werror -flto=auto -ffat-lto-objects -x c -c \
               -o /dev/null /dev/null 2>/dev/null && echo -flto=auto -ffat-lto-objects)
# gcc copies and clears what is short by one instruction that takes 30 cycles to
# begin, once or twice a row; memcpy does not.
CALLS       := $(shell $(CC) -Werror -mstringop-strategy=libcall -x c -c \
               -o /dev/null /dev/null 2>/dev/null && echo -mstringop-strategy=libcall)
VFLAGS_rel  := -D_FORTIFY_SOURCE=2 $(LTO) $(CALLS)
VFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
               -fno-omit-frame-pointer
VFLAGS_tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
VFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined \
               -fno-sanitize-recover=all
VFLAGS_cov  := -O0 --coverage
VFLAGS_strict := -Werror
VFLAGS_clang := -Werror
VFLAGS      := $(VFLAGS_$(VARIANT))

PROGS     := $(patsubst cmd/%.c,%,$(wildcard cmd/inv-*.c))
LIB_OBJ   := $(patsubst %.c,$(B)/%.o,$(wildcard lib/*/*.c))
UNITS     := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
FUZZERS   := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
BINS      := $(addprefix $(B)/,$(PROGS))
UNIT_BINS := $(addprefix $(B)/,$(UNITS))
MAN       := $(wildcard man/*.[1-9])
COMP      := $(addprefix $(B)/completions/,$(PROGS))
comma     := ,
SRC       := $(wildcard cmd/*.c lib/*/*.[ch] tests/*/*.[ch])

ifneq ($(V),1)
Q := @
say = @printf '  %-5s %s\n' $(1) $(2)
endif

all: $(BINS) $(COMP)

# What a page is made of, as bytes for the .c that includes them.
PAGES := $(patsubst lib/%,build/gen/%.inc,$(wildcard lib/*/page/*))

build/gen/%.inc: lib/%
	@mkdir -p $(@D)
	$(Q)od -An -v -tu1 $< | sed 's/ *\([0-9][0-9]*\)/\1,/g' > $@

$(B)/%.o: %.c | $(PAGES)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/libinv.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BINS): $(B)/%: $(B)/cmd/%.o $(B)/libinv.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(VFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(UNIT_BINS): $(B)/%: $(B)/tests/unit/%.o $(B)/libinv.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(VFLAGS) $(if $(LTO),-fno-lto) $(LINK) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(COMP): $(B)/completions/%: $(B)/% scripts/completion
	@mkdir -p $(@D)
	$(Q)scripts/completion $(B)/$* > $@

# For tests alone: inv-commit over a ring that breaks, with a worker that is
# late; an allocator that breaks, clocks that are wrong.
FAULTY_WRAP := inv_ring_poll inv_ring_uring pwrite io_uring_submit \
               io_uring_submit_and_wait_timeout inv_worker_is_done

$(B)/faulty-inv-commit: $(B)/cmd/inv-commit.o $(B)/tests/fault/ring_faulty.o \
		$(B)/tests/fault/worker_late.o $(B)/libinv.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(VFLAGS) $(if $(LTO),-fno-lto) $(LINK) $(LDFLAGS) \
		$(addprefix -Wl$(comma)--wrap=,$(FAULTY_WRAP)) -o $@ $^ $(LDLIBS)

# As it is where there is no libfreexl: the adapter comes before the one that has it.
$(B)/without-freexl/inv-split: $(B)/cmd/inv-split.o $(B)/tests/fault/xls_absent.o $(B)/libinv.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(VFLAGS) $(if $(LTO),-fno-lto) $(LINK) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/%_faulty.so: tests/fault/%_faulty.c tests/fault/tell.h
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(STD) $(WARN) $(CFLAGS) $(filter -Werror,$(VFLAGS)) -fPIC -shared -o $@ $<

FAULTY := $(B)/faulty-inv-commit $(B)/without-freexl/inv-split $(B)/alloc_faulty.so \
          $(B)/freexl_faulty.so $(B)/clock_faulty.so

test-programs: all $(UNIT_BINS) $(FAULTY)

test: test-programs
	@scripts/run-tests $(B) $(TESTS)

sanitize:
	@$(MAKE) VARIANT=asan test

# What has a thread.  Memory is not measured under it.
tsan:
	@$(MAKE) VARIANT=tsan test TESTS="test_worker test_batch \
		tests/inv-commit.bats tests/recovery.bats tests/atomic.bats \
		tests/memory.bats"

valgrind: all $(UNIT_BINS)
	@tests/helper/valgrind $(B)

strict:
	@$(MAKE) VARIANT=strict test-programs
	@$(MAKE) VARIANT=clang CC=clang test-programs

lint: all
	scripts/check-layers
	scripts/check-docs $(B) $(PROGS)
	scripts/check-tests
	clang-format --dry-run -Werror $(SRC)
	mandoc -T lint -W warning $(MAN)
	shellcheck -S warning scripts/* tests/*.bash .ci/run

check: strict test sanitize lint

soak: all $(FAULTY)
	scripts/soak $(B)
	tests/helper/iofaults.py $(B)
	tests/helper/damage.py $(B)
	tests/helper/one-row $(B)

CASES ?= 1000000
SEED ?= $(shell date +%s)
differential: all
	PATH="$(CURDIR)/$(B):$$PATH" tests/differential/run $(CASES) $(SEED)

bench: all
	scripts/bench $(B)

coverage:
	@$(MAKE) VARIANT=cov test
	lcov -q -c -d build/cov -o build/cov/all.info
	lcov -q -e build/cov/all.info '*/lib/*' '*/cmd/*' -o build/cov/src.info
	genhtml -q build/cov/src.info -o build/cov/html
	lcov --summary build/cov/src.info

# Folders of INV_CORPORA to begin with stand behind "seeds:" in a fuzzer's head.
FUZZ_SECONDS ?= 30
INV_CORPORA ?= ../shared/corpora
fuzz:
	@$(MAKE) VARIANT=fuzz CC=clang $(addprefix build/fuzz/,$(FUZZERS))
	@for f in $(addprefix build/fuzz/,$(FUZZERS)); do n=$${f##*/}; d=build/fuzz/corpus/$$n; mkdir -p $$d; \
		seeds=$$(for s in $$(sed -n 's/^ \* seeds: //p' tests/fuzz/$$n.c); do \
			echo $(INV_CORPORA)/$$s; done); \
		$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=0 \
		-artifact_prefix=build/fuzz/$$n- $$d \
		$$(ls -d tests/fuzz/corpus/$$n $$seeds 2>/dev/null) || exit 1; done

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/libinv.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(VFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SHAREDIR)/schemas \
		$(DESTDIR)$(SHAREDIR)/mappings $(DESTDIR)$(COMPDIR)
	install -m 755 $(BINS) $(DESTDIR)$(BINDIR)
	install -m 644 examples/schemas/*.schema.json $(DESTDIR)$(SHAREDIR)/schemas
	install -m 644 examples/rules/*.rules.json $(DESTDIR)$(SHAREDIR)/schemas
	install -m 644 examples/mappings/*.json $(DESTDIR)$(SHAREDIR)/mappings
	install -m 644 $(COMP) $(DESTDIR)$(COMPDIR)
	for m in $(MAN); do s=$(DESTDIR)$(MANDIR)/man$${m##*.}; \
		install -d $$s && install -m 644 $$m $$s || exit 1; done

uninstall:
	cd $(DESTDIR)$(BINDIR) && rm -f $(PROGS)
	cd $(DESTDIR)$(COMPDIR) && rm -f $(PROGS)
	rm -rf $(DESTDIR)$(SHAREDIR)
	for m in $(notdir $(MAN)); do rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$$m; done

format:
	clang-format -i $(SRC)

clean:
	rm -rf build

.PHONY: all test-programs test sanitize tsan valgrind strict lint check soak differential \
	bench coverage fuzz install uninstall format clean
.SECONDARY:
.DELETE_ON_ERROR:

-include $(shell find build/$(VARIANT) -name '*.d' 2>/dev/null)
