# Builds the fetched C sources into static libraries. Called by the Makefile as
#   make -f third_party/build.mk OUT=build/third_party CC=gcc
# Our warning flags do not apply here; nothing of this is ours.
OUT := build/third_party
SRC := $(OUT)/src
TP_CFLAGS := -O2 -gdwarf-4 -g1 -w -fPIC -fvisibility=hidden -ffunction-sections -D_GNU_SOURCE

ts := $(SRC)/tree-sitter
git := $(SRC)/libgit2-sys/libgit2

ts_c := $(ts)/src/lib.c
elixir_c := $(addprefix $(SRC)/tree-sitter-elixir/src/,parser.c scanner.c)
erlang_c := $(addprefix $(SRC)/tree-sitter-erlang/src/,parser.c scanner.c)
# The file list follows libgit2's own CMake files for this configuration: threads, HTTPS by
# OpenSSL, zlib and regcomp of the system, bundled llhttp and xdiff, no SSH.
git_c := $(wildcard $(addprefix $(git)/,src/libgit2/*.c src/libgit2/transports/*.c \
             src/libgit2/streams/*.c src/util/*.c src/util/unix/*.c src/util/allocators/*.c \
             deps/llhttp/*.c deps/xdiff/*.c)) \
         $(addprefix $(git)/src/util/hash/,collisiondetect.c sha1dc/sha1.c sha1dc/ubc_check.c \
             openssl.c)
git_flags := -I$(OUT)/gen -I$(git)/include -I$(git)/src/libgit2 -I$(git)/src/util \
    -I$(git)/deps/llhttp -I$(git)/deps/xdiff -DSHA1DC_NO_STANDARD_INCLUDES=1 \
    -DSHA1DC_CUSTOM_INCLUDE_SHA1_C='"common.h"' -DSHA1DC_CUSTOM_INCLUDE_UBC_CHECK_C='"common.h"'
features := GIT_THREADS GIT_TRACE GIT_HTTPPARSER_BUILTIN GIT_USE_NSEC GIT_USE_STAT_MTIM \
    GIT_USE_FUTIMENS GIT_IO_POLL GIT_IO_SELECT GIT_HTTPS GIT_OPENSSL GIT_SHA1_COLLISIONDETECT \
    GIT_SHA256_OPENSSL GIT_REGEX_REGCOMP GIT_QSORT_GNU GIT_RAND_GETENTROPY GIT_COMPRESSION_ZLIB

objects = $(patsubst $(SRC)/%.c,$(OUT)/obj/%.o,$1)

# The names without their folder are what the Makefile asks for.
libtree-sitter.a libgrammars.a libgit2.a: %: start $(OUT)/%

$(OUT)/libtree-sitter.a: $(call objects,$(ts_c))
$(OUT)/libgrammars.a: $(call objects,$(elixir_c) $(erlang_c))
$(OUT)/libgit2.a: $(call objects,$(git_c))
$(OUT)/%.a:
	@rm -f $@
	@echo "ar $(notdir $@)"
	@$(AR) rcs $@ $^

$(call objects,$(ts_c)): flags = -std=c11 -I$(ts)/include -I$(ts)/src
$(call objects,$(elixir_c)): flags = -std=c11 -I$(SRC)/tree-sitter-elixir/src
$(call objects,$(erlang_c)): flags = -std=c11 -I$(SRC)/tree-sitter-erlang/src
$(call objects,$(git_c)): flags = -std=gnu11 $(git_flags)
$(call objects,$(git_c)): $(OUT)/gen/git2_features.h

$(OUT)/obj/%.o: $(SRC)/%.c third_party/build.mk
	@mkdir -p $(@D)
	@$(CC) $(TP_CFLAGS) $(flags) -c $< -o $@

$(OUT)/gen/git2_features.h: third_party/build.mk
	@mkdir -p $(@D)
	@{ echo "#ifndef INCLUDE_features_h__"; echo "#define INCLUDE_features_h__"; \
	   for f in $(features); do echo "#define $$f 1"; done; \
	   echo "#if __SIZEOF_POINTER__ == 4"; echo "#define GIT_ARCH_32 1"; \
	   echo "#else"; echo "#define GIT_ARCH_64 1"; echo "#endif"; echo "#endif"; } >$@
start:
	@echo "building the fetched sources (once, about half a minute)"
.PHONY: start libtree-sitter.a libgrammars.a libgit2.a
