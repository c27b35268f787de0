"""Small books 最小的账簿: what a forger with all hashes at hand would leave, in loose tables."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from tracker.verify import chain, records
from tracker.verify.reading import GENESIS, Fault, canonical, sha256

TABLES = {
    "account": "id, unit, stage, owner, balance, is_source",
    "league": "id, code",
    "firm": "id, uscc",
    "programme": "id, code",
    "item": "id, code, league_id, firm_id, programme_id, matter_id",
    "entry": (
        "id, seq, cause, kind, business_date, actor, recorded_at, posting_count, body, body_sha256,"
        " previous_hash, hash"
    ),
    "posting": "id, entry_id, line_no, source_id, target_id, amount, item_id, reason_code",
    "chain_head": "id, seq, hash",
    "claim_key": "id, kind, claim, released_seq",
    "method": (
        "id, document_no, league_id, programme_id, state, valid_from, valid_to, rule_id,"
        " rule_sha256, params"
    ),
    "item_stage": "item_id, stage, balance",
    "user_account": "id, login",
    "decision": (
        "id, seq, login, shown_sha256, subject_kind, subject_id, user_id, maker_id,"
        " maker_decision_id"
    ),
    "audit_event": "id, previous_hash, hash, at, detail, login, action, subject, outcome, address",
    "receipt": "id, code, seq, total_fen, content, sha256",
    "application": "id, code",
    "filing": "id, code, sheet_sha256",
    "self_evaluation": (
        "id, filing_id, version_no, reached, results, words, reasons, measures, user_id, stated_at,"
        " seq"
    ),
    "publication": (
        "id, code, league_id, programme_id, period_from, period_to, published_on, ends_on, place,"
        " contact, head_seq, head_hash"
    ),
    "publication_line": (
        "id, publication_id, application_id, firm_name, items, amount_fen, pass_seq"
    ),
    "composed_rule": "id, rule_id, sha256, version_no, number, league_id, definition",
    "matter": ("id, code, version_no, accepted_seq, firm_id, programme_id, year, state, last_day"),
    "matter_version": "id, matter_id, version_no, title, firm_facts, league_facts, basis, sha256",
    "assessment": (
        "id, item_id, version_no, facts, method_id, seq, outcome, award_fen, tally, consumption"
    ),
}


ACCOUNTS = {
    "free": ("fen", "entitlement", "L|P"),
    "accrued": ("fen", "accrued", "L|F|P"),
    "applied": ("fen", "applied", "L|F|P"),
    "filed": ("fen", "filed", "L|F|P"),
    "another's": ("fen", "accrued", "L|G|P"),
    "granted": ("limit", "granted", "cap"),
    "headroom": ("limit", "headroom", "cap"),
    "used": ("limit", "used", "cap"),
    "another cap": ("limit", "headroom", "other"),
}


PLACES = {name: key for key, name in enumerate(ACCOUNTS, 1)}


ITEMS = {"I": 1, "J": 2}


AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


Move = tuple[str, str, object, str | None]


class Small:
    """Books in memory; what is put in is what a forger with all hashes at hand would leave."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection.execute
        self.head, self.seq, self.event = GENESIS, 0, GENESIS
        for table, columns in TABLES.items():
            self.rows(f"CREATE TABLE {table} ({columns})")
        for table, code in (("league", "L"), ("firm", "F"), ("programme", "P")):
            self.put(table, 1, code)
        for code, key in ITEMS.items():
            self.put("item", key, code, 1, 1, 1, None)
        for name, key in PLACES.items():
            self.put("account", key, *ACCOUNTS[name], 0, name in {"free", "granted"})
        self.put("chain_head", 1, 0, GENESIS)

    def put(self, table: str, *values: object) -> None:
        """One row; the columns not named are empty."""
        names = TABLES[table].split(", ")[: len(values)]
        places = ", ".join("?" for _ in values)
        self.rows(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", values)  # noqa: S608  our own names

    def enter(self, *moves: Move, kind: str = "test", detail: object = None) -> None:
        """An entry whose hashes, body and postings all agree, whatever it moves."""
        self.seq += 1
        postings = [
            {
                "source": ACCOUNTS.get(source, source),
                "target": ACCOUNTS.get(target, target),
                "amount": amount,
                "item": item,
                "reason_code": "",
            }
            for source, target, amount, item in moves
        ]
        told = {"cause": f"e{self.seq}", "kind": kind, "business_date": "2026-03-02"}
        told |= {"actor": "x", "recorded_at": AT.isoformat(timespec="microseconds")}
        body = canonical(
            {**told, "postings": postings, "detail": detail or {}, "algorithm": "sha256"}
        )
        own, key = sha256(body), 100 + self.seq
        link = sha256(b"\x01" + canonical([self.seq, self.head, own]))
        values = (*list(told.values())[:4], AT.replace(tzinfo=None).isoformat(" "))
        self.put("entry", key, self.seq, *values, len(moves), body.decode(), own, self.head, link)
        for number, (source, target, amount, item) in enumerate(moves):
            ends = (PLACES.get(source, 99), PLACES.get(target, 99))
            self.put("posting", None, key, number, *ends, amount, ITEMS.get(item or ""), "")
        self.head = link
        self.rows("UPDATE chain_head SET seq = ?, hash = ?", (self.seq, link))

    def tell(self, action: str, subject: str, detail: object) -> None:
        """An audit event in its chain."""
        said = {"login": "x", "action": action, "subject": subject, "outcome": "done"}
        content = {**said, "address": "", "detail": detail}
        content["at"] = AT.isoformat(timespec="microseconds")
        link = sha256(b"\x02" + canonical([self.event, content]))
        at, text = AT.replace(tzinfo=None).isoformat(" "), json.dumps(detail)
        self.put("audit_event", None, self.event, link, at, text, *said.values(), "")
        self.rows("UPDATE audit_event SET id = rowid")
        self.event = link

    def settle(self) -> None:
        """Write down what stands where, as the triggers do."""
        walk, _ = self.walk()
        for key, fen in walk.balances.items():
            self.rows("UPDATE account SET balance = ? WHERE id = ?", (fen, key))
        for (item, stage), fen in walk.stages.items():
            self.put("item_stage", item, stage, fen)

    def walk(self) -> tuple[chain.Walk, list[str]]:
        """The walk along the entries and the audit events, with what is wrong there."""
        walk = chain.Walk()
        found = [*chain.walked(self.rows, walk), *records.events(self.rows, walk)]
        return walk, said(found)


def said(faults: Iterable[Fault]) -> list[str]:
    """What is wrong, in words."""
    return [str(fault) for fault in faults]


FUND: tuple[Move, ...] = (
    ("free", "accrued", 1, "I"),
    ("free", "accrued", 9, "J"),
    ("granted", "headroom", 1, None),
)
