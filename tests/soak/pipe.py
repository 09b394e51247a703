"""The programs as a soak run sees them: a ledger, the pipe of six, a journal."""

import array
import ctypes
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import termios
import threading
import time

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = ("inv-split", "inv-validate", "inv-dedup", "inv-commit",
          "inv-quarantine", "inv-audit")
INSTANTS = ("before", "open", "between", "after")
HALVING = ("refused", "halved", "other")
CLOSING = ("committed", "refused", "key_mismatch", "no_effect")
END = b'{"type":"end"'
# What a stage may end with whatever comes: no error of its own.
FINE = (0, 65, 69, 74, 75, -signal.SIGPIPE)
POLL = 0.0002       # seconds between two looks at the journal
TIME_LIMIT = 60     # seconds for a pass to end


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


def disturbed():
    """The environment of what is stopped, traced or killed.

    The leak checker traces its own process at the end; a SIGCONT just then
    takes away the stop that it waits for, and it waits for ever.
    """
    asan = os.environ.get("ASAN_OPTIONS", "")
    return dict(os.environ, ASAN_OPTIONS=asan + ":detect_leaks=0")


class Ledger:
    """inv-ledger on one database and, once it has one, one port."""

    def __init__(self, folder, seed, options=()):
        self.db, self.seed = folder / "ledger.db", seed
        self.options = options
        self.port_file = folder / "port"
        self.err = open(folder / "ledger.err", "ab")
        self.listen = "127.0.0.1:0"
        self.process = None
        self.starts = 0

    def start(self, faults=None, delay="20ms"):
        self.starts += 1
        self.port_file.unlink(missing_ok=True)
        command = ["inv-ledger", "--listen", self.listen, "--port-file",
                   self.port_file, "--db", self.db, "--delay", delay,
                   *self.options]
        if faults:
            command += ["--fault", faults, "--seed",
                        "%d%02d" % (self.seed, self.starts)]
        self.process = spawn(command, stdout=subprocess.DEVNULL,
                             stderr=self.err, env=disturbed())
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
        self.copy.close()

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
        while True:
            try:
                return list(self.parsed())
            except FileNotFoundError:
                continue    # one that was compressed meanwhile

    def parsed(self):
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

    def instant(self, came):
        """Which instant this is, where `came` has come out of inv-commit.

        before      nothing of this pass is in the journal, nothing is open
        open        an intent is without a closing outcome
        between     an outcome is on disk, and its batch line has not come out
        after       all that was sent is settled and said

        And whether an intent is open, which it may be between as well.
        """
        began, live, said = self.read()
        out = [line for line in came.splitlines()
               if b'"type":"batch"' in line]
        if any(not any(key in line for line in out) for key in said):
            return "between", bool(live)
        if live:
            return "open", True
        return "after" if began or END in came else "before", False


class Halving(Journal):
    """The same journal, asked for what becomes of a batch that was refused.

    refused     it is to be halved, and not both halves are in the journal
    halved      they are, and an intent of a half is open
    other       nothing of that kind is under way
    """

    def instant(self, _):
        told, halves, live = {}, {}, set()
        for line in self.lines():
            if line["type"] == "intent":
                seq = line.get("copy_of", line["seq"])
                live.add(seq)
                halves[seq] = line.get("parent")
            elif line["type"] == "outcome" and line["outcome"] in CLOSING:
                live.discard(line["intent"])
                if line.get("reason") == "bisected":
                    told[line["key"]] = line["seq"]
        parents = list(halves.values())
        if any(seq > self.first and parents.count(key) < 2
               for key, seq in told.items()):
            return "refused", bool(live)
        if any(halves[seq] in told for seq in live):
            return "halved", True
        return "other", bool(live)


class Pass:
    """The six programs, joined by pipes, on one manifest and one state.

    A pass that is `disturbed` will have signals; `held` is the stage that is
    stopped as soon as it is there; `journal` says which instants there are.
    """

    def __init__(self, folder, state, commands, held=None, disturbed=False,
                 journal=Journal):
        self.folder, self.state, self.held = folder, state, held
        self.disturbed = disturbed
        self.journal = journal(state)
        self.commit = Pump(folder / "commit.ndjson")
        self.quarantine = Pump(folder / "quarantine.ndjson")
        self.stages = {}
        self.start(commands)

    def start(self, commands):
        source = subprocess.DEVNULL
        audit = open(self.folder / "audit.ndjson", "wb")
        env = disturbed() if self.disturbed else None
        for name in STAGES:
            sink = {"inv-commit": self.commit.stage_out,
                    "inv-quarantine": self.quarantine.stage_out,
                    "inv-audit": audit}.get(name, subprocess.PIPE)
            with open(self.folder / (name + ".err"), "wb") as err:
                stage = spawn([name] + commands.get(name, []), stdin=source,
                              stdout=sink, stderr=err, env=env)
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

    def go_on(self):
        for name in STAGES:
            self.signal(name, signal.SIGCONT)

    def stop(self, name="inv-commit"):
        """Stop a stage; all that inv-commit has written is known then."""
        self.signal(name, signal.SIGSTOP)
        wait_until(lambda: not self.alive(name)
                   or status_of(self.stages[name], "State")[0] in "Tt",
                   name + " to stop")
        if name == "inv-commit":
            wait_until(self.commit.drained, "the output of inv-commit")

    def instant(self):
        return self.journal.instant(self.commit.came)

    def ended(self):
        return END in self.commit.came

    def end(self, fine=FINE):
        """Wait for all; what inv-audit says.  Each must end as it may."""
        wait_until(lambda: not self.alive(), "the pipe to end")
        self.commit.join(TIME_LIMIT)
        self.quarantine.join(TIME_LIMIT)
        return keep_status(self.folder, self.state, fine, {
            name: stage.returncode for name, stage in self.stages.items()})

    def states(self):
        """What each program does that has not ended, for who looks into it."""
        return "; ".join(
            "%s is %s in %s, traced by %s" % (
                name, status_of(stage, "State"),
                pathlib.Path("/proc/%d/wchan" % stage.pid).read_text(),
                status_of(stage, "TracerPid"))
            for name, stage in self.stages.items() if self.alive(name))

    def clear(self):
        for stage in self.stages.values():
            stage.kill()
            stage.wait()


def status_of(process, field):
    with open("/proc/%d/status" % process.pid) as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name == field:
                return value.strip()
    return "?"


def keep_status(folder, state, fine, status):
    """What the judge wants to see of a pass beside its streams.

    Returns what inv-audit says.
    """
    for name in STAGES:
        if status[name] not in fine:
            raise Broken("%s: %s ends with %d" % (
                folder.name, name, status[name]))
    (folder / "status").write_text("%d\n" % status["inv-audit"])
    log = state / "audit" / "log.ndjson"
    if log.exists():
        shutil.copy(log, folder / "log.ndjson")
    return status["inv-audit"]


def close(*ends):
    for end in ends:
        if isinstance(end, int):
            if end >= 0:
                os.close(end)
        else:
            end.close()
