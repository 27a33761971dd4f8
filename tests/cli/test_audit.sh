#!/bin/sh
# Statistics with breakdowns, readers who cannot write, and reading findings in a terminal.
. tests/cli/lib.sh

source_a() {
    for i in 1 2 3 4; do server_source "A$i" >"a$i.ex"; done
    mkdir config && echo 'import Config' >config/runtime.exs && echo '# mix' >mix.exs
}
source_b() {
    for i in 1 2 3; do server_source "B$i" >"b$i.ex"; done
    server_source A1 >copied.ex
}
make_repository "$dir/o/a" source_a
make_repository "$dir/o/b" source_b
printf 'url\tref\ttags\n%s\t\t\n%s\t\t\n' "$dir/o/a" "$dir/o/b" >"$dir/list.tsv"
run crawl "$dir/list.tsv"
ok 'two repositories are crawled' status_is 0

# ---- statistics -----------------------------------------------------------------------------
run stats prevalence --format csv
ok 'prevalence counts servers, contents and their share' sh -c \
    "grep -q '^self-call,8,2,8,7,8,1000.00,' '$dir/out'"
ok 'a rule that nobody read is unmeasured' out_has 'unmeasured'
run stats prevalence --by project --format csv
ok 'a breakdown comes first' sh -c "head -n 1 '$dir/out' | grep -q '^project,rule,'"
ok 'and has its own denominators' out_has 'application,self-call,4,1,4,4,4,1000.00'
run stats prevalence --by weather
ok 'an unknown dimension is named with the known ones' sh -c \
    "[ $status = 2 ] && grep -q 'language, project, repository' '$dir/err'"
run stats servers --by repository --sql
ok 'the query is shown as it runs' out_has 'GROUP BY'
"$lode" db psql -qX -c 'REFRESH MATERIALIZED VIEW stats.fresh' >/dev/null
run stats no-such
ok 'an unknown question is an error' status_is 2

# ---- those who only read --------------------------------------------------------------------
run query 'SELECT count(*) FROM stats.server' --format csv
ok 'a query is answered' out_has '8'
run query db/queries/exits-trapped.sql --format csv
ok 'a named query is answered from its file' out_has 'gen_server,8,0'
echo 'SELECT 6 * 7 AS n' >"$dir/q.sql"
run query "$dir/q.sql" --format json
ok 'a file is answered' out_has '42'
for sql in 'DELETE FROM evidence' 'CREATE TABLE x (y int)' 'SELECT 1; DROP TABLE finding' \
    "DO \$\$ BEGIN EXECUTE 'RESET ROLE'; EXECUTE 'SET TRANSACTION READ WRITE'; DELETE FROM evidence; END \$\$" \
    'COMMIT' 'SELECT pg_reload_conf()'; do
    run query "$sql"
    [ "$sql" = COMMIT ] || ok "refused: $sql" status_is 4
done
"$lode" db psql -XAtc 'SELECT count(*) > 0 FROM evidence' >"$dir/out"
ok 'nothing was changed' out_has t
url=$("$lode" db reader)
ok "the readers' address reads" sh -c "[ \"\$(psql -XAtc 'SELECT count(*) FROM finding' '$url')\" -gt 0 ]"
ok 'and does not write' sh -c \
    "! psql -Xqc 'SET default_transaction_read_only = off' -c 'DELETE FROM evidence' '$url' 2>/dev/null"
ok 'and does not make roles' sh -c "! psql -Xqc 'CREATE ROLE x' '$url' 2>/dev/null"
explained() {
    "$lode" query "SELECT count(*) FROM pg_class WHERE relnamespace = 'stats'::regnamespace
        AND relkind IN ('v', 'm') AND obj_description(oid) IS NULL" --format csv | tail -n 1 | grep -q '^0'
}
ok 'every view has a comment' explained
# The views follow the tables: here behind the back of the program that fills both.
run crawl --again "$dir/list.tsv"
fresh() {
    [ "$("$lode" db psql -XAtc 'SELECT snapshots_reached = (SELECT count(*) FROM run_snapshot) FROM stats.fresh')" = t ]
}
ok 'a crawl refreshes the views' fresh

# ---- reading --------------------------------------------------------------------------------
run audit
ok 'without a sample there is nothing to read' err_has 'lode audit sample'
run audit sample --rule self-call --n 5 --seed 7
ok 'a sample is drawn' err_has '5 findings drawn'
order() { "$lode" db psql -XAtc "SELECT position, repository, fingerprint FROM audit_sample WHERE seed = $1 AND position < 5 ORDER BY 1"; }
order 7 >"$dir/order"
run audit sample --rule self-call --n 8 --seed 7
order 7 >"$dir/order2"
ok 'a larger one of the same seed goes on' same "$dir/order" "$dir/order2"
ok 'it is all there is' err_has '8 findings drawn'
run audit sample --rule self-call --n 5 --seed 8
order 8 >"$dir/order2"
ok 'another seed draws others' sh -c "! cmp -s '$dir/order' '$dir/order2'"
run audit
ok 'reading needs a terminal' status_is 2
python3 tests/cli/audit_pty.py "$lode" >"$dir/tap" 2>"$dir/why" || echo "not ok - died: $(cat "$dir/why")" >>"$dir/tap"
while IFS= read -r line; do
    number=$((number + 1))
    case $line in 'not ok '*) failed=1 ;; esac
    echo "$line" | sed "s/ok - /ok $number - /"
done <"$dir/tap"

run stats precision --format csv
ok 'verdicts become precision' out_has 'self-call,cycles,3,1,1,1,33.3,6.1,79.2,0.50'
run stats prevalence --format csv
ok 'precision and kappa stand beside prevalence' sh -c "grep -q '^self-call,.*,\"33 % (6 to 79, 3 read)\",0\.' '$dir/out'"
run stats agreement --format csv
ok 'agreement of two annotators' out_has 'self-call,ada,joe,3,2,66.67,0.500'
run audit export "$dir/labels"
ok 'labels are exported' sh -c "[ \$(wc -l <'$dir/labels/self-call.tsv') = 7 ]"
"$lode" db psql -qXc 'CREATE TABLE kept AS SELECT * FROM audit_label; DELETE FROM audit_label'
run audit import "$dir/labels"
ok 'labels come back' sh -c "'$lode' db psql -XAtc 'SELECT count(*) FROM (SELECT id, verdict, reason, annotator, rule_version FROM kept EXCEPT SELECT id, verdict, reason, annotator, rule_version FROM audit_label) AS x' | grep -qx 0"
run audit import tests/audit
ok 'what was read before imports' sh -c "[ $status = 0 ] && grep -q 'labels imported' '$dir/err'"
run stats precision --format csv
ok 'and counts' out_has 'swallowed-call'
sed '3s/wrong/maybe/; 3s/right/maybe/' "$dir/labels/self-call.tsv" >"$dir/self-call.tsv"
"$lode" db psql -qXc 'DELETE FROM audit_label'
run audit import "$dir/self-call.tsv"
ok 'a verdict that is none is named by file and line' sh -c "[ $status = 2 ] && grep -q 'self-call.tsv:3: the verdict' '$dir/err'"
ok 'and nothing of the file is taken' sh -c "'$lode' db psql -XAtc 'SELECT count(*) FROM audit_label' | grep -qx 0"
printf 'repository\tcommit\n' >"$dir/self-call.tsv"
run audit import "$dir/self-call.tsv"
ok 'a missing column is named' err_has 'names no column path'
finish
