"""Each fault of inv-ledger at each attempt, as ledgers treat a known key.

A batch of three rows meets a fault at its Nth attempt; those before are
answered 503, which has no effect.  Once that is the last attempt there is, and
once there is one more.  What the rows are then is in the table below; when the
fault has stopped the same run commits them, and each has had one effect.  A
ledger that does not know keys may have had one more, where an effect was
hidden: nobody could tell.
"""

import collections
import json
import os
import subprocess

from case import ENGINES
from pipe import Broken, Ledger, TIME_LIMIT

HEAD = "asset_id,grant_code,description,quantity,location_code,acquired_on"
BAD = "asbestos"        # in the last row; faults of rows are about it
ATTEMPTS = 5
MODES = ("replay", "409", "409-blind", "none")
CLEAN_TRIES = 2

ALL = {"committed": 3}
DOUBT = {"ambiguous unanswered": 3}
FAILED = {"quarantined transient_failure": 3}
HELD = {"held systemic": 3}
MISMATCH = {"quarantined key_mismatch": 3}
REJECTED = {"committed": 2, "quarantined rejected": 1}
AGAIN = {"committed": 2, "quarantined transient_failure": 1}
STATUS = {"committed": 0, "quarantined": 0, "ambiguous": 75, "held": 69}

# fault: what the rows are where that was the last attempt, and where not
TABLE = {
    "reset": (DOUBT, ALL), "lost": (DOUBT, ALL), "short": (DOUBT, ALL),
    "garbage": (DOUBT, ALL), "html": (DOUBT, ALL), "slow": (DOUBT, ALL),
    "endless": (DOUBT, ALL), "207-missing": (DOUBT, ALL),
    "201": (ALL, ALL), "204": (ALL, ALL), "text": (ALL, ALL),
    "idempotency-replayed": (ALL, ALL),
    "202": (ALL, ALL), "202-lost": (DOUBT, ALL),
    "408": (FAILED, ALL), "500": (FAILED, ALL), "502": (FAILED, ALL),
    "425": (FAILED, ALL), "504": (FAILED, ALL),
    "500-after": (FAILED, ALL), "500-replayed": (DOUBT, ALL),
    "429": (FAILED, ALL), "503": (FAILED, ALL),
    "429=1": (FAILED, ALL), "429=date": (FAILED, ALL),
    "503=garbage": (FAILED, ALL),
    "409": (ALL, ALL), "delay=5ms": (ALL, ALL),
    "400": (ALL, ALL), "413=10": (ALL, ALL), "422-row=" + BAD: (ALL, ALL),
    "207-row=" + BAD: (REJECTED, REJECTED),
    "207-items=" + BAD: (REJECTED, REJECTED),
    "207-again=" + BAD: (AGAIN, ALL),
    "mismatch": (MISMATCH, MISMATCH), "mismatch-409": (MISMATCH, MISMATCH),
    "400-no-key": (HELD, HELD),
    "401": (HELD, HELD), "403": (HELD, HELD), "404": (HELD, HELD),
    "405": (HELD, HELD), "redirect": (HELD, HELD),
    "redirect=307": (HELD, HELD),
}
# Those that have an effect and do not say so.
HIDDEN = ("lost", "short", "garbage", "html", "slow", "endless", "500-after",
          "207-missing")
CASES = len(TABLE) * ATTEMPTS * len(MODES)
STRIDE = 7919           # a few cases in a row are of many kinds


def planned(number):
    """The case of this number; from CASES on the same, engines changed."""
    number = int(number)
    rest, mode = divmod(number * STRIDE % CASES, len(MODES))
    fault, attempt = divmod(rest, ATTEMPTS)
    return (list(TABLE)[fault], attempt + 1, MODES[mode],
            ENGINES[(number + number // CASES) % 2])


def expected(fault, attempt, mode):
    """What the rows are at the last attempt, and with one more."""
    last, more = TABLE[fault]
    # A connection that was used before and dies: libcurl sends once more.
    if fault in ("reset", "lost") and attempt > 1:
        last = ALL
    # Its Location is that of a batch, of which these ledgers do not tell.
    if fault == "202" and mode in ("409-blind", "none"):
        last = DOUBT
    return last, more


def rows_of(stream):
    """How many rows got which verdict and reason."""
    count = collections.Counter()
    for line in stream.splitlines():
        line = json.loads(line)
        if line["type"] == "batch":
            count[line["verdict"]] += line["count"]
        elif line["type"] == "record":
            count["%s %s" % (line["verdict"], line["reason"])] += 1
    return count


class Attempts:
    """A case: a fault, an attempt and a mode; twice."""

    columns = MODES

    def __init__(self, folder, number):
        self.folder, self.passes, self.hits = folder, 0, []
        self.fault, self.attempt, self.mode, self.engine = planned(number)
        self.ledger = None

    def told(self):
        return "%s@%d, %s" % (self.fault, self.attempt, self.mode)

    def clear(self):
        if self.ledger and self.ledger.process:
            self.ledger.kill()

    def carry_out(self):
        for name, more, rows in zip(("last", "more"), (0, 1),
                                    expected(self.fault, self.attempt,
                                             self.mode)):
            folder = self.folder / name
            folder.mkdir()
            try:
                self.one(folder, self.attempt - 1 + more, rows)
            except Broken as why:
                raise Broken("%s: %s" % (name, why)) from why
        self.hits.append((self.fault.split("=")[0], self.mode))

    def stream(self, folder):
        lines = ["LAB-%d,NIH-R01,%s,1,BLDG1-RM2-CAB3,2026-03-14" % (n, what)
                 for n, what in enumerate(("tips", "tips", BAD))]
        (folder / "m.csv").write_text("\n".join([HEAD] + lines) + "\n")
        split = subprocess.run(["inv-split", "-q", folder / "m.csv"],
                               check=True, stdout=subprocess.PIPE)
        return subprocess.run(["inv-validate", "-q", "-s", "inventory"],
                              input=split.stdout, check=True,
                              stdout=subprocess.PIPE).stdout

    def start(self, faults=None):
        self.clear()
        self.ledger.start(faults, "1ms")

    def commit(self, folder, stream, retries):
        self.passes += 1
        with open(folder / "err", "ab") as err:
            return subprocess.run(
                ["inv-commit", "-l", self.ledger.url, "-r", str(retries),
                 "--backoff", "1ms", "--max-backoff", "3ms", "--timeout",
                 "500ms", *self.engine], input=stream, timeout=TIME_LIMIT,
                stdout=subprocess.PIPE, stderr=err)

    def one(self, folder, retries, rows):
        os.environ["INV_STATE"] = str(folder / "state")
        self.clear()
        self.ledger = Ledger(folder, 1, ("--idempotency", self.mode))
        stream = self.stream(folder)
        faults = ["%s@%d" % (self.fault, self.attempt)]
        if self.attempt > 1:
            faults.append("503@1-%d" % (self.attempt - 1))
        self.start(",".join(faults))
        done = self.commit(folder, stream, retries)
        if rows_of(done.stdout) != rows:
            raise Broken("%s, not %s" % (dict(rows_of(done.stdout)), rows))
        status = max(STATUS[what.split()[0]] for what in rows)
        if done.returncode != status:
            raise Broken("status %d, not %d" % (done.returncode, status))
        self.start()
        for _ in range(CLEAN_TRIES):
            done = self.commit(folder, stream, retries)
            if done.returncode == 0:
                break
        self.judge(folder, rows_of(done.stdout))

    def judge(self, folder, rows):
        if set(rows) - {"committed", "skipped already_committed"}:
            raise Broken("in the end %s" % dict(rows))
        effects = collections.Counter()
        log = subprocess.run(["inv-ledger", "--db", folder / "ledger.db",
                              "--export", "requests"], check=True,
                             stdout=subprocess.PIPE).stdout
        for line in map(json.loads, log.splitlines()):
            taken = line.get("taken", [[1, len(line.get("body", []))]])
            for first, last in taken if line["effect"] else []:
                for record in line["body"][first - 1:last]:
                    effects[record["asset_id"]] += 1
        hidden = self.fault in HIDDEN or self.fault == "202"
        most = 2 if self.mode == "none" and hidden else 1
        if len(effects) != 3 or not all(1 <= n <= most
                                        for n in effects.values()):
            raise Broken("effects are %s" % dict(effects))
