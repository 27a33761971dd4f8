"""Random small scenarios, each from a seed: the same seed gives the same text in every run.

Every duration in a scenario is different, and so are the sums of any of them (5, 10, 20, ...), so
that deadlines fall together only when something waits twice for the same."""
import random

REASONS = ["normal", "boom", "shutdown", "{shutdown, why}", "kill"]


class Scenario:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.durations = [5, 10, 20, 40] if self.r.random() < 0.4 else []
        self.r.shuffle(self.durations)
        self.lines = []
        self.fresh = 0

    # --- small parts

    def pick(self, *choices):
        return self.r.choice(choices)

    def chance(self, p):
        return self.r.random() < p

    def name(self, letter):
        self.fresh += 1
        return f"{letter}{self.fresh}"

    def duration(self):
        return self.durations.pop() if self.durations else None

    def reason(self):
        return self.r.choice(REASONS)

    def message(self):
        return self.pick("{m, 1}", "{m, 2}", "{m, 3}", "go")

    def after(self, often=0.7):
        """The end of a receive: how long it waits."""
        x = self.r.random()
        if x < 0.3:
            return "; after 0 { log nothing }"
        ms = self.duration() if x < often else None
        return f"; after {ms} {{ log late }}" if ms else ""

    # --- processes

    def receive(self):
        n = self.fresh = self.fresh + 1
        clauses = self.pick(
            ["on {m, 1} { log one }"],
            [f"on {{m, X{n}}} {{ log {{got, X{n}}} }}"],
            ["on {m, 2} { log two }", f"on {{m, X{n}}} {{ log {{got, X{n}}} }}"],
            [f"on {{m, X{n}}} when X{n} > 1 {{ log {{big, X{n}}} }}"],
            [f"on {{DOWN, _, process, _, X{n}}} {{ log {{down, X{n}}} }}",
             f"on {{EXIT, _, X{n}}} {{ log {{exit, X{n}}} }}"],
            [f"on {{DOWN, _, process, X{n}, _}} {{ log {{down, X{n}}} }}", "on go { log go }"],
            ["on go { log go }", "on {m, 3} { log three }"],
            [f"on {{EXIT, X{n}, Y{n}}} {{ log {{exit, X{n}, Y{n}}} }}",
             f"on {{m, X{n}}} {{ log {{got, X{n}}} }}"])
        return "receive { " + "; ".join(clauses) + self.after() + " }"

    def statement(self, pids, names, refs, depth=0):
        """One line of a process that knows these processes, by variable and by name."""
        r = self.r
        to = r.choice(pids) if pids else "self"
        name = r.choice(names) if names else "nobody"
        v = self.name("V")
        kind = r.randrange(31)
        if kind < 5:
            return f"send {to} {self.message()}"
        if kind < 7:
            return f"try {{ send {name} {self.message()} }} catch _ {{ log nosend }}"
        if kind < 12:
            return self.receive()
        if kind == 12:
            return self.pick(f"link {to}", f"try {{ link {to} }} catch X {{ log {{nolink, X}} }}")
        if kind == 13:
            return f"unlink {to}"
        if kind in (14, 15):
            refs.append(v)
            return f"{v} = monitor {self.pick(to, name)}"
        if kind == 16 and refs:
            ref = r.choice(refs)
            return self.pick(f"demonitor {ref} flush", f"demonitor {ref}",
                             f"{v} = demonitor {ref} flush; log {{was, {v}}}",
                             f"{v} = demonitor {ref}; log {{was, {v}}}")
        if kind == 17:
            return self.pick("trap_exit", "trap_exit", "trap_exit false")
        if kind == 18:
            return f"exit_signal {to} {self.reason()}"
        if kind == 19:
            return f"kill {to}"
        if kind == 20:
            return self.pick(f"exit {self.pick('normal', 'boom', 'shutdown')}", "crash oops",
                             "log before", "{a, X} = {b, 1}")
        if kind == 21:
            return f"{v} = whereis {name}; log {v}"
        if kind == 22:
            return self.pick(f"try {{ register {name} }} catch _ {{ log taken }}",
                             f"try {{ register {name} {to} }} catch _ {{ log taken }}",
                             f"try {{ unregister {name} }} catch _ {{ log free }}")
        if kind == 23:
            return f"{v} = alive {to}; log {v}"
        if kind in (24, 25):
            ms = self.duration()
            if not ms:
                return f"log {self.pick('a', 'b', '{c, self}')}"
            line = f"{v} = {self.pick('send_after', 'start_timer')} {ms} {self.pick(to, 'self', name)} {self.message()}"
            if self.chance(0.4):
                line += f"; C{v} = cancel_timer {v}; log C{v} == false"
            return line
        if kind == 26:
            return "choose { log left } or { " + self.pick("log right", f"send {to} {{m, 2}}") + " }"
        if kind == 27 and depth == 0:
            how = self.pick("spawn", "spawn_link", "spawn_monitor")
            body = [self.statement(pids, names, [], 1) for _ in range(r.randint(1, 2))]
            if how != "spawn_monitor":
                return f"{v} = {how} {{ {'; '.join(body)} }}"
            return f"{{{v}, M{v}}} = {how} {{ {'; '.join(body)} }}"
        if kind == 28:
            ms = self.duration()
            return f"sleep {ms}" if ms else "log awake"
        if kind == 29:
            return f"{v} = alias; send {to} {{m, 1}}; send {v} {{m, 3}}; unalias {v}; send {v} {{m, 2}}"
        return f"log {self.pick('x', 'y', '{z, 1}')}"

    def processes(self):
        """Plain processes that know those started before them, and all names."""
        count = self.r.randint(1, 3)
        names = [f"n{i}" for i in range(count + 1)] if self.chance(0.6) else []
        for i in range(count):
            known = [f"P{k}" for k in range(i)] + ["D"]
            self.lines.append(f"process q{i}({', '.join(known)}) {{")
            if names and self.chance(0.7):
                self.lines.append(f"    name {names[i]}")
            refs = []
            for _ in range(self.r.randint(1, 4)):
                self.lines.append("    " + self.statement(known, names, refs))
            self.lines.append("}")
        self.lines.append("driver {")
        self.driver_begins(names)
        for i in range(count):
            args = ", ".join([f"P{k}" for k in range(i)] + ["self"])
            how = self.pick("spawn", "spawn", "spawn_link", "spawn_monitor")
            left = f"{{P{i}, R{i}}}" if how == "spawn_monitor" else f"P{i}"
            self.lines.append(f"    {left} = {how} q{i}({args})")
        known = [f"P{k}" for k in range(count)]
        refs = []
        for _ in range(self.r.randint(0, 3)):
            self.lines.append("    " + self.statement(known, names, refs))
        self.lines.append("}")

    def driver_begins(self, names):
        if self.chance(0.5):
            self.lines.append("    trap_exit")
        if names and self.chance(0.3):
            self.lines.append(f"    register {names[-1]}")

    # --- servers

    def timeout(self):
        x = self.r.random()
        ms = self.duration() if x < 0.6 else None
        return f"timeout {ms}" if ms else "timeout infinity"

    def guarded_call(self, server, request):
        n = self.name("R")
        return (f"try {{ {n} = call {server} {request} {self.timeout()}; log {{{n}}} }} "
                f"catch E{n} {{ log {{failed, elem(1, E{n})}} }}")

    def server_clause(self, kind, tag, others):
        """What a server does for this kind of event."""
        can_reply = kind == "call"
        ms = None
        ends = ["reply Count" if can_reply else "noreply"] * 3
        ends += ["noreply", f"stop {self.pick('normal', 'boom', 'shutdown')}"]
        if can_reply:
            ends += ["stop normal reply bye", "reply Count continue more", "Waiting = from",
                     "reply_to from early; reply late"]
            ms = self.duration() if self.chance(0.3) else None
            if ms:
                ends = [f"Waiting = from; T = send_after {ms} self ready", f"reply Count timeout {ms}",
                        f"sleep {ms}; reply slow"]
        elif self.chance(0.25):
            ms = self.duration()
            ends += [f"noreply timeout {ms}"] * 4 if ms else ["noreply continue more"]
        body = []
        for _ in range(self.r.randint(0, 2)):
            body.append(self.pick(
                "Count = Count + 1", "Count = Count + 1", f"log {{{tag}, Count}}",
                "if Waiting != none { reply_to Waiting {later, Count}; Waiting = none }",
                "cast self poke", "send self {m, 9}", "crash boom", "exit leave",
                self.guarded_call(self.r.choice(others), "a") if others else "log alone",
                f"cast {self.r.choice(others)} x" if others else "log quiet"))
        body.append(self.r.choice(ends))
        return f"    on {kind} {tag} {{ {'; '.join(body)} }}"

    def server(self, name, others, clauses=None):
        self.lines.append(f"server {name} {{")
        self.lines.append(f"    name {name}")
        self.lines.append("    state Count = 0")
        self.lines.append("    state Waiting = none")
        init = []
        if self.chance(0.3):
            init.append("trap_exit")
        if self.chance(0.2):
            init.append("send self {m, 8}")
        if self.chance(0.08):
            init.append(self.pick("stop refused", "ignore", "crash bad", "exit no"))
        elif self.chance(0.25):
            init.append("noreply continue more")
        if init:
            self.lines.append(f"    init {{ {'; '.join(init)} }}")
        for tag in ("a", "b"):
            if tag == "a" or self.chance(0.6):
                self.lines.append(self.server_clause("call", tag, others))
        self.lines.append(self.server_clause("cast", "x", others))
        self.lines.append("    on cast poke { Count = Count + 10 }")
        self.lines.append("    on continue more { Count = Count + 100"
                          + self.pick("", "; log continued", "; cast self poke") + " }")
        if self.chance(0.7):
            self.lines.append("    on info ready { reply_to Waiting {ready, Count}; Waiting = none }")
            self.lines.append("    on info timeout { log idle" + self.pick("", "; stop normal") + " }")
            if self.chance(0.7):
                self.lines.append("    on info {EXIT, _, R} { log {exit, R} }")
                self.lines.append("    on info X { log {info, X} }")
        if self.chance(0.5):
            self.lines.append("    on terminate R { log {leaving, R, Count} }")
        self.lines.append("}")

    def client_statement(self, servers):
        s = self.r.choice(servers)
        kind = self.r.randrange(13)
        if kind < 5:
            return self.guarded_call(s, self.pick("a", "a", "b"))
        if kind < 8:
            return f"cast {s} {self.pick('x', 'x', 'poke')}"
        if kind == 8:
            return f"try {{ send {s} {self.message()} }} catch _ {{ log nosend }}"
        if kind == 9:
            n = self.name("S")
            return (f"try {{ stop_server {s} {self.pick('', 'reason shutdown', 'reason boom')}; "
                    f"log stopped }} catch {n} {{ log {{nostop, {n}}} }}")
        if kind == 10:
            return f"try {{ exit_signal {s} {self.reason()} }} catch _ {{ log gone }}"
        if kind == 11:
            n = self.name("M")
            return f"{n} = monitor {s}"
        return "receive { on {DOWN, _, process, _, X} { log {down, X} }; on {EXIT, _, X} { log {exit, X} }" \
            + self.after(0.6) + " }"

    def servers(self):
        count = self.r.randint(1, 2)
        names = [f"s{i}" for i in range(count)]
        for i, name in enumerate(names):
            others = [n for n in names if n != name or self.chance(0.05)]
            self.server(name, others)
        clients = self.r.randint(1, 2)
        for i in range(clients):
            self.lines.append(f"process c{i} {{")
            for _ in range(self.r.randint(1, 3)):
                self.lines.append("    " + self.client_statement(names))
            self.lines.append("}")
        self.lines.append("driver {")
        if self.chance(0.5):
            self.lines.append("    trap_exit")
        for i, name in enumerate(names):
            self.lines.append(f"    X{i} = {self.pick('start', 'start', 'start_link')} {name}; log X{i}")
        for i in range(clients):
            self.lines.append(f"    {self.pick('spawn', 'spawn_link')} c{i}")
        for _ in range(self.r.randint(0, 2)):
            self.lines.append("    " + self.client_statement(names))
        self.lines.append("}")

    # --- supervisors

    def worker(self, name, simple):
        self.lines.append(f"server {name} {{")
        self.lines.append(f"    name {name}")
        init = []
        if self.chance(0.5):
            init.append("trap_exit")
        if self.chance(0.15):
            # A dynamic child that ignores its restart makes OTP 25's supervisor crash when it stops.
            init.append("W = whereis token; if W != undefined { "
                        + self.pick("crash again", "stop refused", "crash again" if simple else "ignore")
                        + " }")
        if init:
            self.lines.append(f"    init {{ {'; '.join(init)} }}")
        self.lines.append(f"    on cast leave {{ {self.pick('stop normal', 'stop shutdown', 'stop boom', 'crash boom')} }}")
        self.lines.append("    on cast die { crash boom }")
        self.lines.append("    on call who { reply self }")
        ms = self.duration() if self.chance(0.3) else None
        if self.chance(0.5):
            sleep = f"; sleep {ms}" if ms else ""
            self.lines.append(f"    on terminate R {{ log {{end, R}}{sleep} }}")
        self.lines.append("}")

    def child_options(self):
        out = ""
        if self.chance(0.5):
            out += " restart " + self.pick("permanent", "transient", "temporary")
        x = self.r.random()
        if x < 0.2:
            out += " shutdown brutal_kill"
        elif x < 0.4:
            ms = self.duration()
            out += f" shutdown {ms}" if ms else " shutdown infinity"
        else:
            out += " shutdown infinity"
        return out

    def sup_statement(self, sup, ids, simple):
        kind = self.r.randrange(16)
        w = self.r.choice(ids)
        v = self.name("A")
        if kind < 4:
            return f"cast {w} {self.pick('leave', 'leave', 'die')}"
        if kind == 4:
            return f"try {{ kill {w} }} catch _ {{ log absent }}"
        if kind == 5:
            return f"try {{ exit_signal {w} {self.reason()} }} catch _ {{ log absent }}"
        if kind in (6, 7):
            shown = f"len({v})" if simple else v  # dynamic children come in no order
            return f"try {{ {v} = which_children {sup}; log {shown} }} catch E{v} {{ log elem(1, E{v}) }}"
        if kind == 8:
            return f"try {{ {v} = count_children {sup}; log {v} }} catch E{v} {{ log elem(1, E{v}) }}"
        if kind in (9, 10, 11):
            op = self.pick("terminate_child", "restart_child", "delete_child")
            return f"try {{ {v} = {op} {sup} {w}; log {v} }} catch E{v} {{ log elem(1, E{v}) }}"
        if kind == 12:
            return f"try {{ exit_signal {sup} {self.pick('shutdown', 'kill', 'boom')} }} catch _ {{ log absent }}"
        if kind == 13:
            ms = self.duration()
            return f"sleep {ms}" if ms else f"cast {w} die"
        if kind == 14:
            return self.pick("try { register token } catch _ { log taken }",
                             f"try {{ {v} = call {w} who timeout infinity; log {v} }} catch E{v} {{ log elem(1, E{v}) }}")
        if simple:
            return f"try {{ {v} = start_child {sup} []; log {v} }} catch E{v} {{ log elem(1, E{v}) }}"
        return (f"try {{ {v} = start_child {sup} child {w} id {self.pick(w, 'extra')}{self.child_options()}; log {v} }} "
                f"catch E{v} {{ log elem(1, E{v}) }}")

    def supervisors(self):
        count = self.r.randint(1, 3)
        strategy = self.pick("one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one")
        simple = strategy == "simple_one_for_one"
        if simple:
            count = 1
        ids = [f"w{i}" for i in range(count)]
        for w in ids:
            self.worker(w, simple)
        nested = not simple and self.chance(0.15)
        auto = "never"
        if not simple and self.chance(0.2):
            auto = self.pick("any_significant", "all_significant")
        self.lines.append("supervisor top {")
        self.lines.append("    name top")
        self.lines.append(f"    strategy {strategy}")
        self.lines.append(f"    intensity {self.r.randint(0, 2)} per 5")
        if auto != "never":
            self.lines.append(f"    auto_shutdown {auto}")
        own = ids[:-1] if nested and count > 1 else ids
        for w in own:
            options = self.child_options()
            if auto != "never" and self.chance(0.6):
                options = options.split(" restart")[0]
                options = f" restart {self.pick('transient', 'temporary')} shutdown infinity significant"
            self.lines.append(f"    child {w}{options}")
        if own != ids:
            self.lines.append("    child sub" + self.pick("", " restart transient"))
        self.lines.append("}")
        if own != ids:
            self.lines.append("supervisor sub {")
            self.lines.append("    name sub")
            self.lines.append(f"    intensity {self.r.randint(0, 1)} per 5")
            self.lines.append(f"    child {ids[-1]}{self.child_options()}")
            self.lines.append("}")
        self.lines.append("driver {")
        if self.chance(0.7):
            self.lines.append("    trap_exit")
        self.lines.append(f"    S = {self.pick('start_link', 'start_link', 'start')} top; log S")
        if simple:
            self.lines.append("    A = start_child top []; log A")
        for _ in range(self.r.randint(1, 4)):
            self.lines.append("    " + self.sup_statement("top", ids, simple))
        if self.chance(0.3):
            self.lines.append("    receive { on {EXIT, _, R} { log {exit, R} }" + self.after(0.6) + " }")
        self.lines.append("}")

    def text(self):
        self.pick(self.processes, self.processes, self.servers, self.servers, self.supervisors)()
        return "limit events 400\n" + "\n".join(self.lines) + "\n"


def scenario(seed):
    return Scenario(seed).text()


if __name__ == "__main__":
    import sys
    print(scenario(sys.argv[1]), end="")
