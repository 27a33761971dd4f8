#!/bin/sh
# Crawling into a real PostgreSQL: idempotence, failures, kills, a database that goes away, state
# folders side by side.
. tests/cli/lib.sh

source_a() { server_source A >a.ex; }
source_b() {
    server_source B >b.ex
    server_source B.Second >second.ex
    mkdir config && echo 'import Config' >config/runtime.exs && echo '# mix' >mix.exs
}
source_c() {
    for i in 1 2 3 4 5 6 7 8 9; do server_source "C$i" >"c$i.ex"; done
}
make_repository "$dir/o/a" source_a
make_repository "$dir/o/b" source_b
make_repository "$dir/o/c" source_c
mkdir -p "$dir/o/empty" && git init --quiet --bare "$dir/o/empty"
list() { # NAME REPOSITORY..
    printf 'url\tref\ttags\n' >"$dir/$1.tsv"
    out=$dir/$1.tsv
    shift
    for repository in "$@"; do printf '%s\t\t\n' "$repository"; done >>"$out"
}
list good "$dir/o/a" "$dir/o/b" "$dir/o/c"

# ---- once and again ------------------------------------------------------------------------
run crawl "$dir/good.tsv"
ok 'crawl succeeds' status_is 0
ok 'crawl ends with its coverage' out_has 'repositories  3: 3 loaded, 0 replaced, 0 unchanged, 0 failed'
ok 'crawl counts files' out_has 'files         14 '
rows_of >"$dir/rows"
ok 'rows are there' grep -q '^(.*self-call' "$dir/rows"
run crawl "$dir/good.tsv"
ok 'a second crawl finds all unchanged' out_has '3 unchanged'
rows_of >"$dir/again"
ok 'a second crawl changes nothing' same "$dir/rows" "$dir/again"
run crawl --again --jobs 3 "$dir/good.tsv"
ok '--again replaces' out_has '3 replaced'
ok '--again parses nothing that is known' out_has '0 parsed, 14 known'
rows_of >"$dir/again"
ok 'replacing gives the same rows' same "$dir/rows" "$dir/again"
run stats overview --format csv
ok 'stats as CSV' out_has 'servers,12'
run stats findings-by-library --format json
ok 'stats as JSON' python3 -m json.tool "$dir/out"
ok 'applications are told from libraries' sh -c \
    "'$lode' db psql -XAtc \"SELECT count(*) FROM snapshot WHERE kind = 'application'\" | grep -qx 1"
run stats prevalence --set language=erlang --format csv
ok 'parameters of a question' sh -c "! grep -q self-call '$dir/out'"
run stats prevalence --set planet=mars
ok 'a parameter that is not there' status_is 2
run status --format json
ok 'status as JSON' python3 -m json.tool "$dir/out"
run findings --rule self-call --format csv
ok 'findings are listed' out_has 'A.Counter'
id=$(sed -n 2p "$dir/out" | cut -d, -f1)
run findings --repo o/c --level error --confidence certain --server C7 --format csv
ok 'findings are filtered' sh -c "[ \$(sed 1d '$dir/out' | grep -c C7.Counter) -ge 1 ] && ! sed 1d '$dir/out' | grep -v C7.Counter"
run findings --level bad
ok 'a level is checked' status_is 2
run show "$id"
ok 'show draws the source' sh -c "grep -q '> .*handle_call(:twice' '$dir/out' || grep -q '> .*GenServer.call' '$dir/out'"
ok 'show draws the evidence' out_has '└ '
run show ffffffffffff
ok 'show of nothing' status_is 2
run doctor
ok 'doctor is content' status_is 0
ok 'doctor sees the cluster' out_has 'running'
run db url
ok 'the address is printed' out_has 'postgresql://lode@/lode?host='
run db migrate
ok 'migrating again is nothing' err_has '0 migrations applied'
explained() {
    "$lode" db psql -Xc '\d+ finding' | grep -q 'Survives line shifts'
}
ok '\d+ explains itself' explained
run db psql --state "$LODE_STATE" -XAtc 'SELECT count(*) FROM snapshot'
ok 'psql takes the state folder before its own options' sh -c "grep -qx 3 '$dir/out'"

# ---- what fails ----------------------------------------------------------------------------
list mixed "$dir/o/a" "$dir/o/empty" "$dir/o/nowhere" "$dir/o/b"
run crawl "$dir/mixed.tsv"
ok 'failures are exit status 3' status_is 3
ok 'failures do not stop the others' out_has '2 unchanged, 2 failed'
ok 'failures are said' err_has "$dir/o/nowhere"
run status
ok 'status tells the reasons' out_has 'o/nowhere'
run crawl --max-failures 2 "$dir/mixed.tsv"
ok '--max-failures' status_is 0
printf 'url\tref\ttags\n%s\t\t\nssh://x/y\t\t\n' "$dir/o/a" >"$dir/broken.tsv"
run crawl "$dir/broken.tsv"
ok 'a broken line is a usage error' status_is 2
ok 'a broken line is named' err_has 'broken.tsv:3'
run crawl "$dir/none.tsv"
ok 'a missing list' sh -c "[ $status = 2 ] || [ $status = 4 ]"
list far http://127.0.0.1:9/o/r
run crawl "$dir/far.tsv"
ok 'an unreachable host is said' err_has 'is the network there?'
ok 'nothing reached is an environment error' status_is 4
run crawl --db 'postgresql:///x?host=/nonexistent' "$dir/good.tsv"
ok 'an unreachable database is an environment error' status_is 4

# ---- quarantine ----------------------------------------------------------------------------
key=$("$lode" db psql -XAtc "SELECT replace(b.id::text, '-', '') FROM blob b JOIN file f
    ON f.blob_id = b.id WHERE f.path = 'c3.ex'")
printf '%s\tc3.ex\n' "$key" >>"$LODE_STATE/facts/quarantine.tsv"
run crawl --again "$dir/good.tsv"
ok 'what crashed once is left out' out_has '13 known, 0 in part, 1 left out'
ok 'what is left out is counted by reason' out_has 'quarantined'
rm "$LODE_STATE/facts/quarantine.tsv"
run crawl --again "$dir/good.tsv"
ok 'without the line it is back' out_has '14 known, 0 in part, 0 left out'

# ---- over HTTP -----------------------------------------------------------------------------
mkdir "$dir/served" && git clone --quiet --bare "$dir/o/a" "$dir/served/a.git"
serve_git "$dir/served"
list http https://code.example/o/a.git
run crawl "$dir/http.tsv"
ok 'a clone over smart HTTP' status_is 0
ok 'a clone over smart HTTP is loaded' out_has '1 loaded'
run findings --repo code.example --format csv
ok 'its findings carry the public address' out_has 'o/a'
exec 9>&-
wait $server
run crawl --offline --again "$dir/http.tsv"
ok '--offline needs no server' out_has '1 replaced'
: >"$dir/gitconfig"

# ---- interrupted ---------------------------------------------------------------------------
# A longer list: the same sources under many addresses.
many=
for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    cp -r "$dir/o/c" "$dir/o/m$i"
    many="$many $dir/o/m$i"
done
# shellcheck disable=SC2086
list many $many
run crawl --state "$dir/state-whole" --jobs 2 "$dir/many.tsv"
ok 'the whole list' status_is 0
LODE_STATE=$dir/state-whole rows_of >"$dir/whole"

# Killed later and later, each time into what the last one left, until one comes to its end.
kills() {
    delay=1 killed=0
    while [ $delay -lt 60 ]; do
        "$lode" crawl --state "$dir/state-killed" --jobs 2 "$dir/many.tsv" >/dev/null 2>&1 &
        pid=$!
        sleep "$(awk "BEGIN { print $delay * 0.03 }")"
        if kill -KILL $pid 2>/dev/null; then killed=$((killed + 1)); fi
        if wait $pid 2>/dev/null; then break; fi
        delay=$((delay + 2))
    done
    echo "$killed killed"
    [ $killed -ge 3 ] || return 1
    "$lode" crawl --state "$dir/state-killed" "$dir/many.tsv" >/dev/null
}
"$lode" db start --state "$dir/state-killed" >/dev/null
ok 'killed at many points, it comes to its end' kills
LODE_STATE=$dir/state-killed rows_of >"$dir/killed"
ok 'killed at many points, the rows are the same' same "$dir/whole" "$dir/killed"

"$lode" db start --state "$dir/state-int" >/dev/null
"$lode" crawl --state "$dir/state-int" --jobs 1 "$dir/many.tsv" >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 0.1
kill -INT $pid
status=0
wait $pid || status=$?
ok 'SIGINT is 130, or 0 if it was done' sh -c "[ $status = 130 ] || [ $status = 0 ]"
run crawl --state "$dir/state-int" "$dir/many.tsv"
ok 'after SIGINT it goes on' status_is 0
LODE_STATE=$dir/state-int rows_of >"$dir/int"
ok 'after SIGINT the rows are the same' same "$dir/whole" "$dir/int"

# The database is stopped while a crawl runs; the crawl may not start it again by itself.
url=$("$lode" db start --state "$dir/state-away")
"$lode" crawl --state "$dir/state-away2" --db "$url" --jobs 1 "$dir/many.tsv" >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 0.15
"$lode" db stop --state "$dir/state-away"
status=0
wait $pid || status=$?
ok 'a database that goes away is an environment error' sh -c "[ $status = 4 ] || [ $status = 0 ]"
ok 'and is said' sh -c "[ $status = 0 ] || grep -q 'database' '$dir/err'"
"$lode" db start --state "$dir/state-away" >/dev/null
run crawl --state "$dir/state-away2" --db "$url" "$dir/many.tsv"
ok 'when it is back the crawl goes on' status_is 0
LODE_STATE=$dir/state-away rows_of >"$dir/away"
ok 'and the rows are the same' same "$dir/whole" "$dir/away"
ok 'two clusters ran side by side' test -d "$dir/state-whole/pg/data" -a -d "$dir/state-away/pg/data"
run db stop --state "$dir/state-away"
ok 'a cluster stops' status_is 0
run db stop --state "$dir/state-away"
ok 'a stopped cluster is no error' status_is 0
finish
