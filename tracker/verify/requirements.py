"""Requirements 环节要求: no step went on without what its league asked for before it by then.

What was asked for is what the entries say, the newest before the step, and the table says no more
and no less. What lay before a step its entry keeps: that is held against the entries, the request
and the evidence there is. What third parties' data said then, no entry proves.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.verify.levels import AGREE, MAKERS, Taken
from tracker.verify.reading import CHANGED, Fault, Rows, differing

TABLE = "requirement"
SET = "requirement.set"
JOINT_REVIEW = "joint_review"
STEPS = ("application.first_review", "application.pass", "filing.prepare", "filing.file")
"""The steps before which something may be asked for."""
NAMES = {
    "cross_check": "数据比对",
    "third_party": "第三方核验",
    "joint_review": "会审",
    "panel": "集体研究",
}
LOOKED_AT = ("differs", "no_answer")
FIELDS = ("league", "programme", "name", "needed", "place", "role", "document_no")
Home = tuple[str, str]
"""League and programme."""


@dataclass
class Read:
    """What the walk along the entries, and the tables beside them, have told so far."""

    asked: dict[tuple[str, str, str], Mapping[str, Any]] = field(default_factory=dict)
    """League, programme and name -> the newest choice."""
    past: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    """Application or filing -> its steps."""
    applied: dict[str, set[str]] = field(default_factory=dict)
    """Application -> items it was applied with the last time."""
    homes: dict[str, set[Home]] = field(default_factory=lambda: defaultdict(set))
    """Application or filing -> where it is, by the tables and by the money."""
    shipments: frozenset[str] = frozenset()
    """Items that are due for a shipment."""
    minutes: dict[str, list[str]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Filing -> the applications it has."""
    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """One step as its entry tells of it."""

    code: str
    name: str
    items: frozenset[str]
    """Of the money it moves, or the application moved when it was made."""
    taken: Taken
    past: tuple[Taken, ...]


def requirements(rows: Rows) -> Iterator[Fault]:
    """Every choice as it was made, and every step since with what it asks for."""
    read, told = _beside(rows), {}
    for seq, body in rows(
        "SELECT seq, body FROM entry WHERE kind LIKE 'application.%' OR kind LIKE 'filing.%'"
        " OR kind = 'requirement.set' ORDER BY seq"
    ):
        said = json.loads(body)
        detail = said["detail"]
        if said["kind"] == SET:
            told[seq] = {**{name: detail[name] for name in FIELDS}, "login": said["actor"]}
            read.asked[detail["league"], detail["programme"], detail["name"]] = detail
            continue
        for name, wrong in _faults(said, read):
            yield Fault(f"分录 {seq}（{said['cause']}）", f"{NAMES[name]}：{wrong}")
    for seq in differing(told, dict(_stand(rows))):
        yield Fault(f"环节要求（分录 {seq}）", CHANGED)


def _faults(said: Mapping[str, Any], read: Read) -> Iterator[tuple[str, str]]:
    """Name of each requirement that a step did not keep, and what is wrong."""
    kind, _, name = said["kind"].partition(".")
    thing = f"{kind}:{said['cause'].split(':')[1]}"
    items, homes = _moved(said)
    read.homes[thing] |= homes
    if name == "apply":
        read.applied[thing] = items
    taken = Taken(name, said["actor"], said["detail"]["shown"], said["detail"])
    if said["kind"] in STEPS:
        whose = items if kind == "filing" else read.applied.get(thing, set())
        past = tuple(read.past[thing])
        step = Step(thing.partition(":")[2], said["kind"], frozenset(whose), taken, past)
        for one in _due(step, read.homes[thing], read):
            kept = said["detail"].get("required", {}).get(one["name"])
            if wrong := PROOFS[one["name"]](kept, one, step, read):
                yield one["name"], wrong
    read.past[thing].append(taken)


def _moved(said: Mapping[str, Any]) -> tuple[set[str], set[Home]]:
    """The items whose money moves, and the leagues and programmes whose it is."""
    items, homes = set(), set()
    for one in said["postings"]:
        unit, _, owner = one["target"]
        if unit == "fen":
            league, *_, programme = owner.split("|")
            items.add(one["item"])
            homes.add((league, programme))
    return items, homes


def _due(step: Step, homes: set[Home], read: Read) -> list[Mapping[str, Any]]:
    """What is asked for before the step, wherever any trace says that it is."""
    return [
        one
        for (league, programme, _), one in read.asked.items()
        if one["needed"] and one["place"] == step.name and (league, programme) in homes
    ]


def _cross_check(kept: Any, _one: Any, step: Step, read: Read) -> str:  # noqa: ANN401  whatever is told
    """As many lines as there are shipments; what differed is told with its outcome."""
    if not isinstance(kept, dict) or not isinstance(kept.get("looked_at"), list):
        return "没有写明比对结果"
    if kept.get("lines") != len(step.items & read.shipments):
        return "所记行数与车次不符"
    told = dict(kept["looked_at"])
    known = told.keys() <= step.items and set(told.values()) <= set(LOOKED_AT)
    return "" if known and len(told) == len(kept["looked_at"]) else "所记结果与明细不符"


def _third_party(kept: Any, _one: Any, step: Step, read: Read) -> str:  # noqa: ANN401  likewise
    """A report that is kept for each application."""
    is_filing = step.name.startswith("filing.")
    wanted = read.inside[step.code] if is_filing else {step.code}
    if not isinstance(kept, dict) or not wanted or not wanted <= kept.keys():
        return "没有写明第三方报告"
    reports = [sha256 for found in kept.values() for sha256 in found]
    return "" if all(kept.values()) and read.evidence >= {*reports} else "所记第三方报告不存在"


def _joint_review(kept: Any, one: Mapping[str, Any], step: Step, _read: Read) -> str:  # noqa: ANN401  likewise
    """Another person of that office agreed, since the maker's last step, to what was shown."""
    name = step.name.partition(".")[2]
    places = [at for at, each in enumerate(step.past) if each.name == MAKERS[step.name]]
    since = step.past[places[-1] :] if places else ()
    agreed = {
        each.actor
        for each in since
        if each.name == AGREE + name
        and each.shown == step.taken.shown
        and (each.detail.get("level"), each.detail.get("role")) == (JOINT_REVIEW, one["role"])
    }
    others = {step.taken.actor, *(each.actor for each in since[:1])}
    others |= {who for _, _, who in step.taken.detail.get("levels", ())}
    if isinstance(kept, list) and kept[:1] == [one["role"]] and {*kept[1:]} & (agreed - others):
        return ""
    return "缺少另一部门的同意"


def _panel(kept: Any, _one: Any, step: Step, read: Read) -> str:  # noqa: ANN401  likewise
    """The minutes that the request names."""
    if not isinstance(kept, list) or not all(kept):
        return "没有写明会议纪要"
    return "" if read.minutes.get(step.code) == kept else "会议纪要与报送件不符"


Proof = Callable[[Any, Mapping[str, Any], Step, Read], str]
PROOFS: Mapping[str, Proof] = {
    "cross_check": _cross_check,
    "third_party": _third_party,
    "joint_review": _joint_review,
    "panel": _panel,
}
"""Requirement -> what its proof finds wrong in what the entry of a step keeps."""


def _beside(rows: Rows) -> Read:
    """What the tables say of the applications and filings."""
    read = Read()
    for table in ("application", "filing"):
        query = (
            f"SELECT {table}.code, league.code, programme.code FROM {table}"  # noqa: S608  constant names
            f" JOIN league ON league.id = {table}.league_id"
            f" JOIN programme ON programme.id = {table}.programme_id"
        )
        for code, league, programme in rows(query):
            read.homes[f"{table}:{code}"].add((league, programme))
    items = rows("SELECT item.code FROM item WHERE shipment_id IS NOT NULL")
    read.shipments = frozenset(code for (code,) in items)
    panels = "SELECT filing.code, minutes_no, panel_on FROM filing WHERE panel_on IS NOT NULL"
    read.minutes = {code: [number, str(day)] for code, number, day in rows(panels)}
    query = (
        "SELECT DISTINCT filing.code, application.code FROM filing_line"
        " JOIN filing ON filing.id = filing_id JOIN application ON application.id = application_id"
    )
    for filing, application in rows(query):
        read.inside[filing].add(application)
    reports = rows("SELECT DISTINCT sha256 FROM evidence")
    read.evidence = frozenset(sha256 for (sha256,) in reports)
    return read


def _stand(rows: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
    """Sequence of its entry -> what the table says of each choice."""
    query = (
        "SELECT seq, league.code, programme.code, requirement.name, needed, place,"
        " requirement.role, requirement.document_no, user_account.login FROM requirement"
        " JOIN league ON league.id = requirement.league_id"
        " JOIN programme ON programme.id = programme_id"
        " JOIN user_account ON user_account.id = user_id ORDER BY requirement.id"
    )
    for seq, *values, login in rows(query):
        stands = dict(zip(FIELDS, values, strict=True))
        yield seq, {**stands, "needed": bool(stands["needed"]), "login": login}
