#!/usr/bin/env python3
"""Runs the same small programs on Lode's multi-core scheduler, on BEAM and on CAF.

    runtime.py DIR [ROUNDS] [NAME..]   DIR holds bench_lode, bench_caf and bench_beam.beam

Interleaved: in each round every program runs once on each system with one and with two threads.
Prints medians, the ratio to the better of the others, and whether the target is met."""
import os
import statistics
import subprocess
import sys

# name, what one is, a larger figure is better, the least ratio wanted (None: no target)
ROWS = [
    ("ping_pong", "round trips/s", True, 5),
    ("ring_1", "hops/s, 503 processes, 1 token", True, 5),
    ("ring_50", "hops/s, 50 tokens", True, 5),
    ("fan_in_8", "messages/s, 8 senders", True, 3),
    ("spawn_exit", "processes/s", True, 5),
    ("call", "calls/s, 5 s timeout", True, 5),
    ("call_8", "calls/s, 8 callers", True, 5),
    ("cast", "casts/s", True, None),
    ("call_queued_1e6", "calls/s, 10^6 queued", True, None),
    ("supervise_1e5", "children started, stopped/s", True, None),
    ("idle_bytes", "bytes an idle process", False, 8),
    ("queued_bytes", "bytes a queued message", False, None),
    ("selective_1e3", "ns a message passed over, 10^3", False, 2),
    ("selective_1e5", "ns a message passed over, 10^5", False, 2),
    ("selective_1e6", "ns a message passed over, 10^6", False, 2),
    ("selective_first_1e6", "the same, first time", False, None),
]
SYSTEMS = ("Lode", "BEAM", "CAF")


def command(directory, system, threads, name):
    if system == "BEAM":
        return ["erl", "+S", f"{threads}:{threads}", "-noshell", "-pa", directory,
                "-s", "bench_beam", "main", name]
    program = "bench_lode" if system == "Lode" else "bench_caf"
    return [os.path.join(directory, program), str(threads), name]


def measure(directory, system, threads, name):
    try:
        done = subprocess.run(command(directory, system, threads, name), timeout=120,
                              capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"{system} {name}: {problem}", file=sys.stderr)
        return None
    text = done.stdout.strip()
    return None if text == "none" else float(text)


def show(value):
    if value is None:
        return "–"
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 1e4:
        return f"{value / 1e3:.0f} k"
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def main():
    directory = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    chosen = sys.argv[3:]
    rows = [row for row in ROWS if not chosen or row[0] in chosen]
    figures = {}
    for turn in range(rounds):
        for name, _, _, _ in rows:
            for system in SYSTEMS:
                for threads in (1, 2):
                    figure = measure(directory, system, threads, name)
                    if figure is not None:
                        figures.setdefault((name, system, threads), []).append(figure)
        print(f"round {turn + 1} of {rounds}", file=sys.stderr)
    print(f"medians of {rounds} rounds; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    heads = [f"{system} {threads}" for system in SYSTEMS for threads in (1, 2)]
    print(f"| {'':44} | " + " | ".join(f"{h:>8}" for h in heads) + " |  ratio | target |")
    print("|" + "-" * 46 + "|" + "---------:|" * len(heads) + "-------:|--------|")
    for name, what, larger, target in rows:
        medians = {(s, t): statistics.median(figures[name, s, t]) if (name, s, t) in figures
                   else None for s in SYSTEMS for t in (1, 2)}
        best = max if larger else min
        ours = [medians["Lode", t] for t in (1, 2) if medians["Lode", t]]
        others = [medians[s, t] for s in ("BEAM", "CAF") for t in (1, 2) if medians[s, t]]
        ratio = None
        if ours and others:
            ratio = best(ours) / best(others) if larger else best(others) / best(ours)
        verdict = "" if target is None or ratio is None else \
            f"{target}x {'met' if ratio >= target else 'missed'}"
        cells = " | ".join(f"{show(medians[s, t]):>8}" for s in SYSTEMS for t in (1, 2))
        shown = "–" if ratio is None else f"{ratio:.1f}x"
        print(f"| {name + ': ' + what:44} | {cells} | {shown:>6} | {verdict} |")
    print("""
Ratio: the better of one and two threads against the better of BEAM and CAF, with one or two.
What BEAM pays for and Lode does not: it interrupts a process after some 4,000 reductions, so that
none can hold a core (a Lode handler runs to its end); it copies each message, of any size, into the
receiver's own heap and collects that heap (a Lode message is five words, its memory used again);
its code can be traced, debugged and replaced while it runs. CAF counts references, allocates each
message and matches its type at run time; it has no supervisors, and a request has no monitor.""")


main()
