#!/bin/sh
# Findings of the database are run: verdicts as rows, once and again; the story is shown, replayed
# to the byte, edited and run.
. tests/cli/lib.sh

for example in self-call low-intensity cast-without-backpressure missing-reply; do
    source_examples() { cp -r "$root/examples/$example/." .; }
    make_repository "$dir/o/$example" source_examples
done
{
    printf 'url\tref\ttags\n'
    for example in self-call low-intensity cast-without-backpressure missing-reply; do
        printf '%s\t\t\n' "$dir/o/$example"
    done
} >"$dir/list.tsv"
run crawl "$dir/list.tsv"
ok 'crawl succeeds' status_is 0

sql() { "$lode" db psql -XAtc "$1"; }
kept() { # all but times
    sql "SELECT finding_id, rule, verdict, category, summary, schedules, control_schedules, depth,
        schedule, scenario, trace_digest, supposed, told, runtime_version, schedules_max
        FROM reproduction ORDER BY finding_id"
    sql 'SELECT * FROM reproduction_line ORDER BY finding_id, position'
    sql 'SELECT * FROM reproduction_point ORDER BY finding_id, line, position'
}
id_of() { sql "SELECT g.fingerprint FROM current_finding g JOIN reproduction p ON p.finding_id = g.id
    WHERE g.rule = '$1' AND p.verdict = 'reproduced' ORDER BY 1 LIMIT 1"; }

# ---- all, once and again ---------------------------------------------------------------------
run reproduce --all --rule self-call --confidence certain
ok 'one rule is run' status_is 0
ok 'a table of verdicts' sh -c "grep -q '^self-call  *[1-9]' '$dir/out'"
ok 'only that rule has rows' sh -c "test \"\$('$lode' db psql -XAtc 'SELECT DISTINCT rule FROM reproduction')\" = self-call"
run reproduce --all --jobs 2
ok 'all are run' status_is 0
ok 'each finding has a verdict' sh -c "test \$('$lode' db psql -XAtc 'SELECT count(*) FROM reproduction') = \
    \$('$lode' db psql -XAtc 'SELECT count(*) FROM current_finding')"
kept >"$dir/first"
sql 'SELECT finding_id, seconds FROM reproduction ORDER BY 1' >"$dir/times"
run reproduce --all
ok 'a second run has nothing to do' err_has '0 findings run'
sql 'SELECT finding_id, seconds FROM reproduction ORDER BY 1' >"$dir/times2"
ok 'a second run changes nothing' same "$dir/times" "$dir/times2"
run reproduce --all --again --jobs 3
kept >"$dir/again"
ok 'run again, with other threads, all verdicts, schedules, stories and curves are the same' \
    same "$dir/first" "$dir/again"
run reproduce --all --schedules 1000 --rule self-call --format jsonl
ok 'another budget is another run' sh -c "grep -q '\"verdict\":\"reproduced\"' '$dir/out'"
ok 'jsonl is JSON' python3 -c "import json, sys; [json.loads(l) for l in open('$dir/out')]"

# ---- in the statistics -----------------------------------------------------------------------
run stats reproduction --format csv
ok 'the share by rule and confidence' sh -c "grep -q '^self-call,certain,' '$dir/out'"
run stats reproduction-tipping --format csv
ok 'tipping points' sh -c "grep -q '^low-intensity,0 in 5 s,as written,[0-9]*,[1-9]' '$dir/out'"
run stats reproduction-effort --format csv
ok 'effort' out_has 'reproduced,self-call'
run stats reproduction-unsupported --format csv
ok 'what is not supported' status_is 0

# ---- one: story, replay, edit, charts --------------------------------------------------------
id=$(id_of self-call)
run show "$id"
ok 'show tells the verdict' sh -c "grep -q '^verdict  *reproduced: ' '$dir/out'"
ok 'show tells the story with its place' sh -c "grep -q ' ms  .* crashes: {calling_self.*\[.*:[0-9]*\]' '$dir/out'"
ok 'and marks the step that fails' sh -c "grep -q '^ > *[0-9]* ms .* crashes: {calling_self' '$dir/out'"
sed -n 's/^ \([> ] *[0-9]* ms  .*\)/\1/p' "$dir/out" >"$dir/shown"
run reproduce "$id" --replay
ok 'the kept schedule is run again' status_is 0
cp "$dir/out" "$dir/replayed"
ok 'to the byte, as it is shown' same "$dir/shown" "$dir/replayed"
run reproduce "$id" --replay
ok 'and again' same "$dir/out" "$dir/replayed"
sql "UPDATE reproduction SET trace_digest = repeat('0', 64) WHERE fingerprint = '$id'" >/dev/null
run reproduce "$id" --replay
ok 'a run that differs is a fault' status_is 70
run reproduce "$id" --edit-out "$dir/edit.scenario"
ok 'reproduce of one' status_is 0
ok 'it prints the story' out_has 'crashes: {calling_self'
run reproduce "$id" --replay
ok 'its row is replaced' status_is 0
run run --budget 20000 "$dir/edit.scenario"
ok 'the written scenario runs as expected' status_is 0
ok 'and fails as told' out_has 'calling_self'
ok 'it says whose it is and what to type' sh -c "head -2 '$dir/edit.scenario' | grep -q \"$id\\|lode run\""
sed 's/timeout 5000/timeout 7000/' "$dir/edit.scenario" >"$dir/edited.scenario"
run run --format "$dir/edited.scenario"
ok 'it can be edited' status_is 0
run reproduce "$id" --control --edit-out "$dir/control.scenario"
run run "$dir/control.scenario"
ok 'the control does not fail' status_is 0
run show "$id" --mermaid
ok 'only the chart for Mermaid' sh -c "head -1 '$dir/out' | grep -qx sequenceDiagram"
run show "$id" --svg "$dir/run.svg"
id=$(id_of cast-without-backpressure)
run show "$id" --curve "$dir/load.svg"
ok 'show says how much it bears' out_has 'grows without bound from'
ok 'charts are XML' python3 -c "import xml.dom.minidom as d; d.parse('$dir/run.svg'); d.parse('$dir/load.svg')"
run reproduce "$id" --curve "$dir/measured.svg"
ok 'the kept curve has the points of the measured one' sh -c \
    "grep -o 'points=\"[^\"]*\"' '$dir/load.svg' >'$dir/p1'; grep -o 'points=\"[^\"]*\"' '$dir/measured.svg' >'$dir/p2'
     test -s '$dir/p1' && cmp '$dir/p1' '$dir/p2'"

# ---- refusals --------------------------------------------------------------------------------
run reproduce ffffffffffff
ok 'an unknown id' status_is 2
run reproduce --all --confidence sure
ok 'a confidence is checked' status_is 2
run reproduce
ok 'something has to be asked for' status_is 2

# ---- a folder, without a database ------------------------------------------------------------
LODE_STATE="$dir/none" run reproduce --all --jobs 2 "$root/examples/self-call"
ok 'a folder needs no database' status_is 0
ok 'and ends with the table' sh -c "tail -1 '$dir/out' | grep -q '^all  *[1-9]'"
ok 'nothing was made for it' test ! -e "$dir/none"
finish
