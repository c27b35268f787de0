"""Chain 链与余额: walks along the entries, oldest first, carrying each posting to the balances."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from tracker.verify.anchors import Anchor
from tracker.verify.reading import GENESIS, Fault, Rows, canonical, moment, sha256

MONEY = ("entitlement", "accrued", "applied", "filed", "approved", "instructed", "disbursed")
STAGES = {"fen": (*MONEY, "recoverable"), "limit": ("granted", "headroom", "used")}
SOURCES = ("entitlement", "granted")
NOWHERE = ("", "", "")
TAKEN = ("manifest.commit", "manifest.withdraw")
"""Kinds of entries that tell of an upload."""
PARTS = ("amount", "item", "reason_code")


@dataclass(frozen=True)
class Names:
    """Natural codes of accounts and items."""

    accounts: Mapping[int, tuple[str, str, str]]
    """Account -> unit, stage, owner."""
    items: Mapping[int, tuple[str, str, str]]
    """Item -> code, owner of its money, owner of the source of its money."""


@dataclass
class Walk:
    """What the walk along the chain gathers for the checks that follow it."""

    league: str = ""
    """Code of the league whose books these are, without others' bodies; empty where all is here."""
    withheld: int = 0
    """Entries whose bodies are not here."""
    loose: dict[int, int] = field(default_factory=dict)
    """Sequence of an entry whose body is not here -> its lines that are, held to no body."""
    shared: frozenset[int] = frozenset()
    """Accounts that other leagues draw on too, out of sight."""
    entries: int = 0
    postings: int = 0
    assessments: int = 0
    events: int = 0
    seq: int = 0
    head: str = GENESIS
    names: Names = Names({}, {})
    hashes: dict[int, str] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    stages: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    assessed: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    """(sequence, item, outcome, award) as the entries tell of assessments."""
    decided: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Sequence -> (actor, hash of what was shown) as the entries tell of decisions."""
    taken: set[tuple[str, str]] = field(default_factory=set)
    """Credit code and hash of the uploads that the entries tell of."""
    ruled: dict[int, object] = field(default_factory=dict)
    """Sequence -> hash of the rule that computed, as the entries tell of accruals."""
    composed: dict[str, object] = field(default_factory=dict)
    """Rule id -> its hash, as the audit events tell of versions that were kept."""
    receipts: dict[str, object] = field(default_factory=dict)
    """Subject -> hash, as the audit events tell of receipts that were made."""
    stated: dict[tuple[Any, Any], object] = field(default_factory=dict)
    """Code and number -> hash, as the audit events tell of what was stated of matters; in a
    league's books, as the entries do."""
    confirmed: dict[Any, tuple[Any, int]] = field(default_factory=dict)
    """Code of a matter -> version that stands, and the sequence of the entry that confirmed it
    first, as the entries tell."""


@dataclass(frozen=True)
class Entry:
    """A row of the entries as it stands; nothing in it is trusted."""

    seq: int
    cause: str
    kind: str
    business_date: object
    actor: str
    recorded_at: Any
    posting_count: int
    body: Any
    """Nothing where it is not here, because it tells of others."""
    body_sha256: str
    previous_hash: str
    hash: str


class Line(NamedTuple):
    """A row of the postings as it stands."""

    line_no: int
    source: int
    target: int
    amount: object
    item: int | None
    reason_code: str


def walked(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Walk along the entries with their postings, oldest first; one fault an entry at most."""
    walk.names = _names(rows)
    if walk.league:
        walk.shared = _shared(rows)
    postings = groupby(
        rows(
            "SELECT entry.id, line_no, source_id, target_id, amount, item_id, reason_code"
            " FROM posting JOIN entry ON entry.id = posting.entry_id"
            " ORDER BY entry.seq, entry.id, line_no"
        ),
        key=lambda row: row[0],
    )
    upcoming = next(postings, None)
    for key, *row in rows(
        "SELECT id, seq, cause, kind, business_date, actor, recorded_at, posting_count, body,"
        " body_sha256, previous_hash, hash FROM entry ORDER BY seq, id"
    ):
        entry, lines = Entry(*row), []
        if upcoming is not None and upcoming[0] == key:
            lines = [Line._make(line[1:]) for line in upcoming[1]]
            upcoming = next(postings, None)
        wrong = [*_linked(entry, walk)]
        if walk.league and entry.body is None:
            walk.withheld += 1
            walk.loose |= {entry.seq: len(lines)} if lines else {}
        else:
            said, unlike = _read(entry, walk)
            wrong += [*unlike, *_told(lines, entry, said, walk.names)]
        walk.entries += 1
        walk.postings += len(lines)
        walk.seq, walk.head = entry.seq, entry.hash
        walk.hashes[entry.seq] = entry.hash
        wrong += _carried(lines, walk)
        if wrong:
            cause = "" if entry.cause is None else f"（{entry.cause}）"
            yield Fault(f"分录 {entry.seq}{cause}", wrong[0])
    yield from _head(rows, walk)


def _shared(rows: Rows) -> frozenset[int]:
    """Limits whose balance a league's books do not tell: others draw on them as well."""
    query = "SELECT id FROM account WHERE unit = 'limit' AND balance IS NULL"
    return frozenset(key for (key,) in rows(query))


def _names(rows: Rows) -> Names:
    accounts = {row[0]: row[1:] for row in rows("SELECT id, unit, stage, owner FROM account")}
    query = (
        "SELECT item.id, item.code, league.code, firm.uscc, programme.code FROM item"
        " JOIN league ON league.id = item.league_id JOIN firm ON firm.id = item.firm_id"
        " JOIN programme ON programme.id = item.programme_id"
    )
    items = {
        key: (code, f"{league}|{uscc}|{programme}", f"{league}|{programme}")
        for key, code, league, uscc, programme in rows(query)
    }
    return Names(accounts, items)


def _linked(entry: Entry, walk: Walk) -> Iterator[str]:
    """What is wrong with an entry's place in the chain."""
    if entry.seq != walk.seq + 1:
        yield f"序号应为 {walk.seq + 1}：中间的分录缺失，或有重复"
    if entry.previous_hash != walk.head:
        yield "没有接在上一条分录之后"
    if entry.body is not None and sha256(entry.body.encode()) != entry.body_sha256:
        yield "正文被改动"
    link = canonical([entry.seq, entry.previous_hash, entry.body_sha256])
    if sha256(b"\x01" + link) != entry.hash:
        yield "哈希不符"


def _read(entry: Entry, walk: Walk) -> tuple[list[Any], list[str]]:
    """The postings an entry's body tells of, and where its columns say something else."""
    try:
        body = json.loads(entry.body)
        told = [
            [tuple(one["source"]), tuple(one["target"]), *map(one.__getitem__, PARTS)]
            for one in body["postings"]
        ]
        said = [body[name] for name in ("cause", "kind", "business_date", "actor", "recorded_at")]
        _gathered(entry, body, walk)
        algorithm = body["algorithm"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [], ["正文无法读取"]
    wrong = [] if algorithm == "sha256" else [f"哈希算法 {algorithm} 未知"]
    columns = [entry.cause, entry.kind, str(entry.business_date), entry.actor]
    if [*columns, moment(entry.recorded_at)] != said:
        wrong.append("事由、类别、业务日期、经办人或记录时间与正文不符")
    return told, wrong


def _gathered(entry: Entry, body: Any, walk: Walk) -> None:  # noqa: ANN401  whatever was written
    """Gather what a body tells of assessments, decisions and matters."""
    detail = body["detail"]
    for one in detail.get("assessed", ()):
        walk.assessed[entry.seq, one["item"], one["outcome"], one["award_fen"]] += 1
    if "rule_sha256" in detail:
        walk.ruled[entry.seq] = detail["rule_sha256"]
    if entry.kind in TAKEN:
        walk.taken.add((detail["firm"], detail["sha256"]))
    if "shown" in detail:
        walk.decided[entry.seq] = (body["actor"], detail["shown"])
    if entry.kind == "matter.confirm":
        code = detail["matter"]
        first = walk.confirmed.get(code, (0, entry.seq))[1]
        walk.confirmed[code] = (detail["version"], first)
    if walk.league and "matter" in detail:
        walk.stated[detail["matter"], detail["version"]] = detail["sha256"]


def _told(lines: Sequence[Line], entry: Entry, told: Sequence[Any], names: Names) -> Iterator[str]:
    """Where an entry's postings are not those of its body."""
    if not len(lines) == entry.posting_count == len(told):
        yield f"应有记账行 {len(told)} 行，实有 {len(lines)} 行"
    for number, (line, said) in enumerate(zip(lines, told, strict=False)):
        codes = (names.accounts.get(line.source), names.accounts.get(line.target))
        item = None if line.item is None else names.items.get(line.item, NOWHERE)[0]
        if line.line_no != number or [*codes, line.amount, item, line.reason_code] != said:
            yield f"第 {number + 1} 行记账行与正文不符"


def _carried(lines: Sequence[Line], walk: Walk) -> list[str]:
    """Carry an entry's postings to the balances, and say what no entry may do."""
    wrong = [
        f"第 {number} 行记账行的去向、金额或归属不合规则"
        for number, line in enumerate(lines, start=1)
        if not _allowed(line, walk.names)
    ]
    touched: set[tuple[int, str, int | None]] = set()
    for _, source, target, given, item, _ in lines:
        amount = given if type(given) is int else 0
        for key, signed in ((source, -amount), (target, amount)):
            stage = walk.names.accounts.get(key, NOWHERE)[1]
            walk.balances[key] += signed
            if stage not in SOURCES:
                touched.add((key, stage, item))
                if item is not None:
                    walk.stages[item, stage] += signed
    for key, stage, item in touched:
        short = walk.balances[key] < 0 and key not in walk.shared
        if short or (item is not None and walk.stages[item, stage] < 0):
            wrong.append(f"记账之后 {stage} 低于零")
    return wrong


def _allowed(line: Line, names: Names) -> bool:
    """Whether a posting goes one stage on, or back, within the accounts of its item's payee."""
    try:
        unit, before, giver = names.accounts[line.source]
        other, after, taker = names.accounts[line.target]
        step = STAGES[unit].index(after) - STAGES[unit].index(before)
        if line.item is not None:
            _, own, source = names.items[line.item]
            homes = [source if stage == "entitlement" else own for stage in (before, after)]
        else:
            homes = [giver, giver]
    except (KeyError, ValueError):
        return False
    return (
        type(line.amount) is int
        and line.amount > 0
        and unit == other
        and (unit == "fen") == (line.item is not None)
        and step <= 1
        and step != 0
        and [giver, taker] == homes
    )


def _head(rows: Rows, walk: Walk) -> Iterator[Fault]:
    if list(rows("SELECT id, seq, hash FROM chain_head")) != [(1, walk.seq, walk.head)]:
        yield Fault("链首", f"与最后一条分录（{walk.seq}）不符")
    lost = "SELECT id FROM posting WHERE entry_id NOT IN (SELECT id FROM entry) ORDER BY id"
    for (key,) in rows(lost):
        yield Fault(f"记账行 {key}", "所属分录不存在")


def anchored(walk: Walk, anchors: Iterable[Anchor]) -> Iterator[Fault]:
    """The chain still has what somebody wrote down, the oldest first."""
    for one in sorted(anchors, key=lambda one: one.seq):
        if not one.hash:
            yield Fault(one.name, "不是“时刻 序号:64 位哈希”，无法据以核对")
        elif one.seq not in walk.hashes:
            yield Fault(one.name, f"分录不存在：账簿止于 {walk.seq}，之后的分录被截去")
        elif walk.hashes[one.seq] != one.hash:
            yield Fault(one.name, "哈希不符：此前的账簿被整体改写")


def balanced(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """The balances kept are those the postings give, per account and per item."""
    query = "SELECT id, balance, is_source, owner, stage FROM account ORDER BY id"
    for key, stands, is_source, owner, stage in rows(query):
        due = None if key in walk.shared else walk.balances[key]
        if stands != due or bool(is_source) != (stage in SOURCES):
            what = f"余额为 {stands} 分，按记账行应为 {due} 分"
            yield Fault(f"账户 {owner} {stage}", what)
    kept = "SELECT item_id, stage, balance FROM item_stage"
    standing = {(item, stage): stands for item, stage, stands in rows(kept)}
    differ = [one for one, due in walk.stages.items() if standing.get(one, 0) != due]
    differ += [one for one in standing.keys() - walk.stages.keys() if standing[one] != 0]
    for item, stage in sorted(differ):
        stands, due = standing.get((item, stage), 0), walk.stages[item, stage]
        what = f"余额为 {stands} 分，按记账行应为 {due} 分"
        yield Fault(f"补贴项 {walk.names.items.get(item, NOWHERE)[0]} {stage}", what)
