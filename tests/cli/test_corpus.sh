#!/bin/sh
# Lists: found, locked, pruned, and who opted out of them.
. tests/cli/lib.sh

source_any() { server_source "$name" >a.ex; }
for name in One Two Three; do make_repository "$dir/o/$name" source_any; done
"$lode" db start >/dev/null
sql() { "$lode" db psql -XAtc "$1"; }
is() { [ "$1" = "$2" ] || { echo "$1, not $2"; false; }; }
lines() { printf 'url\tref\ttags\tstars\tlicence\tfork_of\tarchived\ttopics\tpushed_at\n'; cat; }
rows_left() {
    for table in repository snapshot file finding life_span branch corpus_entry listing; do
        sql "SELECT '$table', count(*) FROM $table"
    done
}
{
    printf '%s\t\t\t5\tMIT\t\tno\totp,web\t2025-01-02T03:04:05Z\n' "$dir/o/One"
    printf '%s\t\t\t50\t\thttps://example.org/x\tyes\t\t2020-01-01\n' "$dir/o/Two"
    printf '%s\t\t\tmany\t\t\t\t\tsoon\n' "$dir/o/Three"
} | lines >"$dir/all.tsv"

# ---- discover ----------------------------------------------------------------------------------
run corpus discover --from file "$dir/all.tsv" --no-forks --out "$dir/found.tsv"
ok 'discover from a list' status_is 0
ok 'discover writes the list' is "$(grep -c "^$dir/o/" "$dir/found.tsv")" 2
ok 'discover counts' err_has '2 repositories of 3 seen: 1 filtered out'
run corpus discover --from file "$dir/all.tsv" --min-stars 6
ok 'discover prints the list' out_has 'o/Two'
ok 'stdout is the list alone' is "$(wc -l <"$dir/out")" 2
run corpus discover --from nowhere
ok 'a source is checked' status_is 2
run corpus discover --from ghs-csv
ok 'a source that needs a file says so' err_has 'which file?'
run corpus discover --from hex "$dir/all.tsv"
ok 'a source that takes no file says so' status_is 2
run corpus discover --from file "$dir/all.tsv" --pushed-since soon
ok 'a day is checked' status_is 2
run corpus discover --from hex --api http://127.0.0.1:9/api --out "$dir/never.tsv"
ok 'an API that is not there is an environment error' status_is 4
ok 'and nothing is written' test ! -e "$dir/never.tsv"
run corpus grow
ok 'a verb is checked' status_is 2

# ---- lock --------------------------------------------------------------------------------------
run corpus lock "$dir/all.tsv"
ok 'lock before a crawl' err_has 'was not crawled yet'
run crawl "$dir/all.tsv"
ok 'a list with all columns is crawled' out_has '3 loaded'
ok 'what it says is kept' is "$(sql "SELECT stars, licence, is_archived, topics, pushed_at AT TIME ZONE 'UTC' FROM listing WHERE stars = 5")" \
    '5|MIT|f|otp,web|2025-01-02 03:04:05'
ok 'what is no number or time is null' is "$(sql 'SELECT count(*) FROM listing WHERE stars IS NULL AND pushed_at IS NULL')" 1
run corpus lock "$dir/all.tsv" --out "$dir/lock.tsv"
ok 'lock' status_is 0
ok 'lock names the commits' grep -q "o/One	$(git -C "$dir/o/One" rev-parse HEAD)	" "$dir/lock.tsv"
ok 'lock keeps the columns' grep -q 'otp,web' "$dir/lock.tsv"
(cd "$dir/o/One" && server_source More >more.ex && git add . && git commit -qm more)
run crawl "$dir/lock.tsv"
ok 'a locked list stays where it is' out_has '3 unchanged'
run corpus lock "$dir/lock.tsv"
ok 'a locked list is locked again as it is' same "$dir/lock.tsv" "$dir/out"

# ---- prune -------------------------------------------------------------------------------------
run crawl "$dir/all.tsv"
ok 'the list goes on' out_has '1 loaded'
rows_left >"$dir/before"
run corpus prune "$dir/found.tsv"
ok 'prune says what would go' out_has 'o/Two'
rows_left >"$dir/after"
ok 'prune without --yes removes nothing' same "$dir/before" "$dir/after"
run corpus prune "$dir/found.tsv" --yes
ok 'prune' status_is 0
ok 'what no list names is gone' is "$(sql 'SELECT count(*) FROM repository')" 2
ok 'its findings too' is "$(sql 'SELECT count(*) FROM life_span l LEFT JOIN branch b ON b.id = l.branch_id WHERE b.id IS NULL')" 0
ok 'and its mirror' sh -c "! ls '$LODE_STATE/mirror/_local' -R | grep -q Two"
first=$(git -C "$dir/o/One" rev-parse HEAD~1)
run corpus prune --keep 0 --yes
ok 'old snapshots lose their rows' is "$(sql "SELECT count(*) FROM file f JOIN snapshot s ON s.id = f.snapshot_id WHERE s.commit_oid = decode('$first', 'hex')")" 0
ok 'the lives of their findings stay' is "$(sql "SELECT count(*) > 0 FROM life_span l JOIN snapshot s ON s.id = l.first_snapshot_id WHERE s.commit_oid = decode('$first', 'hex')")" t
run diff "$first" "$(git -C "$dir/o/One" rev-parse HEAD)"
ok 'diff says that rows were pruned' err_has 'were pruned'
run corpus prune
ok 'prune wants a list or --keep' status_is 2
run crawl "$dir/all.tsv"
ok 'what was pruned comes back with its list' out_has '1 loaded'

# ---- opt-out -----------------------------------------------------------------------------------
run corpus opt-out "$dir/o/Three/" --reason 'asked by mail'
ok 'opt-out' status_is 0
ok 'its rows are gone' is "$(sql "SELECT count(*) FROM repository WHERE url LIKE '%/Three'")" 0
ok 'what others share stays' is "$(sql 'SELECT count(*) FROM repository')" 2
run corpus opt-out
ok 'opt-outs are listed' out_has 'asked by mail'
run crawl "$dir/all.tsv"
ok 'a crawl leaves it out' out_has 'repositories  2: '
ok 'and says so' err_has '1 of the list opted out'
run corpus discover --from file "$dir/all.tsv"
ok 'discovery leaves it out' sh -c "! grep -q Three '$dir/out'"
run corpus opt-out --undo "$dir/o/Three"
run crawl "$dir/all.tsv"
ok 'taken back it is crawled again' out_has '1 loaded'
run corpus opt-out "$dir/o"
ok 'an owner opts out with all' is "$(sql 'SELECT count(*) FROM repository')" 0
ok 'nothing is left of them' is "$(sql 'SELECT count(*) FROM blob')" 0
run corpus opt-out 'ssh://x/y'
ok 'an address is checked' status_is 2
finish
