"""Extract 摘录: a league's rows in an SQLite file of their own, column by column as listed here.

Nothing goes along because nobody thought of it: a column that is not named stays behind, so that
new ones do too. Bank accounts, addresses, passwords and people's words to each other stay.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from tracker.db import canonical, chunks
from tracker.models.adjustments import Adjustment, AdjustmentLine
from tracker.models.applications import Application, ApplicationLine
from tracker.models.cargo import ClaimKey, Manifest, Shipment
from tracker.models.composed import ComposedRule
from tracker.models.divisions import Division
from tracker.models.filings import (
    Allotment,
    AllotmentMatch,
    Decision,
    Disbursement,
    DisbursementLine,
    Filing,
    FilingLine,
)
from tracker.models.matters import Matter, MatterVersion
from tracker.models.methods import Method, Programme
from tracker.models.money import Account, Assessment, ChainHead, Entry, Item, ItemStage, Posting
from tracker.models.people import Firm, League, User
from tracker.models.recoveries import Recovery, RecoveryLine, RecoveryPart
from tracker.packages.held import Held

BATCH_ROWS = 1_000
LINKS = ("id", "seq", "body_sha256", "previous_hash", "hash")
"""Of an entry: what anybody may have."""
TABLES: dict[type[Any], str] = {
    League: "id code name_zh name_en",
    Programme: "id code name_zh name_en subject",
    ComposedRule: "id league_id number version_no rule_id title definition sha256 kept_at"
    " is_sample",
    Method: "id league_id programme_id version_no title document_no issued_on valid_from valid_to"
    " rule_id rule_sha256 params state is_sample",
    Shipment: "id firm_id unit_key mode direction departure_date border_exit_date label version_no"
    " accepted_seq state league_id",
    ClaimKey: "id kind claim shipment_id released_seq",
    Matter: "id code firm_id league_id programme_id year first_day last_day title version_no"
    " accepted_seq state",
    MatterVersion: "id matter_id version_no title firm_facts league_facts basis sha256 user_id"
    " stated_at",
    Item: "id code programme_id firm_id league_id shipment_id matter_id",
    ItemStage: "item_id stage balance",
    Assessment: "id item_id method_id seq version_no run_sha256 outcome award_fen facts tally"
    " consumption",
    Application: "id code firm_id league_id programme_id period_from period_to state",
    ApplicationLine: "id application_id item_id applied_fen reduced_fen reason_code reason is_open",
    Filing: "id code league_id programme_id kind document_no basis state sheet_seq sheet_head",
    FilingLine: "id filing_id application_id item_id filed_fen reduced_fen reason_code reason"
    " is_open",
    Division: "id code league_id programme_id counter name_zh name_en ends_on limit_fen before_fen"
    " claims asked_fen given_fen rest place shares claims_sha256 state",
    Allotment: "id document_no league_id filing_id budget_line fiscal_year amount_fen issued_on"
    " state",
    AllotmentMatch: "id allotment_id filing_id amount_fen seq",
    Disbursement: "id code league_id firm_id allotment_id filing_id amount_fen state",
    DisbursementLine: "id disbursement_id item_id amount_fen",
    Adjustment: "id code league_id programme_id firm_id manifest_id reason state",
    AdjustmentLine: "id adjustment_id item_id before_fen after_fen moved_fen excess_fen is_open",
    Recovery: "id code league_id firm_id disbursement_id reason_code reason document_no due_on"
    " state",
    RecoveryLine: "id recovery_id item_id amount_fen",
    RecoveryPart: "id recovery_id kind document_no received_on amount_fen",
    Decision: "id subject_kind subject_id step state_before state_after user_id login decided_at"
    " seq shown_sha256 reason_code reason maker_id maker_decision_id",
    Manifest: "id firm_id file_name sha256 size_bytes uploaded_at state committed_at",
    ChainHead: "id seq hash",
    Posting: "id entry_id line_no source_id target_id amount item_id reason_code",
    Entry: "id seq kind cause business_date recorded_at actor posting_count body body_sha256"
    " previous_hash hash",
    Firm: "id uscc name is_sample",
    User: "id login name role",
    Account: "id unit stage owner is_source balance",
}
"""Table -> the columns of it that a league's package has; the last go by what names them."""
NAMES: dict[str, type[Any]] = {
    "firm_id": Firm,
    "user_id": User,
    "maker_id": User,
    "source_id": Account,
    "target_id": Account,
}
"""Column -> the table of which it names a row."""
SEEN: dict[str, type[Any]] = {
    "method": Method,
    "matter": Matter,
    "application": Application,
    "filing": Filing,
    "division": Division,
    "allotment": Allotment,
    "disbursement": Disbursement,
    "adjustment": Adjustment,
    "recovery": Recovery,
}
"""Kind of what is decided on -> its table."""
MARKED = {Manifest: ("bytes_sha256",)}
"""Table -> a column that only the package has: the file's hash where its bytes go along."""


def write(session: Session, held: Held, books: Path) -> dict[str, int]:
    """Write the league's rows into a fresh SQLite file; returns table -> rows."""
    counts: dict[str, int] = {}
    named: dict[type[Any], set[int]] = defaultdict(set)
    wanted = _wanted(held)
    with closing(sqlite3.connect(books)) as out, out:
        for table, listed in TABLES.items():
            names = [*listed.split(), *MARKED.get(table, ())]
            out.execute(f"CREATE TABLE {table.__tablename__} ({', '.join(names)})")
            places = ", ".join("?" * len(names))
            parts = wanted.get(table) or [
                table.id.in_(part) for part in chunks(sorted(named[table]))
            ]
            counts[table.__tablename__] = 0
            for row in _rows(session, held, table, listed.split(), parts):
                for name, value in row.items():
                    if name in NAMES and value is not None:
                        named[NAMES[name]].add(value)
                out.execute(
                    f"INSERT INTO {table.__tablename__} VALUES ({places})",  # noqa: S608  constant
                    [_plain(value) for value in row.values()],
                )
                counts[table.__tablename__] += 1
    return counts


def _rows(
    session: Session,
    held: Held,
    table: type[Any],
    names: Sequence[str],
    parts: Sequence[ColumnElement[bool]],
) -> Iterator[dict[str, Any]]:
    for where in parts:
        query = select(*(getattr(table, name) for name in names)).where(where)
        query = query.order_by(*table.__table__.primary_key.columns)
        for row in session.execute(query.execution_options(yield_per=BATCH_ROWS)).mappings():
            yield BLANKED[table](held, dict(row)) if table in BLANKED else dict(row)


def _wanted(held: Held) -> dict[type[Any], Sequence[ColumnElement[bool]]]:
    """Table -> which rows, in parts that one query can name; what is not told goes by its name."""
    league = held.league.id
    items = select(Item.id).where(Item.league_id == league)
    shipments = select(Shipment.id).where(Shipment.league_id == league)
    own = {table: held.own(kind) for kind, table in SEEN.items()}
    loose = [Posting.entry_id.in_(part) for part in chunks(sorted(held.loose))]
    return {
        League: [League.id == league],
        Programme: [true()],
        ComposedRule: [ComposedRule.league_id == league],
        Shipment: [Shipment.league_id == league],
        ClaimKey: [ClaimKey.shipment_id.in_(shipments)],
        **{table: [table.id.in_(keys)] for table, keys in own.items()},
        MatterVersion: [MatterVersion.sha256.in_(part) for part in chunks(sorted(held.stated))],
        Item: [Item.league_id == league],
        ItemStage: [ItemStage.item_id.in_(items)],
        Assessment: [Assessment.item_id.in_(items)],
        ApplicationLine: [ApplicationLine.application_id.in_(own[Application])],
        FilingLine: [FilingLine.filing_id.in_(own[Filing])],
        AllotmentMatch: [AllotmentMatch.allotment_id.in_(own[Allotment])],
        DisbursementLine: [DisbursementLine.disbursement_id.in_(own[Disbursement])],
        AdjustmentLine: [AdjustmentLine.adjustment_id.in_(own[Adjustment])],
        RecoveryLine: [RecoveryLine.recovery_id.in_(own[Recovery])],
        RecoveryPart: [RecoveryPart.recovery_id.in_(own[Recovery])],
        Decision: [Decision.seq.in_(part) for part in chunks(sorted(held.bodies))],
        Manifest: [Manifest.id.in_(part) for part in chunks(sorted(held.manifests))],
        Posting: [
            *(Posting.entry_id.in_(part) for part in chunks(sorted(held.bodies.values()))),
            *(where & Posting.item_id.in_(items) for where in loose),
        ],
        ChainHead: [true()],
        Entry: [true()],
    }


def _link(held: Held, row: dict[str, Any]) -> dict[str, Any]:
    """An entry with its body where that is the league's, otherwise its link alone."""
    if row["seq"] in held.bodies:
        return row
    return {name: value if name in LINKS else None for name, value in row.items()}


def _limit(held: Held, row: dict[str, Any]) -> dict[str, Any]:
    """An account with its balance, unless others draw on it too."""
    own = row["unit"] == "fen" or row["owner"].removeprefix("allotment:") in held.allotments
    return row if own else {**row, "balance": None}


def _file(held: Held, row: dict[str, Any]) -> dict[str, Any]:
    """An upload, and whether its bytes go along."""
    return {**row, "bytes_sha256": row["sha256"] if row["sha256"] in held.files else ""}


BLANKED: dict[type[Any], Callable[[Held, dict[str, Any]], dict[str, Any]]] = {
    Entry: _link,
    Account: _limit,
    Manifest: _file,
}
"""Table -> what becomes of a row of it."""


def _plain(value: object) -> object:
    """As SQLite keeps it."""
    if isinstance(value, dict | list):
        return canonical(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
