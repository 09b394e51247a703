#!/usr/bin/python3
"""soak - kill -9 at chosen instants, run again to the end, call the judge

    soak.py BUILD

Each run makes a manifest of some thousand rows, starts inv-ledger with a
20 ms delay and faults, and sends the manifest through the pipe of six
several times.  In each of those passes something is killed: a stage, all of
them, the ledger, or all of them and the ledger, as if their host had failed.
The ledger then starts again, on its database and its port.  When the faults
have stopped, the pipe runs until inv-audit is content, and tests/judge looks
at what came of it.

The instant of a kill is not left to chance: inv-commit is stopped when its
journal has grown, and what is on disk and what has come out of it says in
which class the instant falls.  If it is the planned one, the victim dies
there; if not, inv-commit goes on to its next growth.  For the classes at the
ends inv-commit begins a step at a time, or what is behind it waits for its
last line.

    before      nothing of this pass is in the journal, nothing is open
    open        an intent is without a closing outcome
    between     an outcome is on disk, and its batch line has not come out
    after       all that was sent is settled and said

Run N is planned by the seed SEED+N alone: SEED=that RUNS=1 plans it again.
Environment: SEED (default: from the clock), RUNS (default 200), and KEEP, a
folder for what is left of a broken run.
"""

import array
import collections
import ctypes
import fcntl
import json
import os
import pathlib
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = ("inv-split", "inv-validate", "inv-dedup", "inv-commit",
          "inv-quarantine", "inv-audit")
GROUPS = {"all": STAGES, "host": STAGES + ("ledger",)}
CLASSES = ("before", "open", "between", "after")
CLOSING = ("committed", "refused", "key_mismatch", "no_effect")
FAULTS = ("lost@4%,reset@3%,500-after@3%,503@2%,202@3%,202-lost@2%,"
          "207-again=9%@4%,207-row=3%@3%,207-items=3%@3%,207-missing@2%")
UNCLOSED = '"never closed'
POLL = 0.0002       # seconds between two looks at the journal
CHOOSY = 4          # instants of another class that are let pass
TIME_LIMIT = 60     # seconds for a pass to end
CLEAN_PASSES = 3    # at most, until inv-audit is content
ENOUGH_RUNS = 20    # from here on every class must have been hit


class Broken(Exception):
    """The run shows something that must not be."""


def wait_until(condition, what, limit=TIME_LIMIT):
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise Broken("gave up waiting for " + what)
        time.sleep(POLL)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(command, **how):
    return subprocess.Popen(command, preexec_fn=die_with_parent, **how)


# ---- the plan ----

def manifest(rng, rows, chunk):
    """An inventory sheet: mostly in order, one chunk wholly refused."""
    names = ("Pipette tips 200 µl", "Büchner funnel, 90 mm", '5" pipe',
             "Dewar, 2 l\nSão Paulo", 'Poster "A0", framed', "Sieve; 63 µm")
    lines, asset = [], 0
    refused = rng.randrange(rows // chunk)
    for row in range(rows):
        cells = ["LAB-%06d" % asset, rng.choice(("NIH-r01-%d", "NSF-CHE-%d"))
                 % rng.randrange(100), rng.choice(names),
                 str(rng.randrange(500)), "BLDG%d-RM304-CAB2"
                 % rng.randrange(1, 40), "2026-03-%02d" % rng.randrange(1, 29)]
        asset += 1
        kind = rng.random()
        if row // chunk == refused or kind < 0.04:
            column, value = rng.choice(((1, "ERC-7"), (3, "-4"), (3, "x"),
                                        (5, "2026-02-30"), (4, "cellar")))
            cells[column] = value
        elif kind < 0.06 and lines:
            cells = list(rng.choice(lines[-300:]))
        elif kind < 0.07 and lines:
            cells = list(rng.choice(lines[-300:]))
            cells[3:4] = ["12345"]
        elif kind < 0.075:
            cells.append("too many")
        elif kind < 0.077:
            cells[2] = UNCLOSED
        lines.append(cells)
    head = "asset_id,grant_code,description,quantity,location_code,acquired_on"
    return "\n".join([head] + [",".join(map(quoted, c)) for c in lines]) + "\n"


def quoted(cell):
    if cell != UNCLOSED and (set(cell) & set(",\n") or cell[0] == '"'):
        return '"%s"' % cell.replace('"', '""')
    return cell


def plan(seed):
    """What run `seed` does: a function of the seed and nothing else."""
    rng = random.Random(seed)
    chunk = rng.choice((100, 500))
    rows = chunk * rng.randrange(20, 25) + rng.randrange(chunk)
    victims = {
        "before": STAGES + ("all", "host"),
        "open": STAGES + 3 * ("inv-commit", "host") + ("ledger", "all"),
        "between": 3 * ("inv-commit",) + ("ledger", "all", "host"),
        "after": ("inv-quarantine", "inv-audit", "ledger", "all", "host"),
    }
    kills = []
    for n in range(rng.randrange(1, 5)):
        # Any five runs in a row begin with a kill of each class.
        kind = rng.choices(CLASSES, (2, 16, 4, 3))[0]
        if n == 0:
            kind = (CLASSES + ("open",))[seed % 5]
        patience = rng.randrange(1, 30 if kind == "before" else 8)
        kills.append((kind, rng.choice(victims[kind]), patience))
    return {"seed": seed, "chunk": chunk, "kills": kills,
            "window": rng.randrange(2, 5),
            "engine": rng.choice(((), ("--engine", "poll"))),
            "manifest": manifest(rng, rows, chunk),
            "atomic": rng.choice(((), (), ("--atomic",)))}


# ---- the ledger ----

class Ledger:
    """inv-ledger on one database and, once it has one, one port."""

    def __init__(self, folder, seed):
        self.db, self.seed = folder / "ledger.db", seed
        self.port_file = folder / "port"
        self.err = open(folder / "ledger.err", "ab")
        self.listen = "127.0.0.1:0"
        self.process = None
        self.starts = 0

    def start(self, faults):
        self.starts += 1
        self.port_file.unlink(missing_ok=True)
        command = ["inv-ledger", "--listen", self.listen, "--port-file",
                   self.port_file, "--db", self.db, "--delay", "20ms"]
        if faults:
            command += ["--fault", faults, "--seed",
                        "%d%02d" % (self.seed, self.starts)]
        self.process = spawn(command, stderr=self.err)
        wait_until(lambda: self.port_file.exists()
                   or self.process.poll() is not None, "inv-ledger")
        if self.process.poll() is not None:
            raise Broken("inv-ledger ends with %d" % self.process.returncode)
        self.url = self.port_file.read_text().strip()
        self.listen = self.url.removeprefix("http://")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        if self.process.wait(TIME_LIMIT) != 0:
            raise Broken("inv-ledger ends with %d" % self.process.returncode)


# ---- one pass of the pipe ----

class Pump(threading.Thread):
    """Carry what comes out of a stage to the next one, and keep a copy.

    What is in the pipe has come out of the stage: `drained` says that all
    of it is in the copy, which is so for good once the stage is stopped.
    The stage never waits for the next one, so that this may be stopped too.
    """

    def __init__(self, copy):
        super().__init__(daemon=True)
        self.out, self.stage_out = os.pipe()
        self.stage_in, self.into = os.pipe()
        os.set_blocking(self.into, False)
        self.copy = open(copy, "wb", buffering=0)
        self.lock = threading.Lock()
        self.came = b""

    def run(self):
        more, rest = True, b""
        while more or rest:
            can_read, can_write, _ = select.select(
                [self.out] if more else [], [self.into] if rest else [], [])
            if can_read:
                data = self.take()
                more, rest = bool(data), rest + data
            if can_write:
                try:
                    rest = rest[os.write(self.into, rest):]
                except BrokenPipeError:
                    break
        os.close(self.into)
        with self.lock:
            os.close(self.out)
            self.out = -1

    def take(self):
        with self.lock:
            data = os.read(self.out, 1 << 16)
            self.came += data
            self.copy.write(data)
            return data

    def drained(self):
        with self.lock:
            return self.out < 0 or waiting(self.out) == 0


def waiting(fd):
    n = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, n)
    return n[0]


class Pass:
    """The six programs, joined by pipes, on one manifest and one state."""

    def __init__(self, run, folder, held=None):
        self.run, self.folder, self.held = run, folder, held
        folder.mkdir()
        self.journal = Journal(run.state)
        self.commit = Pump(folder / "commit.ndjson")
        self.quarantine = Pump(folder / "quarantine.ndjson")
        self.stages = {}
        self.start()

    def start(self):
        plan, commands = self.run.plan, {}
        commands["inv-split"] = ["--chunk-size", str(plan["chunk"]),
                                 self.run.folder / "m.csv"]
        commands["inv-commit"] = [
            "-l", self.run.ledger.url, "-c", str(plan["window"]), "-r", "3",
            "--backoff", "5ms", "--max-backoff", "50ms", "--timeout", "5s",
            *plan["engine"], *plan["atomic"]]
        source = subprocess.DEVNULL
        audit = open(self.folder / "audit.ndjson", "wb")
        for name in STAGES:
            sink = {"inv-commit": self.commit.stage_out,
                    "inv-quarantine": self.quarantine.stage_out,
                    "inv-audit": audit}.get(name, subprocess.PIPE)
            with open(self.folder / (name + ".err"), "wb") as err:
                stage = spawn([name] + commands.get(name, []), stdin=source,
                              stdout=sink, stderr=err)
            self.stages[name] = stage
            if name == self.held:
                stage.send_signal(signal.SIGSTOP)
            close(source, sink)
            source = {"inv-commit": self.commit.stage_in,
                      "inv-quarantine": self.quarantine.stage_in
                      }.get(name, stage.stdout)
        self.commit.start()
        self.quarantine.start()

    def alive(self, name=None):
        if name is None:
            return any(self.alive(stage) for stage in STAGES)
        return self.stages[name].poll() is None

    def signal(self, name, number):
        if self.alive(name):
            self.stages[name].send_signal(number)

    def kill(self, names):
        """Stages, and the ledger; gone when this returns."""
        doomed = [self.run.ledger.process if name == "ledger"
                  else self.stages[name] for name in names]
        for process in doomed:
            process.kill()
        for process in doomed:
            process.wait()

    def stop_commit(self):
        """Stop it, and see to it that all it has written is known."""
        self.signal("inv-commit", signal.SIGSTOP)
        wait_until(lambda: not self.alive("inv-commit") or self.stopped(),
                   "inv-commit to stop")
        wait_until(self.commit.drained, "the output of inv-commit")

    def stopped(self):
        stat = "/proc/%d/stat" % self.stages["inv-commit"].pid
        return open(stat).read().rsplit(")", 1)[1].split()[0] in "Tt"

    def instant(self):
        """In which class this instant falls."""
        began, live, said = self.journal.read()
        out = [line for line in self.commit.came.splitlines()
               if b'"type":"batch"' in line]
        if any(not any(key in line for line in out) for key in said):
            return "between", bool(live)
        if live:
            return "open", True
        return "after" if began or self.ended() else "before", False

    def ended(self):
        return b'{"type":"end"' in self.commit.came

    def end(self):
        wait_until(lambda: not self.alive(), "the pipe to end")
        self.commit.join(TIME_LIMIT)
        self.quarantine.join(TIME_LIMIT)
        status = self.stages["inv-audit"].returncode
        (self.folder / "status").write_text("%d\n" % status)
        log = self.run.state / "audit" / "log.ndjson"
        if log.exists():
            shutil.copy(log, self.folder / "log.ndjson")
        return status

    def clear(self):
        for stage in self.stages.values():
            stage.kill()
            stage.wait()


def close(*ends):
    for end in ends:
        if isinstance(end, int):
            if end >= 0:
                os.close(end)
        else:
            end.close()


class Journal:
    """What the journal says beyond where it stood when the pass began."""

    def __init__(self, state):
        self.folder = state / "journal"
        self.first = max((line["seq"] for line in self.lines()), default=0)

    def size(self):
        try:
            return sum(entry.stat().st_size for entry in
                       os.scandir(self.folder)
                       if ".ndjson" in entry.name)
        except FileNotFoundError:
            return 0

    def lines(self):
        """Each whole line, without its body."""
        for path in sorted(self.folder.glob("*.ndjson*")):
            packed = path.suffix == ".zst"
            if packed and path.with_suffix("").exists():
                continue    # the plain one counts
            text = (subprocess.run(["zstd", "-dcq", path], check=True,
                                   stdout=subprocess.PIPE).stdout
                    if packed else path.read_bytes())
            for line in text.split(b"\n")[:-1]:
                head, body, _ = line.partition(b',"body":')
                yield json.loads(head + b"}" if body else head)

    def read(self):
        """Has the pass begun to send; open intents; keys said committed."""
        began, live, said = False, set(), []
        for line in self.lines():
            if line["type"] == "intent":
                copied = "copy_of" in line
                began = began or line["seq"] > self.first and not copied
                live.add(line.get("copy_of", line["seq"]))
            elif line["type"] == "outcome" and line["outcome"] in CLOSING:
                live.discard(line["intent"])
                if line["outcome"] == "committed" and line["seq"] > self.first:
                    said.append(line["key"].encode())
        return began, live, said


# ---- a kill ----

def strike(one, victim):
    """Kill it, say in which class that was, and let the rest go on."""
    one.stop_commit()
    if victim in STAGES and not one.alive(victim):
        victim = "inv-commit"    # it has done its part; the next in line
    doomed = GROUPS.get(victim, (victim,))
    one.kill(doomed)
    instant, with_open = one.instant()
    if "ledger" in doomed:
        one.run.ledger.start(FAULTS)
    for stage in STAGES:
        one.signal(stage, signal.SIGCONT)
    return victim, instant, with_open


def held(kind, victim):
    """The stage that is stopped as soon as it is there, for the hunt."""
    if kind == "before":
        return "inv-commit"
    if kind != "after" or victim == "ledger":
        return None
    return "inv-audit" if victim in GROUPS else victim


def hunt(one, kind, victim, patience):
    """Strike at an instant of this kind; None where there was none."""
    if kind == "before":
        return hunt_before(one, victim, patience)
    if kind == "after":
        return hunt_after(one, victim)
    return hunt_growth(one, kind, victim, patience)


def hunt_before(one, victim, patience):
    """While inv-commit begins, a step at a time, or is in recovery."""
    first = one.instant()
    for _ in range(patience):
        one.signal("inv-commit", signal.SIGCONT)
        time.sleep(POLL)
        one.stop_commit()
        if one.instant() != first:
            break
    return strike(one, victim)


def hunt_growth(one, kind, victim, patience):
    """When the journal has grown for the `patience`th time or later.

    Instead of an intent that is open, an outcome that has not been said
    will do after a while.
    """
    size = one.journal.size()
    fine = (kind,)
    while one.alive("inv-commit"):
        time.sleep(POLL)
        now = one.journal.size()
        if now == size:
            continue
        size = now
        patience -= 1
        if patience > 0:
            continue
        one.stop_commit()
        if kind == "open" and patience <= -CHOOSY:
            fine = ("open", "between")
        if one.alive("inv-commit") and one.instant()[0] in fine:
            return strike(one, victim)
        one.signal("inv-commit", signal.SIGCONT)
    return None


def hunt_after(one, victim):
    """When inv-commit has said all; what is behind it is held till then."""
    wait_until(lambda: one.ended() or not one.alive("inv-commit"),
               "inv-commit to end")
    return strike(one, victim)


# ---- a run ----

class Run:
    """One plan, carried out and judged in a folder of its own."""

    def __init__(self, seed, folder):
        self.plan, self.folder = plan(seed), folder
        self.state = folder / "state"
        self.passes, self.hits = 0, []
        os.environ["INV_STATE"] = str(self.state)
        (folder / "runs").mkdir()
        (folder / "m.csv").write_text(self.plan["manifest"])
        self.ledger = Ledger(folder, seed)

    def one(self, kill=None):
        """A pass, with a kill or without: what inv-audit made of it."""
        self.passes += 1
        one = Pass(self, self.folder / "runs" / ("%03d" % self.passes),
                   held(*kill[:2]) if kill else None)
        try:
            hit = hunt(one, *kill) if kill else None
            status = one.end()
        finally:
            one.clear()
        if kill:
            self.hits.append((kill[0],) + (hit or (None, None, False)))
        for name, stage in one.stages.items():
            fine = (0, 65, 69, 74, 75, -signal.SIGPIPE)
            if hit and name in GROUPS.get(hit[0], hit):
                fine += (-signal.SIGKILL,)
            if stage.returncode not in fine:
                raise Broken("pass %d: %s ends with %d"
                             % (self.passes, name, stage.returncode))
        return status

    def carry_out(self):
        self.ledger.start(FAULTS)
        for kill in self.plan["kills"]:
            self.one(kill)
        self.ledger.stop()
        self.ledger.start(None)
        for _ in range(CLEAN_PASSES):
            if self.one() == 0:
                break
        self.ledger.stop()
        self.gather()
        if subprocess.run([ROOT / "tests" / "judge", self.folder]).returncode:
            raise Broken("the judge says so")

    def gather(self):
        """What the judge wants to see beside the passes."""
        verify = subprocess.run(["inv-audit", "verify"],
                                stdout=subprocess.DEVNULL)
        (self.folder / "verify").write_text("%d\n" % verify.returncode)
        shutil.copy(self.state / "audit" / "log.ndjson", self.folder)
        self.keep("open.ndjson", ["inv-quarantine", "list", "--state", "all"])
        self.keep("requests.ndjson", ["inv-ledger", "--db", self.ledger.db,
                                      "--export", "requests"])

    def keep(self, name, command):
        with open(self.folder / name, "wb") as out:
            subprocess.run(command, stdout=out, check=True)

    def clear(self):
        if self.ledger.process:
            self.ledger.kill()


def told(run):
    """What was killed when, for people."""
    return ", ".join(
        "%s %s" % (victim, instant) if victim else "no instant for " + kind
        for kind, victim, instant, _ in run.hits) or "no kill"


def carry_out(seed, keep):
    """Run `seed`: is all as it must be, and what was killed when?"""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="inv-soak."))
    run = Run(seed, folder)
    try:
        run.carry_out()
        print("seed %d: %s; %d passes: ok" % (seed, told(run), run.passes),
              flush=True)
        return True, run.hits
    except (Broken, subprocess.SubprocessError, OSError) as why:
        print("seed %d: %s; %d passes: BROKEN: %s"
              % (seed, told(run), run.passes, why), flush=True)
        if keep:
            shutil.move(folder, os.path.join(keep, str(seed)))
        return False, run.hits
    finally:
        run.clear()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    os.environ["PATH"] = "%s:%s" % (build, os.environ["PATH"])
    os.environ["INV_SCHEMA_PATH"] = str(ROOT / "examples" / "schemas")
    first = int(os.environ.get("SEED") or time.time())
    runs = int(os.environ.get("RUNS") or 200)
    print("SEED=%d RUNS=%d" % (first, runs), flush=True)
    broken, hits = 0, []
    for seed in range(first, first + runs):
        fine, made = carry_out(seed, os.environ.get("KEEP"))
        broken += not fine
        hits += [hit for hit in made if hit[1]]
    enough = sum_up(hits) or runs < ENOUGH_RUNS
    if not enough:
        print("a class was missed, or too few kills met an open intent")
    print("%d runs, %d broken" % (runs, broken))
    return 1 if broken or not enough else 0


def sum_up(hits):
    """Say what was killed when; was every class hit, and open well enough?"""
    victims = collections.Counter(hit[1] for hit in hits)
    count = collections.Counter(hit[2] for hit in hits)
    with_open = sum(hit[3] for hit in hits)
    print("%d kills: %s" % (len(hits), ", ".join(
        "%s %d" % hit for hit in sorted(victims.items()))))
    print("when: %s; %d with an open intent" % (", ".join(
        "%s %d" % (kind, count[kind]) for kind in CLASSES), with_open))
    return with_open * 2 >= len(hits) and all(count[c] for c in CLASSES)


if __name__ == "__main__":
    sys.exit(main())
