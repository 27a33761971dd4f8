#!/bin/sh
# The demo over the bundled examples, twice, and once as an ordinary user in a folder of odd name.
. tests/cli/lib.sh

status=0
LODE=$lode sh tools/demo.sh >"$dir/out" 2>"$dir/err" || status=$?
ok 'the demo succeeds' status_is 0
ok 'the demo loads examples' sh -c "grep -q ' loaded, 0 replaced, 0 unchanged, 0 failed' '$dir/out'"
ok 'the demo prints statistics' out_has 'callback clauses'
ok 'the demo shows a finding' out_has 'fingerprint'
ok 'the demo says what to type next' out_has 'corpora/starter.tsv'
ok 'the demo names the notebooks it wrote' sh -c "grep -q '^notebooks  ' '$dir/out' && [ -s '$dir/state/demo/notebooks/overview.ipynb' ]"
rows_of >"$dir/rows"
LODE=$lode sh tools/demo.sh >"$dir/out" 2>"$dir/err" || status=$?
ok 'the demo succeeds again' status_is 0
ok 'nothing is loaded twice' out_has ': 0 loaded, 0 replaced'
rows_of >"$dir/again"
ok 'the second demo changes nothing' same "$dir/rows" "$dir/again"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    user=$dir/"an ordinary user's folder"
    mkdir "$user"
    cp "$lode" "$user/lode"
    cp -r examples corpora tools layers.txt "$user"
    chmod 755 "$dir"
    chown -R nobody "$user"
    status=0
    setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups \
        env -u LODE_STATE HOME="$user" LODE="$user/lode" sh "$user/tools/demo.sh" \
        >"$dir/out" 2>"$dir/err" || status=$?
    ok 'an ordinary user can' status_is 0
    ok 'state stands in the checkout' test -d "$user/state/pg/data"
    setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups \
        env -u LODE_STATE "$user/lode" db stop
    run db stop --state "$user/state"
fi
finish
