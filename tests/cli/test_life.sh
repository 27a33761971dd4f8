#!/bin/sh
# What a night costs and keeps: nothing new, one changed file, other versions, copies; the life of
# findings; licences; what an owner asks for.
. tests/cli/lib.sh

source_life() {
    mkdir lib
    server_source One >lib/one.ex
    server_source Two >lib/two.ex
    printf -- '-module(three).\n-export([f/0]).\nf() -> ok.\n' >lib/three.erl
    head -c 300000 /dev/urandom >picture.bin
    cat >LICENSE <<'END'
Permission is hereby granted, free of charge, to any person obtaining a copy of this software, to
deal in it without restriction. The above copyright notice and this permission notice shall be
included in all copies.
END
}
make_repository "$dir/served/life" source_life
# Before the server's input is opened: the cluster would inherit it and keep it open.
"$lode" db start >/dev/null
serve_git "$dir/served"
printf 'url\tref\ttags\nhttps://code.example/o/life\t\t\n' >"$dir/life.tsv"
sql() { "$lode" db psql -XAtc "$1"; }
is() { [ "$1" = "$2" ] || { echo "$1, not $2"; false; }; }
change() { (cd "$dir/served/life" && eval "$1" && git add --all && git commit --quiet --allow-empty -m "$2"); }
commit_of() { git -C "$dir/served/life" rev-parse "$1"; }
# All rows of the snapshot-owned tables with where they stand in their table: untouched rows stay.
places() { sql "SELECT id, xmin FROM finding ORDER BY 1; SELECT id, xmin FROM file ORDER BY 1"; }

run crawl "$dir/life.tsv"
ok 'the first night' out_has '1 loaded'
ok 'it parses all' out_has '3 parsed, 0 known'
first=$(commit_of HEAD)
ok 'what is no source does not travel' sh -c \
    "[ \$(du -sk '$LODE_STATE/mirror' | cut -f1) -lt 250 ]"
ok 'the licence is known' is "$(sql 'SELECT spdx FROM current_licence')" MIT
findings=$(sql 'SELECT count(*) FROM finding')
ok 'findings have lives' is "$(sql "SELECT count(*) FROM life_span WHERE came = 'found'")" "$findings"

# ---- nothing new -------------------------------------------------------------------------------
places >"$dir/before"
lines=$(wc -l <"$dir/http.log")
run crawl "$dir/life.tsv"
ok 'a night without news' out_has '1 unchanged'
ok 'is one request' is "$(($(wc -l <"$dir/http.log") - lines))" 1
places >"$dir/after"
ok 'and touches no row' same "$dir/before" "$dir/after"
ok 'findings are seen again' is "$(sql \
    'SELECT count(*) FROM finding_life WHERE last_seen_at > first_seen_at AND gone_at IS NULL')" \
    "$findings"

# ---- another commit, the same files --------------------------------------------------------------
change true 'Nothing'
run crawl "$dir/life.tsv"
ok 'a commit that changes no file is no work' out_has '1 unchanged'
places >"$dir/after"
ok 'and touches no row either' same "$dir/before" "$dir/after"
ok 'but the commit is known' is "$(sql "SELECT count(*) FROM same_tree WHERE commit_oid = decode('$(commit_of HEAD)', 'hex')")" 1

# ---- one changed file ----------------------------------------------------------------------------
change 'sed -i /:twice/d lib/two.ex; printf "\n" >>lib/three.erl' 'Fix two'
run crawl "$dir/life.tsv"
ok 'a changed repository costs its new blobs' out_has '2 parsed, 1 known'
ok 'a finding went with the code' is "$(sql "SELECT count(*) FROM finding_life WHERE went = 'code' AND rule = 'self-call'")" 1
second=$(commit_of HEAD)
run diff "$first" "$second" --format csv
ok 'diff names what went' out_has 'went,self-call'
ok 'diff leaves out what stayed' sh -c "! grep -q stayed '$dir/out'"
run diff "o/life@$(echo "$first" | cut -c1-8)" "$second" --all --format csv
ok 'diff --all names what stayed' out_has 'stayed,self-call'
run diff "$second" "$first" --format csv
ok 'the other way round it came' out_has 'came,self-call'
run diff "$first" 0000000000
ok 'diff of an unknown snapshot' status_is 2
change 'git checkout --quiet HEAD~1 lib/two.ex' 'Bring it back'
run crawl "$dir/life.tsv"
ok 'a finding that comes back has a second life' is "$(sql "SELECT max(ordinal) FROM life_span WHERE rule = 'self-call' AND came = 'code'")" 1
run status --since '1 hour' --format csv
ok 'status --since tells what came' out_has 'came,'
ok 'status --since tells what went' out_has 'went,'
ok 'what was there at first did not come' is "$(grep -c '^came,.*self-call' "$dir/out")" 1
run status --since 2999-01-01 --format csv
ok 'status --since tells nothing of the future' sh -c "! grep -qE 'came,|went,' '$dir/out'"
run status --since yesterday
ok 'a time is checked' status_is 2
change 'sed -i "s/^  def handle_call(:twice\|^  def get,/  # lode:ignore self-call\n&/" lib/two.ex' 'Ignore it'
run crawl "$dir/life.tsv"
ok 'a comment ends a life too' is "$(sql "SELECT count(*) FROM life_span WHERE went = 'suppressed'")" 1

# ---- versions ------------------------------------------------------------------------------------
# As after an update that changed rules: the rows are of another analysis version.
sql "UPDATE snapshot SET analysis_version = 'older'; UPDATE branch SET analysis_version = 'older';
     DELETE FROM life_span WHERE rule = 'self-call' AND gone_at IS NULL" >/dev/null
run crawl "$dir/life.tsv"
ok 'other rules judge anew' out_has '1 replaced'
ok 'without parsing' out_has '0 parsed, 3 known'
ok 'and what comes then, came by analysis' is "$(sql "SELECT count(*) FROM life_span WHERE came = 'analysis'")" 1

# ---- copies --------------------------------------------------------------------------------------
cp -r "$dir/served/life" "$dir/served/fork"
printf 'https://code.example/o/fork\t\t\n' >>"$dir/life.tsv"
blobs=$(sql 'SELECT count(*) FROM blob')
run crawl "$dir/life.tsv"
ok 'a copy is parsed by nobody' out_has '0 parsed, 3 known'
ok 'a copy shares its blobs' is "$(sql 'SELECT count(*) FROM blob')" "$blobs"
ok 'a copy shares its licence' is "$(sql 'SELECT count(*) FROM licence')" 1

# ---- the same from nothing -------------------------------------------------------------------------
# Lives do not depend on how often the run was begun.
ok 'one open life a finding' is "$(sql 'SELECT count(*) FROM life_span WHERE gone_at IS NULL')" \
    "$(sql 'SELECT count(*) FROM branch b JOIN finding g USING (snapshot_id) WHERE NOT g.is_suppressed')"
exec 9>&-
wait $server
finish
