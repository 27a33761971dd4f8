#!/usr/bin/env python3
"""Races of two operations each, exhaustively: what the driver of a scenario logs comes to exactly
the outcomes that litmus.tsv lists. Prints TAP."""
import json, os, pathlib, subprocess, sys

LODE = os.environ.get("LODE", "./lode")
HERE = pathlib.Path("tests/litmus")


def main():
    rows = [line.split("\t") for line in (HERE / "litmus.tsv").read_text().splitlines()
            if line and not line.startswith("#")]
    files = [HERE / f"{name}.lode" for _, name, _, _ in rows]
    done = subprocess.run([LODE, "run", "--seen", *map(str, files)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    failed = 0
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    for number, ((_, name, _, outcomes), verdict) in enumerate(zip(rows, verdicts), 1):
        logs = {" ".join(line.removeprefix("0 log ") for line in seen.splitlines()
                         if line.startswith("0 log ")) for seen in verdict["seen"]}
        good = verdict["complete"] and logs == set(outcomes.split("|"))
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {outcomes}")
        if not good:
            print(f"# complete: {verdict['complete']}; it logs {sorted(logs)}")
    others = {f.name for f in HERE.glob("*.lode")} - {f.name for f in files}
    failed += bool(others)
    print(f"{'not ok' if others else 'ok'} {len(rows) + 1} - every scenario here is in the table")
    if others:
        print(f"# not in it: {' '.join(sorted(others))}")
    print(f"1..{len(rows) + 1}")
    return 1 if failed else 0


sys.exit(main())
