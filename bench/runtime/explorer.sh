#!/bin/sh
# The explored scheduler's speed: K senders to one receiver, K! classes, on each number of cores;
# beside Concuerror on the same program where CONCUERROR names a ready installation (a folder with
# bin/concuerror).
#   explorer.sh LODE
set -eu
lode=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
senders() { # K: the scenario
    echo "process receiver { repeat $1 { receive { on {m, X} { log X } } } }"
    echo "process sender(P, N) { send P {m, N} }"
    echo "driver {"
    echo "P = spawn receiver"
    for i in $(seq "$1"); do echo "spawn sender(P, $i)"; done
    echo "}"
}
erlang() { # K: the same for Concuerror
    echo "-module(senders$1)."
    echo "-export([test/0])."
    echo "test() ->"
    echo "  P = spawn(fun() -> [receive {m, X} -> X end || _ <- lists:seq(1, $1)] end),"
    echo "  [spawn(fun() -> P ! {m, I} end) || I <- lists:seq(1, $1)],"
    echo "  receive after infinity -> ok end."
}
now() { date +%s.%N; }
echo "| senders | classes | explorer | seconds | interleavings/s |"
echo "|--------:|--------:|----------|--------:|----------------:|"
for k in 6 7 8; do
    senders $k >"$dir/senders$k.lode"
    for threads in 1 2; do
        begun=$(now)
        "$lode" run --json --threads $threads "$dir/senders$k.lode" >"$dir/out"
        ended=$(now)
        python3 - "$dir/out" $k "$begun" "$ended" $threads <<'END'
import json
import sys
path, k, begun, ended, threads = sys.argv[1:]
classes = json.load(open(path))["classes"]
took = float(ended) - float(begun)
print(f"| {k} | {classes} | Lode, {threads} thread{'s' * (threads != '1')} | {took:.3f} | {classes / took:.0f} |")
END
    done
    if [ -n "${CONCUERROR:-}" ]; then
        erlang $k >"$dir/senders$k.erl"
        begun=$(now)
        (cd "$dir" && "$CONCUERROR/bin/concuerror" --pa . -f "senders$k.erl" -m "senders$k" -t test \
            --ignore_error deadlock --keep_going >out 2>&1) || true
        ended=$(now)
        count=$(sed -n 's/.*Interleavings: *\([0-9]*\).*/\1/p;s/.*, \([0-9]*\) interleavings.*/\1/p' \
            "$dir/out" "$dir/concuerror_report.txt" 2>/dev/null | tail -n 1)
        echo "$begun $ended ${count:-0} $k" | awk '{ t = $2 - $1
            printf "| %d | %d | Concuerror | %.3f | %.0f |\n", $4, $3, t, $3 / t }'
    else
        echo "| $k |  | Concuerror | not measured: CONCUERROR is not set | |"
    fi
done
