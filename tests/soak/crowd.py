"""Two or eight pipes at once on one state directory, and kills among them.

They have one manifest or one each; no two manifests share a key, which is
what `order` is about.  One inv-commit holds the lease and the others wait for
it, until it is killed or has ended.  Then all run once more at once, without
kills, and then each until inv-audit is content.
"""

import random
import signal
import time

from case import BRISK, Case, ENGINES, sheet
from hunt import GROUPS
from kills import kill
from pipe import FINE, STAGES

CHUNK = 20
LOOK = 0.001        # seconds between two looks at the journal
QUIET = 2           # seconds without growth, after which it is now
PAUSE = 0.3         # seconds that one is stopped


class Crowd(Case):
    columns = ("holding", "waiting", "done")

    @staticmethod
    def planned(seed):
        rng = random.Random(seed)
        pipes = rng.choice((2, 8))
        names = ["m.csv"] if rng.random() < 0.5 else [
            "m%d.csv" % n for n in range(pipes)]
        return {"seed": seed, "pipes": pipes, "sheets": {
            name: sheet(rng, rng.randrange(100, 300), CHUNK, "LAB%d" % n)
            for n, name in enumerate(names)}, "engines": [
                rng.choice(ENGINES) for _ in range(pipes)], "strikes": [
                    (rng.randrange(1, 6), rng.choice((None, rng.randrange(pipes))),
                     rng.choice(STAGES + 6 * ("inv-commit",)
                                + ("all", "host", "stop", "stop")))
                    for _ in range(rng.randrange(1, pipes + 3))]}

    def __init__(self, folder, seed):
        self.plan = self.planned(int(seed))
        super().__init__(folder, self.plan["seed"], self.plan["sheets"])

    def carry_out(self):
        self.ledger.start(self.faults)
        crowd = self.together(disturbed=True)
        for growths, who, victim in self.plan["strikes"]:
            if not any(one.alive("inv-commit") for one in crowd):
                break
            self.wait_for_growth(crowd, growths)
            self.strike(crowd, self.meant(crowd, who), victim)
        self.end_all(crowd, FINE + (-signal.SIGKILL,))
        self.ledger.stop()
        self.ledger.start()
        self.end_all(self.together(), FINE)
        self.make_good(CHUNK, self.options(()), self.plan["sheets"])
        self.judged()

    def options(self, engine):
        return ("-c", "2", *BRISK, "--wait", "60s", *engine)

    def together(self, **how):
        names = list(self.plan["sheets"])
        return [self.begin(CHUNK, self.options(engine), names[n % len(names)],
                           **how)
                for n, engine in enumerate(self.plan["engines"])]

    def end_all(self, crowd, fine):
        try:
            for one in crowd:
                self.end(one, fine)
        finally:
            for one in crowd:
                one.clear()

    def wait_for_growth(self, crowd, times):
        """Until the journal has grown so often, or does not any more."""
        journal = crowd[0].journal
        size, since = journal.size(), time.monotonic()
        while times > 0 and time.monotonic() < since + QUIET and any(
                one.alive("inv-commit") for one in crowd):
            time.sleep(LOOK)
            if journal.size() != size:
                size, since = journal.size(), time.monotonic()
                times -= 1

    def holder(self):
        try:
            return int((self.state / "journal" / "lock").read_text())
        except (OSError, ValueError):
            return 0

    def meant(self, crowd, who):
        """The pipe of that number, or the next that commits; the holder."""
        alive = [n for n, one in enumerate(crowd) if one.alive("inv-commit")]
        if who is None:
            who = next((n for n in alive if self.holds(crowd[n])), 0)
        return crowd[next((n for n in alive if n >= who), who)]

    def holds(self, one):
        return one.stages["inv-commit"].pid == self.holder()

    def strike(self, crowd, one, victim):
        where = "done"
        if one.alive("inv-commit"):
            where = "holding" if self.holds(one) else "waiting"
        self.hits.append(("%s of %d" % (victim, len(crowd)), where))
        if victim == "stop":
            one.stop()
            time.sleep(PAUSE)
            one.go_on()
        else:
            kill(self, one, GROUPS.get(victim, (victim,)))
