"""Near pairs 疑似重复: what was found and said stands as told, and no pass went past it.

A pass is proven against the pairs told before it, of which both sides stood then as they were
found, by what the entries of uploads say; of a shipment that shares its key with another of its
firm they say nothing for certain, and nothing is proven. Each pair was cleared by the league of the
application, by another person than who passed it, and the entry of the pass names the clearing.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.verify.reading import CHANGED, Fault, Rows, differing

TABLE = "near_pair"
KINDS = (
    "manifest.commit",
    "manifest.withdraw",
    "near_pair.find",
    "near_pair.judge",
    "application.apply",
    "application.pass",
    "application.return",
    "application.decline",
)
SAID = ("pair", "league", "verdict", "reason_code", "reason", "shown_sha256")
KEYS = "SELECT uscc, unit_key, shipment.id FROM shipment JOIN firm ON firm.id = firm_id"
CLAIMED = (
    "SELECT uscc, claim, shipment.id FROM claim_key JOIN shipment ON shipment.id = shipment_id"
    " JOIN firm ON firm.id = firm_id WHERE kind = 'unit'"
)
NOTHING: Mapping[str, Any] = {"postings": []}
Side = tuple[str, str, int]
"""Credit code, key of the shipment, and its version."""


@dataclass
class Read:
    """What the tables say beside, and what the walk along the entries has told so far."""

    named: Mapping[tuple[str, str], set[int]] = field(default_factory=dict)
    """Credit code and key -> the shipments that ever had it."""
    items: Mapping[str, int] = field(default_factory=dict)
    """Item -> its shipment."""
    now: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Shipment -> its version and state, where the entries say so for certain."""
    pairs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Code -> the pair as its row must be."""
    verdicts: dict[int, dict[str, Any]] = field(default_factory=dict)
    last: dict[tuple[str, str], tuple[int, str, str]] = field(default_factory=dict)
    """Pair and league -> sequence, verdict and person of what was said last."""
    meets: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Shipment -> the pairs it is in."""
    applied: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Application -> its newest applying."""
    off: dict[str, set[int]] = field(default_factory=dict)
    """Application -> the shipments that its first review took off wholly, or all it declined."""

    def known(self, firm: str, key: str) -> int | None:
        """The one shipment that has this key."""
        found = self.named.get((firm, key), set())
        return next(iter(found)) if len(found) == 1 else None


def near_pairs(rows: Rows) -> Iterator[Fault]:
    """Every pair and verdict as its entry has it, and every pass with what it had to look at."""
    read = _beside(rows)
    query = f"SELECT seq, body FROM entry WHERE kind IN {KINDS} ORDER BY seq"  # noqa: S608  constant names
    for seq, body in rows(query):
        said = json.loads(body)
        for wrong in LEARN[said["kind"]](read, seq, said):
            yield Fault(f"分录 {seq}（{said['cause']}）", wrong)
    for code in differing(read.pairs, dict(_pairs(rows, read))):
        yield Fault(f"疑似重复 {code}", CHANGED)
    for seq in differing(read.verdicts, dict(_verdicts(rows))):
        yield Fault(f"疑似重复核实（分录 {seq}）", CHANGED)


def _uploaded(read: Read, _seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    """What an upload made of its shipments."""
    for key, version_no, state in said["detail"]["shipments"]:
        found = read.named.get((said["detail"]["firm"], key), set())
        for one in found:
            read.now.pop(one, None)
            if len(found) == 1:
                read.now[one] = (version_no, state)
    yield from ()


def _found(read: Read, seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    for one in said["detail"]["pairs"]:
        sides = [tuple(side) for side in one["sides"]]
        read.pairs[one["code"]] = {
            "sides": sides,
            "grounds": one["grounds"],
            "shown": one["shown"],
            "seq": seq,
        }
        for firm, key, _ in sides:
            shipment = read.known(firm, key)
            if shipment is not None:
                read.meets[shipment].add(one["code"])
    yield from ()


def _judged(read: Read, seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    detail = said["detail"]
    read.verdicts[seq] = {**{name: detail[name] for name in SAID}, "login": said["actor"]}
    read.last[detail["pair"], detail["league"]] = (seq, detail["verdict"], said["actor"])
    pair = read.pairs.get(detail["pair"])
    if pair is None or pair["shown"] != detail["shown_sha256"]:
        yield "核实的不是所记的一对"


def _applied(read: Read, _seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    read.applied[_application(said)] = said
    yield from ()


def _passed(read: Read, _seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    """Every pair that stood with what passed was cleared, and the entry says by what."""
    applying = read.applied.get(_application(said), NOTHING)
    left, leagues = _left(applying, said)
    named = said["detail"].get("near", ())
    told = {read.verdicts[seq]["pair"]: seq for seq in named if seq in read.verdicts}
    yield from (f"所记核实（分录 {seq}）不存在" for seq in named if seq not in read.verdicts)
    shipments = _shipments(read, left)
    read.off[_application(said)] = _shipments(read, _left(applying, NOTHING)[0]) - shipments
    asked = {code for one in shipments for code in read.meets[one] if _stood(read, code)}
    for code in sorted(asked | told.keys()):
        found = [read.last.get((code, league), (0, "", "")) for league in leagues]
        for seq, verdict, who in found:
            clear = verdict == "apart" or (verdict == "same" and _alone(read, code, shipments))
            if not clear or told.get(code) != seq:
                yield f"疑似重复 {code} 未经核实即予通过"
            elif who == said["actor"]:
                yield f"疑似重复 {code} 由通过人自己核实"


def _returned(read: Read, _seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    read.off.pop(_application(said), None)
    yield from ()


def _declined(read: Read, _seq: int, said: Mapping[str, Any]) -> Iterator[str]:
    applying = read.applied.get(_application(said), NOTHING)
    read.off[_application(said)] = _shipments(read, _left(applying, NOTHING)[0])
    yield from ()


STEPS = (_uploaded, _uploaded, _found, _judged, _applied, _passed, _returned, _declined)
LEARN = dict(zip(KINDS, STEPS, strict=True))


def _shipments(read: Read, items: set[str]) -> set[int]:
    return {read.items[item] for item in items if item in read.items}


def _alone(read: Read, code: str, passing: set[int]) -> bool:
    """Whether of one trip only this side passes, the other taken off; or it cannot be told."""
    sides = {read.known(firm, key) for firm, key, _ in read.pairs[code]["sides"]}
    return None in sides or (
        not sides <= passing and sides - passing <= set().union(*read.off.values())
    )


def _application(said: Mapping[str, Any]) -> str:
    return str(said["cause"].split(":")[1])


def _left(applying: Mapping[str, Any], passing: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The items of which something passed, and the leagues whose they are."""
    fen: dict[str, int] = defaultdict(int)
    leagues: set[str] = set()
    for sign, said in ((1, applying), (-1, passing)):
        for one in (each for each in said["postings"] if each["item"]):
            fen[one["item"]] += sign * one["amount"]
            owner = one["target" if sign > 0 else "source"][2]
            leagues.add(owner.split("|")[0])
    return {item for item, amount in fen.items() if amount > 0}, leagues


def _stood(read: Read, code: str) -> bool:
    """Whether both sides were, by the entries until now, what they were found as."""
    found = ((read.known(firm, key), version) for firm, key, version in read.pairs[code]["sides"])
    return all(
        one is not None and read.now.get(one) == (version, "standing") for one, version in found
    )


def _beside(rows: Rows) -> Read:
    named: dict[tuple[str, str], set[int]] = defaultdict(set)
    for query in (KEYS, CLAIMED):
        for firm, key, shipment in rows(query):
            named[firm, key].add(shipment)
    items = rows("SELECT code, shipment_id FROM item WHERE shipment_id IS NOT NULL")
    return Read(named=named, items=dict(items))


def _pairs(rows: Rows, read: Read) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows; a side that never had the key it was told by is named by what it is."""
    query = (
        "SELECT near_pair.code, near_pair.grounds, near_pair.shown_sha256, near_pair.seq,"
        " one.id, mine.uscc, one.unit_key, first_version_no,"
        " two.id, theirs.uscc, two.unit_key, second_version_no FROM near_pair"
        " JOIN shipment AS one ON one.id = first_id JOIN firm AS mine ON mine.id = one.firm_id"
        " JOIN shipment AS two ON two.id = second_id"
        " JOIN firm AS theirs ON theirs.id = two.firm_id"
    )
    for code, grounds, shown, seq, *sides in rows(query):
        told = read.pairs.get(code, {}).get("sides", [("", "", 0)] * 2)
        stand: list[Side] = []
        for place, (key, firm, unit_key, version_no) in enumerate((sides[:4], sides[4:])):
            said = told[place][1]
            known = key in read.named.get((firm, said), ())
            stand.append((firm, said if known else unit_key, version_no))
        yield (
            code,
            {"sides": stand, "grounds": json.loads(grounds), "shown": shown, "seq": seq},
        )


def _verdicts(rows: Rows) -> Iterator[tuple[int, dict[str, Any]]]:
    query = (
        "SELECT near_verdict.seq, near_pair.code, league.code, verdict, reason_code, reason,"
        " near_verdict.shown_sha256, login FROM near_verdict"
        " JOIN near_pair ON near_pair.id = pair_id"
        " JOIN league ON league.id = near_verdict.league_id"
        " JOIN user_account ON user_account.id = user_id ORDER BY near_verdict.id"
    )
    for seq, *values, login in rows(query):
        yield seq, {**dict(zip(SAID, values, strict=True)), "login": login}
