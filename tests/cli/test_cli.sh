#!/bin/sh
# The frame: help, hints, exit codes, scan on repositories and folders good and bad.
. tests/cli/lib.sh

run
ok 'no command: usage' status_is 2
run --help
ok 'help succeeds' status_is 0
ok 'help lists commands' out_has 'crawl '
ok 'help begins with examples' out_has 'Examples'
run scna
ok 'a misspelt command is a usage error' status_is 2
ok 'a misspelt command gets a hint' err_has 'did you mean scan?'
ok 'errors leave stdout empty' out_empty
run scan --rul x .
ok 'a misspelt option gets a hint' err_has 'did you mean --rule?'
run scan --rule self-cal .
ok 'a misspelt rule is a usage error' status_is 2
ok 'a misspelt rule gets a hint' err_has 'did you mean self-call?'
run scan
ok 'a missing argument is a usage error' status_is 2
run scan --jobs many .
ok 'a number is checked' err_has '--jobs is a number'
run scan --format xml .
ok 'a format is checked' status_is 2
run scan --rev
ok 'an option needs its value' err_has '--rev needs a value'

all_have_examples() {
    "$lode" completion bash | sed -n "s/^        words='\(.*\)'/\1/p" | head -n 1 | tr ' ' '\n' |
        while read -r command; do
            "$lode" help "$command" | head -n 1 | grep -q Examples ||
                { echo "lode help $command"; exit 1; }
            "$lode" "$command" --help | cmp -s - "$dir/help" && exit 1
            "$lode" help --man | grep -q "lode $command" || { echo "man: $command"; exit 1; }
        done
}
: >"$dir/help"
ok 'each command has examples, help and a place in the manual page' all_have_examples
ok 'bash completion parses' sh -c "'$lode' completion bash >'$dir/c.bash' && bash -n '$dir/c.bash'"
ok 'the manual page has no faults' sh -c \
    "'$lode' help --man | (command -v groff >/dev/null || { cat >/dev/null; exit 0; }; groff -man -Tascii -ww 2>&1 >/dev/null | (! grep .))"
run version
ok 'version names the analysis' out_has 'analysis elixir.'
run rules
ok 'rules are listed' out_has 'self-call'
run rules self-call
ok 'a rule is explained' out_has 'Call cycles'
run rules --format json
ok 'rules as JSON' sh -c "python3 -m json.tool <'$dir/out'"
run stats
ok 'questions are listed' out_has 'restart-strategies'
run stats restart-strateges
ok 'a misspelt question gets a hint' err_has 'did you mean restart-strategies?'
ok 'none of this starts a database' test ! -e "$LODE_STATE/pg"

# ---- scan ----------------------------------------------------------------------------------
good() {
    mkdir lib
    server_source App >lib/counter.ex
}
make_repository "$dir/app" good

run scan "$dir/app"
ok 'scan succeeds' status_is 0
ok 'scan reports like a compiler' sh -c "grep -c '^lib/counter.ex:[0-9]*:[0-9]*: error self-call: ' '$dir/out'"
ok 'scan reports evidence' sh -c "grep -q '^   1\. lib/counter.ex:' '$dir/out'"
ok 'scan ends with its coverage on stderr' err_has '1 files (0 in part, 0 left out), 1 servers'
cp "$dir/out" "$dir/text"
run scan --format jsonl "$dir/app"
ok 'jsonl has exactly the keys that were promised' python3 - "$dir/out" <<'END'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
keys = ['rule', 'rule_version', 'level', 'confidence', 'path', 'line', 'col', 'end_line', 'server',
        'message', 'fingerprint', 'evidence']
assert rows
for row in rows:
    assert list(row) == keys, row
    for step in row['evidence']:
        assert list(step) == ['path', 'line', 'end_line', 'note'], step
END
cp "$dir/out" "$dir/jsonl"
run scan --format jsonl --jobs 7 "$dir/app"
ok 'threads change nothing' same "$dir/jsonl" "$dir/out"
run scan --fail-on error "$dir/app"
ok '--fail-on' status_is 1
run scan --rule missing-reply --fail-on note "$dir/app"
ok '--rule leaves the others out' status_is 0
ok '--rule leaves nothing here' out_empty
run scan --min-confidence certain --format jsonl "$dir/app"
ok '--min-confidence' sh -c "! grep -v '\"confidence\":\"certain\"' '$dir/out'"

git clone --quiet --bare "$dir/app" "$dir/app.git"
run scan --format jsonl "$dir/app.git"
ok 'a bare repository is the same' same "$dir/jsonl" "$dir/out"
cp -r "$dir/app/lib" "$dir/folder-lib" && mkdir "$dir/folder" && mv "$dir/folder-lib" "$dir/folder/lib"
run scan --format jsonl "$dir/folder"
ok 'a plain folder is the same' same "$dir/jsonl" "$dir/out"
run scan --rev HEAD "$dir/folder"
ok 'a plain folder has no revisions' status_is 2
(cd "$dir/app" && git rm --quiet lib/counter.ex && git commit --quiet --message 'Nothing left')
run scan "$dir/app"
ok 'HEAD has moved on' out_empty
run scan --format jsonl --rev HEAD~1 "$dir/app"
ok '--rev goes back' same "$dir/jsonl" "$dir/out"
run scan --rev no-such "$dir/app"
ok 'a missing revision' status_is 2
ok 'a missing revision is named' err_has 'no-such'
run scan "$dir/nowhere"
ok 'a missing folder' status_is 2
ok 'a missing folder is named' err_has "$dir/nowhere"
mkdir "$dir/empty" && git init --quiet --bare "$dir/empty"
run scan "$dir/empty"
ok 'an empty repository' status_is 2
"$lode" scan "$dir/app.git" 2>"$dir/err" | :
ok 'a closed pipe is no crash' true
ok 'a full stdout is an environment error' sh -c \
    "'$lode' scan '$dir/app.git' >/dev/full 2>/dev/null; [ \$? = 4 ]"

# ---- bad input -----------------------------------------------------------------------------
bad() {
    server_source Bom | sed '1s/^/\xEF\xBB\xBF/' >bom.ex
    server_source Crlf | sed 's/$/\r/' >crlf.ex
    server_source Nul | tr '4' '\000' >nul0.ex
    printf 'x = "a\000b"\n' >nul.ex
    printf '\377\376 latin \344\n' >'not-utf8.ex'
    printf 'defmodule N do\nend\n' >"$(printf 'na\377me.ex')"
    : >empty.ex
    printf 'def def def ((( end\n%%%%\n' >errors.ex
    printf -- '-module(x.\n((((\n' >errors.erl
    ln -s bom.ex link.ex
    ln -s / root.ex
    head -c 60000 /dev/zero | tr '\0' '[' >brackets.erl
    head -c 60000 /dev/zero | tr '\0' '(' >brackets.ex
    head -c 52000000 /dev/zero | tr '\0' 'a' >long.ex
    server_source Good >good.ex
}
make_repository "$dir/bad" bad
run scan --format jsonl "$dir/bad"
ok 'bad files do not stop a scan' status_is 0
ok 'good files beside them are read' out_has '"path":"good.ex"'
ok 'CRLF is read' out_has '"path":"crlf.ex"'
ok 'a byte-order mark is read' out_has '"path":"bom.ex"'
ok 'symbolic links are not followed' sh -c "! grep -q link.ex '$dir/out'"
ok 'a NUL byte is said' err_has 'nul.ex'
ok 'all output is JSON' python3 -c "
import json
for line in open('$dir/out', encoding='utf-8'): json.loads(line)"

# ---- model ---------------------------------------------------------------------------------
run model "$dir/app.git"
ok 'model lists servers' out_has 'App.Counter  gen_server, registered as App.Counter'
ok 'model lists clauses' out_has 'App.Counter.handle_call(:twice)'
run model --format dot "$dir/app.git"
ok 'model as a graph' out_has 'label="App.Counter"'
ok 'the graph parses' sh -c "command -v dot >/dev/null || exit 0; dot -Tsvg '$dir/out'"
finish
