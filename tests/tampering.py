"""Tampering 篡改: opens a database behind its own guards, as whoever owns the machine could."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg

Execute = Callable[..., list[tuple[Any, ...]]]
"""Runs a statement with ``?`` for its values; answers the rows, if there are any."""
OPENED = (
    *("entry", "posting", "account", "item", "item_stage", "assessment", "decision"),
    *("audit_event", "chain_head", "claim_key", "method", "composed_rule"),
    *("matter", "matter_version", "receipt", "forecast", "forecast_version"),
    *("hold", "held_line", "hold_reply", "near_pair", "near_verdict"),
)
CHECKS = {
    "account": ("source", "floor"),
    "posting": ("amount",),
    "decision": ("two_people", "maker"),
}
FREED = ("uq_claim_key_live", "uq_matter_held")


def tamper(url: str, work: Callable[[Execute], None]) -> None:
    """Run the work on the database with triggers, checks and the live index out of the way."""
    if url.startswith("sqlite"):
        _sqlite(url, work)
    else:
        _postgresql(url, work)


def _sqlite(url: str, work: Callable[[Execute], None]) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.isolation_level = None
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for name in FREED:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")

        def execute(statement: str, *values: object) -> list[tuple[Any, ...]]:
            return connection.execute(statement, values).fetchall()

        work(execute)


def _postgresql(url: str, work: Callable[[Execute], None]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for table in OPENED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
        for table, names in CHECKS.items():
            for name in names:
                connection.execute(
                    f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}".encode()
                )
        for name in FREED:
            connection.execute(f"DROP INDEX {name}".encode())
        connection.execute("ALTER TABLE method DROP CONSTRAINT ex_method_recorded")

        def execute(statement: str, *values: object) -> list[tuple[Any, ...]]:
            done = connection.execute(statement.replace("?", "%s").encode(), values or None)
            return done.fetchall() if done.description else []

        work(execute)
