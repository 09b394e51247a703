"""soak - disturb the programs, run again to the end, call the judge

    soak BUILD [SWEEP | SWEEP/CASE ...]

Carries out cases, of all sweeps if none is named, and ends with a table of
what was hit at which instant.  A case is replayed by its name.

    kills       kill -9 of stages and ledger at chosen instants
    stops       SIGSTOP for longer than a request may take
    signals     SIGTERM, SIGINT and SIGHUP
    attempts    each fault of the ledger at each attempt, in each mode
    calls       kill -9 at each system call of inv-commit that matters
    recoveries  kill -9 three times more, each within the recovery from before
    halves      as kills, while refused batches are halved
    halvings    as calls, while refused batches are halved, and in the recovery
    crowd       two and eight pipes on one state directory, and kills
    order       manifests that fight for keys, run in any order, and a model

Environment: SEED (default: from the clock) and RUNS (default 1000), of which
the other sweeps have a share (calls, recoveries and halvings all that there are
from 1000 on); JOBS, how many cases are under way at a time (default: two for
each processor); and KEEP, a folder for what is left of broken cases.

Exits 1 where a case is broken, and where a sweep that is carried out as a whole
has no case or hits too little to be of worth.
"""

import collections
import concurrent.futures
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

import attempts
import crowd
import kills
import order
import syscalls
from pipe import Broken, HALVING, INSTANTS, ROOT

SWEEPS = {"kills": kills.Kills, "stops": kills.Stops,
          "signals": kills.Signals, "calls": syscalls.Calls,
          "recoveries": syscalls.Recoveries, "crowd": crowd.Crowd,
          "order": order.Order, "attempts": attempts.Attempts,
          "halves": kills.Halves, "halvings": syscalls.Halvings}
TRACED = {"calls": syscalls.calls, "recoveries": syscalls.recoveries,
          "halvings": syscalls.halvings}
SHARE = {"kills": 1, "stops": 10, "signals": 5, "calls": 1, "recoveries": 5,
         "crowd": 10, "order": 5, "attempts": 1, "halves": 5,
         "halvings": 5}     # one in so many of RUNS
ALL_CALLS = 1000    # from so many RUNS on
JOBS_EACH = 2       # of a processor: a case waits as long as it works
ENOUGH_RUNS = 20    # from here on every kind of instant must have been hit
ENOUGH_HITS = 10    # from here on what was hit must be of worth
NOTHING = (None, "done")

Result = collections.namedtuple("Result", "sweep fine hits open")


def carry_out(name, keep):
    """A case by its name: is all as it must be, and what was hit when?"""
    sweep, _, which = name.partition("/")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="inv-soak."))
    case, why = None, None
    try:
        case = SWEEPS[sweep](folder, which)
        case.carry_out()
    except Broken as error:
        why = error
    except Exception as error:      # ours, or of a case unlike any other
        why = repr(error)
    finally:
        if case:
            case.clear()
        if why and keep:
            shutil.move(folder, os.path.join(keep, name.replace("/", ".")))
        shutil.rmtree(folder, ignore_errors=True)
    print("%s: %s; %d passes: %s" % (
        name, case.told() if case else "", case.passes if case else 0,
        "BROKEN: %s" % why if why else "ok"), flush=True)
    return Result(sweep, not why, case.hits if case else [],
                  getattr(case, "open", 0))


def cases_of(sweep, seed, runs):
    """The names of its cases: so many of RUNS."""
    count = max(1, runs // SHARE[sweep])
    if sweep in TRACED:
        return TRACED[sweep](random.Random(seed),
                             count if runs < ALL_CALLS else sys.maxsize)
    return ["%s/%d" % (sweep, n) for n in range(seed, seed + count)]


def table(sweep, results):
    """What was hit how often at which instant."""
    columns = SWEEPS[sweep].columns + (None,)
    count = collections.Counter(hit for r in results for hit in r.hits)
    whats = sorted({what for what, _ in count})
    width = max(map(len, whats + ["total"]))
    print("\n%s: %d cases, %d broken\n" % (
        sweep, len(results), sum(not r.fine for r in results)))
    rule = "  %%-%ds" % width + "%10s" * len(columns)
    print(rule % ("", *(c or "missed" for c in columns)))
    for what in whats:
        print(rule % (what, *(count[what, c] or "-" for c in columns)))
    print(rule % ("total", *(sum(n for (_, where), n in count.items()
                               if where == c) for c in columns)))


def wants(sweep, results):
    """What a sweep lacks to be of worth: None if nothing."""
    wheres = [where for r in results for _, where in r.hits]
    hits = [where for where in wheres if where not in NOTHING]
    if not results:
        return "no case"
    if (max(len(results), len(wheres)) >= ENOUGH_HITS
            and len(hits) * 2 < max(len(wheres), 1)):
        return "more than half of what was planned hit nothing"
    if sweep == "kills":
        met = sum(r.open for r in results)
        print("%d of %d kills met an open intent" % (met, len(hits)))
        if len(results) >= ENOUGH_RUNS and (
                met * 2 < len(hits) or set(hits) != set(INSTANTS)):
            return "an instant was missed, or too few met an open intent"
    if SWEEPS[sweep].columns == HALVING:
        met = len(hits) - hits.count("other")
        print("%d of %d kills met a batch that was being halved" % (
            met, len(hits)))
        if len(hits) >= ENOUGH_HITS and met * 4 < len(hits):
            return "too few met a batch that was being halved"
    return None


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    os.environ["PATH"] = "%s:%s" % (build, os.environ["PATH"])
    os.environ["INV_SCHEMA_PATH"] = str(ROOT / "examples" / "schemas")
    seed = int(os.environ.get("SEED") or time.time())
    runs = int(os.environ.get("RUNS") or 1000)
    jobs = int(os.environ.get("JOBS") or JOBS_EACH * os.cpu_count())
    print("SEED=%d RUNS=%d" % (seed, runs), flush=True)
    names, whole = [], []
    for name in sys.argv[2:] or SWEEPS:
        if "/" in name:
            names.append(name)
        elif name in TRACED and not syscalls.can_trace():
            print("SKIP %s: strace can not trace here" % name)
        else:
            names += cases_of(name, seed, runs)
            whole.append(name)
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        results = list(pool.map(carry_out, names,
                                [os.environ.get("KEEP")] * len(names)))
    fine = all(r.fine for r in results)
    for sweep in SWEEPS:
        mine = [r for r in results if r.sweep == sweep]
        if mine:
            table(sweep, mine)
        wanting = wants(sweep, mine) if sweep in whole else None
        if wanting:
            print("%s: BROKEN: %s" % (sweep, wanting))
            fine = False
    print("\n%d cases, %d broken" % (
        len(results), sum(not r.fine for r in results)))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
