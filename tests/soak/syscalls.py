"""kill -9 at a system call of inv-commit, on a manifest of three batches.

The answer to the first is lost, and of the second a row has to come again.
strace(1) kills the program as it enters the Nth call of a kind; the call is
not carried out.  How many there are is counted in a run without a kill.  A
case of Calls is one of them and a run to the end; a case of Recoveries has a
second kill within the recovery from the first, a third within the recovery
from that, and a fourth: each is drawn from the calls that a recovery makes.
In a case of Halvings two batches are refused and halved, the one until a row
stands alone; every other one has a second kill within the recovery.  The names
of cases say all of it, as in

    calls/poll/pwrite64:3
    recoveries/tls-io_uring/sendto:2+fsync:1+pwrite64:7+unlink:1
    halvings/poll/recvfrom:5+fdatasync:2

where tls- says that the ledger is behind a front that takes TLS.
"""

import functools
import pathlib
import random
import re
import shutil
import subprocess
import tempfile

from case import BRISK, Case, sheet
from front import Front
from pipe import (disturbed, FINE, Halving, HALVING, INSTANTS, keep_status,
                  STAGES)

CALLS = ("pwrite64", "write", "fsync", "fdatasync", "ftruncate", "mkdirat",
         "rename", "renameat", "renameat2", "unlink", "unlinkat", "linkat",
         "flock", "socket", "connect", "sendto", "sendmsg", "recvfrom",
         "poll", "io_uring_enter")
ENGINES = ("poll", "io_uring")
TLS = "tls-"
CHUNK = 10
ROWS = 35           # one chunk of the four is wholly refused
FAULTS = "lost@1,207-again=3@2"
HALVED = "lost@5,413=1100,422-row=LAB-000015"   # chunks of ten, and a row
KILLED = -9
AGAIN = 3           # kills within recoveries
OPEN = ("sendto", 2)  # a kill that leaves much to recover
SENT = "sendto"     # before the first of them there is nothing to halve


def can_trace():
    try:
        return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"],
                              stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


class Calls(Case):
    """One kill at a call, then a pass to the end."""

    columns = INSTANTS
    faults = FAULTS

    def __init__(self, folder, name):
        self.engine, _, kills = name.partition("/")
        self.kills = [(call, int(n)) for call, n in
                      (kill.split(":") for kill in kills.split("+") if kill)]
        super().__init__(folder, 1,
                         {"m.csv": sheet(random.Random(3), ROWS, CHUNK)})
        self.options = ("--engine", self.engine.removeprefix(TLS), "-c", "2",
                        *BRISK)
        self.front = None

    def start(self, faults):
        """The ledger, and what is in front of it."""
        self.ledger.start(faults, delay="0s")
        if self.engine.startswith(TLS) and self.front is None:
            self.front = Front(self.folder,
                               int(self.ledger.url.split(":")[-1]))
            self.options += ("--cacert", self.front.cert)
        if self.front is not None:
            self.ledger.url = self.front.url

    def carry_out(self):
        self.start(self.faults)
        for call, n in self.kills:
            self.hits.append(("%s %s" % (self.engine, call),
                              self.traced(call, n)))
        self.mend()
        self.make_good(CHUNK, self.options)
        self.judged()

    def mend(self):
        """The faults are of the first batches alone, and stop by themselves."""

    def traced(self, call, n):
        """A pass with a kill at this call: in which instant that was."""
        return self.steps(["strace", "-f", "-qq", "-o", "/dev/null",
                           "-e", "trace=" + call,
                           "-e", "inject=%s:signal=KILL:when=%d" % (call, n)])

    def steps(self, wrapper):
        """A pass, a stage at a time, with inv-commit in a wrapper."""
        folder = self.pass_folder()
        journal = self.journal(self.state)
        commands = {"inv-split": ["--chunk-size", str(CHUNK),
                                  self.folder / "m.csv"],
                    "inv-commit": ["-l", self.ledger.url, *self.options]}
        source, status = "/dev/null", {}
        for name in STAGES:
            sink = folder / (name.removeprefix("inv-") + ".ndjson")
            with open(source, "rb") as stdin, open(sink, "wb") as stdout, \
                    open(folder / (name + ".err"), "wb") as stderr:
                status[name] = subprocess.run(
                    (wrapper if name == "inv-commit" else [])
                    + [name] + commands.get(name, []), stdin=stdin,
                    stdout=stdout, stderr=stderr, env=disturbed(),
                    timeout=60).returncode
            source = sink
        keep_status(folder, self.state, FINE + (KILLED,), status)
        if status["inv-commit"] != KILLED:
            return None
        return journal.instant((folder / "commit.ndjson").read_bytes())[0]


class Recoveries(Calls):
    """A kill, and kills within the recoveries from it."""


class Halvings(Calls):
    """A kill while batches are halved, and for some one in the recovery."""

    columns = HALVING
    faults, journal = HALVED, Halving

    def mend(self):
        self.ledger.stop()
        self.start(None)


def made(kind, engine, first=None):
    """The calls in their order: in a first pass, or in one behind a kill."""
    with tempfile.TemporaryDirectory(prefix="inv-soak.") as folder:
        case = kind(pathlib.Path(folder), engine)
        trace = case.folder / "trace"
        try:
            case.start(case.faults)
            if first:
                case.traced(*first)
            case.steps(["strace", "-f", "-qq", "-o", trace, "-e",
                        "trace=" + ",".join(CALLS)])
        finally:
            case.clear()
        return re.findall(r"^[0-9]+ +(\w+)\(", trace.read_text(), re.M)


def count(calls):
    """How often each is made."""
    return {call: calls.count(call) for call in CALLS if call in calls}


@functools.cache
def engines():
    """Those that run here, each without TLS and with it."""
    with tempfile.TemporaryDirectory(prefix="inv-soak.") as folder:
        ran = subprocess.run(["inv-commit", "-v", "--engine", "io_uring",
                              "-l", "http://127.0.0.1:9"],
                             stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env=dict(disturbed(), INV_STATE=folder))
    plain = ENGINES if b"with io_uring" in ran.stderr else ENGINES[:1]
    return plain + tuple(TLS + engine for engine in plain
                         if shutil.which("openssl"))


def spread(rng, things, n):
    """About n of them, evenly, from a place that is drawn."""
    step = max(1, len(things) // max(1, n))
    return things[rng.randrange(step)::step]


def each(counts, before=None):
    """Each of these calls, but for those that were made before."""
    return ["%s:%d" % (call, n) for call in counts
            for n in range((before or {}).get(call, 0) + 1, counts[call] + 1)]


def drawn(rng, counts):
    """A call for a second kill; rather an early one: it may be the last."""
    call = rng.choice(list(counts))
    return "%s:%d" % (call, min(rng.randint(1, counts[call]),
                                rng.randint(1, counts[call])))


def calls(rng, n):
    """Names of cases: all calls of all engines, or n spread over them."""
    return spread(rng, ["calls/%s/%s" % (engine, call) for engine in engines()
                        for call in each(count(made(Calls, engine)))], n)


def recoveries(rng, n):
    """Names of cases: first kills spread over all, the others drawn."""
    names = []
    for engine in engines():
        first = each(count(made(Recoveries, engine)))
        later = count(made(Recoveries, engine, OPEN))
        for call in spread(rng, first, n // len(engines())):
            kills = [call] + [drawn(rng, later) for _ in range(AGAIN)]
            names.append("recoveries/%s/%s" % (engine, "+".join(kills)))
    return names


def halfway(calls):
    """A kill that leaves halves: between the first request and the end."""
    at = (calls.index(SENT) + len(calls)) // 2
    return calls[at], calls[:at + 1].count(calls[at])


def halvings(rng, n):
    """Names of cases: all calls from the first request on, or n of them."""
    names = []
    for engine in engines():
        calls = made(Halvings, engine)
        first = each(count(calls), count(calls[:calls.index(SENT)]))
        later = count(made(Halvings, engine, halfway(calls)))
        for i, call in enumerate(spread(rng, first, n // len(engines()))):
            again = "+" + drawn(rng, later) if i % 2 else ""
            names.append("halvings/%s/%s%s" % (engine, call, again))
    return names
