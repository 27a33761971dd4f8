#!/bin/sh
# Datasets and notebooks of the bundled examples: read back by other readers, run by Debian's
# Jupyter and by Elixir. The checks are in the two Python files beside, for Debian's Python, which
# has the packages.
. tests/cli/lib.sh
status=0
LODE=$lode sh tools/demo.sh >"$dir/out" 2>"$dir/err" || status=$?
ok 'the examples are mined' status_is 0
run audit import tests/audit
ok 'labels are imported' status_is 0
"$lode" query "SELECT rule, repository, fingerprint, encode(s.commit_oid, 'hex'), path, line
    FROM stats.finding g JOIN snapshot s ON s.id = g.snapshot_id
    WHERE rule IN ('self-call', 'call-cycle') ORDER BY 1, 2, 3 LIMIT 12" --format csv >"$dir/read.csv"
for reader in ada joe; do
    for rule in self-call call-cycle; do
        printf 'repository\tcommit\tpath\tline\tfingerprint\tverdict\twhy\n'
        tr -d '\r' <"$dir/read.csv" | awk -F, -v rule=$rule -v reader=$reader 'BEGIN { OFS = "\t" }
            $1 == rule { print $2, $4, $5, $6, $3, (reader == "joe" && NR % 3 == 0) ? "wrong" : "right", "read" }'
    done | awk -F '\t' -v dir="$dir" '$1 == "repository" { n++ } { print >(dir "/" (n == 1 ? "self-call" : "call-cycle") ".tsv") }'
    run audit import --annotator $reader "$dir/self-call.tsv" "$dir/call-cycle.tsv"
    ok "labels of $reader are imported" status_is 0
done

run export dataset "$dir/dataset"
ok 'a dataset is written' status_is 0
run export dataset "$dir/again"
ok 'it has the same bytes again' diff -r "$dir/dataset" "$dir/again"
run export dataset "$dir/dataset"
ok 'an older dataset is replaced' sh -c "[ $status = 0 ] && diff -r '$dir/dataset' '$dir/again'"
mkdir "$dir/other" && echo mine >"$dir/other/file"
run export dataset "$dir/other"
ok 'another folder is left alone' sh -c "[ $status = 2 ] && [ -f '$dir/other/file' ]"
ok 'the checksums are right' sh -c "cd '$dir/dataset' && sha256sum --quiet -c SHA256SUMS"
everything_is_listed() {
    (cd "$dir/dataset" && find . -type f ! -name SHA256SUMS | sed 's,^\./,,' | LC_ALL=C sort) >"$dir/have"
    cut -c 67- "$dir/dataset/SHA256SUMS" | LC_ALL=C sort | diff "$dir/have" -
}
ok 'every file has a checksum' everything_is_listed
run export dataset --duckdb /nowhere/libduckdb.so "$dir/none"
ok "without DuckDB's library Parquet is refused" sh -c "[ $status = 2 ] && grep -q 'libduckdb.so' '$dir/err'"
run export notebooks "$dir/notebooks"
ok 'notebooks are written' status_is 0
run export notebooks "$dir/notebooks2"
ok 'they have the same bytes again' diff -r "$dir/notebooks" "$dir/notebooks2"
run export nonsense "$dir/x"
ok 'an unknown kind is an error' status_is 2

# The list in the dataset gives the same tables again, in another state folder.
first=$LODE_STATE
export LODE_STATE="$dir/state2"
run crawl --mirror "$first/mirror" "$dir/dataset/corpus.lock"
ok 'corpus.lock can be crawled' status_is 0
run export dataset --no-parquet "$dir/second"
ok 'it gives the same tables' diff -r "$dir/dataset/tables" "$dir/second/tables"
ok 'it gives the same list' same "$dir/dataset/corpus.lock" "$dir/second/corpus.lock"
ok 'it gives the same restart statistics' same "$dir/dataset/statistics/restart-strategies.csv" \
    "$dir/second/statistics/restart-strategies.csv"
export LODE_STATE="$first"

# A library that is there is used, and read back too.
if [ -n "${LODE_DUCKDB-}" ]; then
    run export dataset "$dir/parquet"
    ok 'Parquet is written' test -s "$dir/parquet/parquet/finding.parquet"
fi
python() {
    title=$1
    shift
    /usr/bin/python3 "$@" >"$dir/tap" 2>"$dir/why" || { cat "$dir/why" >&2; echo "not ok - died: $1" >>"$dir/tap"; }
    while IFS= read -r line; do
        number=$((number + 1))
        case $line in
        'not ok '*) failed=1; echo "not ok $number - $title: ${line#not ok - }" ;;
        'ok '*) echo "ok $number - $title: ${line#ok - }" ;;
        *) number=$((number - 1)); echo "# $line" ;;
        esac
    done <"$dir/tap"
}
url=$("$lode" db reader)
owner=$("$lode" db url)
python dataset tests/notebooks_export/dataset.py "$dir/dataset" "$owner"

# Verdicts on findings and one measured curve, so that the notebook on them has something to draw.
"$lode" db psql -qX -v ON_ERROR_STOP=1 >"$dir/out" 2>"$dir/err" <<'END' || true
INSERT INTO reproduction (finding_id, snapshot_id, rule, rule_version, fingerprint, verdict, why,
    summary, schedules, control_schedules, is_control_complete, unknown_count, seed, schedule, scenario,
    trace_digest, seconds, schedules_max, budget_ms, tool_version, analysis_version, runtime_version)
SELECT g.id, g.snapshot_id, g.rule, g.rule_version, g.fingerprint, v.verdict,
       CASE WHEN v.verdict = 'unsupported' THEN 'no generator' END, 'a summary', 10, 10, true, 0, 0,
       CASE WHEN v.verdict = 'reproduced' THEN '1' END,
       CASE WHEN v.verdict <> 'unsupported' THEN 'scenario' END,
       CASE WHEN v.verdict = 'reproduced' THEN repeat('0', 64) END,
       g.line / 1000.0, 2000, 0, '0', '0', '0'
FROM (SELECT *, row_number() OVER (PARTITION BY rule ORDER BY id) % 3 AS turn FROM finding) AS g
JOIN (VALUES (0, 'unsupported'), (1, 'reproduced'), (2, 'not_reproduced')) AS v (turn, verdict)
    USING (turn);
INSERT INTO reproduction_line (finding_id, position, snapshot_id, name, is_control, x_label, y_label,
    y_tip, x_tip)
SELECT f.finding_id, n, f.snapshot_id, 'line ' || n, n = 1, 'messages a second', 'mailbox', 50, 70
FROM (SELECT * FROM reproduction WHERE verdict = 'reproduced' ORDER BY finding_id LIMIT 1) AS f,
     generate_series(0, 1) AS n;
INSERT INTO reproduction_point (finding_id, line, position, snapshot_id, x, y)
SELECT finding_id, position, n, snapshot_id, 10 * n, n * n / (1 + position)
FROM reproduction_line, generate_series(0, 9) AS n;
END
ok 'verdicts are there to draw' sh -c "[ ! -s '$dir/err' ] || { cat '$dir/err'; false; }"
run export dataset "$dir/dataset"
python notebooks tests/notebooks_export/notebooks.py "$dir/notebooks" "$url" "$dir/dataset"
for book in "$dir"/notebooks/*.livemd; do
    name=$(basename "$book" .livemd)
    ok "Livebook: $name is parsed and runs without packages" env LODE_DATASET="$dir/dataset" \
        elixir tests/notebooks_export/livebook.exs "$book"
done
finish
