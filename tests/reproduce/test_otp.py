#!/usr/bin/env python3
"""The runtime and real OTP agree: of each rule with a scenario generator, the golden cases fail in
the runtime and as an emitted program, and their controls fail in neither. One case a rule;
LODE_OTP_ALL=1 takes all. Prints TAP."""
import concurrent.futures, json, os, pathlib, re, shutil, subprocess, sys, tempfile

LODE = os.environ.get("LODE", "./lode")
RULES = re.findall(r'RECIPE\("([^"]+)"', pathlib.Path("reproduce/recipes.def").read_text())
# A late reply by reference, and a message to a free name, leave no trace on a recent OTP.
NOT_ON_OTP = {"late-reply", "cast-before-registered"}


def reproduce(case, rule, *more):
    return subprocess.run([LODE, "reproduce", "--rule", rule, *more, str(case)],
                          capture_output=True, text=True, check=True).stdout


def program(case, rule, folder, *more):
    path = pathlib.Path(folder) / f"{rule}_{case.name}{'_control' if more else ''}.escript"
    path.write_text(reproduce(case, rule, "--emit", "erlang", *more))
    done = subprocess.run(["escript", str(path)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout.strip()


def judge(rule, case, folder):
    row = json.loads(reproduce(case, rule, "--format", "jsonl").splitlines()[0])
    if row["verdict"] != "reproduced":
        return f"the runtime says {row['verdict']} {row['why']}"
    if rule in NOT_ON_OTP or not shutil.which("escript"):
        return ""
    status, line = program(case, rule, folder)
    if status != 0 or not line.startswith("failure"):
        return f"OTP does not fail: {status} {line}"
    status, line = program(case, rule, folder, "--control")
    if status != 1 or line != "no failure":
        return f"the control fails on OTP: {status} {line}"
    return ""


def cases(rule):
    found = []
    for case in sorted(pathlib.Path("tests/golden", rule).glob("*/")):
        lines = reproduce(case, rule, "--format", "jsonl").splitlines()
        if lines and json.loads(lines[0])["verdict"] != "unsupported":
            found.append(case)
            if not os.environ.get("LODE_OTP_ALL"):
                break
    return found


def main():
    failed = number = 0
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        todo = [(rule, case) for rule in RULES for case in cases(rule)]
        for (rule, case), why in zip(todo, pool.map(lambda t: judge(*t, folder), todo)):
            number += 1
            failed += bool(why)
            print(f"{'not ok' if why else 'ok'} {number} - {rule}: {case.name}", flush=True)
            if why:
                print(f"# {why}")
        missing = set(RULES) - {rule for rule, _ in todo}
        number += 1
        failed += bool(missing)
        print(f"{'not ok' if missing else 'ok'} {number} - each generator has a case")
        if missing:
            print(f"# none: {' '.join(sorted(missing))}")
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
