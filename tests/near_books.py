"""Loose tables of look-alikes: shipments of two firms, their pair, verdicts and passes."""

import json
import sqlite3
from typing import Any

from tracker.verify import near_pairs

CODE = "YS-00001"
TABLES = {
    "entry": "seq, kind, body",
    "firm": "id, uscc",
    "league": "id, code",
    "user_account": "id, login",
    "shipment": "id, firm_id, unit_key",
    "claim_key": "kind, claim, shipment_id",
    "item": "code, shipment_id",
    "near_pair": "id, code, grounds, shown_sha256, seq, first_id, first_version_no, second_id,"
    " second_version_no",
    "near_verdict": "id, seq, pair_id, league_id, verdict, reason_code, reason, shown_sha256,"
    " user_id",
}
SHIPMENTS = ((1, 1, "k1"), (2, 2, "k2"), (3, 1, "k3"))
"""Of the first firm, of the second, and one more of the first; each with an item of its number."""
LEAGUE, ELSEWHERE = "150100", "150900"
PEOPLE = ("o", "b", "z")
Part = tuple[str, int]
"""Item and fen."""


class Books:
    """Loose tables; the pair is of the first two shipments, and everything in them agrees."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection.execute
        self.seq = self.judged = 0
        for table, columns in TABLES.items():
            self.rows(f"CREATE TABLE {table} ({columns})")
        for key, firm in enumerate(("A", "B"), start=1):
            self.put("firm", key, firm)
        for key, code in enumerate((LEAGUE, ELSEWHERE), start=1):
            self.put("league", key, code)
        for key, login in enumerate(PEOPLE, start=1):
            self.put("user_account", key, login)
        for key, firm_id, unit_key in SHIPMENTS:
            self.put("shipment", key, firm_id, unit_key)
            self.put("item", f"i{key}", key)

    def put(self, table: str, *values: object) -> None:
        """One row."""
        places = ", ".join("?" for _ in values)
        self.rows(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608  our own names

    def tell(
        self,
        kind: str,
        subject: str = "",
        detail: dict[str, Any] | None = None,
        actor: str = "o",
        postings: list[dict[str, Any]] | None = None,
    ) -> int:
        """An entry; its sequence."""
        self.seq += 1
        said: dict[str, Any] = {
            "kind": kind,
            "cause": f"{kind.partition('.')[0]}:{subject}:1",
            "actor": actor,
        }
        said |= {"detail": detail or {}, "postings": postings or []}
        self.put("entry", self.seq, kind, json.dumps(said))
        return self.seq

    def upload(self, firm: str, *shipments: tuple[str, int, str], kind: str = "commit") -> None:
        """What an upload made of shipments: key, version and state of each."""
        self.tell(f"manifest.{kind}", detail={"firm": firm, "shipments": shipments})

    def find(self, first: str = "k1", second: str = "k2", owner: str = "B") -> None:
        """A pair of a shipment of the first firm and one of either."""
        sides = [["A", first, 1], [owner, second, 1]]
        one = {"code": CODE, "sides": sides, "grounds": ["plate"], "shown": "s"}
        seq = self.tell("near_pair.find", detail={"pairs": [one]})
        self.put("near_pair", 1, CODE, '["plate"]', "s", seq, 1, 1, 2 if owner == "B" else 3, 1)

    def judge(self, verdict: str = "apart", actor: str = "o", league: str = LEAGUE) -> int:
        """A verdict; its sequence."""
        said = {"verdict": verdict, "reason_code": "papers", "reason": "示例", "shown_sha256": "s"}
        detail = {"pair": CODE, "league": league, **said}
        seq = self.tell("near_pair.judge", detail=detail, actor=actor)
        self.judged += 1
        keys = (1, (LEAGUE, ELSEWHERE).index(league) + 1)
        people = PEOPLE.index(actor) + 1
        self.put("near_verdict", self.judged, seq, *keys, *said.values(), people)
        return seq

    def apply(self, code: str, *parts: Part) -> None:
        """An application with these parts, the newest of its code."""
        ends = (["fen", "accrued", "Q|x"], ["fen", "applied", f"{LEAGUE}|x"])
        self.tell("application.apply", code, postings=moved(ends, parts))

    def go(self, step: str, code: str, *off: Part, near: tuple[int, ...] = ()) -> None:
        """A step of an application, what it takes off, and the clearings it names."""
        ends = (["fen", "applied", f"{LEAGUE}|x"], ["fen", "accrued", "Q|x"])
        detail = {"near": near} if near else {}
        self.tell(f"application.{step}", code, detail, "b", moved(ends, off))

    def faults(self) -> list[tuple[str, str]]:
        """Where something is wrong, and what."""
        return [(one.where, one.what) for one in near_pairs.near_pairs(self.rows)]

    def wrong(self) -> list[str]:
        """What is wrong."""
        return [what for _, what in self.faults()]


def moved(ends: tuple[list[str], list[str]], parts: tuple[Part, ...]) -> list[dict[str, Any]]:
    """Postings of these parts between two accounts, after one that is of no item."""
    source, target = ends
    told: list[dict[str, Any]] = [
        {"source": source, "target": target, "amount": fen, "item": item} for item, fen in parts
    ]
    return [{"source": ["n"], "target": ["n"], "amount": 1, "item": None}, *told]
