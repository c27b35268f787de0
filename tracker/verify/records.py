"""Records 记录: claims, methods, decisions, assessments and audit events against the entries."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.prorating import NUMBER
from rules.rule import Rule
from rules.tally import assess
from tracker.verify import matters, receipts
from tracker.verify.chain import Walk
from tracker.verify.composed import KEPT
from tracker.verify.reading import CHANGED, GENESIS, Fault, Rows, canonical, moment, sha256


def claims(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """No live claim stands twice, and each release names an entry."""
    doubled = (
        "SELECT kind, claim FROM claim_key WHERE released_seq IS NULL"
        " GROUP BY kind, claim HAVING count(*) > 1 ORDER BY kind, claim"
    )
    for kind, claim in rows(doubled):
        yield Fault(f"唯一键 {kind} {claim}", "同时被占用两次")
    released = "SELECT id, released_seq FROM claim_key WHERE released_seq IS NOT NULL ORDER BY id"
    for key, seq in rows(released):
        if seq not in walk.hashes:
            yield Fault(f"唯一键 {key}", f"释放它的分录 {seq} 不存在")


def methods(rows: Rows) -> Iterator[Fault]:
    """No two recorded versions of a league and programme are in force on one day."""
    overlaps = (
        "SELECT a.document_no, b.document_no FROM method AS a JOIN method AS b"
        " ON b.league_id = a.league_id AND b.programme_id = a.programme_id AND b.id > a.id"
        " WHERE a.state = 'recorded' AND b.state = 'recorded'"
        " AND (a.valid_to IS NULL OR b.valid_from <= a.valid_to)"
        " AND (b.valid_to IS NULL OR a.valid_from <= b.valid_to) ORDER BY a.id, b.id"
    )
    for one, other in rows(overlaps):
        yield Fault(f"补贴办法 {one}", f"与 {other} 在同一天都有效")


def decisions(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """Each step the entries tell of has its decision, and a check is another person's."""
    query = (
        "SELECT decision.id, seq, decision.login, shown_sha256, subject_kind, subject_id, user_id,"
        " maker_id, maker_decision_id, user_account.login FROM decision"
        " JOIN user_account ON user_account.id = decision.user_id ORDER BY decision.id"
    )
    made: dict[int, tuple[Any, ...]] = {}
    for key, seq, login, shown, kind, subject, user, maker, maker_key, name in rows(query):
        where = f"办理记录 {key}（分录 {seq}）"
        if login != name or walk.decided.pop(seq, None) != (login, shown):
            yield Fault(where, "经办人或所示内容与分录不符")
        checked = made.get(maker_key) if maker_key is not None else None
        if (maker, maker_key) != (None, None) and (
            maker == user or checked != (maker, shown, kind, subject)
        ):
            yield Fault(where, "经办与复核须为两人，所见须一致")
        made[key] = (user, shown, kind, subject)
    for seq in sorted(walk.decided):
        yield Fault(f"分录 {seq}", "办理记录缺失")


@dataclass(frozen=True)
class Kept:
    """A row of the assessments with its method, as it stands."""

    item: str
    seq: int
    outcome: str
    award_fen: int
    facts: str
    tally: str
    consumption: str
    rule_id: str
    rule_sha256: str
    params: str


def assessments(rows: Rows, walk: Walk, known: Mapping[str, Rule]) -> Iterator[Fault]:
    """The assessments are those the entries tell of, and the rules give the same money again."""
    query = (
        "SELECT assessment.id, item.code, seq, outcome, award_fen, facts, tally, consumption,"
        " rule_id, rule_sha256, params FROM assessment JOIN item ON item.id = assessment.item_id"
        " JOIN method ON method.id = assessment.method_id ORDER BY assessment.id"
    )
    for key, *values in rows(query):
        kept = Kept(*values)
        walk.assessments += 1
        told = (kept.seq, kept.item, kept.outcome, kept.award_fen)
        wrong = "" if walk.assessed[told] > 0 else CHANGED
        walk.assessed[told] -= 1
        if walk.ruled.get(kept.seq, kept.rule_sha256) != kept.rule_sha256:
            wrong = wrong or "办法的规则不是分录所记的版本"
        wrong = wrong or _again(known, kept)
        if wrong:
            yield Fault(f"测算 {key}（{kept.item}，分录 {kept.seq}）", wrong)
    for told, left in sorted(walk.assessed.items(), key=str):
        if left > 0:
            yield Fault(f"分录 {told[0]}", f"{told[1]} 的测算缺失")


def _again(known: Mapping[str, Rule], kept: Kept) -> str:
    """What comes out otherwise when the rule runs again on what was kept; empty when all agrees."""
    rule = known.get(kept.rule_id)
    if rule is None or rule.source_sha256 != kept.rule_sha256:
        return f"规则 {kept.rule_id} 未安装，或不是备案时的版本，无法重算"
    try:
        tally, uses = json.loads(kept.tally), json.loads(kept.consumption)
        opening = {
            line["counter"]: line["used_before"]
            for line in tally["lines"]
            if line["used_before"] is not None
        }
        opening |= {key: use["before"] for key, use in uses.items() if NUMBER in key}
        facts = rule.record.from_json(json.loads(kept.facts))
        run = assess(rule, json.loads(kept.params), [facts], opening, backend="naive")
        seen = {counter: use["before"] for counter, use in uses.items()}
        used = {counter: use["used"] for counter, use in uses.items() if use["used"]}
        same = (run.tally(0).as_json(), run.consumption(0)) == (tally, used)
    except Exception as error:  # noqa: BLE001  whatever a rule makes of forged facts is a fault
        return f"无法重算：{error!r}"
    if (run.outcomes[0], run.awards[0]) != (kept.outcome, kept.award_fen):
        return f"重算得 {run.awards[0]} 分（{run.outcomes[0]}），所记为 {kept.award_fen} 分"
    return "" if same and seen.items() <= opening.items() else "测算明细或占用额度与重算不符"


def events(rows: Rows, walk: Walk) -> Iterator[Fault]:
    """The audit events are one chain."""
    names = ("login", "action", "subject", "outcome", "address")
    query = f"SELECT id, previous_hash, hash, at, detail, {', '.join(names)} FROM audit_event"  # noqa: S608  constant names
    previous = GENESIS
    for key, previous_hash, own_hash, at, detail, *values in rows(f"{query} ORDER BY id"):
        walk.events += 1
        content = dict(zip(names, values, strict=True))
        content |= {"at": moment(at), "detail": json.loads(detail)}
        link = sha256(b"\x02" + canonical([previous_hash, content]))
        if previous_hash != previous or link != own_hash:
            yield Fault(f"审计日志 {key}", "被改动，或之前的记录缺失")
        if content["action"] == KEPT:
            walk.composed[content["subject"]] = content["detail"].get("sha256")
        if content["action"] == receipts.ISSUED:
            walk.receipts[content["subject"]] = content["detail"].get("sha256")
        if content["action"] == matters.STATED:
            told = content["detail"]
            walk.stated[told.get("matter"), told.get("version")] = told.get("sha256")
        previous = own_hash
