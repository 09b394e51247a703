#!/usr/bin/python3
"""iofaults - let one operation after the other fail, run again, judge

    iofaults.py BUILD [SWEEP ...]

A sweep takes the programs over a small manifest of three chunks, again and
again, each time with another operation that fails.  Then, the fault gone, the
pipe runs to its end, and tests/judge looks at what came of it.

    ring      an op of inv-commit's ring: an errno, a write that falls short,
              a completion that comes late; over poll and over io_uring
    memory    an allocation of a program, or of a library that it uses
    calls     a system call of a program that keeps state, by strace(1)
    limits    a program with few descriptors, or little address space

inv-commit meets them with each engine that there is.  What it has its ring do
is no call that strace sees: `ring` lets that fail, and `calls` what stays
beside it, the wait of the ring itself among that.

A program that met a fault has to say so: a status that tells, and a message.
Where it took no notice, nothing may have come of it.  No fault may end it by
a signal.

Environment: POINTS, how many operations of each series are tried (default
200; 0 is all of them), spread evenly from a place that SEED chooses; JOBS, how
many at once; KEEP, a folder for what is left of a broken case.
"""

import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
STAGES = ("inv-split", "inv-validate", "inv-dedup", "inv-commit",
          "inv-quarantine", "inv-audit")
ENGINES = ("poll", "io_uring")
EARLY = STAGES[:3]      # what they write is made once for all cases
NAMES = {"inv-commit": "commit.ndjson", "inv-quarantine": "quarantine.ndjson",
         "inv-audit": "audit.ndjson"}
INTERNAL, IOERR, AGAIN, CONFIG = 70, 74, 75, 78
TELLING = (65, 66, 69, 70, 73, 74, 75, 77, 78)
TIME_LIMIT = 60         # seconds for a program to end
MANIFEST = """\
asset_id,grant_code,description,quantity,location_code,acquired_on
A-1,NIH-1,"flask, 1 l",1,BLDG1-RM2-CAB3,2026-01-31
A-2,NIH-1,no such day,1,BLDG1-RM2-CAB3,2026-02-30
A-3,NSF-2,Büchner funnel,2,BLDG1-RM2-CAB3,2026-01-31
A-3,NSF-2,Büchner funnel,2,BLDG1-RM2-CAB3,2026-01-31
A-3,NSF-2,another funnel,2,BLDG1-RM2-CAB3,2026-01-31
A-4,EPA-3,a cell too many,2,BLDG1-RM2-CAB3,2026-01-31,x
A-5,EPA-3,Pyrex beaker,12,BLDG1-RM2-CAB3,2026-01-31
"""


class Broken(Exception):
    """The case shows something that must not be."""


def environment(folder, more=()):
    env = dict(os.environ, INV_STATE=str(folder / "state"),
               INV_SCHEMA_PATH=str(ROOT / "examples" / "schemas"),
               LC_ALL="C.UTF-8", TZ="UTC")
    # A leak checker and a tracer can not both hold a process.
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    env.update(more)
    return env


# ---- a case ----

class Fault:
    """How one program is to be run so that it meets its fault."""

    def __init__(self, stage, label, env=(), program=None,
                 engine=ENGINES[0], wrap=()):
        self.stage, self.label, self.env = stage, label, env
        self.program, self.engine = program or stage, engine
        self.wrap = list(wrap)


class Case:
    """A manifest, a state and a ledger in a folder of their own."""

    def __init__(self, base):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="inv-fault."))
        self.base, self.ledger = base, None
        self.db = self.folder / "ledger.db"
        self.state = self.folder / "state"
        (self.folder / "runs").mkdir()
        (self.folder / "m.csv").write_text(MANIFEST)

    def begin(self, early):
        """With what the early stages left, or from nothing."""
        if not early:
            shutil.copytree(self.base / "state", self.state)
        self.start_ledger()

    def start_ledger(self):
        port = self.folder / "port"
        self.ledger = subprocess.Popen(
            ["inv-ledger", "-q", "--listen", "127.0.0.1:0", "--port-file", port,
             "--db", self.db], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + TIME_LIMIT
        while not port.exists() or not port.read_text().endswith("\n"):
            if (time.monotonic() > deadline
                    or self.ledger.poll() is not None):
                raise Broken("inv-ledger does not start")
            time.sleep(0.002)
        self.url = port.read_text().strip()

    def command(self, stage, fault):
        words = [fault.program if fault else stage]
        if stage == "inv-split":
            words += ["--chunk-size", "3", "m.csv"]
        elif stage == "inv-commit":
            words += ["-l", self.url, "-r", "1", "--backoff", "5ms",
                      "--engine", fault.engine if fault else ENGINES[0]]
        return (fault.wrap if fault else []) + words

    def stage(self, stage, folder, source, fault=None):
        """Run one stage to its end; its status."""
        env = environment(self.folder, fault.env if fault else ())
        out = folder / NAMES.get(stage, stage)
        with open(source, "rb") as stdin, open(out, "wb") as stdout, \
                open(folder / (stage + ".err"), "wb") as stderr:
            try:
                ended = subprocess.run(
                    self.command(stage, fault), stdin=stdin, stdout=stdout,
                    stderr=stderr, env=env, cwd=self.folder,
                    timeout=TIME_LIMIT, check=False)
            except subprocess.TimeoutExpired:
                raise Broken("%s does not end" % stage) from None
        (folder / (stage + ".rc")).write_text("%d\n" % ended.returncode)
        return ended.returncode

    def run(self, name, fault=None, early=True):
        """The pipe, a stage at a time; the status of each."""
        folder = self.folder / "runs" / name
        folder.mkdir()
        source, statuses = self.base / "runs" / name / "inv-dedup", {}
        for stage in STAGES if early else STAGES[len(EARLY):]:
            mine = fault if fault and fault.stage == stage else None
            if stage == STAGES[0]:
                source = os.devnull
            statuses[stage] = self.stage(stage, folder, source, mine)
            source = folder / NAMES.get(stage, stage)
        shutil.copy(folder / "inv-audit.rc", folder / "status")
        log = self.state / "audit" / "log.ndjson"
        if log.exists():
            shutil.copy(log, folder / "log.ndjson")
        return statuses

    def said(self, stage, name="001"):
        path = self.folder / "runs" / name / (stage + ".err")
        return path.read_text(errors="replace")

    def judge(self):
        env = environment(self.folder)
        tell = {"verify": ["inv-audit", "verify"],
                "open.ndjson": ["inv-quarantine", "list", "--state", "all"],
                "requests.ndjson": ["inv-ledger", "--db", self.db, "--export",
                                    "requests"]}
        for name, command in tell.items():
            with open(self.folder / name, "wb") as out:
                rc = subprocess.run(command, stdout=out, check=False, env=env,
                                    stderr=subprocess.PIPE,
                                    timeout=TIME_LIMIT)
            if name == "verify":
                (self.folder / name).write_text("%d\n" % rc.returncode)
            elif rc.returncode not in (0, 1):
                raise Broken("%s: %d: %s" % (command[0], rc.returncode,
                                             rc.stderr.decode()))
        shutil.copy(self.state / "audit" / "log.ndjson", self.folder)
        judged = subprocess.run([ROOT / "tests" / "judge", self.folder],
                                stderr=subprocess.PIPE, check=False)
        if judged.returncode != 0:
            raise Broken(judged.stderr.decode().strip())

    def clear(self, keep=None):
        if self.ledger:
            self.ledger.kill()
            self.ledger.wait()
        if keep:
            shutil.move(self.folder, keep)
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(base):
    """What the early stages write, for two runs of the pipe."""
    (base / "m.csv").write_text(MANIFEST)
    (base / "runs").mkdir()
    case = Case.__new__(Case)
    case.folder = base
    for name in ("001", "002"):
        folder = base / "runs" / name
        folder.mkdir()
        source = os.devnull
        for stage in EARLY:
            if case.stage(stage, folder, source) not in (0, 65):
                raise Broken("%s fails without a fault" % stage)
            source = folder / stage


def rows_tell(case):
    """With 75 inv-commit has nothing to add to rows that say their cause."""
    out = case.folder / "runs" / "001" / NAMES["inv-commit"]
    return any('"cause":' in line for line in out.read_text().splitlines())


def is_told(case, stage, status):
    """Status and message tell that something went wrong."""
    if status == AGAIN and stage == "inv-commit" and rows_tell(case):
        return True
    return status in TELLING and re.search("^%s: " % stage, case.said(stage),
                                           re.M) is not None


def is_silenced(case):
    """Messages could not be written either."""
    trace = case.folder / "trace"
    return trace.exists() and re.search(
        r"write\(2<.*\(INJECTED\)", trace.read_text(errors="replace"))


def is_unloaded(case, fault, status):
    """The fault met the loader: the program had not begun."""
    return status == 127 and ("error while loading shared libraries"
                              in case.said(fault.stage))


def check(case, fault, status, expected):
    """What the program that met the fault may and may not do."""
    if is_unloaded(case, fault, status):
        return
    if status < 0 or status > 127:
        raise Broken("%s: ends by signal %d" % (fault.stage, abs(status)))
    if (status != 0 and not is_told(case, fault.stage, status)
            and not is_silenced(case)):
        raise Broken("%s: status %d: %r" % (fault.stage, status,
                                            case.said(fault.stage)))
    if expected is not None and status not in expected:
        raise Broken("%s: status %d, not %s: %s" % (
            fault.stage, status, expected, case.said(fault.stage)))


def tried(base, fault, expected):
    """One case.  expected(case): the statuses it must end with, or None for
    any that tells; False where the fault was not met."""
    case, broken = Case(base), None
    early = fault.stage in EARLY
    try:
        case.begin(early)
        status = case.run("001", fault, early)[fault.stage]
        met = expected(case)
        if met is not False:
            check(case, fault, status, met)
            case.run("002", None, early)
            case.judge()
        return met is not False, None
    except (Broken, OSError, subprocess.SubprocessError) as why:
        broken = str(why)
        return True, broken
    finally:
        keep = os.environ.get("KEEP")
        case.clear(keep and broken and os.path.join(
            keep, re.sub("[^A-Za-z0-9.-]+", "_", fault.label)))


# ---- a series of them ----

SEVERAL = 4     # points of a series


class Sweep:
    """Runs the points of series side by side, and tells of each series."""

    def __init__(self, base):
        self.base = base
        self.points = int(os.environ.get("POINTS") or 200)
        self.seed = int(os.environ.get("SEED") or time.time())
        jobs = int(os.environ.get("JOBS") or os.cpu_count())
        self.pool = concurrent.futures.ThreadPoolExecutor(jobs)
        self.cases = self.broken = 0

    def chosen(self, all_of_them):
        """So many of them as are asked for, evenly from first to last."""
        every = list(all_of_them)
        if not self.points or len(every) <= self.points:
            return every
        shift = random.Random(self.seed).random()
        step = len(every) / self.points
        return [every[int((n + shift) * step)] for n in range(self.points)]

    def series(self, name, faults, expected):
        """Try each, by `tried`.  Of several, at least one must hit: how often
        a call is made differs from run to run, and the last ones may not be."""
        futures = [(fault, self.pool.submit(tried, self.base, fault, expected))
                   for fault in faults]
        hit = 0
        for fault, future in futures:
            met, why = future.result()
            hit += met
            if why:
                self.broken += 1
                print("BROKEN: %s: %s" % (fault.label, why), flush=True)
        self.cases += hit
        print("%s: %d of %d" % (name, hit, len(futures)), flush=True)
        if len(futures) >= SEVERAL and not hit:
            self.broken += 1
            print("BROKEN: %s: no fault was met" % name, flush=True)

    def looks(self, name, commands):
        """The same with programs that stand for themselves."""
        futures = [(wrap, self.pool.submit(alone, self.base, command, wrap))
                   for command, wrap in commands]
        for wrap, future in futures:
            why = future.result()
            if why:
                self.broken += 1
                print("BROKEN: %s: %s: %s" % (name, wrap[2], why), flush=True)
        self.cases += len(futures)
        print("%s: %d" % (name, len(futures)), flush=True)


# ---- engines ----

def has_engine(engine):
    """io_uring may be refused; then it says so, and that is a skip."""
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            ["inv-commit", "--engine", engine], input=b"", check=False,
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
            env=environment(pathlib.Path(folder)))
    return b"io_uring:" not in ended.stderr


def engines():
    """Those that are here; the others are said."""
    here = [engine for engine in ENGINES if has_engine(engine)]
    for engine in ENGINES:
        if engine not in here:
            print("# SKIP: no %s here" % engine)
    return here


def runs_of(stages):
    """Each with the engine that it waits with and what to call that:
    inv-commit, which alone has a choice, with all that are here."""
    for stage in stages:
        if stage == "inv-commit":
            for engine in engines():
                yield stage, engine, "%s over %s" % (stage, engine)
        else:
            yield stage, ENGINES[0], stage


# ---- the ring ----

RING_KINDS = ("eio", "enospc", "ecanceled", "short", "late")


def ring_fault(engine, plan):
    log = "ring.log"    # in the folder of the case, where programs run
    return Fault("inv-commit", "ring %s %s" % (engine, plan),
                 program="faulty-inv-commit", engine=engine,
                 env={"INV_RING_FAULT": plan, "INV_RING_LOG": log})


def ring_log(case):
    path = case.folder / "ring.log"
    return [line.split() for line in
            (path.read_text() if path.exists() else "").splitlines()]


def ring_count(base, engine, kind):
    """How many ops of a run this kind of fault can hit."""
    case = Case(base)
    try:
        case.begin(False)
        case.run("001", ring_fault(engine, kind + "@1000000"), False)
        return int(ring_log(case)[-1][1])
    finally:
        case.clear()


def sweep_ring(sweep):
    for engine in engines():
        for kind in RING_KINDS:
            total = ring_count(sweep.base, engine, kind)
            plans = ["%s@%d%s" % (kind, n, sticky) for sticky in ("", "+")
                     for n in sweep.chosen(range(1, total + 1))]
            sweep.series("ring: %s: %s" % (engine, kind),
                         [ring_fault(engine, plan) for plan in plans],
                         ring_statuses)
        seeds = [ring_fault(engine, "seed@%d" % (sweep.seed % 2**31 + n))
                 for n in range(sweep.points or 200)]
        sweep.series("ring: %s: mixed, by seed" % engine, seeds,
                     ring_statuses)


def ring_statuses(case):
    """An append that fails ends the run.  A watch may be set again; what
    falls short or comes late is not seen."""
    hit = {kind for kind, _ in ring_log(case)} - {"of"}
    if not hit:
        return False
    if "append" in hit:
        return (IOERR,)
    return (0,) if hit <= {"short", "late"} else None


# ---- memory ----

def memory_fault(stage, engine, plan):
    label = "memory %s %s %s" % (stage, engine, plan)
    return Fault(stage, label, engine=engine, env={
        "LD_PRELOAD": "%s/alloc_faulty.so" % BUILD, "INV_ALLOC_FAULT": plan,
        "INV_ALLOC_LOG": "alloc.log"})


def memory_count(base, stage, engine):
    """How many allocations a run of it makes."""
    case, fault = Case(base), memory_fault(stage, engine, "100000000")
    try:
        case.begin(stage in EARLY)
        case.run("001", fault, stage in EARLY)
        return int((case.folder / "alloc.log").read_text().split()[1])
    finally:
        case.clear()


# Of what a library asked for, and did not say was memory.
OTHERWISE = {
    # SQLite undid a transaction by itself, which its commit finds out.
    ".db: was rolled back": IOERR,
    # To pack a segment is work that can wait.
    "the journal stays as it is": 0,
    # To libcurl a name that it had no memory to look up is not found.
    "Could not resolve host: 127.0.0.1": AGAIN,
}


def memory_statuses(case, stage):
    """Without memory it ends with 70, whether we asked or a library that tells
    why.  What can do without is not seen."""
    said = case.said(stage)
    for words, status in OTHERWISE.items():
        if words in said:
            return (status,)
    return (INTERNAL,) if "memory" in said else (0, INTERNAL)


def sweep_memory(sweep):
    if b"__asan_init" in (BUILD / "inv-commit").read_bytes():
        print("# SKIP: under a sanitizer the allocator is its own")
        return
    for stage, engine, title in runs_of(STAGES):
        total = memory_count(sweep.base, stage, engine)
        plans = ["%d%s" % (n, sticky) for sticky in ("", "+")
                 for n in sweep.chosen(range(1, total + 1))]
        sweep.series("memory: %s" % title,
                     [memory_fault(stage, engine, plan) for plan in plans],
                     lambda case, stage=stage: memory_statuses(case, stage))


# ---- system calls ----

ERRORS = {"fsync": ("EIO",), "fdatasync": ("EIO",),
          "write": ("ENOSPC", "EIO", "EINTR"),
          "pwrite64": ("ENOSPC", "EIO", "EINTR"),
          "read": ("EIO", "EINTR"), "pread64": ("EIO", "EINTR"),
          "openat": ("EMFILE",), "renameat": ("EIO",),
          "ftruncate": ("EIO",), "mmap": ("ENOMEM",),
          "io_uring_setup": ("EMFILE",),
          "io_uring_enter": ("ENOMEM", "EINTR", "EAGAIN")}
PASSING = ("EINTR", "EAGAIN")   # what is to be tried again
MUST_TELL = ("fsync", "fdatasync", "write", "pwrite64")
KEEPERS = ("inv-split", "inv-commit", "inv-quarantine", "inv-audit")


def traced(stage, engine, label, calls, inject=()):
    return Fault(stage, label, engine=engine, wrap=["strace", "-f", "-qq", "-y", "-o",
                                     "trace", "-e", "trace=" + calls, *inject])


def calls_of(base, stage, engine):
    """Of each system call the numbers of those that are the program's own:
    behind the loader's, and what libraries do before main."""
    fault = traced(stage, engine, stage, ",".join(ERRORS) + ",munmap")
    case = Case(base)
    try:
        case.begin(stage in EARLY)
        case.run("001", fault, stage in EARLY)
        lines = (case.folder / "trace").read_text(errors="replace").split("\n")
    finally:
        case.clear()
    loaded = max(n for n, line in enumerate(lines) if ".so" in line)
    loaded = next((n for n, line in enumerate(lines)
                   if n > loaded and "/state" in line), loaded)
    numbers, count = {call: [] for call in ERRORS}, dict.fromkeys(ERRORS, 0)
    for n, line in enumerate(lines):
        call = line.partition(" ")[2].strip().partition("(")[0]
        if call in ERRORS:
            count[call] += 1
            if n > loaded:
                numbers[call].append(count[call])
    return numbers


def call_fault(stage, engine, call, error, when):
    label = "%s %s %s %s %s" % (stage, engine, call, error, when)
    return traced(stage, engine, label, call,
                  ("-e", "inject=%s:error=%s:when=%s" % (call, error, when)))


def call_statuses(case):
    """What is interrupted is not seen.  Without the engine that was asked for
    nothing begins, and without its wait all ends but what is over.  A write or a sync of what is kept or
    said ends the run; not of messages, which can not be said then, nor of a
    directory or a journal of SQLite's, of which it takes no notice."""
    trace = (case.folder / "trace").read_text(errors="replace")
    lines = [line for line in trace.split("\n") if "(INJECTED)" in line]
    if not lines:
        return False
    if all(any(error in line for error in PASSING) for line in lines):
        return (0,)
    if "io_uring_setup(" in lines[0]:
        return (CONFIG,)
    if "io_uring_enter(" in lines[0]:
        return (0, INTERNAL)
    for line in lines:
        call, _, rest = line.partition(" ")[2].strip().partition("(")
        path = pathlib.Path(rest.partition("<")[2].partition(">")[0])
        if (call in MUST_TELL and not rest.startswith("2<")
                and not path.is_dir()
                and not path.name.endswith(".db-journal")):
            return (IOERR,)
    return None


def sweep_calls(sweep):
    if not shutil.which("strace") or subprocess.run(
            ["strace", "-qq", "-o", os.devnull, "true"], check=False,
            stderr=subprocess.DEVNULL).returncode != 0:
        print("# SKIP: no strace here")
        return
    for stage, engine, title in runs_of(KEEPERS):
        for call, numbers in calls_of(sweep.base, stage, engine).items():
            if not numbers:
                continue
            whens = sweep.chosen(numbers)
            for error in ERRORS[call]:
                steps = ("+2",) if error in PASSING else ("", "+")
                sweep.series("calls: %s: %s: %s" % (title, call, error),
                             [call_fault(stage, engine, call, error,
                                         "%d%s" % (n, s))
                              for s in steps for n in whens], call_statuses)


# ---- limits ----

FILES_NEEDED = 40       # descriptors: more than any of them opens here
SPACES = [round(4096 * 1.12 ** n) for n in range(42)]   # KiB, to 430 MiB
READERS = (["inv-status"], ["inv-audit", "verify", "--read-data"],
           ["inv-quarantine", "list", "--state", "all"],
           ["inv-quarantine", "stats"], ["inv-run", "m.csv"])


def limited(flag, value):
    return ["bash", "-c", 'ulimit %s %d; exec "$@"' % (flag, value), "-"]


def limit_statuses(_):
    """As much as there is may do; else it tells."""
    return None


def alone(base, command, wrap):
    """A program that only looks, or the whole pipe, under a limit."""
    case, whole = Case(base), command[0] == "inv-run"
    try:
        case.begin(False)
        if not whole:
            case.run("001", None, False)
        env = environment(case.folder)
        env["INV_LEDGER"] = case.url
        ended = subprocess.run(
            wrap + command, env=env, cwd=case.folder, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, timeout=TIME_LIMIT)
        said = ended.stderr.decode(errors="replace")
        if "error while loading shared libraries" in said:
            return None
        if (ended.returncode not in (0, 1)
                and (ended.returncode not in TELLING or "inv-" not in said)):
            return "status %d: %r" % (ended.returncode, said)
        if whole:
            case.run("001", None, False)
            case.judge()
        return None
    except (Broken, OSError, subprocess.SubprocessError) as why:
        return str(why)
    finally:
        case.clear()


def sweep_limits(sweep):
    """From what is too little for the loader to what is enough."""
    kinds = [("-n", list(range(FILES_NEEDED, 2, -1)))]
    if b"__asan_init" not in (BUILD / "inv-commit").read_bytes():
        kinds.append(("-v", SPACES))
    for flag, values in kinds:
        for stage, engine, title in runs_of(STAGES):
            sweep.series("limits: ulimit %s: %s" % (flag, title),
                         [Fault(stage, "limits %s %s %d" % (title, flag, n),
                                engine=engine, wrap=limited(flag, n))
                          for n in sweep.chosen(values)], limit_statuses)
        for command in READERS:
            sweep.looks("limits: ulimit %s: %s" % (flag, " ".join(command)),
                        [(command, limited(flag, n))
                         for n in sweep.chosen(values)])


SWEEPS = {"ring": sweep_ring, "memory": sweep_memory, "calls": sweep_calls,
          "limits": sweep_limits}


def main():
    os.environ["PATH"] = "%s:%s" % (BUILD, os.environ["PATH"])
    with tempfile.TemporaryDirectory(prefix="inv-fault-base.") as folder:
        base = pathlib.Path(folder)
        prepare(base)
        sweep = Sweep(base)
        print("SEED=%d POINTS=%d" % (sweep.seed, sweep.points), flush=True)
        for name in sys.argv[2:] or SWEEPS:
            SWEEPS[name](sweep)
    print("%d cases, %d broken" % (sweep.cases, sweep.broken))
    return 1 if sweep.broken else 0


if __name__ == "__main__":
    sys.exit(main())
