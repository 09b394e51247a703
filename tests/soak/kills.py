"""What is done to the programs at chosen instants: kill, stop, ask to stop.

Each case makes a manifest of some hundred or thousand rows, starts inv-ledger
with a 20 ms delay and faults, and sends the manifest through the pipe of six
several times.  When the faults have stopped, the pipe runs until inv-audit is
content, and tests/judge looks at what came of it.  The case is a function of
its seed and of nothing else.
"""

import random
import signal
import time

from case import BRISK, Case, ENGINES, HALVED, sheet
from hunt import draw, GROUPS, held, hunt, members, name_of
from pipe import FINE, Halving, HALVING, INSTANTS, STAGES

STOPPED = 1.2       # seconds that something is stopped; --timeout is 1 s


def plan(seed, chunks=(100, 500)):
    """A manifest and the ways of inv-commit, and the rest of the chance."""
    rng = random.Random(seed)
    chunk = rng.choice(chunks)
    rows = chunk * rng.randrange(20, 25) + rng.randrange(chunk)
    return {"seed": seed, "chunk": chunk, "engine": rng.choice(ENGINES),
            "window": rng.randrange(2, 5),
            "atomic": rng.choice(((), (), ("--atomic",))),
            "sheet": sheet(rng, rows, chunk)}, rng


class Struck(Case):
    """Passes with strikes, and then passes without."""

    def __init__(self, folder, seed):
        self.plan = self.planned(int(seed))
        super().__init__(folder, self.plan["seed"],
                         {"m.csv": self.plan["sheet"]})
        self.options = ("-c", str(self.plan["window"]), *BRISK,
                        *self.plan["engine"], *self.plan["atomic"])

    def carry_out(self):
        self.ledger.start(self.faults)
        self.strikes()
        self.ledger.stop()
        self.ledger.start()
        self.make_good(self.plan["chunk"], self.options)
        self.judged()


class Kills(Struck):
    """kill -9 of a stage, all of them, the ledger, or all and the ledger.

    The last is as if their host had failed.  The ledger then starts again, on
    its database and its port.
    """

    columns = INSTANTS

    @staticmethod
    def planned(seed):
        made, rng = plan(seed)
        victims = {
            "before": STAGES + ("all", "host"),
            "open": STAGES + 3 * ("inv-commit", "host") + ("ledger", "all"),
            "between": 3 * ("inv-commit",) + ("ledger", "all", "host"),
            "after": ("inv-quarantine", "inv-audit", "ledger", "all", "host"),
        }
        made["kills"] = []
        for n in range(rng.randrange(1, 5)):
            # Any five runs in a row begin with a kill of each kind.
            first = (INSTANTS + ("open",))[seed % 5] if n == 0 else None
            kind, patience = draw(rng, (2, 16, 4, 3), first)
            made["kills"].append((kind, rng.choice(victims[kind]), patience))
        return made

    def strikes(self):
        self.open = 0       # kills that met an open intent
        for kind, victim, patience in self.plan["kills"]:
            self.one(kind, victim, patience)

    def one(self, kind, victim, patience):
        one = self.begin(self.plan["chunk"], self.options, disturbed=True,
                         held=held(kind, victim))
        doomed = ()

        def strike(one):
            nonlocal doomed
            doomed = members(one, victim)
            kill(self, one, doomed)
        instant = hunt(one, kind, patience, strike)
        self.hits.append((name_of(doomed), instant[0]) if instant
                         else (victim, None))
        self.open += bool(instant and instant[1])
        self.end(one, FINE + ((-signal.SIGKILL,) if doomed else ()))


def kill(case, one, doomed):
    """Stages, and the ledger; gone, and the ledger back, at the return."""
    processes = [case.ledger.process if name == "ledger"
                 else one.stages[name] for name in doomed]
    for process in processes:
        process.kill()
    for process in processes:
        process.wait()
    if "ledger" in doomed:
        case.ledger.start(case.faults)


class Halves(Kills):
    """The same while batches are refused, and halved until it shows why."""

    columns = HALVING
    faults, journal = HALVED, Halving

    @staticmethod
    def planned(seed):
        made, rng = plan(seed, (20, 50))
        victims = STAGES + 6 * ("inv-commit",) + ("ledger", "all", "host")
        made["kills"] = [(rng.choice(("refused", "halved", "halved")),
                          rng.choice(victims), rng.randrange(1, 30))
                         for _ in range(rng.randrange(1, 5))]
        return made


class Stops(Struck):
    """SIGSTOP of a stage or the ledger for longer than a request may take."""

    columns = INSTANTS

    @staticmethod
    def planned(seed):
        made, rng = plan(seed)
        made["stops"] = []
        for _ in range(rng.randrange(1, 4)):
            kind, patience = draw(rng, (0, 8, 2, 0))
            victim = rng.choice(3 * ("inv-commit", "ledger") +
                                ("inv-dedup", "inv-quarantine", "inv-audit",
                                 "all", "host"))
            made["stops"].append((kind, victim, patience))
        return made

    def strikes(self):
        options = self.options + ("--timeout", "1s")
        one = self.begin(self.plan["chunk"], options, disturbed=True)
        for kind, victim, patience in self.plan["stops"]:
            instant = hunt(one, kind, patience,
                           lambda one: self.pause(one, victim))
            self.hits.append((victim, instant and instant[0]))
        self.end(one)

    def pause(self, one, victim):
        stopped = GROUPS.get(victim, (victim,))
        for name in stopped:
            if name != "ledger":
                one.stop(name)
        if "ledger" in stopped:
            self.ledger.process.send_signal(signal.SIGSTOP)
        if "inv-commit" not in stopped:
            one.signal("inv-commit", signal.SIGCONT)
        time.sleep(STOPPED)
        self.ledger.process.send_signal(signal.SIGCONT)


class Signals(Struck):
    """SIGTERM, SIGINT or SIGHUP to inv-commit or to all, once or twice."""

    columns = INSTANTS

    @staticmethod
    def planned(seed):
        made, rng = plan(seed)
        made["signals"] = []
        for _ in range(rng.randrange(1, 5)):
            kind, patience = draw(rng, (2, 8, 4, 0))
            made["signals"].append((
                kind, rng.choice(("inv-commit", "all")), patience,
                rng.choice((signal.SIGTERM, signal.SIGTERM, signal.SIGINT,
                            signal.SIGHUP)), rng.choice((False, False, True))))
        return made

    def strikes(self):
        for kind, victim, patience, number, twice in self.plan["signals"]:
            one = self.begin(self.plan["chunk"], self.options, disturbed=True,
                             held=held(kind, victim))

            def strike(one):
                for name in GROUPS.get(victim, (victim,)):
                    one.signal(name, number)
            instant = hunt(one, kind, patience, strike)
            if instant and twice:
                strike(one)
            self.hits.append(("%s %s" % (number.name, victim),
                              instant and instant[0]))
            self.end(one, FINE + (-number,))
