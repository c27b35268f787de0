"""Adjustment 差额调整: a settled amount is computed anew, by one person, confirmed by another.

A firm asks for it with rows of an upload that say otherwise of what it applied for; a league has
shipments computed anew where a route or a method was corrected. What it comes to is computed when
it is asked for and shown line by line; only if that still holds, it is carried out.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from rules.registry import Registry
from tracker import bulk
from tracker.books import audit
from tracker.db import chunks, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.adjustments import Adjustment, AdjustmentLine
from tracker.models.cargo import Manifest
from tracker.models.filings import Decision
from tracker.models.methods import Method
from tracker.models.money import Assessment, Item, ItemStage
from tracker.models.people import User
from tracker.steps import accrual, adjusting, flow, left_out, shipments
from tracker.steps.adjusting import Figures

MOST_LINES = 500
"""Shipments of one adjustment: as many as people look through."""
FIGURES = ("before_fen", "after_fen", "moved_fen", "excess_fen")


def ask(
    session: Session, registry: Registry, user: User, manifest: Manifest, reason: str, now: datetime
) -> list[Adjustment]:
    """A firm asks for what rows of its committed upload say of settled shipments; one a league.

    Raises ``NotAllowed`` for anyone else, ``Refused`` without a reason, ``Conflict`` where the
    upload is not committed, nothing can be asked for, and as ``adjusting.carry_out``.
    """
    if user.firm_id is None or user.firm_id != manifest.firm_id:
        raise NotAllowed(mark("Only the firm asks for its own corrections."))
    _require_reason(reason)
    if manifest.state != "committed":
        raise Conflict(
            mark("This upload has not been committed."),
            mark("Commit it first: its other rows go in, and these stay out until they are asked."),
        )
    keys = session.scalars(left_out.settled(manifest)).all()
    units = sorted({row.unit_key for row in keys if row.unit_key})
    table = subjects.SHIPMENT.table
    query = subjects.joined(select(Item)).where(
        Item.firm_id == user.firm_id, Item.league_id == table.league_id
    )
    found = [item for (item,) in bulk.looked_up(session, query, table.unit_key, units)]
    free = _free(session, _assessed(session, sorted(found, key=lambda item: item.code)))
    made: list[Adjustment] = []
    for own in _by_owner(free).values():
        one = _new(session, own, manifest, reason)
        _add(session, registry, one, own, user, now)
        made.append(one)
    for one in made:
        _audit(session, user, one, now)
    return made


def found_anew(session: Session, registry: Registry, method: Method) -> list[int]:
    """Items settled under a method in force that come out otherwise now; reads alone.

    Raises ``Conflict`` where the method is not in force or nothing comes out otherwise.
    """
    if method.state != "recorded":
        raise Conflict(mark("This method is not in force."), mark("Choose a recorded one."))
    kind = subjects.of(method.programme)
    query = subjects.joined(select(Item)).where(
        Item.league_id == method.league_id,
        Item.programme_id == method.programme_id,
        kind.table.stands,
        kind.table.league_id == method.league_id,
        kind.table.day.between(method.valid_from, method.valid_to or date.max),
    )
    items = session.scalars(query.options(*subjects.eager()).order_by(Item.code)).all()
    settled = shipments.settled(session, [item.subject.id for item in items], kind)
    wanted = _assessed(session, [item for item in items if item.subject.id in settled])
    found = adjusting.differing(session, registry, method, wanted)
    if not found:
        raise Conflict(
            mark("What is settled under this method comes out as it was."),
            mark("Nothing is to be adjusted."),
        )
    return found


def draft(
    session: Session,
    registry: Registry,
    user: User,
    items: Sequence[int],
    reason: str,
    now: datetime,
) -> list[Adjustment]:
    """A league has items of ``found_anew`` adjusted; one adjustment a firm.

    Of a firm with more of them than one adjustment takes, the others are found the next time.
    Raises ``NotAllowed`` for anyone but the league's officer, ``Refused`` without a reason,
    ``Conflict`` where none of them can be adjusted, and as ``adjusting.carry_out``.
    """
    found: list[Item] = []
    for part in chunks(items):
        found += session.scalars(select(Item).where(Item.id.in_(part)).order_by(Item.code))
    if user.role != "league_officer" or {user.league_id} != {item.league_id for item in found}:
        raise NotAllowed(mark("Only an officer of the league has amounts computed anew."))
    _require_reason(reason)
    made: list[Adjustment] = []
    for own in _by_owner(_free(session, found)).values():
        one = _new(session, own, None, reason)
        _add(session, registry, one, own[:MOST_LINES], user, now)
        made.append(one)
    for one in made:
        _audit(session, user, one, now)
    return made


def lines(session: Session, adjustment: Adjustment) -> list[AdjustmentLine]:
    """The lines in the order of their days."""
    query = subjects.joined(
        select(AdjustmentLine).join(Item, Item.id == AdjustmentLine.item_id)
    ).where(AdjustmentLine.adjustment_id == adjustment.id)
    query = query.options(*subjects.eager(AdjustmentLine.item))
    return list(session.scalars(query.order_by(subjects.DAY, Item.code)))


def told(session: Session, adjustment: Adjustment) -> list[list[Any]]:
    """Each line's item and figures, as the entry of the ledger keeps them."""
    return [
        [line.item.code, *(getattr(line, name) for name in FIGURES)]
        for line in lines(session, adjustment)
    ]


def shown(session: Session, adjustment: Adjustment) -> dict[str, Any]:
    """What a person decides on: whose, why, by which file, every line with its figures."""
    return {
        "code": adjustment.code,
        "league": adjustment.league.code,
        "programme": adjustment.programme.code,
        "firm": adjustment.firm.uscc,
        "sha256": adjustment.manifest.sha256 if adjustment.manifest else "",
        "reason": adjustment.reason,
        "lines": told(session, adjustment),
    }


def compute(
    session: Session, registry: Registry, user: User, adjustment: Adjustment, now: datetime
) -> None:
    """Compute the figures of an open request as the books stand now.

    Raises ``NotAllowed`` for anyone but the league's officer, ``Conflict`` where it is no longer
    asked for, and as ``adjusting.carry_out``.
    """
    if user.role != "league_officer" or user.league_id != adjustment.league_id:
        raise NotAllowed(mark("Only an officer of the league has amounts computed anew."))
    if adjustment.state != "asked":
        raise Conflict(
            mark("It is not waiting to be proposed."), mark("Return it first, or look again.")
        )
    members = lines(session, adjustment)
    cause = _cause(adjustment, user, now)
    items = [line.item for line in members]
    figures = adjusting.tried(session, registry, adjustment, items, cause)
    by_item = {one.item_id: one for one in figures}
    for line in members:
        for name in FIGURES:
            setattr(line, name, getattr(by_item[line.item_id], name))
    session.flush()


def take(session: Session, adjustment: Adjustment, name: str, taking: flow.Taking) -> Decision:
    """A step of an adjustment; ``adjust`` carries it out. Raises as ``flow.take``.

    ``Conflict`` too where it no longer comes to what was shown. Needs the registry.
    """
    by_firm = taking.user.firm_id is not None
    if name == "withdraw" and by_firm != (adjustment.manifest_id is not None):
        raise NotAllowed(mark("Only who asked for it withdraws it."), mark("Decline it instead."))
    step = flow.step_named("adjustment", name)
    members = lines(session, adjustment)
    if name == "propose" and adjustment.state in step.before:
        _require_unchanged(_try(session, adjustment, members, taking), members)
    detail: dict[str, Any] = {}
    if name == "adjust":
        detail = {"lines": told(session, adjustment)}
    decision = flow.take(session, adjustment, name, replace(taking, detail=detail))
    if name == "adjust":
        assert taking.registry is not None, "an adjustment is computed by rules"
        cause = _cause(adjustment, taking.user, taking.now)
        items = [line.item for line in members]
        done = adjusting.carry_out(session, taking.registry, adjustment, items, cause)
        _require_unchanged(done, members)
    if step.after in {"adjusted", "declined", "withdrawn"}:
        for line in members:
            line.is_open = False
    session.flush()
    return decision


def _assessed(session: Session, items: Sequence[Item]) -> list[Item]:
    """Those that were ever computed."""
    query = select(Assessment.item_id).distinct()
    known = _among(session, query, Assessment.item_id, items)
    return [item for item in items if item.id in known]


def _among(
    session: Session,
    query: Select[int],
    column: InstrumentedAttribute[int],
    items: Sequence[Item],
) -> set[int]:
    """Ids of those of the items that the query answers, however many they are."""
    return {key for (key,) in bulk.looked_up(session, query, column, [one.id for one in items])}


def _free(session: Session, items: Sequence[Item]) -> list[Item]:
    """Those that may be adjusted: not before the league, in no other open adjustment.

    Raises ``Conflict`` where none may.
    """
    open_lines = select(AdjustmentLine.item_id).where(AdjustmentLine.is_open)
    taken = _among(session, open_lines, AdjustmentLine.item_id, items)
    applied = select(ItemStage.item_id).where(ItemStage.stage == "applied", ItemStage.balance > 0)
    before = _among(session, applied, ItemStage.item_id, items)
    found = [item for item in items if item.id not in taken | before]
    if found:
        return found
    if taken:
        raise Conflict(
            mark("These shipments are in an adjustment that is not decided yet."),
            mark("Wait for it, or withdraw it first."),
        )
    raise Conflict(
        mark("Nothing here can be adjusted: its money is still before the league, or not settled."),
        mark("Have the application returned: then the rows go in by themselves."),
    )


def _by_owner(items: Sequence[Item]) -> dict[tuple[int, int, int], list[Item]]:
    """League, programme and firm -> its items."""
    found: dict[tuple[int, int, int], list[Item]] = defaultdict(list)
    for item in items:
        found[item.league_id, item.programme_id, item.firm_id].append(item)
    return dict(sorted(found.items()))


def _new(
    session: Session, own: Sequence[Item], manifest: Manifest | None, reason: str
) -> Adjustment:
    number = next_number(session, Adjustment.id)
    one = Adjustment(
        code=f"TZ-{number:05d}",
        league_id=own[0].league_id,
        programme_id=own[0].programme_id,
        firm_id=own[0].firm_id,
        manifest_id=manifest.id if manifest else None,
        reason=reason.strip(),
    )
    session.add(one)
    session.flush()
    return one


def _add(
    session: Session,
    registry: Registry,
    one: Adjustment,
    own: Sequence[Item],
    user: User,
    now: datetime,
) -> None:
    """Compute and keep its lines; raises ``Conflict`` for more than people look through."""
    if len(own) > MOST_LINES:
        raise Conflict(
            mark("More than %(most)s shipments would be adjusted at once."),
            mark("Split the file, or ask for them one part after another."),
            most=MOST_LINES,
        )
    figures = adjusting.tried(session, registry, one, own, _cause(one, user, now))
    session.add_all(
        AdjustmentLine(
            adjustment_id=one.id,
            item_id=each.item_id,
            **{name: getattr(each, name) for name in FIGURES},
        )
        for each in figures
    )
    session.flush()


def _try(
    session: Session,
    adjustment: Adjustment,
    members: Sequence[AdjustmentLine],
    taking: flow.Taking,
) -> list[Figures]:
    assert taking.registry is not None, "an adjustment is computed by rules"
    cause = _cause(adjustment, taking.user, taking.now)
    items = [line.item for line in members]
    return adjusting.tried(session, taking.registry, adjustment, items, cause)


def _require_unchanged(figures: Sequence[Figures], members: Sequence[AdjustmentLine]) -> None:
    found = {one.item_id: tuple(getattr(one, name) for name in FIGURES) for one in figures}
    for line in members:
        if found[line.item_id] != tuple(getattr(line, name) for name in FIGURES):
            raise Conflict(
                mark("It no longer comes to what is shown: %(shipment)s comes out otherwise now."),
                mark("Have it computed anew, look at it, and propose it again."),
                shipment=line.item.subject.label,
            )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(mark("A reason is needed."), mark("Say what was wrong and how you know."))


def _cause(adjustment: Adjustment, user: User, now: datetime) -> accrual.Cause:
    return accrual.Cause(f"adjustment:{adjustment.code}", user.login, now)


def _audit(session: Session, user: User, adjustment: Adjustment, now: datetime) -> None:
    audit.done(session, user, "adjustment.ask", adjustment.code, now)
