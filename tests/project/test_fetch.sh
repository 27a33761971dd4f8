#!/bin/sh
# A changed checksum stops the build with a sentence that names the file.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/tools" "$scratch/third_party"
cp tools/fetch-third-party "$scratch/tools/"
cp third_party/stubs.tsv "$scratch/third_party/"

sh "$scratch/tools/fetch-third-party" "$scratch/out" 2>/dev/null && {
    echo "not ok 1 - a missing pins.tsv stops it"
    exit 1
}
echo "ok 1 - a missing pins.tsv stops it"

cp third_party/pins.tsv "$scratch/third_party/"
sh "$scratch/tools/fetch-third-party" "$scratch/out" >/dev/null
test -f "$scratch/out/tree-sitter/src/lib.c"
test -f "$scratch/out/libgit2-sys/libgit2/src/libgit2/remote.c"
echo "ok 2 - the pinned sources are unpacked"

rm -r "$scratch/out/tree-sitter"
sed 's/^\(tree-sitter	.*	\)[0-9a-f]\{8\}/\100000000/' third_party/pins.tsv >"$scratch/third_party/pins.tsv"
if sh "$scratch/tools/fetch-third-party" "$scratch/out" 2>"$scratch/err"; then
    echo "not ok 3 - a changed checksum stops it"
    exit 1
fi
grep -q 'tree-sitter 0.* has the wrong checksum' "$scratch/err"
test ! -e "$scratch/out/tree-sitter"
echo "ok 3 - a changed checksum stops it"
