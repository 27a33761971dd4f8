"""Scenarios run by the explorer of `lode run` and by real OTP, and compared.

The explorer lists what can come of a scenario; OTP, run with several seeds, shows some of it. Every
outcome that OTP shows must be in the list. A scenario with one outcome must come out the same."""
import json, os, pathlib, re, shutil, subprocess, sys, tempfile

import generate

HERE = pathlib.Path(__file__).resolve().parent
LODE = os.environ.get("LODE", "./lode")
SCALE = 6          # real ms for a virtual one: generated times are 5 apart
ELIXIR = ["/usr/lib/elixir/lib/elixir/ebin", "/usr/local/lib/elixir/lib/elixir/ebin"]
TIMED = re.compile(r"\b(sleep|after|timeout|timer|send_after|start_timer|shutdown) [1-9]")


class Otp:
    """One Erlang node that runs scenarios."""

    def __init__(self, folder):
        if not shutil.which("erl") or not shutil.which("erlc"):
            sys.exit("differential: real OTP is missing; install Debian's erlang-base and elixir "
                     "(make test-deps)")
        subprocess.run(["erlc", "-o", str(folder), str(HERE / "lode_interp.erl"),
                        str(HERE / "lode_runner.erl")], check=True)
        paths = [p for p in ELIXIR if os.path.isdir(p)]
        if not paths:
            sys.exit("differential: elixir is missing; install Debian's elixir (make test-deps)")
        self.process = subprocess.Popen(
            ["erl", "+S", "3:3", "+SDcpu", "1:1", "+sbwt", "none", "+sbwtdcpu", "none",
             "+sbwtdio", "none", "-noshell", "-pa", str(folder), paths[0], "-s", "lode_runner",
             "main"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, path, count, seed=1, runs=3, scale=SCALE):
        """For each of the file's scenarios: a list of (state, text, seed)."""
        out = [[] for _ in range(count)]
        self.process.stdin.write(f"{path} {seed} {runs} {scale}\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line == "end\n":
                return out
            number, run_seed, state, text = line.rstrip("\n").split(" ", 3)
            out[int(number)].append((state, text.replace("\\n", "\n"), int(run_seed)))
        raise RuntimeError("the Erlang node died")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def lode_run(files, *options):
    done = subprocess.run([LODE, "run", *options, *map(str, files)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"lode run {' '.join(options)}: {done.stderr}")
    return done.stdout


def explore(files, schedules, *options):
    text = lode_run(files, "--seen", "--schedules", str(schedules), *options)
    return [json.loads(line) for line in text.splitlines()]


class Tally:
    def __init__(self):
        self.compared = self.alone = self.runs = self.late = self.long = self.unsupported = 0
        self.large = self.instants = self.unconfirmed = 0
        self.coverage = []
        self.disagreements = []  # (name, text, outcomes of OTP that are not in the list, the list)

    def line(self):
        mean = sum(self.coverage) / len(self.coverage) if self.coverage else 0
        return (f"{self.compared} scenarios compared ({self.alone} with one outcome) in "
                f"{self.runs} runs; {len(self.disagreements)} disagree; coverage {mean:.2f} of "
                f"{len(self.coverage)} with 2 to 8 outcomes, {self.unconfirmed} outcomes not seen "
                f"on OTP; {self.large} too large, {self.instants} of equal instants, "
                f"{self.late} late, {self.long} long, {self.unsupported} unsupported")


class Comparison:
    def __init__(self, folder, schedules=2000, runs=3):
        self.folder = pathlib.Path(folder)
        self.otp = Otp(folder)
        self.schedules = schedules
        self.runs = runs
        self.serial = 0

    def write(self, texts):
        files = []
        for text in texts:
            self.serial += 1
            files.append(self.folder / f"s{self.serial}.lode")
            files[-1].write_text(text)
        return files

    def prepared(self, named, schedules=None):
        """Explored, and those with a complete list brought to terms: what compare() wants."""
        files = self.write([text for _, text in named])
        verdicts = explore(files, schedules or self.schedules)
        chosen = [i for i, v in enumerate(verdicts) if v["complete"]]
        terms = self.folder / f"t{self.serial}.terms"
        terms.write_text(lode_run([files[i] for i in chosen], "--emit", "terms") if chosen else "")
        for file in files:
            file.unlink()
        return [(named[i], verdicts[i]) for i in chosen], terms, len(named) - len(chosen)

    def compare(self, prepared, tally, seed=1, runs=None, scale=SCALE):
        chosen, terms, large = prepared
        results = self.otp.run(terms, len(chosen), seed, runs or self.runs, scale)
        terms.unlink()
        tally.large += large
        for ((name, text), verdict), runs_done in zip(chosen, results):
            states = {state for state, _, _ in runs_done}
            if "unsupported" in states:
                tally.unsupported += 1
                continue
            possible = set(verdict["seen"])
            good = {t for state, t, _ in runs_done if state == "ok"}
            good |= {t for state, t, _ in runs_done if state == "late" and t in possible}
            if not good:
                tally.long += "long" in states
                tally.late += "long" not in states
                continue
            tally.compared += 1
            tally.runs += len(runs_done)
            tally.alone += len(possible) == 1
            strange = good - possible
            if strange:
                self.judge(name, text, strange, verdict, tally)
                continue
            tally.unconfirmed += len(possible - good)
            if 1 < len(possible) <= 8:
                tally.coverage.append(len(good) / len(possible))

    def judge(self, name, text, strange, verdict, tally):
        """Deadlines of one instant come one after the other in the explorer and with their
        consequences mixed on OTP; that is no disagreement. Nor is what a machine that is too busy
        shows, and no more when there is more time between deadlines."""
        possible = set(verdict["seen"])
        if verdict["herd_peak"] > 1:
            tally.instants += 1
            return
        if TIMED.search(text):
            [file] = self.write([text])
            terms = self.folder / "again.terms"
            terms.write_text(lode_run([file], "--emit", "terms"))
            file.unlink()
            [again] = self.otp.run(terms, 1, 1, 12, 10 * SCALE)
            if not {t for state, t, _ in again if state == "ok"} - possible:
                tally.late += 1
                return
        tally.disagreements.append((name, text, strange, possible))

    def disagrees(self, texts, runs=12):
        """Of these scenarios, those that still disagree; ones that do not parse do not."""
        fine = []
        for text in texts:
            [file] = self.write([text])
            done = subprocess.run([LODE, "run", "--seen", "--schedules", str(self.schedules), file],
                                  capture_output=True, text=True)
            file.unlink()
            if done.returncode in (0, 1) and json.loads(done.stdout)["complete"]:
                fine.append(text)
        tally = Tally()
        if fine:
            self.compare(self.prepared([(t, t) for t in fine]), tally, runs=runs)
        found = {name for name, _, _, _ in tally.disagreements}
        return [text for text in texts if text in found]

    def minimised(self, text):
        """As few lines as still disagree."""
        smaller = True
        while smaller:
            smaller = False
            candidates = list(dict.fromkeys(reductions(text)))
            for at in range(0, len(candidates), 24):
                left = self.disagrees(candidates[at:at + 24])
                if left:
                    text = min(left, key=len)
                    smaller = True
                    break
        return text


def reductions(text):
    """The scenario without one block, line or statement of a line, larger cuts first."""
    lines = text.splitlines()
    out = []
    for i, line in enumerate(lines):
        if line.endswith("{") and not line.startswith(("driver", " ")):
            end = lines.index("}", i)
            out.append(lines[:i] + lines[end + 1:])
    for i, line in enumerate(lines):
        if line.startswith("    "):
            out.append(lines[:i] + lines[i + 1:])
    for i, line in enumerate(lines):
        if not line.startswith("    "):
            continue
        body = line.strip()
        if body.startswith("try {") and "} catch" in body:
            out.append(lines[:i] + ["    " + body[5:body.index("} catch")].strip()] + lines[i + 1:])
        parts = split_statements(body)
        for k in range(len(parts)):
            if len(parts) > 1:
                out.append(lines[:i] + ["    " + "; ".join(parts[:k] + parts[k + 1:])] + lines[i + 1:])
        if "{ " in body and body.endswith(" }"):
            head, inner = body.split("{ ", 1)
            inner = split_statements(inner[:-2])
            for k in range(len(inner)):
                out.append(lines[:i] + [f"    {head}{{ {'; '.join(inner[:k] + inner[k + 1:])} }}"]
                           + lines[i + 1:])
    return ["\n".join(some) + "\n" for some in out]


def split_statements(text):
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += c in "{[("
        depth -= c in "}])"
        if c == ";" and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return parts + [text[start:].strip()]


def random_batch(seed, first, count):
    return [(f"{seed}/{i}", generate.scenario(f"{seed}/{i}")) for i in range(first, first + count)]


def show(name, text, strange, possible, out=sys.stdout):
    print(f"--- disagreement: scenario {name}\n{text}", file=out)
    for outcome in sorted(strange):
        print(f"OTP shows, not foreseen:\n{outcome}", file=out)
    for outcome in sorted(possible)[:6]:
        print(f"foreseen:\n{outcome}", file=out)
    if len(possible) > 6:
        print(f"... and {len(possible) - 6} more", file=out)
    print("---", flush=True, file=out)
