"""Sheets 清算明细表: the calculation sheet of a filing, read from the books, kept as a raw file.

It is made while the filing is a draft, before it is prepared, so that the approver signs the very
bytes the officer saw; the ledger's head is printed on it and kept beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rules.facts import SHARES
from rules.outcome import Tally
from rules.registry import Registry, every_rule
from tracker import blobs
from tracker.books import ledger
from tracker.chinese import in_chinese
from tracker.db import SHANGHAI
from tracker.errors import Conflict, Refused, mark
from tracker.models import subjects
from tracker.models.applications import ApplicationLine
from tracker.models.cargo import CargoLine, Route, Shipment
from tracker.models.divisions import Division
from tracker.models.filings import Filing, FilingLine
from tracker.models.methods import Method
from tracker.models.money import Assessment, Item, ItemStage
from tracker.papers import settlement as paper
from tracker.papers.content import Detail, Document, Settlement
from tracker.papers.parameters import listed
from tracker.papers.pools import Pool, key_of
from tracker.steps import filing as filings
from tracker.steps import methods, networks
from tracker.steps.codes import REASON_CODES

LIMIT_BYTES = 256 * 1024 * 1024
"""Largest sheet that is kept: a hundred thousand shipments are far below it."""
FILED_STAGES = ("applied", "filed")
"""Where the money of a filing stands until it is decided."""

Line = tuple[ApplicationLine, Item, FilingLine | None]


@dataclass(frozen=True)
class Around:
    """What belongs to the filing's items, read at once."""

    assessments: Mapping[int, Assessment]
    """Item id -> the newest."""
    corridors: Mapping[int, str]
    """Shipment id -> name of the corridor."""
    waybills: Mapping[int, int]
    """Shipment id -> how many waybills stand."""


def settlement(
    session: Session,
    filing: Filing,
    head: ledger.Head,
    made_at: datetime,
    registry: Registry | None = None,
) -> bytes:
    """The 清算明细表 of a filing as an .xlsx workbook; the same books and time, the same bytes.

    Lists every shipment of the filing's applications, those the first review took off wholly
    included. `registry` gives the parameters their names; all installed rules when None. Raises
    ``Refused`` for a filing without lines.
    """
    lines = lines_of(session, filing)
    if not lines:
        raise Refused(mark("The filing has no lines."), mark("Withdraw it and draft another one."))
    around = _around(session, filing)
    methods = {one.method.id: one.method for one in around.assessments.values()}
    documents = sorted(methods.values(), key=lambda method: (method.valid_from, method.version_no))
    rules = registry or every_rule()
    details = tuple(_detail(line, around) for line in lines)
    sampled = any(method.is_sample for method in documents)
    return paper.write(
        Settlement(
            league=filing.league.name_zh,
            programme=filing.programme.name_zh,
            code=filing.code,
            document_no=filing.document_no,
            basis=filing.basis,
            performance_target=filing.performance_target,
            panel=f"{filing.minutes_no}（{filing.panel_on}）" if filing.panel_on else "",
            seq=head.seq,
            head_hash=head.hash,
            made_at=made_at.astimezone(SHANGHAI),
            ledger_fen=sum(_standing(session, filing).values()),
            is_sample=sampled or any(item.firm.is_sample for _, item, _ in lines),
            details=details,
            documents=tuple(document(method, rules) for method in documents),
            pools=_pools(session, filing, details),
            about=subjects.of(filing.programme).name,
        )
    )


def attach(
    session: Session,
    home: Path,
    filing: Filing,
    now: datetime,
    registry: Registry | None = None,
) -> None:
    """Make the sheet of a draft filing, keep its bytes, and note its hash and the ledger's head.

    Raises ``Conflict`` when the filing is no draft any more, or when a line's amount is not what
    stands in the ledger; ``NotNow`` when the disk refuses.
    """
    if filing.state != "draft":
        raise Conflict(
            mark("The calculation sheet is made while the filing is a draft."),
            mark("Open it again first."),
        )
    standing = _standing(session, filing)
    query = select(FilingLine).where(FilingLine.filing_id == filing.id)
    for line in session.scalars(query):
        if standing.get(line.item_id, 0) != line.filed_fen:
            raise Conflict(
                mark("The amount of %(shipment)s is no longer what stands in the ledger."),
                mark("Withdraw this filing and draft it again."),
                shipment=line.item.subject.label,
            )
    head = ledger.head(session)
    raw = settlement(session, filing, head, now, registry)
    filing.sheet_sha256, _ = blobs.store(home, BytesIO(raw), LIMIT_BYTES)
    filing.sheet_seq, filing.sheet_head = head.seq, head.hash
    session.flush()


def lines_of(session: Session, filing: Filing) -> list[Line]:
    """Every line the filing is about with its line of the filing, if it has one."""
    whole = filings.family(filing)
    query = (
        select(ApplicationLine, Item, FilingLine)
        .join(Item, Item.id == ApplicationLine.item_id)
        .outerjoin(FilingLine, (FilingLine.item_id == Item.id) & (FilingLine.filing_id.in_(whole)))
        .where(filings.applied(filing))
        .order_by(Item.firm_id, subjects.DAY, Item.code)
    )
    return list(session.execute(subjects.joined(query).options(*subjects.eager())))


def _standing(session: Session, filing: Filing) -> dict[int, int]:
    """Item id -> fen applied for or filed, of the filing's lines."""
    query = (
        select(ItemStage.item_id, func.sum(ItemStage.balance))
        .join(FilingLine, FilingLine.item_id == ItemStage.item_id)
        .where(FilingLine.filing_id == filing.id, ItemStage.stage.in_(FILED_STAGES))
        .group_by(ItemStage.item_id)
    )
    return {item_id: int(fen) for item_id, fen in session.execute(query)}


def _around(session: Session, filing: Filing) -> Around:
    of_filing = select(FilingLine.application_id).where(FilingLine.filing_id == filing.id)
    items = select(ApplicationLine.item_id).where(ApplicationLine.application_id.in_(of_filing))
    shipments = select(Item.shipment_id).where(Item.id.in_(items))
    newest = (
        select(func.max(Assessment.id))
        .where(Assessment.item_id.in_(items))
        .group_by(Assessment.item_id)
    )
    routes = (
        select(Route.shipment_id, Route.corridor, Route.network_version_id)
        .where(Route.shipment_id.in_(shipments), Route.standing)
        .order_by(Route.id)
    )
    rows = list(session.execute(routes))
    names = networks.corridor_names(session, {version for _, _, version in rows})
    counted = (
        select(CargoLine.shipment_id, func.count(CargoLine.waybill_no.distinct()))
        .where(CargoLine.shipment_id.in_(shipments), CargoLine.standing)
        .group_by(CargoLine.shipment_id)
    )
    return Around(
        assessments={
            one.item_id: one
            for one in session.scalars(select(Assessment).where(Assessment.id.in_(newest)))
        },
        corridors={
            shipment: names.get((version, corridor or ""), corridor or "")
            for shipment, corridor, version in rows
        },
        waybills=dict(session.execute(counted).all()),
    )


def _detail(line: Line, around: Around) -> Detail:
    applied, item, filed = line
    one = around.assessments[item.id]
    found = Detail(
        code=item.code,
        firm=item.firm.name,
        uscc=item.firm.uscc,
        label=item.subject.label,
        day=item.subject.day,
        method=one.method.document_no,
        tally=Tally.from_json(one.tally),
        applied_fen=applied.applied_fen,
        reduced_fen=applied.reduced_fen,
        reason=_why(applied.reason_code, applied.reason),
        filed_fen=filed.filed_fen if filed else 0,
        later_reduced_fen=filed.reduced_fen if filed else 0,
        later_reason=_why(filed.reason_code, filed.reason) if filed else "",
        papers=item.matter.title if item.matter else "",
    )
    return _of_shipment(found, item.shipment, around, one) if item.shipment else found


def _of_shipment(found: Detail, shipment: Shipment, around: Around, made: Assessment) -> Detail:
    """The line with what only a shipment has."""
    base = str(made.method.params.get("share_base", ""))
    return replace(
        found,
        papers=_papers(shipment.unit),
        waybills=around.waybills.get(shipment.id, 0),
        exited_on=shipment.border_exit_date,
        corridor=around.corridors.get(shipment.id, ""),
        distance_tenth_km=made.facts["distance_tenth_km"],
        domestic_tenth_km=made.facts["domestic_tenth_km"],
        share=_share(base, made.facts),
        share_base=SHARES[base][2] if base in SHARES else "",
    )


def _why(code: str, words: str) -> str:
    """Why something was taken off: the reason's code in words, and the words beside it."""
    said = in_chinese(REASON_CODES[code]) if code else ""
    return "：".join(part for part in (said, words) if part)


def _papers(unit: Mapping[str, Any]) -> str:
    """The batch, carnet or train a shipment is known by."""
    names = ("trip_batch_no", "tir_carnet_no", "train_no")
    return " / ".join(str(unit[name]) for name in names if unit.get(name))


def _share(base: str, facts: Mapping[str, Any]) -> tuple[int, int] | None:
    """E-commerce part and whole by the method's base; None where either is unknown."""
    if base not in SHARES:
        return None
    part, whole = facts[SHARES[base][0]], facts[SHARES[base][1]]
    return None if part is None or not whole else (part, whole)


def _pools(session: Session, filing: Filing, details: Sequence[Detail]) -> tuple[Pool, ...]:
    """The divided pools of which these shipments have their shares, in the order of division."""
    wanted = {key_of(line) for one in details for line in one.tally.lines} - {None}
    if not wanted:
        return ()
    query = select(Division).where(
        Division.league_id == filing.league_id,
        Division.programme_id == filing.programme_id,
        Division.state == "divided",
    )
    found = [
        Pool(
            code=one.code,
            name=one.name_zh,
            counter=one.counter,
            limit_fen=one.limit_fen,
            before_fen=one.before_fen,
            claims=one.claims,
            asked_fen=one.asked_fen,
            given_fen=one.given_fen,
        )
        for one in session.scalars(query.order_by(Division.id))
    ]
    return tuple(one for one in found if one.key in wanted)


def document(method: Method, registry: Registry) -> Document:
    """A method as it is printed."""
    rule = methods.found(registry, method)
    described = rule.describe_params() if rule is not None else []
    return Document(
        title=method.title,
        document_no=method.document_no,
        version_no=method.version_no,
        valid_from=method.valid_from,
        valid_to=method.valid_to,
        rule_id=method.rule_id,
        rule_sha256=method.rule_sha256,
        is_sample=method.is_sample,
        parameters=tuple(listed(method.params, described)),
    )
