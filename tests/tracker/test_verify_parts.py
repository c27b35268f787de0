"""Each check of the verifier on the least of books: tables of a few loose columns, in memory."""

import json
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from rules.periods import PERIOD_FACTS
from tests.tracker.test_composed import DEFINITION
from tracker.verify import (
    MOST_FAULTS,
    chain,
    composed,
    matters,
    package,
    reading,
    receipts,
    records,
    verify,
)
from tracker.verify.__main__ import main
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
    return [str(fault) for fault in faults]


@pytest.fixture
def small() -> Iterator[Small]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield Small(connection)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tracker.sqlite"


@pytest.fixture
def kept(file: Path) -> Iterator[Small]:
    """Small books in a file, which the verifier finds right; what is put in is written at once."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        made = Small(connection)
        made.enter(*FUND)
        made.settle()
        yield made


FUND: tuple[Move, ...] = (
    ("free", "accrued", 1, "I"),
    ("free", "accrued", 9, "J"),
    ("granted", "headroom", 1, None),
)


def test_what_moves_by_the_rules_is_right_to_the_last_fen(small: Small) -> None:
    small.enter(*FUND)
    small.enter(("accrued", "applied", 1, "I"), ("headroom", "used", 1, None))
    small.enter(("applied", "free", 1, "I"), ("used", "granted", 1, None))
    walk, wrong = small.walk()
    assert wrong == []
    assert (walk.entries, walk.postings, walk.seq) == (3, 7, 3)
    stands = {name: walk.balances[key] for name, key in PLACES.items() if walk.balances[key]}
    assert stands == {"free": -9, "accrued": 9}
    assert {key: fen for key, fen in walk.stages.items() if fen} == {(2, "accrued"): 9}


@pytest.mark.parametrize(
    "move",
    [
        ("accrued", "applied", 0, "I"),
        ("accrued", "applied", -1, "I"),
        ("accrued", "applied", "1", "I"),
        ("accrued", "applied", 1, None),
        ("headroom", "used", 1, "I"),
        ("accrued", "used", 1, "I"),
        ("accrued", "headroom", 1, None),
        ("accrued", "filed", 1, "I"),
        ("accrued", "another's", 1, "I"),
        ("another's", "applied", 1, "I"),
        ("headroom", "another cap", 1, None),
        ("granted", "another cap", 1, None),
        ("granted", "used", 1, None),
    ],
    ids=str,
)
def test_a_move_against_the_rules_is_named_though_every_hash_agrees(
    move: Move, small: Small
) -> None:
    small.enter(*FUND)
    small.enter(("accrued", "applied", 1, "J"), move)
    _, wrong = small.walk()
    assert wrong[0] == "分录 2（e2）：第 2 行记账行的去向、金额或归属不合规则"


def test_an_account_that_is_not_there_is_named(small: Small) -> None:
    small.enter(("nowhere", "accrued", 1, "I"))
    _, wrong = small.walk()
    assert "第 1 行" in wrong[0]


@pytest.mark.parametrize(
    ("move", "stage"),
    [
        (("accrued", "applied", 2, "I"), "accrued"),  # the firm has it, the item does not
        (("headroom", "used", 2, None), "headroom"),
        (("accrued", "free", 11, "J"), "accrued"),
    ],
)
def test_a_fen_more_than_there_is_shows(move: Move, stage: str, small: Small) -> None:
    small.enter(*FUND)
    small.enter(move)
    _, wrong = small.walk()
    assert wrong == [f"分录 2（e2）：记账之后 {stage} 低于零"]


def test_an_account_below_zero_shows_though_none_of_its_items_is(small: Small) -> None:
    small.enter(*FUND)
    walk = chain.Walk()
    walk.balances[PLACES["applied"]] = -5
    assert list(chain.walked(small.rows, walk)) == []
    small.enter(("accrued", "applied", 1, "I"))
    again = chain.Walk()
    again.balances[PLACES["applied"]] = -5
    assert said(chain.walked(small.rows, again)) == ["分录 2（e2）：记账之后 applied 低于零"]


def test_postings_of_no_entry_are_each_named(small: Small) -> None:
    small.enter(*FUND)
    small.put("posting", 77, 4711, 0, 1, 2, 5, 1, "")
    assert small.walk()[1] == ["记账行 77：所属分录不存在"]


def test_which_version_of_a_matter_stands_is_told_by_the_entries(small: Small) -> None:
    for version in (1, 2):
        small.enter(kind="matter.confirm", detail={"matter": "SX", "version": version})
    assert small.walk()[0].confirmed == {"SX": (2, 1)}


def test_what_the_audit_log_tells_is_gathered_and_its_chain_proved(small: Small) -> None:
    small.tell("composed.keep", "composed/L/1/1", {"sha256": "a"})
    small.tell("receipt.issue", "receipt:7", {"sha256": "b"})
    small.tell("matter.state", "x", {"matter": "SX", "version": 2, "sha256": "c"})
    small.tell("else", "receipt:8", {"sha256": "d"})
    walk, wrong = small.walk()
    assert (wrong, walk.events) == ([], 4)
    assert walk.composed == {"composed/L/1/1": "a"}
    assert walk.receipts == {"receipt:7": "b"}
    assert walk.stated == {("SX", 2): "c"}
    small.rows("UPDATE audit_event SET address = 'y' WHERE id = 3")
    assert small.walk()[1] == ["审计日志 3：被改动，或之前的记录缺失"]


METHOD: dict[str, Any] = {
    "league": 1,
    "programme": 1,
    "state": "recorded",
    "first": "2026-01-10",
    "last": "2026-01-20",
}


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        ({"first": "2026-01-20", "last": None}, True),
        ({"first": "2026-01-21", "last": None}, False),
        ({"first": "2026-01-01", "last": "2026-01-10"}, True),
        ({"first": "2026-01-01", "last": "2026-01-09"}, False),
        ({"first": "2026-01-01", "last": None}, True),
        ({"league": 2}, False),
        ({"programme": 2}, False),
        ({"state": "draft"}, False),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_methods_clash_when_two_recorded_ones_share_a_day(
    other: Mapping[str, Any], small: Small, *, clash: bool, turned: bool
) -> None:
    both = [METHOD, METHOD | dict(other)]
    for key, one in enumerate(reversed(both) if turned else both, 1):
        small.put("method", key, f"文{key}", *one.values())
    wrong = ["补贴办法 文1：与 文2 在同一天都有效"] if clash else []
    assert said(records.methods(small.rows)) == wrong


def test_an_open_method_clashes_with_every_later_one(small: Small) -> None:
    for key, first in enumerate(("2026-01-01", "2027-01-01"), 1):
        small.put("method", key, f"文{key}", *(METHOD | {"first": first, "last": None}).values())
    assert len(said(records.methods(small.rows))) == 1


def test_claims_are_free_once_released_and_by_an_entry_that_is_there(small: Small) -> None:
    small.enter()
    walk, _ = small.walk()
    claims = [("unit", "a", None), ("box", "a", None), ("unit", "a", 1), ("unit", "b", 2)]
    for key, one in enumerate(claims, 1):
        small.put("claim_key", key, *one)
    assert said(records.claims(small.rows, walk)) == ["唯一键 4：释放它的分录 2 不存在"]
    small.put("claim_key", 5, "unit", "a", None)
    assert said(records.claims(small.rows, walk))[0] == "唯一键 unit a：同时被占用两次"


LATER = {
    "receipt": (1, "R1", 1, 5, '{"as_of":{"seq":1,"hash":""},"total_fen":5}', "x"),
    "composed_rule": (1, "composed/L/1/1", "x", 1, 1, 1, "{}"),
    "matter": (1, "SX", 1, 7, 1, 1, 2026, "confirmed", "2026-12-31"),
}
"""Tables that an earlier version did not have, and a row that nothing tells of."""


@pytest.mark.parametrize("table", LATER)
def test_books_of_an_earlier_version_are_proved_with_the_tables_they_have(
    table: str, kept: Small, file: Path
) -> None:
    assert verify(str(file), rules={}).faults == ()
    kept.put(table, *LATER[table])
    assert len(verify(str(file), rules={}).faults) == 1
    kept.rows(f"DROP TABLE {table}")
    if table == "matter":
        kept.rows("DROP TABLE matter_version")
    assert verify(str(file), rules={}).faults == ()


def test_a_hundred_faults_are_told_and_no_more(kept: Small, file: Path) -> None:
    for key in range(MOST_FAULTS + 50):
        kept.put("posting", 1_000 + key, 4711, 0, 1, 2, 5, 1, "")
    assert len(verify(str(file), rules={}).faults) == MOST_FAULTS == 100


def test_what_no_check_can_read_is_named_with_the_check(kept: Small, file: Path) -> None:
    kept.put("receipt", 1, "R1", 1, 5, "[]", "x")
    (fault,) = verify(str(file), rules={}).faults
    assert fault.where == "说明单"
    assert fault.what.startswith("内容无法读取，核对在此中断：TypeError")


def test_the_verifier_sees_one_moment_of_the_books_and_can_write_nothing(
    kept: Small, file: Path
) -> None:
    with reading.opened(str(file)) as rows:
        before = list(rows("SELECT count(*) FROM entry"))
        kept.enter()
        assert list(rows("SELECT count(*) FROM entry")) == before == [(1,)]
    with pytest.raises(OSError, match="readonly"), reading.opened(str(file)) as rows:
        rows("DELETE FROM entry")


def test_a_receipt_is_as_it_was_made_and_none_is_missing(small: Small) -> None:
    small.enter()

    def issue(key: int, *, seq: int = 1, total: int = 5, kept: str = "", anchor: str = "") -> None:
        content = {"as_of": {"seq": 1, "hash": anchor or small.head}, "total_fen": 5}
        own = sha256(canonical(content))
        small.put("receipt", key, f"R{key}", seq, total, json.dumps(content), kept or own)
        small.tell("receipt.issue", f"receipt:{key}", {"sha256": own})

    issue(1)
    issue(2, seq=2)
    issue(3, total=6)
    issue(4, kept="f" * 64)
    issue(5, anchor="e" * 64)
    issue(6)
    small.rows("DELETE FROM receipt WHERE id = 6")
    text, own = small.rows("SELECT content, sha256 FROM receipt WHERE id = 1").fetchone()
    small.put("receipt", 7, "R7", 1, 5, text, own)
    walk, _ = small.walk()
    assert said(receipts.receipts(small.rows, walk)) == [
        "说明单 R2：分录号或合计金额与内容不符",
        "说明单 R3：分录号或合计金额与内容不符",
        "说明单 R4：内容被改动，与其哈希不符",
        "说明单 R5：所载链首与第 1 号分录不符",
        "说明单 R7：与审计日志所记的哈希不符",
        "说明单 receipt:6：已出具，现已缺失",
    ]


def stated(small: Small, number: int, *, basis: str = "依据", told: bool = True) -> dict[str, Any]:
    """A version of the matter; returns what it states."""
    facts = dict.fromkeys(PERIOD_FACTS, number)
    content = sha256(canonical(["SX", number, "事项", facts, {}, basis]))
    texts = ("事项", json.dumps(facts), "{}", "依据", content)
    small.put("matter_version", number, 1, number, *texts)
    if told:
        detail = {"matter": "SX", "version": number, "sha256": content}
        small.tell("matter.state", "matter", detail)
    return facts


def matter(small: Small) -> dict[str, Any]:
    """A matter of which the first version was confirmed and assessed; its facts as assessed."""
    small.enter(kind="matter.confirm", detail={"matter": "SX", "version": 1})
    small.put("matter", 1, "SX", 1, 1, 1, 1, 2026, "confirmed", "2026-12-31")
    facts = stated(small, 1)
    given = ("SX", 1, "F", "L", "FIRM_YEAR", "2026-12-31")
    facts |= dict(zip(("key", "order", "firm", "league", "kind", "last_day"), given, strict=True))
    small.put("item", 3, "SX|P", 1, 1, 1, 1)
    small.put("assessment", 8, 3, 1, json.dumps(facts))
    return facts


def judged(small: Small) -> list[str]:
    walk, wrong = small.walk()
    return wrong + said(matters.matters(small.rows, walk))


def test_a_matter_stands_as_it_was_stated_confirmed_and_assessed(small: Small) -> None:
    facts = matter(small)
    assert judged(small) == []
    small.put("matter", 2, "SX2", 0, None, 1, 1, 2026, "withdrawn", "2026-12-31")
    small.put("matter", 3, "SX3", 0, None, 1, 1, 2027, "draft", "2027-12-31")
    assert judged(small) == []
    stated(small, 2, basis="别的")
    stated(small, 3, told=False)
    small.tell("matter.state", "matter", {"matter": "SX", "version": 4, "sha256": "x"})
    small.put("matter", 4, "SX4", 0, None, 1, 1, 2026, "draft", "2026-12-31")
    small.put("matter", 5, "SX5", 1, 7, 1, 1, 2029, "confirmed", "2026-12-31")
    small.put("assessment", 9, 3, 1, json.dumps(facts | {"firm": "G"}))
    small.put("assessment", 10, 3, 5, json.dumps(facts))
    assert judged(small) == [
        "申报事项 SX 第 2 版：内容被改动，与其哈希不符",
        "申报事项 SX 第 3 版：与审计日志所记的哈希不符",
        "申报事项 SX 第 2 版：已填报，现已缺失或被改动",
        "申报事项 SX 第 4 版：已填报，现已缺失或被改动",
        "申报事项 SX5：现行版本与核实它的分录不符",
        "申报事项 F P 2026 年度：同一年度填报了两次",
        "测算 9（SX）：事实与第 1 版申报内容不符",
        "测算 10（SX）：事实与第 5 版申报内容不符",
    ]


def test_a_moment_is_told_in_utc_whatever_the_database_gives() -> None:
    east = AT.astimezone(timezone(timedelta(hours=8)))
    told = {reading.moment(one) for one in (AT, east, AT.replace(tzinfo=None), str(east))}
    assert told == {"2026-03-02T09:30:00.000000+00:00"}


COMPOSED: dict[str, Any] = {
    **DEFINITION,
    "format": 1,
    "id": "composed/150100/1/1",
    "league": "150100",
    "programme": "freight",
}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, ""),
        ({"definition": json.dumps(COMPOSED | {"source": "别的"})}, "定义被改动，与其哈希不符"),
        ({"told": "y"}, "与审计日志所记的哈希不符"),
        ({"told": None}, "与审计日志所记的哈希不符"),
        ({"number": 2}, "编号、盟市或版本与定义不符"),
        ({"rule_id": "composed/150100/1/2"}, "编号、盟市或版本与定义不符"),
        ({"definition": "{}"}, "定义不成规则"),
    ],
)
def test_a_composed_rule_is_the_one_that_was_kept(
    changed: Mapping[str, Any], wrong: str, small: Small
) -> None:
    small.rows("UPDATE league SET code = '150100'")
    own = sha256(canonical(COMPOSED))
    row = {"rule_id": COMPOSED["id"], "sha256": own, "version_no": 1, "number": 1, "league_id": 1}
    row |= {"definition": json.dumps(COMPOSED), "told": own} | dict(changed)
    told = row.pop("told")
    small.put("composed_rule", 1, *row.values())
    if told is not None:
        small.tell("composed.keep", str(row["rule_id"]), {"sha256": told})
    small.tell("composed.keep", "composed/150100/2/1", {"sha256": "x"})
    kept = composed.kept(small.rows)
    found = said(composed.faults(kept, small.walk()[0]))
    assert found.pop() == "组合规则 composed/150100/2/1：已定稿，现已缺失"
    assert len(found) == bool(wrong)
    assert wrong in "".join(found)
    made = {rule_id: rule.id for rule_id, rule in composed.usable(kept).items()}
    assert made == ({} if "成规则" in wrong else {row["rule_id"]: COMPOSED["id"]})


PAPER = b"%PDF"
KEPT = sha256(PAPER)
LIST = {"format": package.FORMAT, "revision": "0001", "files": {KEPT: len(PAPER)}}


def packed(kept: Small, file: Path, changed: Mapping[str, Any], blobs: Mapping[str, bytes]) -> Path:
    """A package of the books, its list changed and with these raw files."""
    kept.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    books = file.read_bytes()
    told = {"seq": kept.seq, "head": kept.head, "books_sha256": sha256(books), **LIST, **changed}
    target = file.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as out:
        out.writestr(package.LIST, json.dumps(told))
        out.writestr(package.BOOKS, books)
        for name, raw in blobs.items():
            out.writestr(f"{package.FILES}{name}", raw)
    return target


@pytest.mark.parametrize(
    ("changed", "blobs", "wrong"),
    [
        ({}, {KEPT: PAPER}, []),
        ({}, {KEPT: PAPER[:3]}, [f"文件 {KEPT}：内容与其哈希不符"]),
        ({}, {}, [f"文件 {KEPT}：缺失", f"佐证材料 1：原始文件 {KEPT} 缺失"]),
        ({"files": {}}, {KEPT: PAPER}, [f"文件 {KEPT}：不在清单中"]),
        ({"books_sha256": "x"}, {KEPT: PAPER}, ["books.sqlite：与清单所记的哈希不符"]),
        ({"head": "x"}, {KEPT: PAPER}, ["锚点 1：哈希不符：此前的账簿被整体改写"]),
        ({"seq": 2}, {KEPT: PAPER}, ["锚点 2：分录不存在：账簿止于 1，之后的分录被截去"]),
    ],
)
def test_a_package_is_held_against_its_list_and_its_anchor(
    kept: Small,
    file: Path,
    changed: Mapping[str, Any],
    blobs: Mapping[str, bytes],
    wrong: list[str],
) -> None:
    kept.rows("CREATE TABLE evidence (id, sha256)")
    kept.rows("INSERT INTO evidence VALUES (1, ?), (2, '')", (KEPT,))
    target = packed(kept, file, changed, blobs)
    assert said(verify(str(target), rules={}).faults) == wrong
    told = said(verify(str(target), {1: "f" * 64}, rules={}).faults)
    assert any(one.startswith("锚点 1：哈希不符") for one in told)
    with package.opened_package(str(target)) as opened:
        assert opened.revision == "0001"
        assert opened.files == (changed.get("files", LIST["files"]))
    with pytest.raises(OSError, match="不认识的数据包格式：x"):
        verify(str(packed(kept, file, {"format": "x"}, {})), rules={})


def test_the_command_tells_each_fault_once(
    kept: Small, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept.put("posting", 77, 4711, 0, 1, 2, 5, 1, "")
    kept.put("posting", 78, 4711, 0, 1, 2, 5, 1, "")
    assert main([str(file)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "核对未通过。第一处错误：记账行 77：所属分录不存在"
    assert told[1] == "  记账行 78：所属分录不存在"
    assert told[2].startswith("分录 1 条，记账行 3 行")
