"""A case: manifests, a state directory and a ledger, and what came of them.

Its folder is what tests/judge reads.
"""

import os
import shutil
import subprocess

from pipe import Broken, Journal, Ledger, Pass, ROOT

UNCLOSED = '"never closed'
CLEAN_PASSES = 3    # at most, until inv-audit is content
FAULTS = ("lost@4%,reset@3%,500-after@3%,503@2%,202@3%,202-lost@2%,"
          "207-again=9%@4%,207-row=3%@3%,207-items=3%@3%,207-missing@2%")
# Whole batches are refused, and come through in halves or down to a row.
HALVED = ("413=1500@10%,400@6%,422-row=1%,lost@3%,reset@2%,500-after@2%,"
          "503@2%,202@2%,207-again=9%@2%")
ENGINES = (("--engine", "poll"), ())
BRISK = ("-r", "3", "--backoff", "5ms", "--max-backoff", "50ms",
         "--timeout", "5s")


def sheet(rng, rows, chunk, lab="LAB"):
    """An inventory sheet: mostly in order, one chunk wholly refused."""
    names = ("Pipette tips 200 µl", "Büchner funnel, 90 mm", '5" pipe',
             "Dewar, 2 l\nSão Paulo", 'Poster "A0", framed', "Sieve; 63 µm")
    lines, asset = [], 0
    refused = rng.randrange(rows // chunk)
    for row in range(rows):
        cells = ["%s-%06d" % (lab, asset),
                 rng.choice(("NIH-r01-%d", "NSF-CHE-%d"))
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


class Case:
    """What is planned, carried out and judged in a folder of its own.

    `hits` are the instants that were hit, as (what, instant); the instant is
    None where there was none of the kind that was planned.
    """

    faults, journal = FAULTS, Journal

    def __init__(self, folder, seed, sheets):
        self.folder, self.state = folder, folder / "state"
        self.passes, self.hits = 0, []
        os.environ["INV_STATE"] = str(self.state)
        (folder / "runs").mkdir()
        for name, text in sheets.items():
            (folder / name).write_text(text)
        self.ledger = Ledger(folder, seed)

    def told(self):
        """What was hit, for people."""
        return ", ".join("%s %s" % (what, instant or "missed")
                         for what, instant in self.hits) or "nothing hit"

    def pass_folder(self, name="m.csv"):
        """A place for the next pass, which is one of this manifest."""
        self.passes += 1
        folder = self.folder / "runs" / ("%03d" % self.passes)
        folder.mkdir()
        (folder / "manifest").write_text(name + "\n")
        return folder

    def begin(self, chunk, commit, name="m.csv", **how):
        """Start a pass; `commit` are more options of inv-commit."""
        return Pass(self.pass_folder(name), self.state, {
            "inv-split": ["--chunk-size", str(chunk), self.folder / name],
            "inv-commit": ["-l", self.ledger.url, *commit]},
                    journal=self.journal, **how)

    def end(self, one, fine=None):
        try:
            return one.end(*([fine] if fine else []))
        except Broken as why:
            raise Broken("%s: %s" % (why, one.states())) from why
        finally:
            one.clear()

    def make_good(self, chunk, commit, names=("m.csv",)):
        """The faults have stopped: pass until inv-audit is content."""
        for name in names:
            for _ in range(CLEAN_PASSES):
                if self.end(self.begin(chunk, commit, name)) == 0:
                    break

    def judged(self):
        self.ledger.stop()
        self.gather()
        said = subprocess.run([ROOT / "tests" / "judge", self.folder],
                              stderr=subprocess.PIPE, text=True)
        if said.returncode:
            raise Broken("the judge says so\n" + said.stderr.rstrip())

    def gather(self):
        """What the judge wants to see beside the passes."""
        verify = subprocess.run(["inv-audit", "verify", "--read-data"],
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
