#!/usr/bin/env python3
"""The runtime and real OTP agree. Of each rule that predicts a failure, the wrong side of its
example in each language fails in the runtime and as an emitted program, and the control in neither;
and so for the collection of historical faults. The programs run one after the other in one virtual
machine a processor. Prints TAP. LODE_OTP=WORD takes only what has the word in its name.

Programs run at a twentieth of their time or less, where a busy machine can make a call late or a
rate too low. One that has times and does not end as it should is repeated alone, four times as slow
and then twenty times, which is mostly as the scenario says. What disagrees at all three is a
disagreement, and one without times is not repeated: its outcome may not depend on the machine."""
import json, os, pathlib, re, shutil, subprocess, sys, tempfile

LODE = os.environ.get("LODE", "./lode")
WORD = os.environ.get("LODE_OTP", "")
TEXT = pathlib.Path("reproduce/recipes.def").read_text()
RULES = re.findall(r'^RECIPE\("([^"]+)"', TEXT, re.M)
SILENT = re.findall(r'^NO_RECIPE\("([^"]+)"', TEXT, re.M)
# Between nodes only: on one, what is sent first to a process comes first.
NOT_ON_ONE_NODE = {"triangle-order"}
EMIT = {".ex": "elixir", ".exs": "elixir", ".erl": "erlang"}
# How often as slow, round by round.
ROUNDS = (1, 4, 20)
HAS_TIMES = re.compile(r"\bms\([1-9]")
FASTER = re.compile(r"(faster\(\) -> |def faster, do: )(\d+)")
# A failure that is to show is waited for; where none is to, that time is spent for nothing.
WAITS = re.compile(r"(longest.*) \+ 3000")
number = failed = 0


def ok(name, why):
    global number, failed
    number += 1
    failed += bool(why)
    print(f"{'not ok' if why else 'ok'} {number} - {name}" + (f"\n# {why}" if why else ""), flush=True)


def lode(*args):
    return subprocess.run([LODE, *map(str, args)], capture_output=True, text=True).stdout


class Programs:
    """Emitted programs, and what they are to end with."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.expected = {}

    def add(self, name, fails, language, text):
        side = "fails" if fails else "holds"
        path = self.folder / f"{name}_{side}.{'exs' if language == 'elixir' else 'erl'}"
        path.write_text(text if fails else WAITS.sub(r"\1", text))
        self.expected[str(path)] = (name, fails)

    def right(self, path, row):
        return (row[0] == "0" and row[1].startswith("failure") if self.expected[path][1]
                else row[0] == "1")

    def run(self):
        rows = run_programs(sorted(self.expected), 2)
        for before, times in zip(ROUNDS, ROUNDS[1:]):
            again = [path for path, row in rows.items() if not self.right(path, row)
                     and HAS_TIMES.search(pathlib.Path(path).read_text())]
            for path in again:
                slow_down(path, times // before)
                print(f"# {pathlib.Path(path).name} is repeated {times} times as slow: "
                      + " ".join(rows[path]), flush=True)
            rows.update(run_programs(again, 1))
        for path, row in rows.items():
            name, fails = self.expected[path]
            told = "fails on OTP" if fails else "holds on OTP without the fault"
            ok(f"{name} {told} ({pathlib.Path(path).suffix})",
               "" if self.right(path, row) else " ".join(row))


def run_programs(paths, beside):
    """What each ends with: its status and its line. So many virtual machines side by side."""
    runner = ["elixir", "tests/reproduce/otp_programs.exs"]
    parts = [subprocess.Popen(runner + paths[i::beside], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE) for i in range(beside) if paths[i::beside]]
    rows, errors = {}, ""
    for part in parts:
        out, err = part.communicate()
        errors += err
        rows.update({line.split("\t")[0]: line.split("\t")[1:] for line in out.splitlines()})
    return {path: rows.get(path, ["?", errors[:500]]) for path in paths}


def slow_down(path, times):
    text = pathlib.Path(path).read_text()
    slower = FASTER.sub(lambda m: f"{m[1]}{max(1, int(m[2]) // times)}", text, count=1)
    pathlib.Path(path).write_text(slower)


def wrong_side(rule, folder):
    """A copy of the example without its right side, which has modules of the same names."""
    side = pathlib.Path(folder) / rule
    shutil.copytree(f"examples/{rule}", side, ignore=shutil.ignore_patterns("right", "right.ex"))
    return side


def example(rule, folder, programs):
    side = wrong_side(rule, folder)
    rows = [json.loads(line) for line in
            lode("reproduce", "--rule", rule, "--all", "--format", "jsonl", side).splitlines()]
    seen = set()
    for row in rows:
        language = EMIT.get(pathlib.Path(row["path"]).suffix)
        if language in seen:
            continue
        seen.add(language)
        verdict = row["verdict"]
        ok(f"{rule} in {language} is reproduced",
           "" if verdict == "reproduced" else f"{verdict} {row['why']}")
        if rule in NOT_ON_ONE_NODE:
            continue
        for fails in (True, False):
            control = [] if fails else ["--control"]
            programs.add(rule, fails, language, lode("reproduce", "--finding", row["fingerprint"],
                                                     "--emit", language, *control, side))
    ok(f"{rule} has an example that fails", "" if seen else "no finding")


def main():
    if not shutil.which("elixir"):
        print("1..0 # SKIP no elixir")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(folder)
        for rule in RULES:
            if WORD in rule:
                example(rule, folder, programs)
        for rule in SILENT:
            row = lode("reproduce", "--rule", rule, "--all", "--format", "jsonl",
                       wrong_side(rule, folder))
            ok(f"{rule} says that it predicts no failure",
               "" if "predicts no failure" in row else row[:200])
        for path in sorted(pathlib.Path("cases").glob("*.scenario")):
            case, side = path.stem.split("-")
            if WORD in "case" + case:
                # Each third in Elixir.
                language = "elixir" if int(case) % 3 == 0 else "erlang"
                programs.add(f"case{case}", side == "faulty", language,
                             lode("run", "--emit", language, path))
        programs.run()
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
