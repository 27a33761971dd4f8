#!/usr/bin/env python3
"""Real OTP shows nothing that the explorer does not foresee: the litmus races, the runtime's own
scenarios and conformance cases, one regression case for each disagreement that there was, and
2,000 random scenarios from a fixed seed. Prints TAP."""
import pathlib, re, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import differential as d

RANDOM, BATCH, SEED = 2200, 200, "test" # some are too large to be compared
FOLDERS = ["tests/litmus", "tests/differential/regressions", "tests/runtime/scenarios"]
# Hand-written times are not far apart; each virtual millisecond gets more real ones.
HAND_SCALE = 20
# Conformance cases that the interpreter knows all about. Of all these so many can be compared at
# least; the others have times that are too long.
LIST = pathlib.Path("tests/differential/compared.txt")
COMPARED_MIN = 150

results = []


def tell(good, name, why=""):
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}", flush=True)
    if why:
        print("\n".join("# " + line for line in why.splitlines()), flush=True)


def told(tally):
    return "\n".join(f"{name}\n{text}\nOTP shows\n" + "\n".join(sorted(strange)) + "\nforeseen\n"
                     + "\n".join(sorted(possible)[:4])
                     for name, text, strange, possible in tally.disagreements)


def hand_written():
    found = []
    for folder in FOLDERS:
        for file in sorted(pathlib.Path(folder).rglob("*.lode")):
            found.append((str(file), file.read_text()))
    for name in LIST.read_text().split():
        found.append((name, pathlib.Path(name).read_text()))
    rules = re.compile(r"^option (instant_delivery|early_timers|reply_by_ref)", re.M)
    return [(name, text) for name, text in found if not rules.search(text)]


def main():
    with tempfile.TemporaryDirectory() as folder:
        comparison = d.Comparison(folder)
        regressions = [(n, t) for n, t in hand_written() if "/regressions/" in n]
        files = comparison.write([text for _, text in regressions])
        for (name, _), verdict in zip(regressions, d.explore(files, 10000)):
            tell(verdict["complete"] and verdict["expectations_met"], f"{name} as expected")
        tally = d.Tally()
        comparison.compare(comparison.prepared(hand_written(), 10000), tally, runs=6,
                           scale=HAND_SCALE)
        tell(not tally.disagreements, f"hand-written: {tally.line()}", told(tally))
        tell(tally.compared >= COMPARED_MIN, f"at least {COMPARED_MIN} hand-written ones compared")
        compared = 0
        for first in range(0, RANDOM, BATCH):
            tally = d.Tally()
            batch = comparison.prepared(d.random_batch(SEED, first, BATCH))
            comparison.compare(batch, tally, seed=first)
            compared += tally.compared
            tell(not tally.disagreements, f"random {first}: {tally.line()}", told(tally))
        tell(compared >= 2000, f"at least 2000 random ones compared: {compared}")
        comparison.otp.close()
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


sys.exit(main())
