#!/usr/bin/env python3
"""The explored scheduler's speed: K senders to one receiver, K! classes, on one and two threads.

    explorer.py LODE

Where CONCUERROR names a ready installation (a folder with bin/concuerror), it runs the same
program beside it. Rates by the clock and by processor time: on a busy machine only the latter
says something."""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time


def scenario(senders):
    spawns = "\n".join(f"spawn sender(P, {i})" for i in range(1, senders + 1))
    return (f"process receiver {{ repeat {senders} {{ receive {{ on {{m, X}} {{ log X }} }} }} }}\n"
            "process sender(P, N) { send P {m, N} }\n"
            f"driver {{\nP = spawn receiver\n{spawns}\n}}\n")


def erlang(senders):
    return (f"-module(senders{senders}).\n-export([test/0]).\ntest() ->\n"
            f"  P = spawn(fun() -> [receive {{m, X}} -> X end || _ <- lists:seq(1, {senders})] end),\n"
            f"  [spawn(fun() -> P ! {{m, I}} end) || I <- lists:seq(1, {senders})],\n"
            "  receive after infinity -> ok end.\n")


def timed(command, **options):
    """(standard output, seconds, processor seconds)"""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    seconds = time.monotonic() - begun
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return done.stdout, seconds, cpu


def row(senders, classes, system, seconds, cpu):
    print(f"| {senders} | {classes} | {system} | {seconds:.3f} | {cpu:.3f} | "
          f"{classes / seconds:.0f} | {classes / max(cpu, 0.001):.0f} |")


def concuerror(where, folder, senders):
    with open(os.path.join(folder, f"senders{senders}.erl"), "w", encoding="utf-8") as f:
        f.write(erlang(senders))
    command = [os.path.join(where, "bin", "concuerror"), "-f", f"senders{senders}.erl",
               "-m", f"senders{senders}", "-t", "test", "--ignore_error", "deadlock",
               "--keep_going"]
    out, seconds, cpu = timed(command, cwd=folder)
    report = os.path.join(folder, "concuerror_report.txt")
    if os.path.exists(report):
        with open(report, encoding="utf-8") as f:
            out += f.read()
    counts = re.findall(r"(\d+) interleavings", out)
    row(senders, int(counts[-1]) if counts else 0, "Concuerror", seconds, cpu)


def main():
    lode = os.path.abspath(sys.argv[1])
    print("| senders | classes | system | s | CPU s | interleavings/s | per CPU s |")
    print("|--------:|--------:|--------|--:|------:|----------------:|----------:|")
    with tempfile.TemporaryDirectory() as folder:
        for senders in (6, 7, 8):
            path = os.path.join(folder, f"senders{senders}.lode")
            with open(path, "w", encoding="utf-8") as f:
                f.write(scenario(senders))
            for threads in (1, 2):
                out, seconds, cpu = timed([lode, "run", "--json", "--threads", str(threads), path])
                verdict = json.loads(out)
                assert verdict["complete"]
                row(senders, verdict["classes"], f"Lode, {threads}", seconds, cpu)
            where = os.environ.get("CONCUERROR")
            if where:
                concuerror(where, folder, senders)
            else:
                print(f"| {senders} |  | Concuerror | not measured |  |  |  |")


main()
