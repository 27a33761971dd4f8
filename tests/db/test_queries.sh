#!/bin/sh
# Every named query over a small world that can be counted by hand (queries/fixture.sql), against
# what is expected of it (queries/NAME.csv). After a change: look, then
#   LODE_GOLDEN=write sh tests/db/test_queries.sh
. tests/cli/lib.sh
run db start
ok 'a database' status_is 0
"$lode" db psql -qX -1 -v ON_ERROR_STOP=1 -f "$root/tests/db/queries/fixture.sql" >"$dir/out" 2>"$dir/err"
ok 'the fixture is loaded' sh -c "[ ! -s '$dir/err' ] || { cat '$dir/err'; false; }"
"$lode" stats | awk '{ print $1 }' >"$dir/names"
while read -r name; do
    run stats "$name" --format csv
    tr -d '\r' <"$dir/out" >"$dir/got"
    [ "${LODE_GOLDEN-}" = write ] && cp "$dir/got" "tests/db/queries/$name.csv"
    ok "$name" diff -u "tests/db/queries/$name.csv" "$dir/got"
done <"$dir/names"
finish
