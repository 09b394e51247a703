#!/usr/bin/python3
"""model - any order, any faults, any kills: the same ledger in the end

    model.py BUILD

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

Seed N plans the arrivals and its schedules alone: SEED=N RUNS=1 plans them
again.  Environment: SEED (default: from the clock), RUNS (default 100),
SCHEDULES of each (default 3), KEEP, a folder for what is left of a broken one.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HEAD = "asset_id,grant_code,description,quantity,location_code,acquired_on"
REFUSED = "asbestos"        # the ledger takes no row with this
TIME_LIMIT = 60             # seconds for a pipe to end
CLEAN_TRIES = 5             # of one manifest, at most, until all is settled
FAULTS = ("lost", "reset", "500", "500-after", "502", "503", "503=1",
          "429=garbage", "408", "409", "400", "413=300", "422-row=9%",
          "207-row=9%", "207-items=9%", "207-again=20%", "207-missing", "202",
          "202-lost", "garbage", "html", "short")
RARE = ("401", "403", "404", "redirect", "slow", "endless")

Row = collections.namedtuple("Row", "key good text")


class Broken(Exception):
    """Something is not as it must be."""


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
        kill = rng.choice((None, None, "commit", "commit", "pipe", "term",
                           "ledger"))
        runs.append({"streams": streams, "kill": kill,
                     "after": rng.uniform(0, 0.1)})
    order = list(range(len(arrivals)))
    rng.shuffle(order)
    return {"chunk": rng.choice((1, 3, 5, 8, 40)), "runs": runs,
            "faults": [faults_of(rng) for _ in runs], "order": order,
            "seeds": [rng.randrange(1 << 32) for _ in runs],
            "restart": [rng.random() < 0.4 for _ in runs],
            "options": ["-c", str(rng.randrange(1, 6)),
                        "-r", str(rng.randrange(4)),
                        "--engine", rng.choice(("io_uring", "poll"))]}


def spawn(command, **how):
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, **how)


class Schedule:
    """One schedule, carried out in a folder with a state and a ledger."""

    def __init__(self, folder, arrivals, plan):
        self.folder, self.arrivals, self.plan = folder, arrivals, plan
        self.env = dict(os.environ, INV_STATE=str(folder / "state"))
        self.listen, self.ledger = "127.0.0.1:0", None

    def start_ledger(self, faults, seed=0):
        self.stop_ledger()
        port = self.folder / "port"
        port.unlink(missing_ok=True)
        command = ["inv-ledger", "-q", "--listen", self.listen, "--db",
                   self.folder / "ledger.db", "--port-file", port,
                   "--delay", "2ms", "--seed", str(seed), "--fault",
                   ",".join(["422-row=" + REFUSED] + faults)]
        self.ledger = spawn(command)
        deadline = time.monotonic() + TIME_LIMIT
        while not port.exists():
            if self.ledger.poll() is not None or time.monotonic() > deadline:
                raise Broken("inv-ledger does not start")
            time.sleep(0.001)
        self.url = port.read_text().strip()
        self.listen = self.url.removeprefix("http://")

    def stop_ledger(self):
        if self.ledger is not None:
            self.ledger.kill()
            self.ledger.wait()
            self.ledger = None

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
            # In a longer stream it would compare manifests with each other.
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
        with given, out:
            return spawn(["inv-commit", "-l", self.url, "--backoff", "1ms",
                          "--max-backoff", "4ms", "--timeout", "300ms",
                          "--retry-budget", "100%", *self.plan["options"]],
                         env=self.env, stdin=given, stdout=out)

    def disturb(self, run, commits):
        """What happens to a run, some time after it began."""
        if run["kill"] is None:
            return
        time.sleep(run["after"])
        if run["kill"] == "ledger":
            self.ledger.kill()
        for commit in commits:
            if run["kill"] in ("commit", "pipe"):
                commit.kill()
            elif run["kill"] == "term":
                commit.terminate()
            if run["kill"] != "pipe":
                break

    def carry_out(self):
        self.arrive()
        for n, run in enumerate(self.plan["runs"]):
            if self.ledger is None or self.plan["restart"][n] or \
                    self.ledger.poll() is not None:
                self.start_ledger([self.plan["faults"][n]],
                                  self.plan["seeds"][n])
            commits = [self.commit(s) for s in run["streams"]]
            self.disturb(run, commits)
            for commit in commits:
                if commit.wait(TIME_LIMIT) not in (0, 69, 75, -signal.SIGKILL,
                                                   -signal.SIGTERM):
                    raise Broken("inv-commit ends with %d"
                                 % commit.returncode)
        self.start_ledger([])
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


def carry_out(seed, schedules):
    """The schedules of seed; how many effects there were."""
    rng = random.Random(seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="inv-model."))
    arrivals = arrivals_of(rng, folder)
    try:
        for n in range(schedules):
            here = folder / str(n)
            here.mkdir()
            plan = schedule_of(rng, arrivals)
            (here / "plan.json").write_text(json.dumps(plan, indent=1))
            one = Schedule(here, arrivals, plan)
            try:
                one.carry_out()
                one.judge()
            except (Broken, OSError, subprocess.SubprocessError) as why:
                print("seed %d: schedule %d: BROKEN: %s" % (seed, n, why),
                      flush=True)
                if os.environ.get("KEEP"):
                    one.stop_ledger()
                    shutil.copytree(folder, os.path.join(os.environ["KEEP"],
                                                         str(seed)))
                return False
            finally:
                one.stop_ledger()
        return True
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    root = pathlib.Path(__file__).resolve().parents[2]
    os.environ["PATH"] = "%s:%s" % (build, os.environ["PATH"])
    os.environ["INV_SCHEMA_PATH"] = str(root / "examples" / "schemas")
    first = int(os.environ.get("SEED") or time.time())
    runs = int(os.environ.get("RUNS") or 100)
    schedules = int(os.environ.get("SCHEDULES") or 3)
    print("SEED=%d RUNS=%d SCHEDULES=%d" % (first, runs, schedules),
          flush=True)
    broken = sum(not carry_out(seed, schedules)
                 for seed in range(first, first + runs))
    print("%d seeds of %d schedules, %d broken" % (runs, schedules, broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
