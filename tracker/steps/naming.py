"""Naming 别名建议: words that reviewers said mean a place, and that the network does not know yet.

Learned from pins; a person takes one up as a proposal, which goes the way of every change of the
network. Nothing is known by itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.network import Network
from ingest.network.amendment import Amendment, Naming
from ingest.network.gazetteer import EXACT, gazetteer
from tracker.db import local_day
from tracker.errors import Conflict, mark
from tracker.models.cargo import Shipment
from tracker.models.people import User
from tracker.models.pins import Pin
from tracker.models.proposals import Proposal
from tracker.steps import networks, pins, proposals

MOST = 5_000
"""Pins that are learned from, the newest."""
LEAST_SIGNS, MOST_SIGNS = 2, 60
"""Of a name worth knowing: one sign means nothing, a whole sentence is no name."""


@dataclass(frozen=True)
class Suggestion:
    """A word as shipments write it, the place it means, and how many say so."""

    words: str
    place: str
    """Id in the network in force today."""
    count: int
    others: tuple[str, ...]
    """Ids of other places that reviewers took the same word for: look twice."""


def suggestions(session: Session, now: datetime) -> list[Suggestion]:
    """What pins teach that the network in force today does not know, the most frequent first."""
    version = networks.in_force(session, local_day(now))
    if version is None:
        return []
    network = networks.opened(version)
    known, index = {one.id for one in network.places}, gazetteer(network)
    meant: dict[str, Counter[str]] = {}
    query = select(Pin, Shipment).join(Shipment, Shipment.id == Pin.shipment_id)
    for pin, shipment in session.execute(query.order_by(Pin.id.desc()).limit(MOST)):
        for words, place in _learned(pin, shipment):
            if place in known and index.place(words).trust != EXACT:
                meant.setdefault(words, Counter())[place] += 1
    found = [
        Suggestion(words, place, count, tuple(sorted(set(counts) - {place})))
        for words, counts in meant.items()
        for place, count in counts.most_common(1)
    ]
    return sorted(found, key=lambda one: (-one.count, one.words))


def take_up(
    session: Session, user: User, words: str, place: str, *, note: str, now: datetime
) -> Proposal:
    """Propose that the word is a name of the place.

    Raises ``Conflict`` where nobody learned it, or the network knows it by now; and as
    ``proposals.draft``.
    """
    if not any((one.words, one.place) == (words, place) for one in suggestions(session, now)):
        raise Conflict(
            mark("This name is known by now, or nobody set a route by it."),
            mark("Look at the suggestions again."),
        )
    content = Amendment(names=(Naming(place, (words,)),))
    return proposals.draft(session, user, content, document_no="", note=note, now=now)


def names(network: Network, lang: str) -> Mapping[str, str]:
    """Id of each place -> its name."""
    return {one.id: one.names.text(lang) for one in network.places}


def _learned(pin: Pin, shipment: Shipment) -> list[tuple[str, str]]:
    """The words of the shipment at each end that the reviewer named, with the place."""
    said = pins.said(shipment)
    if pin.asked_sha256 != pins.sha256(said):
        return []  # it says otherwise now than when it was pinned
    ends = pins.ENDS["I" if said["direction"] == "I" else "E"]
    return [
        (words, str(place))
        for end, place in pin.places.items()
        for words in dict.fromkeys(str(said[name]).strip() for name in ends[end])
        if LEAST_SIGNS <= len(words) <= MOST_SIGNS
    ]
