"""Reads findings as two people do, in a pseudo-terminal. Prints lines `ok - name`."""
import fcntl, os, pty, re, select, struct, subprocess, sys, termios, time

lode = sys.argv[1]


class Terminal:
    def __init__(self, *arguments, columns=150):
        self.child, self.at = pty.fork()
        if self.child == 0:
            os.execv(lode, [lode, *arguments])
        fcntl.ioctl(self.at, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.seen, self.all = "", ""

    def until(self, text, seconds=60):
        end = time.time() + seconds
        while text not in self.seen:
            left = end - time.time()
            if left <= 0 or not select.select([self.at], [], [], left)[0]:
                raise SystemExit(f"no {text!r} in {self.all[-800:]!r}")
            self.take()
        before, _, self.seen = self.seen.partition(text)
        return before

    def take(self):
        try:
            piece = os.read(self.at, 65536).decode("utf-8", "replace")
        except OSError:
            piece = ""
        if not piece:
            return False
        self.seen += piece
        self.all += piece
        return True

    def press(self, keys):
        os.write(self.at, keys.encode())

    def end(self):
        while self.take():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def check(name, good):
    print(("ok - " if good else "not ok - ") + name, flush=True)


def labels(who):
    sql = f"SELECT verdict || ': ' || reason FROM audit_label WHERE annotator = '{who}' ORDER BY labelled_at"
    return subprocess.run([lode, "db", "psql", "-XAtc", sql], capture_output=True, text=True).stdout.split("\n")[:-1]


def answer(terminal, key, reason):
    shown = terminal.until("q quit > ")
    terminal.press(key)
    terminal.until("why")
    terminal.until("? ")
    terminal.press(reason + "\r")
    return shown


ada = Terminal("audit", "--rule", "self-call", "--annotator", "ada")
shown = answer(ada, "r", "asks itself")
check("the finding, its source and its evidence are shown",
      "self-call" in shown and "def handle_call(:twice" in shown and "└" in shown and "1 of 8, 0 read" in shown)
ada.until("q quit > ")
ada.press("x")
ada.until("there is no key for that")
ada.until("q quit > ")
ada.press("w")
ada.until("? ")
ada.press("\x1b")  # another verdict after all
answer(ada, "w", "nobody callz\x7fs it")
ada.until("q quit > ")
ada.press("q")
check("it ends", ada.end() == 0)
check("each verdict is kept with its reason", labels("ada") == ["right: asks itself", "wrong: nobody calls it"])

ada = Terminal("audit", "--rule", "self-call", "--annotator", "ada")
shown = ada.until("q quit > ")
check("reading goes on where it ended", "3 of 8, 2 read" in shown)
ada.press("b")
shown = ada.until("q quit > ")
check("one can go back", "2 of 8" in shown and "you said: wrong" in shown)
ada.press("s")
ada.until("3 of 8")
answer(ada, "r", "")
ada.until("q quit > ")
ada.press("\x03")  # interruption
check("an interruption ends it well", ada.end() == 0)
check("what was said before it stays", len(labels("ada")) == 3)

joe = Terminal("audit", "--rule", "self-call", "--annotator", "joe")
shown = answer(joe, "r", "")
check("another annotator begins anew and sees no verdicts", "1 of 8, 0 read" in shown and "you said" not in shown)
answer(joe, "w", "")
answer(joe, "d", "")
joe.until("q quit > ")
joe.press("p")
joe.until("verdict")
joe.until("q quit > ")
joe.press("q")
check("reproduction on demand", joe.end() == 0)
check("by design is a verdict", labels("joe")[2].startswith("by design"))

bars = Terminal("stats", "servers")
bars.end()
check("statistics have bars on a terminal", "█" in bars.all and "unit:" in bars.all)
bars = Terminal("stats", "servers", columns=60)
bars.end()
check("but not where there is no room", "█" not in bars.all)
