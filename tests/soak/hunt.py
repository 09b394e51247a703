"""Choose the instant at which something is done to the pipe.

The instant is not left to chance: inv-commit is stopped when its journal has
grown, and what is on disk and what has come out of it says which instant it
is (Journal.instant).  If it is of the planned kind, the strike falls there;
if not, inv-commit goes on to its next growth.  For the kinds at the ends
inv-commit begins a step at a time, or what is behind it waits for its last
line.

A strike is a function of the pass; inv-commit is stopped when it is called.
"""

import time

from pipe import INSTANTS, POLL, STAGES, wait_until

GROUPS = {"all": STAGES, "host": STAGES + ("ledger",)}
CHOOSY = 4          # instants of another kind that are let pass
# What will do as well then: it is near, and not as short.
NEAR = {"open": "between", "refused": "halved"}


def draw(rng, weights, first=None):
    """A kind of instant and how long to wait for it."""
    kind = first or rng.choices(INSTANTS, weights)[0]
    return kind, rng.randrange(1, 30 if kind == "before" else 8)


def members(one, victim):
    """The programs that are meant; inv-commit for one that has ended."""
    if victim in STAGES and not one.alive(victim):
        victim = "inv-commit"    # it has done its part; the next in line
    return GROUPS.get(victim, (victim,))


def name_of(doomed):
    for name, group in GROUPS.items():
        if group == doomed:
            return name
    return doomed[0]


def held(kind, victim):
    """The stage that is stopped as soon as it is there, for the hunt."""
    if kind == "before":
        return "inv-commit"
    if kind != "after" or victim == "ledger":
        return None
    return "inv-audit" if victim in GROUPS else victim


def hunt(one, kind, patience, strike):
    """Strike at an instant of this kind: which one it was; None: no such."""
    found = {"before": before, "after": after}.get(kind, growth)(
        one, kind, patience)
    if not found:
        return None
    instant = one.instant()
    strike(one)
    one.go_on()
    return instant


def before(one, _, patience):
    """While inv-commit begins, a step at a time, or is in recovery."""
    first = one.instant()
    for _ in range(patience):
        one.go_on()
        time.sleep(POLL)
        one.stop()
        if one.instant() != first:
            break
    return True


def growth(one, kind, patience):
    """When the journal has grown for the `patience`th time or later.

    Instead of one that is short another one that is near will do after a
    while.
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
        one.stop()
        if patience <= -CHOOSY:
            fine = (kind, NEAR.get(kind, kind))
        if one.alive("inv-commit") and one.instant()[0] in fine:
            return True
        one.go_on()
    return False


def after(one, *_):
    """When inv-commit has said all; what is behind it is held till then."""
    wait_until(lambda: one.ended() or not one.alive("inv-commit"),
               "inv-commit to end")
    one.stop()
    return True
