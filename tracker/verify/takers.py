"""Takers 经办单位: every step was taken by the body whose it was then, makers and checkers apart.

Who took which step is what the entries say, of those whose day had come the one that begins last,
and the table says no more and no less; where nothing was set, the usual body. A person's role is
that of the account. Of whose league and programme a thing is, its money and the table tell; any of
them makes a setting count.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.verify.levels import CHINA
from tracker.verify.reading import CHANGED, Fault, Rows, differing

TABLE = "taker"
SET = "taker.set"
PLACES: Mapping[str, tuple[str, ...]] = {
    "application.first_review": ("league_officer", "league_finance"),
    "application.pass": ("league_approver", "league_finance"),
    "filing.file": ("league_approver", "league_finance"),
    "filing.allocate": ("finance_officer", "commerce_officer"),
    "division.divide": ("league_approver", "league_finance"),
    "disbursement.prepare": ("league_finance", "league_officer"),
}
"""Step that another body may take -> the roles that may, the usual one first."""
SETTERS: Mapping[str, str] = {"filing.allocate": "finance_approver"}
"""Who names the body, where it is not the league's approver."""
ALONG: Mapping[str, str] = {"application.decline": "application.pass"}
"""Step that goes with another -> that one."""
TURNED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "application.return": (
        ("application.first_review", "application.pass"),
        ("league_officer", "league_approver"),
    ),
    "filing.reopen": (("filing.file",), ("league_officer", "league_approver")),
    "division.reopen": (("division.divide",), ("league_officer", "league_approver")),
    "disbursement.withdraw": (("disbursement.prepare",), ("league_finance",)),
}
"""Step that turns back -> the places whose takers may besides, and those who always may."""
MAKERS: Mapping[str, str] = {
    "application.pass": "first_review",
    "application.decline": "first_review",
    "filing.file": "prepare",
    "filing.approve": "allocate",
    "division.divide": "prepare",
    "disbursement.instruct": "prepare",
}
"""Step that checks another -> that one, where either may be another body's."""
FIELDS = ("league", "programme", "place", "role", "valid_from", "document_no")
Home = tuple[str, str]
"""League and programme."""


@dataclass(frozen=True)
class Set:
    """One choice as its entry tells of it."""

    seq: int
    role: str
    valid_from: str
    document_no: str


@dataclass
class Read:
    """What the walk along the entries, and the tables beside them, have told so far."""

    roles: Mapping[str, str] = field(default_factory=dict)
    """Login -> the role of the account."""
    chosen: dict[tuple[Home, str], list[Set]] = field(default_factory=lambda: defaultdict(list))
    """Home and place -> what was ever set for it, the oldest first."""
    homes: dict[str, set[Home]] = field(default_factory=lambda: defaultdict(set))
    """Thing -> where it is, by the tables and by the money."""
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    """Thing and step -> who took it last."""


def takers(rows: Rows) -> Iterator[Fault]:
    """Every choice as it was made, and every step since by who was to take it."""
    read, told = _beside(rows), {}
    for seq, body in rows(_query()):
        said = json.loads(body)
        if said["kind"] == SET:
            detail = said["detail"]
            told[seq] = {**{name: detail[name] for name in FIELDS}, "login": said["actor"]}
            wrong = _learn(read, seq, said)
        else:
            wrong = _wrong(said, read)
        if wrong:
            yield Fault(f"分录 {seq}（{said['cause']}）", wrong)
    for seq in differing(told, dict(_stand(rows))):
        yield Fault(f"经办单位（分录 {seq}）", CHANGED)


def _query() -> str:
    kinds = sorted({place.partition(".")[0] for place in PLACES})
    likes = " OR ".join(f"kind LIKE '{kind}.%'" for kind in kinds)
    return f"SELECT seq, body FROM entry WHERE {likes} OR kind = '{SET}' ORDER BY seq"  # noqa: S608  constant names


def _learn(read: Read, seq: int, said: Mapping[str, Any]) -> str:
    """Keep a choice; what is wrong with it."""
    detail = said["detail"]
    place, role, first = detail["place"], detail["role"], detail["valid_from"]
    home = (detail["league"], detail["programme"])
    read.chosen[home, place].append(Set(seq, role, first, detail["document_no"]))
    if role not in PLACES.get(place, ()):
        return "该单位不能经办此环节"
    if read.roles.get(said["actor"]) != SETTERS.get(place, "league_approver"):
        return "设定人无权设定此环节的经办单位"
    return "" if _day(said) <= first else "自设定之前的日期起施行"


def _wrong(said: Mapping[str, Any], read: Read) -> str:
    """What a step says of who took it that cannot be."""
    kind, _, name = said["kind"].partition(".")
    thing, actor = f"{kind}:{said['cause'].split(':')[1]}", said["actor"]
    read.homes[thing] |= _moved(said)
    role, day = read.roles.get(actor, ""), _day(said)
    homes = sorted(read.homes[thing])
    maker = read.made.get((thing, MAKERS.get(said["kind"], "")))
    read.made[thing, name] = actor
    if maker is not None and read.roles.get(maker) == role:
        return "经办与复核是同一单位同一岗位"
    for home in homes:
        due, settings = _due(said["kind"], read, home, day)
        if due and role not in due:
            return f"应由 {'、'.join(due)} 办理，办理人是 {role}"
        kept = _kept(said["kind"], role, settings)
        if said["detail"].get("taker") != kept:
            return "所记经办单位的设定与当时施行的不符"
    return ""


def _due(name: str, read: Read, home: Home, day: str) -> tuple[tuple[str, ...], list[Set]]:
    """The roles that may take the step there on the day, none for any; and what is set for it."""
    place = ALONG.get(name, name)
    if place in PLACES:
        found = _in_force(read, home, place, day)
        return (found.role if found else PLACES[place][0],), [found] if found else []
    places, always = TURNED.get(name, ((), ()))
    settings = [one for at in places if (one := _in_force(read, home, at, day))]
    return (*always, *(one.role for one in settings if one.role not in always)), settings


def _kept(name: str, role: str, settings: list[Set]) -> dict[str, Any] | None:
    """What the entry keeps of the setting under which this role took the step."""
    if name in TURNED and role in TURNED[name][1]:
        return None
    for one in settings:
        if one.role == role:
            return {"role": role, "document_no": one.document_no, "seq": one.seq}
    return None


def _in_force(read: Read, home: Home, place: str, day: str) -> Set | None:
    """Of those whose day has come the one that begins last, and of these the newest."""
    come = [one for one in read.chosen.get((home, place), ()) if one.valid_from <= day]
    return max(come, key=lambda one: (one.valid_from, one.seq), default=None)


def _day(said: Mapping[str, Any]) -> str:
    """The day in China on which it was recorded."""
    return datetime.fromisoformat(said["recorded_at"]).astimezone(CHINA).date().isoformat()


def _moved(said: Mapping[str, Any]) -> set[Home]:
    """The leagues and programmes whose money moves."""
    owners = [one["target"][2] for one in said["postings"] if one["target"][0] == "fen"]
    return {(owner.split("|")[0], owner.rpartition("|")[2]) for owner in owners}


def _beside(rows: Rows) -> Read:
    """What the tables say of people and things."""
    read = Read(roles=dict(rows("SELECT login, role FROM user_account")))
    for table in ("application", "filing", "division"):
        query = (
            f"SELECT {table}.code, league.code, programme.code FROM {table}"  # noqa: S608  constant names
            f" JOIN league ON league.id = {table}.league_id"
            f" JOIN programme ON programme.id = {table}.programme_id"
        )
        for code, *home in rows(query):
            read.homes[f"{table}:{code}"].add((home[0], home[1]))
    query = (
        "SELECT disbursement.code, league.code, programme.code FROM disbursement"
        " JOIN league ON league.id = disbursement.league_id"
        " JOIN filing ON filing.id = disbursement.filing_id"
        " JOIN programme ON programme.id = filing.programme_id"
    )
    for code, *home in rows(query):
        read.homes[f"disbursement:{code}"].add((home[0], home[1]))
    return read


def _stand(rows: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
    """Sequence of its entry -> what the table says of each choice."""
    query = (
        "SELECT seq, league.code, programme.code, place, taker.role, valid_from,"
        " taker.document_no, user_account.login FROM taker"
        " JOIN league ON league.id = taker.league_id"
        " JOIN programme ON programme.id = programme_id"
        " JOIN user_account ON user_account.id = user_id ORDER BY taker.id"
    )
    for seq, *values, login in rows(query):
        stands = dict(zip(FIELDS, values, strict=True))
        yield seq, {**stands, "valid_from": str(stands["valid_from"]), "login": login}
