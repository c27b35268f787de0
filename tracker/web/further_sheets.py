"""Further sheets 附表 on a page: legs and parcel lists of an upload, and of a shipment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext
from sqlalchemy.orm import Session

from ingest.fields import SHEETS, Kind
from tracker.errors import mark
from tracker.models.cargo import Manifest, Shipment
from tracker.models.further import FurtherSheet, ParcelList
from tracker.papers.template import NAMES
from tracker.steps import further, legs, parcels
from tracker.web.filters import tongue

STATES = {
    "accepted": mark("good"),
    "waiting": mark("waiting for an answer"),
    "refused": mark("to be mended"),
    "doubled": mark("repeated"),
    "skipped": mark("not data"),
}
"""Where the rows of a further sheet ended -> msgid."""
KEPT = {
    "new": mark("new"),
    "changed": mark("changed"),
    "unchanged": mark("unchanged"),
    "held": mark("waiting for their shipment"),
    "claimed": mark("with parcels of another shipment"),
}
"""What legs and lists are against what stands -> msgid."""
GOES_IN = ("new", "changed", "unchanged")
CARRIED = ("tractor_plate", "trailer_plate", "carrier_name", "from_place", "to_place")


@dataclass(frozen=True)
class Sheet:
    """A further sheet as it was read."""

    kind: str
    name: str
    header_row: int
    rows_read: int
    states: Sequence[tuple[str, int]]
    columns: Sequence[tuple[str, str]]
    """Letter and field, in words."""
    unknown: Sequence[tuple[str, str]]
    """Letter and heading of a column that means nothing to us."""


@dataclass(frozen=True)
class Sheets:
    """The further sheets of an upload, and what of them goes in."""

    sheets: Sequence[Sheet]
    legs: Sequence[tuple[str, int]]
    lists: Sequence[tuple[str, int]]
    parcels: int
    good: int
    """Legs and parcel lists that go in with the upload."""
    mended: int = field(default=0)
    """Rows that stay out until they are mended or answered."""


def of(session: Session, manifest: Manifest) -> Sheets:
    """The further sheets of an upload in words."""
    found = further.sheets(session, manifest)
    lists = further.lists(session, manifest)
    leg_states = further.leg_states(session, manifest)
    list_states: dict[str, int] = {}
    for one in lists:
        list_states[one.state] = list_states.get(one.state, 0) + 1
    counted = (leg_states, list_states)
    stay_out = further.stay_out(session, manifest)
    return Sheets(
        sheets=[_sheet(one) for one in found],
        legs=_in_words(leg_states, KEPT),
        lists=_in_words(list_states, KEPT),
        parcels=sum(one.parcel_count for one in lists),
        good=sum(states.get(state, 0) for states in counted for state in GOES_IN),
        mended=sum(stay_out.get(state, 0) for state in ("asked", "refused")),
    )


def legs_of(session: Session, shipment: Shipment) -> list[legs.Told]:
    """The legs of a shipment that stand, in the order of the journey."""
    return legs.of(session, shipment)


def parcels_of(session: Session, shipment: Shipment) -> ParcelList | None:
    """The parcel list of a shipment that stands."""
    return parcels.of(session, shipment)


def reload_name(leg: legs.Told) -> str:
    """How a leg hands over to the next one, in words."""
    code = leg.leg.fields.get("reload", "")
    spellings = SHEETS["legs"]["reload"].values.get(code)
    return (spellings[0] if spellings and tongue() == "zh" else code.lower()) or ""


def _sheet(one: FurtherSheet) -> Sheet:
    kind: Kind = "legs" if one.kind == "legs" else "parcels"
    fields = SHEETS[kind]
    return Sheet(
        kind=gettext(NAMES[kind]),
        name=one.sheet,
        header_row=one.header_row,
        rows_read=one.rows_read,
        states=_in_words(one.states, STATES),
        columns=[(letter, fields[name].label(tongue())) for letter, name in one.mapping.items()],
        unknown=list(one.unknown.items()),
    )


def _in_words(counts: Mapping[str, int], words: Mapping[str, str]) -> list[tuple[str, int]]:
    return [(gettext(msgid), counts[state]) for state, msgid in words.items() if counts.get(state)]
