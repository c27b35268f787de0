"""Further sheets 附表 on a page: legs and parcel lists of an upload, and of a shipment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.orm import Session

from ingest.fields import SHEETS, Kind
from tracker.models.cargo import Manifest
from tracker.models.further import LIST_STATES, FurtherSheet
from tracker.papers.template import NAMES
from tracker.steps import further, legs
from tracker.web.filters import tongue

ENDED = {"accepted": "accepted", **further.STAY_OUT, "skipped": "not_data"}
"""Where the rows of a further sheet ended -> the state they show as."""
GOES_IN = ("new", "changed", "unchanged")
"""States of legs and lists that go in with their upload."""
Counts = Sequence[tuple[str, int]]
"""States and how many."""


@dataclass(frozen=True)
class Sheet:
    """A further sheet as it was read."""

    kind: str
    name: str
    header_row: int
    rows_read: int
    states: Counts
    columns: Sequence[tuple[str, str]]
    """Letter and field, in words."""
    unknown: Sequence[tuple[str, str]]
    """Letter and heading of a column that means nothing to us."""


@dataclass(frozen=True)
class Sheets:
    """The further sheets of an upload, and what of them goes in."""

    sheets: Sequence[Sheet]
    legs: Counts
    lists: Counts
    parcels: int
    good: int
    """Legs and parcel lists that go in with the upload."""
    mended: int
    """Rows that stay out until they are mended or answered."""


def of(session: Session, manifest: Manifest) -> Sheets:
    """The further sheets of an upload in words."""
    found = further.sheets(session, manifest)
    lists = further.lists(session, manifest)
    told = further.leg_states(session, manifest), Counter(one.state for one in lists)
    stay_out = further.stay_out(session, manifest)
    return Sheets(
        sheets=[_sheet(one) for one in found],
        legs=_counted(told[0], LIST_STATES),
        lists=_counted(told[1], LIST_STATES),
        parcels=sum(one.parcel_count for one in lists),
        good=sum(states.get(state, 0) for states in told for state in GOES_IN),
        mended=sum(stay_out.get(state, 0) for state in ("asked", "refused")),
    )


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
        states=[(ENDED[state], number) for state, number in _counted(one.states, ENDED)],
        columns=[(letter, fields[name].label(tongue())) for letter, name in one.mapping.items()],
        unknown=list(one.unknown.items()),
    )


def _counted(counts: Mapping[str, int], order: Iterable[str]) -> Counts:
    return [(state, counts[state]) for state in order if counts.get(state)]
