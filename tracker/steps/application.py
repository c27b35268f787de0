"""Application 企业申报: a firm chooses shipments or matters of a period, promises, and applies.

The clerk prepares, the manager signs: accrued money becomes applied, and its amount is settled.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from tracker.books import ledger
from tracker.db import local_day, next_number
from tracker.errors import Conflict, NotAllowed, Refused, mark
from tracker.models import subjects
from tracker.models.applications import Application, ApplicationLine
from tracker.models.filings import Decision
from tracker.models.matters import Matter
from tracker.models.methods import Programme
from tracker.models.money import Item, ItemStage
from tracker.models.people import League, User
from tracker.steps import evidence_links, flow, payee, requirements, windows
from tracker.steps.accrual import move_item


def open_items(
    session: Session,
    firm_id: int,
    league: League,
    programme: Programme,
    period_from: date,
    period_to: date,
) -> list[tuple[Item, int]]:
    """What the firm can apply for: items of the period with money accrued, not in an open one."""
    query = _open(select(Item, ItemStage.balance), firm_id).where(
        _of_period(league, programme, period_from, period_to)
    )
    query = query.options(*subjects.eager())
    return list(session.execute(query.order_by(subjects.DAY, Item.code)))


def open_shipments(
    firm_id: int, league: League, programme: Programme, period_from: date, period_to: date
) -> Select[int | None]:
    """Keys of the shipments of ``open_items``, to ask of them without naming each."""
    query = _open(select(Item), firm_id).where(
        _of_period(league, programme, period_from, period_to)
    )
    return query.where(Item.shipment_id.is_not(None)).with_only_columns(Item.shipment_id)


def open_days(session: Session, firm_id: int) -> list[tuple[int, int, date, int, int]]:
    """League, programme and day with how many items and fen wait to be applied for."""
    days = (Item.league_id, Item.programme_id, subjects.DAY)
    counted = select(*days, func.count(Item.id), func.sum(ItemStage.balance))
    query = _open(counted, firm_id).group_by(*days).order_by(*days)
    return [
        (league_id, programme_id, day, int(count), int(fen))
        for league_id, programme_id, day, count, fen in session.execute(query)
    ]


def _of_period(
    league: League, programme: Programme, period_from: date, period_to: date
) -> ColumnElement[bool]:
    return and_(
        Item.league_id == league.id,
        Item.programme_id == programme.id,
        subjects.DAY.between(period_from, period_to),
    )


def _open(query: Select[*tuple[Any, ...]], firm_id: int) -> Select[*tuple[Any, ...]]:
    taken = select(ApplicationLine.item_id).where(ApplicationLine.is_open)
    return subjects.joined(query.join(ItemStage, ItemStage.item_id == Item.id)).where(
        Item.firm_id == firm_id,
        Item.id.not_in(taken),
        ItemStage.stage == "accrued",
        ItemStage.balance > 0,
        Matter.id.is_(None) | (Matter.state == "confirmed"),
    )


def missing(item: Item) -> list[str]:
    """What the item still needs before the firm applies, as English msgids."""
    wanted = []
    if item.shipment is not None and item.shipment.border_exit_date is None:
        wanted.append(mark("day of border crossing"))
    return wanted


def draft(
    session: Session,
    user: User,
    league: League,
    programme: Programme,
    period_from: date,
    period_to: date,
) -> Application:
    """Draft an application over everything of the period that can be applied for.

    The account is that of the firm's last application, to be looked at. Raises ``Refused`` for a
    turned-round period and when there is nothing to apply for.
    """
    if user.firm_id is None:
        raise NotAllowed(mark("Only a firm applies."))
    if period_to < period_from:
        raise Refused(mark("The period ends before it begins."), mark("Correct the days."))
    items = open_items(session, user.firm_id, league, programme, period_from, period_to)
    ready = [(item, balance) for item, balance in items if not missing(item)]
    if not ready:
        raise Refused(
            mark("There is nothing to apply for in this period."),
            mark("Upload manifests, or look at what the shipments still wait for."),
        )
    number = next_number(session, Application.id)
    before = _latest(session, user.firm_id)
    application = Application(
        code=f"SB-{period_from.year}-{number:04d}",
        firm_id=user.firm_id,
        league_id=league.id,
        programme_id=programme.id,
        period_from=period_from,
        period_to=period_to,
        bank_name=before.bank_name if before else "",
        bank_account=before.bank_account if before else "",
    )
    session.add(application)
    session.flush()
    for item, balance in ready:
        session.add(
            ApplicationLine(application_id=application.id, item_id=item.id, applied_fen=balance)
        )
    session.flush()
    return application


def _latest(session: Session, firm_id: int) -> Application | None:
    query = select(Application).where(Application.firm_id == firm_id, Application.bank_name != "")
    return session.scalars(query.order_by(Application.id.desc()).limit(1)).first()


def fill_in(
    session: Session,
    application: Application,
    *,
    bank_name: str,
    bank_account: str,
    promised: bool,
    no_other_subsidy: bool,
    left_out: Sequence[int] = (),
) -> None:
    """Fill the form and leave lines out, while it is a draft."""
    if application.state != "draft":
        raise Conflict(mark("Only a draft can be changed."), mark("Open it again first."))
    application.bank_name = bank_name.strip()
    application.bank_account = bank_account.strip()
    application.promised = promised
    application.no_other_subsidy = no_other_subsidy
    for line in lines(session, application):
        if line.id in left_out:
            session.delete(line)
    session.flush()


def lines(session: Session, application: Application) -> list[ApplicationLine]:
    """The lines in the order of their days."""
    query = subjects.joined(
        select(ApplicationLine).join(Item, Item.id == ApplicationLine.item_id)
    ).where(ApplicationLine.application_id == application.id)
    query = query.options(*subjects.eager(ApplicationLine.item))
    return list(session.scalars(query.order_by(subjects.DAY, Item.code)))


def shown(session: Session, application: Application) -> dict[str, Any]:
    """What a person decides on: form, lines and amounts, the firm's evidence, what differs."""
    evidence = evidence_links.shown(session, application)
    return {
        **({"evidence": evidence} if evidence else {}),
        **requirements.shown(session, "application", application),
        "code": application.code,
        "firm": application.firm.uscc,
        "league": application.league.code,
        "period": [application.period_from.isoformat(), application.period_to.isoformat()],
        "account": [application.bank_name, application.bank_account],
        "promised": [application.promised, application.no_other_subsidy],
        "lines": [
            [line.item.code, line.applied_fen, line.reduced_fen, line.reason_code]
            for line in lines(session, application)
        ],
    }


def take(session: Session, application: Application, name: str, taking: flow.Taking) -> Decision:
    """A step of the firm: prepare, reopen, apply, recall, withdraw.

    Raises as ``flow.take``, and ``Refused`` outside the days in which the league takes it.
    """
    members = lines(session, application)
    moves: tuple[ledger.Move, ...] = ()
    if name == "prepare":
        _check_form(application, members)
    if (name, application.state) in {("prepare", "draft"), ("apply", "prepared")}:
        _check_amounts(session, members)
        windows.check(session, application, local_day(taking.now))
    if name == "apply":
        moves = tuple(
            move_item(line.item, "accrued", "applied", line.applied_fen) for line in members
        )
    elif name == "recall":
        moves = given_back(members)
    decision = flow.take(
        session, application, name, taking, moves, business_date=local_day(taking.now)
    )
    if name == "withdraw":
        for line in members:
            line.is_open = False
    elif name == "recall":
        forget_reductions(members)
    session.flush()
    return decision


def given_back(
    members: Sequence[ApplicationLine], target: str = "accrued", reason_code: str = ""
) -> tuple[ledger.Move, ...]:
    """All that was applied for goes back to where it came from, or to another stage."""
    return tuple(
        move_item(line.item, "applied", target, line.applied_fen, reason_code) for line in members
    )


def forget_reductions(members: Sequence[ApplicationLine]) -> None:
    """What the league had noted on the lines goes where the firm corrects them."""
    for line in members:
        line.reduced_fen, line.reason_code, line.reason = 0, "", ""


def _check_form(application: Application, members: Sequence[ApplicationLine]) -> None:
    if not members:
        raise Refused(mark("No shipment is left in the application."), mark("Withdraw it."))
    if not application.promised or not application.no_other_subsidy:
        raise Refused(
            mark("The promise and the declaration of no other subsidy are needed."),
            mark("Read them and tick both."),
        )
    if not application.bank_name or not application.bank_account:
        raise Refused(mark("The account details are missing."), mark("Fill in bank and account."))
    payee.check_account(application.bank_account)


def _check_amounts(session: Session, members: Sequence[ApplicationLine]) -> None:
    """What is applied for is settled: a part that came later could not follow it any more."""
    for line in members:
        balance = ledger.item_balances(session, line.item_id).get("accrued", 0)
        if balance != line.applied_fen:
            raise Conflict(
                mark("The amount of %(shipment)s has changed since the draft."),
                mark("Withdraw this draft and make a new one."),
                shipment=line.item.subject.label,
            )
