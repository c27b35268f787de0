"""Levels 审批层级: no step that met a level was taken without its further person, entry by entry.

The levels are those the entries put in force, and the table says no others; a step's amount is
held against the money it moved. Its day is the one on which it was taken, in China; the day of
business may be another, as an allotment's is that of its document.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tracker.verify.reading import CHANGED, Fault, Rows, differing

CHINA = timezone(timedelta(hours=8))
TABLE = "level"
AGREE = "agree_"
MAKERS: Mapping[str, str] = {
    "application.pass": "first_review",
    "filing.file": "prepare",
    "filing.endorse": "propose",
    "filing.approve": "allocate",
    "division.divide": "prepare",
    "allotment.allot": "prepare",
    "allotment.carry_over": "propose_carry_over",
    "allotment.lapse": "propose_lapse",
    "disbursement.instruct": "prepare",
    "recovery.recover": "prepare",
    "recovery.lift": "propose_lift",
}
"""Step that a level may be set for -> the step whose maker it checks."""
MOVED: Mapping[str, str] = {
    "filing.file": "filed",
    "filing.approve": "approved",
    "disbursement.instruct": "instructed",
    "recovery.recover": "recoverable",
}
"""Step that moves its whole amount -> the stage where it arrives."""
FIELDS = ("kind", "step", "programme", "from_fen", "role", "valid_from", "valid_to")


@dataclass(frozen=True)
class Taken:
    """A step as its entry tells of it."""

    name: str
    actor: str
    shown: str
    detail: Mapping[str, Any]


def levels(rows: Rows) -> Iterator[Fault]:
    """Every level as it was put in force, and every step since with the people it needs."""
    known: dict[str, dict[str, Any]] = {}
    past: dict[str, list[Taken]] = defaultdict(list)
    own = _own(rows)
    for seq, body in rows(_query()):
        said = json.loads(body)
        subject, _, name = said["kind"].partition(".")
        code = f"{subject}:{said['cause'].split(':')[1]}"
        taken = Taken(name, said["actor"], said["detail"]["shown"], said["detail"])
        if subject == TABLE:
            _learn(known, code.partition(":")[2], taken)
        elif wrong := _wrong(said, taken, past[code], _due(said, taken, known, own.get(code))):
            yield Fault(f"分录 {seq}（{said['cause']}）", wrong)
        past[code].append(taken)
    yield from _kept(rows, known)


def _query() -> str:
    kinds = {kind.partition(".")[0] for kind in (*MAKERS, "level.")}
    likes = " OR ".join(f"kind LIKE '{kind}.%'" for kind in sorted(kinds))
    return f"SELECT seq, body FROM entry WHERE {likes} ORDER BY seq"  # noqa: S608  constant names


def _own(rows: Rows) -> dict[str, str]:
    """Application, filing and division -> the programme it is of."""
    return {
        f"{table}:{code}": programme
        for table in ("application", "filing", "division")
        for code, programme in rows(
            f"SELECT {table}.code, programme.code FROM {table}"  # noqa: S608  constant names
            f" JOIN programme ON programme.id = {table}.programme_id"
        )
    }


def _learn(known: dict[str, dict[str, Any]], code: str, taken: Taken) -> None:
    if taken.name == "settle":
        known[code] = dict(taken.detail["level"])
    elif taken.name == "end":
        known[code]["valid_to"] = taken.detail["valid_to"]


def _due(
    said: Mapping[str, Any],
    taken: Taken,
    known: Mapping[str, Mapping[str, Any]],
    own: str | None,
) -> dict[str, Mapping[str, Any]]:
    """The levels in force for a step on its day, whatever its amount.

    Of which programme it is, its money, its entry and the table tell; any of them makes one due.
    """
    day = datetime.fromisoformat(said["recorded_at"]).astimezone(CHINA).date().isoformat()
    moved = {
        one["target"][2].rpartition("|")[2] for one in said["postings"] if one["target"][0] == "fen"
    }
    programmes = {own, taken.detail.get("programme"), *moved} - {None, ""}
    return {
        code: one
        for code, one in known.items()
        if f"{one['kind']}.{one['step']}" == said["kind"]
        and (not one["programme"] or not programmes or one["programme"] in programmes)
        and one["valid_from"] <= day
        and (not one["valid_to"] or day <= one["valid_to"])
    }


def _wrong(
    said: Mapping[str, Any],
    taken: Taken,
    past: list[Taken],
    due: Mapping[str, Mapping[str, Any]],
) -> str:
    """What a step lacks; empty where no level is met or each has its person."""
    if not due:
        return ""
    amount = taken.detail.get("amount_fen")
    if type(amount) is not int or amount != _moved(said, amount):
        return "没有写明审批金额，或与所动资金不符"
    met = [(code, one["role"]) for code, one in due.items() if one["from_fen"] <= amount]
    return _lacking(taken, past, MAKERS[said["kind"]], met)


def _lacking(taken: Taken, past: list[Taken], maker: str, met: list[tuple[str, str]]) -> str:
    """Which level has no further person of its own, since the maker's last step."""
    places = [place for place, one in enumerate(past) if one.name == maker]
    since = past[places[-1] :] if places else []
    agreed = {
        (one.detail.get("level"), one.detail.get("role")): one.actor
        for one in since
        if one.name == AGREE + taken.name and one.shown == taken.shown
    }
    people = [taken.actor, *(one.actor for one in since[:1])]
    for code, role in met:
        person = agreed.get((code, role))
        if person is None or person in people:
            return f"缺少审批层级 {code} 要求的另一人加签"
        people.append(person)
    return ""


def _moved(said: Mapping[str, Any], otherwise: object) -> object:
    stage = MOVED.get(said["kind"])
    if stage is None:
        return otherwise
    return sum(one["amount"] for one in said["postings"] if one["target"][1] == stage)


def _kept(rows: Rows, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """The table holds the levels that the entries put in force, as they stand, and no others."""
    query = (
        "SELECT level.code, subject_kind, step, programme.code, from_fen, role, valid_from,"
        " valid_to FROM level LEFT JOIN programme ON programme.id = level.programme_id"
        " WHERE state IN ('settled', 'ending', 'ended')"
    )
    stands = {}
    for code, *values in rows(query):
        *plain, first, last = values
        plain[2] = plain[2] or ""
        days = (str(first), str(last) if last else "")
        stands[code] = dict(zip(FIELDS, (*plain, *days), strict=True))
    for code in differing(known, stands):
        yield Fault(f"审批层级 {code}", CHANGED)
