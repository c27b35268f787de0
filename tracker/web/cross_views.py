"""Cross views 比对视图: results, rows and counts as pages, workbook and API show them.

A firm is told the outcome and which fields differ. What the other side says, and whose file it is,
reviewers are told; rows that name nobody's shipment, only the office that brought the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, contains_eager

from tracker import access, bulk
from tracker.access import cross_checks as cross_access
from tracker.models.cargo import Shipment
from tracker.models.cross_checks import (
    CROSS_OUTCOMES,
    CrossCheckFile,
    CrossCheckNamed,
    CrossCheckResult,
    CrossCheckRow,
)
from tracker.models.people import User
from tracker.steps import cross_checks as steps
from tracker.steps import cross_comparing
from tracker.web import context, cross_words, filters, rooms

ROW_STATES = ("named", "several", "unnamed", "doubled", "not_data")
"""What a row may be for whoever looks: one that names what they may not see names none."""
ORDER: dict[str, int] = {outcome: place for place, outcome in enumerate(CROSS_OUTCOMES)}


@dataclass(frozen=True)
class FindingView:
    """What both sides say of one field; blank where one is not told."""

    field: str
    label: str
    outcome: str
    ours: str
    theirs: str

    @property
    def words(self) -> str:
        """The field, with both sides where they are told."""
        if not self.theirs:
            return self.label
        told = {"field": self.label, "ours": self.ours, "theirs": self.theirs}
        return str(gettext("%(field)s: ours %(ours)s, theirs %(theirs)s", **told))


@dataclass(frozen=True)
class ResultView:
    """What one file says of one shipment."""

    result: CrossCheckResult
    source: str
    from_whom: str
    """Which office it came from, with the letter's number; blank where one is not told."""
    findings: tuple[FindingView, ...]
    differing: tuple[str, ...]
    """Labels of the fields that do not agree."""
    url: str
    """Of the file, where one may open it."""

    @property
    def apart(self) -> str:
        """What does not agree, in words."""
        return "; ".join(one.words for one in self.findings if one.outcome != "agrees")

    @property
    def words(self) -> str:
        """All of it in a line."""
        outcome = filters.state_label(self.result.outcome, "cross_check")
        return " ".join(part for part in (self.source, outcome, self.apart) if part)


@dataclass(frozen=True)
class Panel:
    """What files of third parties say of a shipment, on its page."""

    results: tuple[ResultView, ...]
    earlier: tuple[ResultView, ...]
    tells_values: bool


@dataclass(frozen=True)
class Counts:
    """How many results come to what, and how many rows are what; both as one may see."""

    outcomes: dict[str, int]
    rows: dict[str, int]


def panel(shipment: Shipment) -> Panel | None:
    """What files say of a visible shipment; None where one is not told, or there are none."""
    shown = of_shipment(shipment)
    if not shown:
        return None
    return Panel(
        tuple(one for one in shown if one.result.standing),
        tuple(one for one in shown if not one.result.standing),
        tells_values(context.user()),
    )


def of_shipment(shipment: Shipment) -> list[ResultView]:
    """Every result about a visible shipment, those that stand first, then the newest."""
    session, user = context.session(), context.user()
    seen = cross_access.visible_cross_results(user).where(
        CrossCheckResult.shipment_id == shipment.id
    )
    order = (CrossCheckResult.standing.desc(), CrossCheckResult.id.desc())
    return views(session, user, session.scalars(seen.order_by(*order)).all())


def of_shipments(keys: Sequence[int]) -> dict[int, list[ResultView]]:
    """Shipment id -> every standing result that one may see, the worst first."""
    session, user = context.session(), context.user()
    seen = cross_access.visible_cross_results(user).where(
        CrossCheckResult.shipment_id.in_(keys), CrossCheckResult.standing
    )
    order = (case(ORDER, value=CrossCheckResult.outcome), CrossCheckResult.file_id)
    found: dict[int, list[ResultView]] = {}
    for one in views(session, user, session.scalars(seen.order_by(*order)).all()):
        found.setdefault(one.result.shipment_id, []).append(one)
    return found


def tells_values(user: User) -> bool:
    """Whether the person is told what the other side says."""
    return access.may(user, "see_cross_files")


def views(session: Session, user: User, found: Sequence[CrossCheckResult]) -> list[ResultView]:
    """Results as this person is told them."""
    whole = tells_values(user)
    files = access.seen(
        session, cross_access.visible_cross_files(user), {one.file_id for one in found}
    )
    return [_view(one, whole=whole, opens=one.file_id in files) for one in found]


def _view(one: CrossCheckResult, *, whole: bool, opens: bool) -> ResultView:
    findings = tuple(
        FindingView(
            each["field"],
            cross_words.field_label(each["field"]),
            each["outcome"],
            cross_words.values_words(each["field"], each["ours"]) if whole else "",
            cross_words.values_words(each["field"], each["theirs"]) if whole else "",
        )
        for each in sorted(one.findings, key=lambda each: ORDER[each["outcome"]])
    )
    named = " ".join(part for part in (one.file.source_name, one.file.document_no) if part)
    return ResultView(
        result=one,
        source=cross_words.source_label(one.file.source),
        from_whom=named if whole else "",
        findings=findings,
        differing=tuple(each.label for each in findings if each.outcome != "agrees"),
        url=rooms.address("cross_checks.one", key=one.file_id) if opens else "",
    )


def results(user: User, file: CrossCheckFile, outcome: str = "") -> Select[CrossCheckResult]:
    """The standing results of a file that one may see, those that differ first."""
    query = (
        cross_access.visible_cross_results(user)
        .join(Shipment, Shipment.id == CrossCheckResult.shipment_id)
        .options(contains_eager(CrossCheckResult.shipment))
        .where(CrossCheckResult.file_id == file.id, CrossCheckResult.standing)
    )
    if outcome:
        query = query.where(CrossCheckResult.outcome == outcome)
    place = case(ORDER, value=CrossCheckResult.outcome)
    return query.order_by(place, Shipment.departure_date, CrossCheckResult.shipment_id)


def rows(
    session: Session, user: User, file: CrossCheckFile, state: str = ""
) -> Select[CrossCheckRow]:
    """The rows of the newest reading, in their order; of one state, or all."""
    reading = steps.newest_reading(session, file)
    key = reading.id if reading else 0
    query = select(CrossCheckRow).where(CrossCheckRow.reading_id == key)
    if state:
        query = query.where(row_state(session, user, file) == state)
    return query.order_by(CrossCheckRow.row_no)


def row_state(session: Session, user: User, file: CrossCheckFile) -> ColumnElement[str]:
    """Of a row of the file its state for this person, one of ``ROW_STATES``."""
    named = (
        select(CrossCheckNamed.row_id)
        .join(CrossCheckResult, CrossCheckResult.id == CrossCheckNamed.result_id)
        .where(_told(user, file))
    )
    several = bulk.among(session, CrossCheckRow.row_no, sorted(_several(session, user, file)))
    return case(
        (CrossCheckRow.state != "data", CrossCheckRow.state),
        (CrossCheckRow.id.in_(named), "named"),
        (several, "several"),
        else_="unnamed",
    )


def states_of(
    session: Session, user: User, file: CrossCheckFile, found: Sequence[CrossCheckRow]
) -> dict[int, tuple[str, Shipment | None]]:
    """Row id -> its state for this person, and the shipment it names."""
    keys = [one.id for one in found]
    query = (
        select(CrossCheckNamed.row_id, Shipment)
        .join(CrossCheckResult, CrossCheckResult.id == CrossCheckNamed.result_id)
        .join(Shipment, Shipment.id == CrossCheckResult.shipment_id)
        .where(CrossCheckNamed.row_id.in_(keys), _told(user, file))
    )
    named: dict[int, Shipment] = dict(session.execute(query).all())
    state = row_state(session, user, file)
    states = session.execute(select(CrossCheckRow.id, state).where(CrossCheckRow.id.in_(keys)))
    return {key: (of_row, named.get(key)) for key, of_row in states}


def outcome_counts(
    session: Session, user: User, files: Sequence[CrossCheckFile]
) -> dict[int, dict[str, int]]:
    """File id -> outcome -> how many shipments that this person may see."""
    found = {one.id: dict.fromkeys(CROSS_OUTCOMES, 0) for one in files}
    query = cross_access.visible_cross_results(user).where(
        CrossCheckResult.file_id.in_(found), CrossCheckResult.standing
    )
    columns = (CrossCheckResult.file_id, CrossCheckResult.outcome)
    grouped = query.with_only_columns(*columns, func.count()).group_by(*columns)
    for key, outcome, number in session.execute(grouped):
        found[key][outcome] = int(number)
    return found


def counts(session: Session, user: User, file: CrossCheckFile) -> Counts:
    """The sums of a file as this person may see them."""
    state = row_state(session, user, file).label("state")
    each = rows(session, user, file).order_by(None).with_only_columns(state).subquery()
    counted = select(each.c.state, func.count()).group_by(each.c.state)
    found: dict[str, int] = dict(session.execute(counted).all())
    return Counts(
        outcome_counts(session, user, [file])[file.id],
        {one: found[one] for one in ROW_STATES if one in found},
    )


def _told(user: User, file: CrossCheckFile) -> ColumnElement[bool]:
    """That a standing result of the file is about what this person may see."""
    seen = access.keys_of(access.visible_shipments(user))
    return (
        (CrossCheckResult.file_id == file.id)
        & CrossCheckResult.standing
        & CrossCheckResult.shipment_id.in_(seen)
    )


def _several(session: Session, user: User, file: CrossCheckFile) -> set[int]:
    """Numbers of the rows that fit more than one shipment that this person may see."""
    last = cross_comparing.newest_comparison(session, file)
    if last is None or file.state != "read":
        return set()
    keys = {key for found in last.several.values() for key in found}
    seen = access.seen(session, access.visible_shipments(user), keys)
    return {int(row) for row, found in last.several.items() if len(seen.intersection(found)) > 1}
