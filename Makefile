# Lode. `make help` lists what there is to say.
CC := gcc
BUILD := build
PREFIX := /usr/local
JOBS := 2
OPT := -O2 -g -gdwarf-4

ROOMS := $(shell sed -n 's/^\([a-z_]*\):.*/\1/p' layers.txt | grep -vx 'tests\|bench')
# The fetched sources are built once, whatever BUILD is: sanitizers do not look into them.
TP := build/third_party

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
    -Wconversion
SANITIZE :=
ifdef ASAN
OPT := -O1 -g -gdwarf-4 -fno-omit-frame-pointer
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -DLODE_ARENA_DEBUG
endif
ifdef TSAN
OPT := -O1 -g -gdwarf-4 -fno-omit-frame-pointer
SANITIZE := -fsanitize=thread
endif
ifdef FUZZ
CC := clang
OPT := -O1 -g -gdwarf-4 -fno-omit-frame-pointer
SANITIZE := -fsanitize=fuzzer-no-link,address,undefined -DLODE_ARENA_DEBUG
endif
ifdef WERROR
WARN += -Werror
endif

# LIBGIT2=system takes the system's libgit2 (Debian: libgit2-dev) where ours cannot be built; before
# 1.7 it has no shallow clone, and mirrors hold the whole history.
PACKAGES := libpq jansson libcurl openssl zlib libzstd $(if $(filter system,$(LIBGIT2)),libgit2)
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

INCLUDES := -I. -isystem $(TP)/src/tree-sitter/include \
    $(if $(filter system,$(LIBGIT2)),,-isystem $(TP)/src/libgit2-sys/libgit2/include)
CFLAGS = -std=c17 $(OPT) $(WARN) $(SANITIZE) -fvisibility=hidden -fstack-protector-strong -pthread
CPPFLAGS = -D_GNU_SOURCE= $(INCLUDES) $(PKG_CFLAGS)
TP_LIBS := $(if $(filter system,$(LIBGIT2)),,$(TP)/libgit2.a) $(TP)/libgrammars.a $(TP)/libtree-sitter.a
LDLIBS = $(TP_LIBS) $(PKG_LIBS) -lm -pthread

# A room is every .c under its folder; cli/main.c is the program. embed.txt in a room lists glob
# patterns of files that become part of the program (see base/embed.h).
room_c = $(filter-out cli/main.c,$(sort $(shell find $1 -name '*.c' 2>/dev/null)))
embed_o = $(if $(wildcard $1/embed.txt),$(BUILD)/gen/$1_embed.o)
room_o = $(patsubst %.c,$(BUILD)/obj/%.o,$(call room_c,$1)) $(call embed_o,$1)
room_a = $(BUILD)/lib$1.a
# The rooms that a room's tests link: itself and, by layers.txt, all it stands on; further ones by
# name in tests/ROOM/rooms.txt. Tests outside the rooms link everything.
room_closure = $(if $(filter $1,$(ROOMS)),$(shell sh tools/layers closure $1 \
    $(if $(wildcard tests/$1/rooms.txt),$(shell cat tests/$1/rooms.txt))),$(ROOMS))

# T=word leaves only the tests with the word in their path.
chosen = $(if $(T),$(strip $(foreach t,$1,$(if $(findstring $(T),$t),$t))),$1)
TEST_C := $(sort $(wildcard tests/*/test_*.c))
TEST_BIN := $(call chosen,$(patsubst %.c,$(BUILD)/%,$(TEST_C)))
TEST_SCRIPTS := $(call chosen,$(sort $(wildcard tests/*/test_*.sh tests/*/test_*.py)))
BENCH_BIN := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/*/bench_*.c)))
FUZZ_BIN := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/*/fuzz_*.c)))
TEST_COMMON_C := $(sort $(wildcard tests/common/*.c))
TEST_COMMON_O := $(patsubst %.c,$(BUILD)/obj/%.o,$(TEST_COMMON_C))
LODE := $(if $(filter build,$(BUILD)),lode,$(BUILD)/lode)

all: $(LODE)

help:
	@echo 'make                  build ./lode'
	@echo 'make demo             install what is missing, build, and mine the bundled examples'
	@echo 'make test             install what tests need, build and run everything'
	@echo 'make test T=crawler   only the tests whose path contains the word'
	@echo 'make dev-deps         install what check, valgrind and fuzz need'
	@echo 'make check            the quick inner loop: format, layers, lints, unit and golden tests'
	@echo 'make conformance      the runtime against the cases of OTP'"'"'s own suites'
	@echo 'make golden           show how the golden output differs'
	@echo 'make audit            precision of each rule, from findings read against the source'
	@echo 'make lint             all lints;  make layers, make lint-catalogue: one of them'
	@echo 'make format           clang-format every file;  make format-check only looks'
	@echo 'make valgrind         unit tests under valgrind'
	@echo 'make bench            measure'
	@echo 'make soak N=10000 SEED=x   compare random scenarios with real OTP'
	@echo 'make bench-runtime    the multi-core scheduler beside BEAM and CAF; ROUNDS=5'
	@echo 'make fuzz             with FUZZ=1 BUILD=build-fuzz: build the fuzzers'
	@echo 'make install          into PREFIX=$(PREFIX)'
	@echo 'make compile_commands.json   for clangd'
	@echo 'make clean            remove the build folder (not the fetched sources)'
	@echo 'Variables: CC=clang  BUILD=build-x  ASAN=1  TSAN=1  FUZZ=1  WERROR=1  JOBS=2  T=word'
	@echo '           LIBGIT2=system'
	@echo 'A sanitizer build wants its own folder: make ASAN=1 BUILD=build-asan test'

# --- what is fetched -----------------------------------------------------------------------

$(TP)/fetched: third_party/pins.tsv third_party/stubs.tsv tools/fetch-third-party
	@mkdir -p $(TP)
	@rm -f $@
	@flock $(TP).lock sh tools/fetch-third-party $(TP)/src
	@touch $@

$(TP)/built: $(TP)/fetched third_party/build.mk
	@rm -f $@
	+@flock $(TP).lock $(MAKE) --no-print-directory -f third_party/build.mk OUT=$(TP) \
	    CC=$(if $(FUZZ),gcc,$(CC)) $(notdir $(TP_LIBS))
	@touch $@
third_party: $(TP)/built
$(TP_LIBS): $(TP)/built ;

# --- ours ----------------------------------------------------------------------------------

# Objects depend on the flags they were built with.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CFLAGS) $(CPPFLAGS))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/obj/%.o: %.c $(BUILD)/flags $(TP)/fetched
	@mkdir -p $(@D)
	@echo "cc $<"
	@$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/gen/%_embed.c: %/embed.txt tools/embed FORCE
	@mkdir -p $(@D)
	@sh tools/embed $* $@
$(BUILD)/gen/%_embed.o: $(BUILD)/gen/%_embed.c $(BUILD)/flags
	@$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

define room_rule
$(call room_a,$1): $(call room_o,$1)
	@rm -f $$@
	@$$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$r)))

ALL_A := $(foreach r,$(ROOMS),$(call room_a,$r))
$(BUILD)/lode: $(BUILD)/obj/cli/main.o $(ALL_A) $(TP)/built
	@echo "ld $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $(BUILD)/obj/cli/main.o -Wl,--start-group $(ALL_A) \
	    -Wl,--end-group $(LDLIBS) -o $@
ifeq ($(LODE),lode)
lode: $(BUILD)/lode
	@ln -f $< $@ 2>/dev/null || cp -f $< $@
endif

# One program a test file: $1 the source, $2 further flags, $3 further libraries.
define program_rule
$(BUILD)/$(basename $1): $(BUILD)/obj/$(basename $1).o $(if $(findstring cmocka,$3),$(TEST_COMMON_O)) \
    $(foreach r,$(call room_closure,$(notdir $(patsubst %/,%,$(dir $1)))),$(call room_a,$r)) \
    $(TP)/built
	@mkdir -p $$(@D)
	@echo "ld $$@"
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) $2 $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) \
	    -Wl,--end-group $$(LDLIBS) $3 -o $$@
endef
$(foreach t,$(TEST_C),$(eval $(call program_rule,$t,,-lcmocka)))
$(foreach t,$(wildcard tests/*/bench_*.c),$(eval $(call program_rule,$t,,-lcmocka)))
$(foreach t,$(wildcard tests/*/fuzz_*.c),$(eval $(call program_rule,$t,$(if $(FUZZ),-fsanitize=fuzzer),)))

# --- doing things with it ------------------------------------------------------------------

deps:
	@sh tools/deps third_party/debian.txt
test-deps:
	@sh tools/deps third_party/debian.txt third_party/debian-test.txt
dev-deps:
	@sh tools/deps third_party/debian.txt third_party/debian-test.txt third_party/debian-dev.txt

# The recursion lets the build see what deps installed.
demo: deps
	+@$(MAKE) --no-print-directory -j$(JOBS) lode
	@sh tools/demo.sh

test: test-deps
	+@$(MAKE) --no-print-directory -j$(JOBS) test-build
	@BUILD=$(BUILD) LODE=./$(LODE) sh tools/run-tests -j $(JOBS) \
	    $(TEST_BIN) $(TEST_SCRIPTS)
test-build: $(if $(T),$(if $(TEST_SCRIPTS),$(LODE)),$(if $(wildcard cli/main.c),$(LODE))) $(TEST_BIN)

UNIT_BIN := $(filter-out $(BUILD)/tests/e2e/%,$(TEST_BIN))
# What needs neither a database nor the whole program.
unit: $(UNIT_BIN)
	@BUILD=$(BUILD) LODE=./$(LODE) sh tools/run-tests -j $(JOBS) $(UNIT_BIN)
check: format-check layers lint
	+@$(MAKE) --no-print-directory unit
valgrind: $(UNIT_BIN)
	@BUILD=$(BUILD) LODE=./$(LODE) sh tools/run-tests -v -j $(JOBS) $(UNIT_BIN)
# The cases of OTP's suites as scenarios; fails if fewer pass than the table claims.
conformance: $(BUILD)/tests/runtime/test_conformance
	@$< --print
golden: $(LODE)
	@sh tools/golden
bench: $(BENCH_BIN)
	@for b in $(BENCH_BIN); do $$b || exit 1; done

# The same programs on three systems; they want Debian's erlang and libcaf-dev.
BENCH_RUNTIME := $(BUILD)/bench/runtime
ROUNDS := 5
bench-runtime:
	@sh tools/deps third_party/debian.txt third_party/debian-bench.txt
	+@$(MAKE) --no-print-directory $(BENCH_RUNTIME)/bench_lode $(BENCH_RUNTIME)/bench_caf \
	    $(BENCH_RUNTIME)/bench_beam.beam $(LODE)
	@python3 bench/runtime/runtime.py $(BENCH_RUNTIME) $(ROUNDS)
	@python3 bench/runtime/explorer.py ./$(LODE)
$(BENCH_RUNTIME)/bench_lode: $(BUILD)/obj/bench/runtime/bench_lode.o $(call room_a,runtime) $(call room_a,base)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@
$(BENCH_RUNTIME)/bench_caf: bench/runtime/bench_caf.cpp
	@mkdir -p $(@D)
	@$(CXX) -std=c++14 -O2 -w $< -lcaf_core -pthread -o $@
$(BENCH_RUNTIME)/bench_beam.beam: bench/runtime/bench_beam.erl
	@mkdir -p $(@D)
	@erlc -o $(@D) $<
fuzz: $(FUZZ_BIN)
# Random scenarios on the runtime and on real OTP, as many as one likes. SEED names the row of them.
soak: $(LODE)
	@LODE=./$(LODE) python3 tests/differential/soak.py $(or $(N),10000) $(or $(SEED),soak)

layers:
	@CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' sh tools/layers check
audit:
	@printf '%-30s %4s %6s %10s %6s %8s  %s\n' rule read right 'by design' wrong precision '95 % interval'
	@sh tools/audit
lint: layers lint-files lint-catalogue
lint-files:
	@sh tools/lint-files
lint-catalogue:
	@if [ -f tools/lint-catalogue ]; then sh tools/lint-catalogue; fi
OUR_C = $(shell git ls-files -co --exclude-standard '*.c' '*.h')
format:
	@clang-format -i $(OUR_C)
format-check:
	@clang-format --dry-run -Werror $(OUR_C)

compile_commands.json: FORCE
	@CFLAGS='$(CFLAGS)' CPPFLAGS='$(CPPFLAGS)' CC='$(CC)' sh tools/compile-commands $(OUR_C) >$@

install: lode
	install -D -m 755 lode $(DESTDIR)$(PREFIX)/bin/lode

clean:
	rm -rf $(BUILD)/obj $(BUILD)/gen $(BUILD)/tests $(BUILD)/*.a $(BUILD)/lode $(BUILD)/flags
	rm -f lode compile_commands.json
distclean: clean
	rm -rf build build-*

FORCE:
.PHONY: audit conformance all help third_party deps test-deps dev-deps demo test test-build unit check valgrind golden bench \
    soak fuzz layers lint lint-files lint-catalogue format format-check install clean distclean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
-include $(shell find $(BUILD)/obj $(BUILD)/gen -name '*.d' 2>/dev/null)
