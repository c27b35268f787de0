"""Sampling 抽查: lines of a filing drawn by chance that nobody chose and everybody can draw again.

The seed is the newest link of the ledger's chain at the moment of drawing: whoever draws cannot
know it before, and an auditor finds it in the entry of the draw. A line is in the sample where the
hash of the seed and its code is among the smallest.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker import access
from tracker.books import audit, ledger
from tracker.errors import Conflict, Refused, mark
from tracker.models.filings import Filing, FilingLine
from tracker.models.money import Entry
from tracker.models.people import User
from tracker.steps import filing as filings

DRAWN = "sample.draw"
"""Kind of the entry, and of the audit event."""


@dataclass(frozen=True)
class Draw:
    """One drawing: its entry, the seed and how many were asked for."""

    entry: Entry
    seed: str
    count: int


def draw(session: Session, user: User, filing: Filing, count: int, now: datetime) -> Draw:
    """Draw so many lines of a filing that Commerce examines; every drawing stays recorded.

    Raises ``NotAllowed``, ``Conflict`` at any other time, ``Refused`` for a number that cannot be.
    """
    access.require(user, "draw_sample")
    if filing.state != "filed":
        raise Conflict(mark("A sample is drawn while Commerce examines the filing."))
    lines = filings.lines(session, filing)
    if not 0 < count <= len(lines):
        raise Refused(
            mark("The filing has %(lines)s lines; a sample has between one and all of them."),
            mark("Correct how many are drawn."),
            lines=len(lines),
        )
    seed = ledger.head(session).hash
    drawn = ledger.tell(
        session,
        DRAWN,
        ledger.next_cause(session, _stem(filing)),
        user.login,
        {
            "filing": filing.code,
            "seed": seed,
            "count": count,
            "items": [one.item.code for one in chosen(lines, seed, count)],
        },
        now,
    )
    told = {"seed": seed, "count": count}
    audit.done(session, user, DRAWN, f"filing:{filing.code}", now, told)
    return Draw(drawn, seed, count)


def draws(session: Session, filing: Filing) -> list[Draw]:
    """Every drawing of the filing, the oldest first."""
    causes = Entry.cause.startswith(_stem(filing), autoescape=True)
    query = select(Entry).where(Entry.kind == DRAWN, causes).order_by(Entry.seq)
    found = ((one, json.loads(one.body)["detail"]) for one in session.scalars(query))
    return [
        Draw(one, said["seed"], said["count"])
        for one, said in found
        if said["filing"] == filing.code
    ]


def chosen(lines: Iterable[FilingLine], seed: str, count: int) -> Sequence[FilingLine]:
    """The lines that this seed draws, in the order in which it draws them."""
    return sorted(lines, key=lambda line: place(seed, line.item.code))[:count]


def place(seed: str, code: str) -> str:
    """Where a line stands in the order of a seed: SHA-256 in hex over seed, a bar and its code."""
    return hashlib.sha256(f"{seed}|{code}".encode()).hexdigest()


def _stem(filing: Filing) -> str:
    return f"sample:{filing.code}"
