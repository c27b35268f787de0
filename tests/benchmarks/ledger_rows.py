"""Rows of large books 大账簿: many shipments at once, and the rows of an entry written raw.

The raw writers are the peers of ``bench_ledger``: the same rows of the same entry, by
``executemany`` on SQLite and by COPY on PostgreSQL, into tables that promise less.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.orm import Session

from tests.ledger_samples import DAY, LEAGUE, NOW, PROGRAMME, USCCS
from tracker import bulk
from tracker.db import Database
from tracker.models.cargo import ClaimKey, Shipment
from tracker.models.methods import Programme
from tracker.models.money import Account, Item
from tracker.models.people import Firm, League

BATCH = 500
CLAIMS = ("unit", "batch", "vehicle")
"""What a truck claims for itself."""
SHIPMENT = (
    *("id", "firm_id", "unit_key", "mode", "direction", "departure_date", "border_exit_date"),
    *("label", "unit", "version_no", "accepted_seq", "accepted_at", "state", "waits_for"),
    "league_id",
)
ITEM = ("code", "programme_id", "firm_id", "league_id", "shipment_id")
TABLES = {
    "item": ("id", *ITEM),
    "claim_key": ("id", "kind", "claim", "shipment_id"),
    "entry": (
        *("id", "seq", "kind", "cause", "business_date", "recorded_at", "actor", "posting_count"),
        *("body", "body_sha256", "previous_hash", "hash"),
    ),
    "posting": (
        *("id", "entry_id", "line_no", "source_id", "target_id", "amount", "item_id"),
        "reason_code",
    ),
}
"""Tables that posting adds rows to, in an order that foreign keys allow, with their columns."""
Rows = dict[str, list[tuple[Any, ...]]]
"""Table -> rows."""


def codes(first: int, count: int) -> list[str]:
    """Codes of the items of so many trucks."""
    names = f"{PROGRAMME}|{USCCS[0]}|{LEAGUE}"
    return [f"ROAD|{USCCS[0]}|{number}|{names}" for number in range(first, first + count)]


def ship(session: Session, count: int) -> None:
    """A league, a firm and so many trucks of it, all of them numbered from one."""
    league = League(code=LEAGUE, name_zh="乌兰察布市", name_en="Ulanqab")
    firm = Firm(uscc=USCCS[0], name="示例企业", is_sample=True)
    session.add_all([league, firm, Programme(code=PROGRAMME, name_zh="运费", name_en="Freight")])
    session.flush()
    day, moment = DAY.isoformat(), NOW.replace(tzinfo=None).isoformat(" ", "microseconds")
    rows = (
        (
            *(number, firm.id, f"ROAD|{USCCS[0]}|{number}", "ROAD", "E", day, day),
            *(f"蒙A{number:05d}", "{}", 1, number, moment, "standing", "", league.id),
        )
        for number in range(1, count + 1)
    )
    bulk.write(session, Shipment, SHIPMENT, rows)


def take(session: Session, first: int, count: int, *, claims: bool) -> None:
    """Items of so many trucks, and what each claims for itself, as committing a manifest does."""
    one = 1  # league, firm and programme: there is one of each
    made = zip(codes(first, count), range(first, first + count), strict=True)
    bulk.write(session, Item, ITEM, ((code, one, one, one, number) for code, number in made))
    if claims:
        held = sorted(
            (kind, f"{kind}|蒙A{number:05d}|{DAY}|E", number)
            for number in range(first, first + count)
            for kind in CLAIMS
        )
        bulk.write(session, ClaimKey, ("kind", "claim", "shipment_id"), held)


def newest(database: Database, after: dict[str, int]) -> Rows:
    """Rows added since, by table; ``after`` moves on to the newest of them."""
    found: Rows = {}
    with database.engine.connect() as connection:
        for table, names in TABLES.items():
            query = f"SELECT {', '.join(names)} FROM {table} WHERE id > {after.get(table, 0)}"  # noqa: S608  our own names
            found[table] = [tuple(row) for row in connection.execute(text(f"{query} ORDER BY id"))]
            after[table] = max([after.get(table, 0), *(row[0] for row in found[table])])
    return found


def put(engine: Engine, rows: Rows, prefix: str = "") -> None:
    """Write the rows raw, in a transaction as an entry is, into the tables of this prefix."""
    with engine.execution_options(tracker_writes=True).begin() as connection:
        for table, names in TABLES.items():
            _put(connection, prefix + table, names, rows[table])


def _put(
    connection: Connection, table: str, names: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    listed = ", ".join(names)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    elif rows:
        places = ", ".join("?" for _ in names)
        connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) VALUES ({places})", rows)  # noqa: S608  our own names


def bare(engine: Engine) -> None:
    """Make tables for the same rows that keep nothing: no key, no index, no check."""
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} LIMIT 0"))  # noqa: S608  our own names


def unguarded(engine: Engine) -> None:
    """Take the triggers away; keys, foreign keys, checks and indexes stay."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            return
        for (name,) in connection.execute(text(names)).all():
            connection.execute(text(f"DROP TRIGGER {name}"))


def accounts(own: Engine, other: Engine) -> None:
    """Open in the other database the accounts that only the own one has."""
    query = text("SELECT id, unit, stage, owner, is_source, 0 AS balance FROM account ORDER BY id")
    with own.connect() as connection:
        wanted = [dict(row) for row in connection.execute(query).mappings()]
    with other.execution_options(tracker_writes=True).begin() as connection:
        there = {row[0] for row in connection.execute(query)}
        for row in wanted:
            if row["id"] not in there:
                connection.execute(insert(Account), row)
