#!/usr/bin/python3
"""damage - spoil one file of a state, run everything, judge what is said

    damage.py BUILD [FILE ...]

A state has all that a state can have: a compressed segment and a plain one, an
index, an open intent, items in quarantine, a signed log, an archive.  In a copy
of it one file is spoilt: bits of it flipped, its end cut off, a sector of
zeros, garbage at its end, nothing left of it, or the file gone.  Then the
programs that only look, the pipe with a manifest that is known and the pipe
with a new one are run.

What is promised for each file stands in ARCHITECTURE.md.  For all of them: no
program ends by a signal or with 70, and what fails says why; what is called
committed took effect, as those bytes; what is skipped as committed had its
effect before; nothing takes effect twice; what a content inv-audit has seen is
every row of the manifest.  Where it can be found, somebody tells of it.

Environment: POINTS, how many cases of each file are tried (default 0: all);
SEED, which places are hit; JOBS; KEEP, a folder for what is left of a broken
case.
"""

import collections
import concurrent.futures
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
STAGES = ("inv-split", "inv-validate", "inv-dedup", "inv-commit",
          "inv-quarantine", "inv-audit")
TIME_LIMIT = 60         # seconds for a program to end
SECTOR = 512
FLIPS = 12              # places of a file where a bit is flipped
CUTS = 6
ZEROS = 4
FINE = (0, 1, 65, 75)   # what a pipe ends with where no file is at fault
SILENT = (0, 1, 75)     # what may be so without a word: it is no failure
TELLING = (65, 66, 69, 70, 73, 74, 75, 77, 78)
LOOKS = {
    "status": ["inv-status"],
    "verify": ["inv-audit", "verify", "--read-data"],
    "list": ["inv-quarantine", "list", "--state", "all"],
    "show": ["inv-quarantine", "export"],
}


def load_judge():
    path = str(ROOT / "tests" / "judge")
    loader = importlib.machinery.SourceFileLoader("judge", path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("judge", loader))
    loader.exec_module(module)
    return module


judge = load_judge()


class Broken(Exception):
    """The case shows something that must not be."""


# ---- the state and what is run on it ----

HEADER = "asset_id,grant_code,description,quantity,location_code,acquired_on"


def manifest(prefix, rows):
    """So many rows; one in five is refused, one is a duplicate."""
    lines = [HEADER]
    for n in range(1, rows + 1):
        lines.append("%s-%d,NIH-%d,flask %d,%s,BLDG1-RM2-CAB3,2026-01-31" % (
            prefix, n, n % 3, n, "none" if n % 5 == 0 else n))
    return "\n".join(lines + [lines[1]]) + "\n"


MANIFESTS = {"a.csv": manifest("A", 14), "b.csv": manifest("B", 7),
             "c.csv": manifest("C", 7)}


class World:
    """A folder with a state and a ledger, and passes of the pipe over it."""

    def __init__(self, folder, embedded=False):
        self.folder, self.ledger, self.url = folder, None, None
        self.state, self.db = folder / "state", folder / "ledger.db"
        self.embedded = embedded
        if embedded:
            self.db = self.state / "embedded" / "ledger.db"
        self.env = dict(os.environ, INV_STATE=str(self.state),
                        INV_SCHEMA_PATH=str(ROOT / "examples" / "schemas"),
                        LC_ALL="C.UTF-8", TZ="UTC")
        self.said = {}

    def make(self):
        (self.folder / "runs").mkdir()
        for name, text in MANIFESTS.items():
            (self.folder / name).write_text(text)

    def start(self, *options):
        if self.embedded:
            return
        port = self.folder / "port"
        port.unlink(missing_ok=True)
        self.ledger = subprocess.Popen(
            ["inv-ledger", "-q", "--listen", "127.0.0.1:0", "--port-file",
             port, "--db", self.db, *options], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + TIME_LIMIT
        while not port.exists() or not port.read_text().endswith("\n"):
            if (time.monotonic() > deadline
                    or self.ledger.poll() is not None):
                raise Broken("inv-ledger does not start")
            time.sleep(0.002)
        self.url = port.read_text().strip()

    def stop(self):
        if self.ledger:
            self.ledger.kill()
            self.ledger.wait()
            self.ledger = None

    def tell(self, label, command, source=os.devnull, out=os.devnull):
        """Run it; its status, which must be one that says what is wrong."""
        with open(source, "rb") as stdin, open(out, "wb") as stdout:
            try:
                ended = subprocess.run(
                    command, stdin=stdin, stdout=stdout, env=self.env,
                    stderr=subprocess.PIPE, cwd=self.folder, check=False,
                    timeout=TIME_LIMIT)
            except subprocess.TimeoutExpired:
                raise Broken("%s does not end" % label) from None
        said = ended.stderr.decode(errors="replace")
        if ended.returncode < 0 or ended.returncode > 127:
            raise Broken("%s ends by signal %d: %s" % (
                label, abs(ended.returncode), said))
        if (ended.returncode not in SILENT and (
                ended.returncode not in TELLING
                or command[0] + ": " not in said)):
            raise Broken("%s: status %d: %r" % (label, ended.returncode, said))
        if ended.returncode == 70:
            raise Broken("%s: 70: %s" % (label, said))
        self.said[label] = (ended.returncode, said)
        return ended.returncode

    def run(self, number, name, more=()):
        """The pipe, a stage at a time; the status of each."""
        folder = self.folder / "runs" / ("%s-%s" % (number, name))
        folder.mkdir()
        (folder / "manifest").write_text(name + "\n")
        source, statuses = os.devnull, {}
        for stage in STAGES:
            command = [stage]
            if stage == "inv-split":
                command += ["--chunk-size", "3", name]
            elif stage == "inv-commit" and not self.embedded:
                command += ["-l", self.url, "--namespace", "inventory", "-r",
                            "1", "--backoff", "5ms", *more]
            out = folder / (stage.removeprefix("inv-") + ".ndjson")
            statuses[stage] = self.tell("%s of run %s" % (stage, number),
                                        command, source, out)
            source = out
        return statuses


def prepare_embedded(folder):
    world = World(folder, True)
    world.make()
    world.run("01", "a.csv")
    world.run("02", "b.csv")
    return world


def prepare(folder):
    """The state that is spoilt, each time in a copy of it."""
    world = World(folder)
    world.make()
    # A batch of which no answer comes has an open intent, which the next
    # start writes into a segment of its own; the start after compresses the
    # first.  The last run leaves one open again.
    world.start("--fault", "500-after@2-9", "--seed", "1")
    world.run("01", "a.csv", ["-c", "1"])
    world.stop()
    world.start()
    world.run("02", "a.csv")
    world.run("03", "a.csv")
    world.stop()
    world.start("--fault", "500-after@2-9", "--seed", "1")
    world.run("04", "b.csv", ["-c", "1"])
    world.stop()
    have = {path.name for path in (world.state / "journal").iterdir()}
    for name in ("000001.ndjson.zst", "000002.ndjson", "000003.ndjson",
                 "seen.db", "home"):
        if name not in have:
            raise Broken("the state has no %s, only %s" % (name, have))
    return world


# ---- damage ----

def flip(data, rng):
    at = rng.choice([at for at, byte in enumerate(data) if byte])
    return data[:at] + bytes((data[at] ^ 1 << rng.randrange(8),)) + data[at
                                                                         + 1:]


def cut(data, rng):
    return data[:rng.randrange(1, len(data))]


def zero(data, rng):
    at = rng.randrange(len(data)) // SECTOR * SECTOR
    n = min(SECTOR, len(data) - at)
    return data[:at] + bytes(n) + data[at + n:]


KINDS = {"flip": (FLIPS, flip), "cut": (CUTS, cut), "zero": (ZEROS, zero),
         "garbage": (1, lambda data, rng: data + rng.randbytes(100)),
         "empty": (1, lambda data, rng: b""), "gone": (1, None)}


def spoil(path, kind, seed):
    """False where it stays as it was: there is nothing to flip or cut."""
    mode, data = path.stat().st_mode & 0o777, path.read_bytes()
    path.unlink()
    change = KINDS[kind][1]
    if not change:
        return True
    if len(data) < 2 and kind in ("flip", "cut", "zero"):
        return False
    new = change(data, random.Random(seed))
    path.write_bytes(new)
    path.chmod(mode)
    return True


# ---- what must be true behind it ----

def effects(world):
    """How often each text of a record took effect, and what key had it."""
    out = world.folder / "requests.ndjson"
    if world.tell("export", ["inv-ledger", "--db", world.db, "--export",
                             "requests"], out=out) not in (0, 1):
        raise Broken("the ledger does not export")
    count, bodies = collections.Counter(), {}
    for request in judge.requests_of(out):
        if request["effect"]:
            bodies[request["key"]] = request
            count.update(judge.texts_of(request))
    return count, bodies


def lines_of(folder, name):
    path = folder / name
    return judge.objects_of(path) if path.exists() else []


def hold_run(world, folder, count, bodies):
    """What a run says of rows is so."""
    name = (folder / "manifest").read_text().strip()
    rows = {r.row: r for r in judge.expected(MANIFESTS[name].encode())}
    seen = collections.Counter()
    for line in lines_of(folder, "commit.ndjson"):
        if line["type"] == "batch":
            numbers = judge.numbers(line["rows"])
            seen.update(numbers)
            effect = bodies.get(line["idempotency_key"])
            if line["verdict"] != "committed":
                continue
            if effect is None or [rows[n].text for n in numbers
                                  ] != judge.texts_of(effect):
                raise Broken("%s: called committed, and is not: %s" % (
                    folder.name, line))
            if (hashlib.sha256(effect["body"].encode()).hexdigest()
                    != line["batch_hash"]):
                raise Broken("%s: another batch_hash" % folder.name)
        elif line["type"] == "record":
            seen[line.get("row")] += 1
            hold_row(folder, rows, line, count)
    if (folder / "audit.ndjson").exists():
        complete = [line for line in lines_of(folder, "audit.ndjson")
                    if line["type"] == "summary"]
        content = world.said["inv-audit of run " + folder.name[:2]][0] == 0
        if content and (not complete or +seen != collections.Counter(
                rows.keys())):
            raise Broken("%s: inv-audit is content: %s" % (folder.name, seen))


def hold_row(folder, rows, line, count):
    row = rows.get(line.get("row"))
    verdict = line.get("verdict", "pending"), line.get("reason")
    if row is None:
        raise Broken("%s: a row that is not there: %s" % (folder.name, line))
    if verdict[0] == "skipped" and verdict[1] == "already_committed":
        if row.verdict != "committed" or count[row.text] != 1:
            raise Broken("%s: skipped, and is not there: %s" % (
                folder.name, line))
    elif verdict[0] in ("skipped", "quarantined") and verdict != (
            row.verdict, row.reason):
        raise Broken("%s: %s, not %s: row %d" % (
            folder.name, verdict, (row.verdict, row.reason), row.row))


def hold(world):
    count, bodies = effects(world)
    for text, n in count.items():
        if n != 1:
            raise Broken("%d effects: %s" % (n, text))
    known = set().union(*({r.text for r in judge.expected(m.encode())
                           if r.verdict == "committed"}
                          for m in MANIFESTS.values()))
    for text in set(count) - known:
        raise Broken("took effect, and no manifest has it: " + text)
    for folder in sorted((world.folder / "runs").iterdir()):
        if folder.name[:2] >= "05":
            hold_run(world, folder, count, bodies)


# ---- a case ----

# Of each file: what else programs may end with, and the kinds of damage that
# somebody has to tell of.
File = collections.namedtuple("File", "path may found")
ARCHIVED, EMBEDDED = "archived", "embedded/ledger.db"
ALL = tuple(KINDS)
FILES = {
    "segment": File("journal/000002.ndjson", (74, 78), ("flip", "zero",
                                                        "gone")),
    "live": File("journal/000003.ndjson", (74, 78), ("flip", "zero")),
    "packed": File("journal/000001.ndjson.zst", (74, 78), ALL),
    "home": File("journal/home", (78,), ()),
    "lease": File("journal/lock", (), ()),
    "ledger": File("ledger", (78,), ("flip", "garbage")),
    "seen": File("journal/seen.db", (74, 78), ()),
    "quarantine": File("quarantine/quarantine.db", (65, 74, 78), ()),
    "log": File("audit/log.ndjson", (74,), ALL),
    "head": File("audit/head", (74, 78), ("flip", "cut", "zero", "empty")),
    "checkpoints": File("audit/checkpoints.ndjson", (74,), ("empty", "gone")),
    "key": File("audit/key", (74, 78), ("cut", "zero", "empty")),
    "index": File("archive/index", (74,), ("flip", "cut", "zero", "empty",
                                           "gone")),
    "arrival": File("archive/head", (74,), ("flip", "cut", "zero", "empty")),
    "manifest": File(ARCHIVED, (74,), ("flip", "cut", "zero", "garbage",
                                       "empty")),
    "embedded": File(EMBEDDED, (65, 74, 78), ("empty", "gone")),
}


def path_of(world, file):
    if file.path != ARCHIVED:
        return world.state / file.path
    name = hashlib.sha256(MANIFESTS["a.csv"].encode()).hexdigest()
    return world.state / "archive" / name[:2] / name


def case(bases, name, kind, seed):
    """One file, spoilt one way; what is wrong with what comes of it."""
    file, folder = FILES[name], pathlib.Path(
        tempfile.mkdtemp(prefix="inv-damage."))
    embedded = file.path == EMBEDDED
    world, broken = World(folder / "w", embedded), None
    try:
        shutil.copytree(bases[embedded].folder, world.folder)
        (world.folder / "port").unlink(missing_ok=True)
        if name != "home":
            (world.state / "journal" / "home").unlink()
        if not spoil(path_of(world, file), kind, seed):
            return None
        world.start()
        for look, command in LOOKS.items():
            world.tell(look, command, out=world.folder / look)
        runs = world.run("05", "a.csv"), world.run("06", "c.csv")
        for look in ("verify", "list"):
            world.tell(look + " after", LOOKS[look], out=world.folder / look)
        for run in runs:
            for stage, status in run.items():
                if status not in FINE + file.may:
                    raise Broken("%s ends with %d" % (stage, status))
        judge.objects_of(world.folder / "list")     # JSON, or ValueError
        # What a damaged ledger had is for nobody to tell but itself.
        if not embedded:
            hold(world)
        if kind in file.found and not is_found(world):
            raise Broken("nobody has found it")
    except (Broken, OSError, ValueError, KeyError) as why:
        broken = "%s: %s" % (type(why).__name__, why)
    finally:
        world.stop()
        keep = os.environ.get("KEEP")
        if keep and broken:
            (folder / "said").write_text(json.dumps(world.said, indent=1))
            shutil.move(folder, os.path.join(
                keep, "%s-%s-%s" % (name, kind, seed)))
        shutil.rmtree(folder, ignore_errors=True)
    return broken


def is_found(world):
    """One of the programs has told of it."""
    return any(status not in (0, 75) for status, _ in world.said.values())


def cases(name, points, seed):
    every = [(name, kind, "%d/%s/%s/%d" % (seed, name, kind, n))
             for kind, (count, _) in KINDS.items() for n in range(count)]
    rng = random.Random("%d/%s" % (seed, name))
    return rng.sample(every, points) if points else every


def main():
    os.environ["PATH"] = "%s:%s" % (BUILD, os.environ["PATH"])
    points = int(os.environ.get("POINTS") or 0)
    seed = int(os.environ.get("SEED") or time.time())
    jobs = int(os.environ.get("JOBS") or os.cpu_count())
    total = broken = 0
    print("SEED=%d POINTS=%d" % (seed, points), flush=True)
    with tempfile.TemporaryDirectory(prefix="inv-damage-base.") as folder, \
            concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        bases = []
        for make in prepare, prepare_embedded:
            bases.append(make(pathlib.Path(tempfile.mkdtemp(dir=folder))))
        for name in sys.argv[2:] or FILES:
            mine = cases(name, points, seed)
            for (_, kind, place), why in zip(mine, pool.map(
                    lambda c: case(bases, *c), mine)):
                if why:
                    broken += 1
                    print("BROKEN: %s: %s" % (place, why), flush=True)
            total += len(mine)
            print("%s: %d" % (name, len(mine)), flush=True)
    print("%d cases, %d broken" % (total, broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
