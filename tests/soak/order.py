"""Any order, any faults, any kills: the same ledger in the end.

A seed makes a handful of small manifests that fight for a few keys: rows of
one key in several chunks, manifests and submissions, the same content coming
back, rows that inv-validate or the ledger refuses.  They arrive in one order.
Then they are run in another, again and again, newer ones before older ones,
several in a stream, two pipes at once; meanwhile inv-ledger fails in most of
the ways that it can, and inv-commit, all of the pipe or the ledger is killed
or told to stop.  When that is over every manifest is run to its end, in any
order.

What has to come of it is told by a few lines of Python (`standing`): each key
has the content of the latest arrival that has a good row of it, the last such
row of that manifest.  The ledger's export must be that, byte for byte; so all
schedules of the same arrivals end alike.  And no effect may ever have taken a
key back, behind the row of a later effect (`goes_back`).
"""

import collections
import json
import os
import random
import signal
import subprocess
import tempfile
import time

from pipe import Broken, Ledger, spawn, TIME_LIMIT

HEAD = "asset_id,grant_code,description,quantity,location_code,acquired_on"
REFUSED = "asbestos"        # the ledger takes no row with this
SCHEDULES = 3               # of the same arrivals
CLEAN_TRIES = 5             # of one manifest, at most, until all is settled
FINE = (0, 69, 75, -signal.SIGKILL, -signal.SIGTERM)
FAULTS = ("lost", "reset", "500", "500-after", "502", "503", "503=1",
          "429=garbage", "408", "409", "400", "413=300", "422-row=9%",
          "207-row=9%", "207-items=9%", "207-again=20%", "207-missing", "202",
          "202-lost", "garbage", "html", "short")
RARE = ("401", "403", "404", "redirect", "slow", "endless")

Row = collections.namedtuple("Row", "key good text")


# ---- the arrivals, and what has to come of them ----

class Arrival:
    """A manifest and its submission, in a file."""

    def __init__(self, name, submission, dedup, rows):
        self.name, self.submission = name, submission
        self.dedup, self.rows = dedup, rows


def row_of(rng, key, refused):
    """A line of CSV, and what it is: few contents, so that they come back."""
    quantity, what = str(rng.randrange(4)), "tips"
    kind = rng.random()
    good = kind >= 0.12
    if kind < 0.1:
        quantity = "-4"
    elif not good and refused:
        what = REFUSED
    else:
        good = True
    cells = ["LAB-%d" % key, "NIH-R01", what, quantity, "BLDG1-RM2-CAB3",
             "2026-03-14"]
    record = dict(zip(HEAD.split(","), cells))
    if quantity.isdigit():
        record["quantity"] = int(quantity)
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return ",".join(cells), Row(key, good, text)


def arrivals_of(rng, folder):
    """Some manifests, the same bytes again under other submissions."""
    keys, made = rng.randrange(3, 12), []
    for n in range(rng.randrange(3, 7)):
        if made and rng.random() < 0.25:
            of = rng.choice(made)
            last = max(a.submission for a in made if a.name == of.name)
            made.append(Arrival(of.name, last + 1, of.dedup, of.rows))
            continue
        lines, rows = [], []
        for _ in range(rng.randrange(1, 30)):
            # Two refused rows may look as if the ledger were to blame.
            refused = not any(REFUSED in row.text for row in rows)
            line, row = row_of(rng, rng.randrange(keys), refused)
            lines.append(line)
            rows.append(row)
        line, row = row_of(rng, 1000 + n, False)    # no two are the same bytes
        lines.append(line)
        rows.append(row)
        name = "m%d.csv" % n
        (folder / name).write_text("\n".join([HEAD] + lines) + "\n")
        made.append(Arrival(name, 1, rng.random() < 0.3, rows))
    return made


def passing(arrival):
    """(row number, row) of what gets to the ledger and is taken there."""
    standing = {}
    for number, row in enumerate(arrival.rows, 1):
        if not row.good and REFUSED not in row.text:
            continue
        # Behind inv-dedup the first row of a key stands.
        if arrival.dedup and row.key in standing:
            continue
        standing[row.key] = number
        if row.good:
            yield number, row


def standing(arrivals):
    """What the ledger holds in the end: the model."""
    held = {}
    for arrival in arrivals:
        for _, row in passing(arrival):
            held[row.key] = row.text
    return sorted(held.values())


def goes_back(arrivals, requests):
    """An effect that took its key back behind a later row, if there is one."""
    places, at = collections.defaultdict(list), {}
    for n, arrival in enumerate(arrivals):
        for number, row in passing(arrival):
            places[row.text].append((n, number))
    for request in requests:
        for text in effects_of(request):
            key = json.loads(text)["asset_id"]
            later = [p for p in places[text] if p >= at.get(key, (0, 0))]
            if not later:
                return "%s: %s behind %s" % (key, text, at.get(key))
            at[key] = min(later)
    return None


def effects_of(request):
    """The records that a request brought into effect, in order."""
    if not request["effect"]:
        return []
    records = request["body"]
    if "taken" in request:
        records = [records[i - 1] for first, last in request["taken"]
                   for i in range(first, last + 1)]
    return [json.dumps(r, sort_keys=True, separators=(",", ":"))
            for r in records]


# ---- a schedule of them ----

def faults_of(rng):
    some = rng.sample(FAULTS, rng.randrange(2, 9))
    chosen = ["%s@%d%%" % (f, rng.randrange(2, 15)) for f in some]
    if rng.random() < 0.4:
        chosen.append("%s@2%%" % rng.choice(RARE))
    return ",".join(chosen)


def schedule_of(rng, arrivals):
    """Runs of them: which, how, and what happens to it."""
    runs = []
    for _ in range(rng.randrange(2, 3 * len(arrivals))):
        streams = [[rng.randrange(len(arrivals))]
                   for _ in range(rng.choice((1, 1, 1, 2)))]
        if rng.random() < 0.3:
            streams[0] = [rng.randrange(len(arrivals))
                          for _ in range(rng.randrange(2, 4))]
        kill = rng.choice((None, None, "commit", "commit", "all", "term",
                           "ledger"))
        runs.append({"streams": streams, "kill": kill,
                     "after": rng.uniform(0, 0.1), "faults": faults_of(rng),
                     "restart": rng.random() < 0.4})
    order = list(range(len(arrivals)))
    rng.shuffle(order)
    return {"chunk": rng.choice((1, 3, 5, 8, 40)), "runs": runs,
            "order": order, "seed": rng.randrange(1 << 32),
            "options": ["-c", str(rng.randrange(1, 6)),
                        "-r", str(rng.randrange(4)),
                        "--engine", rng.choice(("io_uring", "poll"))]}


class Schedule:
    """One schedule, carried out in a folder with a state and a ledger."""

    def __init__(self, folder, arrivals, plan):
        self.folder, self.arrivals, self.plan = folder, arrivals, plan
        self.env = dict(os.environ, INV_STATE=str(folder / "state"))
        self.ledger = Ledger(folder, plan["seed"])

    def start_ledger(self, faults=()):
        self.clear()
        self.ledger.start(",".join(["422-row=" + REFUSED, *faults]), "2ms")

    def clear(self):
        if self.ledger.process:
            self.ledger.kill()

    def split(self, arrival):
        return ["inv-split", "-q", "--chunk-size", str(self.plan["chunk"]),
                "--submission", str(arrival.submission),
                self.folder.parent / arrival.name]

    def arrive(self):
        """All are archived, in their order; nothing is sent."""
        for arrival in self.arrivals:
            subprocess.run(self.split(arrival), env=self.env, check=True,
                           stdout=subprocess.DEVNULL)

    def stream(self, numbers):
        """These manifests, validated, one behind the other."""
        out = b""
        for n in numbers:
            arrival = self.arrivals[n]
            commands = [self.split(arrival),
                        ["inv-validate", "-q", "-s", "inventory"]]
            if arrival.dedup:
                commands.append(["inv-dedup", "-q"])
            stream = None
            for command in commands:
                stream = subprocess.run(
                    command, env=self.env, input=stream, check=True,
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
            out += stream
        return out

    def commit(self, numbers):
        """inv-commit on a stream of these, on its way."""
        given = tempfile.TemporaryFile(dir=self.folder)
        given.write(self.stream(numbers))
        given.seek(0)
        out = open(self.folder / "out.ndjson", "ab")
        err = open(self.folder / "err", "ab")
        with given, out, err:
            return spawn(["inv-commit", "-l", self.ledger.url, "--backoff",
                          "1ms", "--max-backoff", "4ms", "--timeout", "300ms",
                          "--retry-budget", "100%", *self.plan["options"]],
                         env=self.env, stdin=given, stdout=out, stderr=err)

    def disturb(self, run, commits):
        """What happens to a run, some time after it began."""
        if run["kill"] is None:
            return
        time.sleep(run["after"])
        if run["kill"] == "ledger":
            self.ledger.kill()
        for commit in commits:
            if run["kill"] in ("commit", "all"):
                commit.kill()
            elif run["kill"] == "term":
                commit.terminate()
            if run["kill"] != "all":
                break

    def carry_out(self):
        self.arrive()
        for run in self.plan["runs"]:
            if run["restart"] or not self.ledger.process or \
                    self.ledger.process.poll() is not None:
                self.start_ledger([run["faults"]])
            commits = [self.commit(s) for s in run["streams"]]
            self.disturb(run, commits)
            for commit in commits:
                if commit.wait(TIME_LIMIT) not in FINE:
                    raise Broken("inv-commit ends with %d"
                                 % commit.returncode)
        self.start_ledger()
        for n in self.plan["order"]:
            self.settle(n)

    def settle(self, n):
        for _ in range(CLEAN_TRIES):
            if self.commit([n]).wait(TIME_LIMIT) == 0:
                return
        raise Broken("arrival %d does not come to an end" % (n + 1))

    def export(self, table):
        return subprocess.run(
            ["inv-ledger", "--db", self.folder / "ledger.db", "--export",
             table], check=True, stdout=subprocess.PIPE).stdout.decode()

    def judge(self):
        held = sorted(self.export("records").splitlines())
        wanted = standing(self.arrivals)
        if held != wanted:
            raise Broken("the ledger differs from the model: %s, not %s"
                         % (sorted(set(held) - set(wanted)),
                            sorted(set(wanted) - set(held))))
        back = goes_back(self.arrivals, [json.loads(line) for line in
                                         self.export("requests").splitlines()])
        if back:
            raise Broken("a key was taken back: " + back)


class Order:
    """A case: some schedules of the same arrivals."""

    columns = ("alone", "together")

    def __init__(self, folder, seed):
        rng = random.Random(int(seed))
        self.folder, self.passes, self.hits = folder, 0, []
        self.arrivals = arrivals_of(rng, folder)
        self.plans = [schedule_of(rng, self.arrivals)
                      for _ in range(SCHEDULES)]
        self.schedule = None

    def carry_out(self):
        for n, plan in enumerate(self.plans):
            here = self.folder / str(n)
            here.mkdir()
            (here / "plan.json").write_text(json.dumps(plan, indent=1))
            self.schedule = Schedule(here, self.arrivals, plan)
            try:
                self.schedule.carry_out()
                self.schedule.judge()
            except Broken as why:
                raise Broken("schedule %d: %s" % (n, why)) from why
            finally:
                self.schedule.clear()
            self.hits += [(run["kill"] or "nothing",
                           "together" if len(run["streams"]) > 1 else "alone")
                          for run in plan["runs"]]
            self.passes += len(plan["runs"]) + len(plan["order"])

    def told(self):
        return "%d arrivals" % len(self.arrivals)

    def clear(self):
        if self.schedule:
            self.schedule.clear()
