#!/bin/sh
# The collection of historical faults: every faulty scenario fails as its table says, no fixed one.
lode=${LODE:-./lode}
dir=$(mktemp -d "${TMPDIR:-/tmp}/lode-cases-XXXXXX")
trap 'rm -rf "$dir"' EXIT
number=0 failed=0
ok() {
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$dir/why" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$dir/why"
        failed=1
    fi
}
rows=$(grep -vc '^#' cases/cases.tsv)
ok "each case fails, and not when fixed" "$lode" case run
"$lode" case run >"$dir/all"
ok "every row of the table is run" grep -q "^$rows of $rows cases as expected" "$dir/all"
"$lode" case export "$dir/out"
ok "what is exported is what is kept" sh -c "for f in '$dir'/out/*; do
    cmp \"\$f\" cases/\${f##*/} || exit 1; done; test -s '$dir/out/cases.tsv'"
ok "a case tells its commits" sh -c "'$lode' case info 1 | grep -q '^faulty commit  *[0-9a-f]\{40\}'"
ok "an unknown number is refused" sh -c "'$lode' case info 9999; test \$? -eq 2"
echo "1..$number"
exit $failed
