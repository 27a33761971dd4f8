#!/bin/sh
# The verdicts in tests/audit/ are well-formed, and their table can be computed.
set -eu
cd "$(dirname "$0")/../.."
table=$(sh tools/audit)
[ -n "$table" ] || { echo "no verdicts"; exit 1; }
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/tools" "$copy/tests/audit"
cp tools/audit "$copy/tools/"
printf 'repository\tcommit\tpath\tline\tfingerprint\tverdict\twhy\nr\tc\tp\t1\tf\tmaybe\tw\n' \
    >"$copy/tests/audit/a.tsv"
if sh "$copy/tools/audit" 2>"$copy/err"; then
    echo "a verdict that is none was accepted"
    exit 1
fi
grep -q 'a.tsv:2: verdict "maybe"' "$copy/err"
