"""Case table 样例表: golden cases as rows of text with the cases as columns, and back. Pure.

It is how a finance office keeps them in a workbook: one row a fact, a parameter, an opening balance
or an expectation, one column a shipment. A case of several shipments has the columns 甲#1, 甲#2.
The workbook itself is made and read elsewhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rules.cases import Case, CasesError, Expected
from rules.params import describe
from rules.rule import Rule

HEAD = ("section", "name", "label")
"""The first three cells of a row; the others stand under the name of a case."""
EXPECTED = {
    "award": "补贴金额（元） award in yuan",
    "outcome": "结果 awarded / zero / refused / waiting",
    "reason": "第一条原因 first reason",
    "error": "应报的错误 error",
}
SECTIONS = ("facts", "params", "opening", "expected")
YES = {"1": True, "是": True, "true": True, "0": False, "否": False, "false": False}


def to_table(rule: Rule, cases: Sequence[Case]) -> list[dict[str, str]]:
    """Cases as rows of text; every fact, parameter or counter that any of them gives has a row."""
    columns = {name: cells for one in cases for name, cells in _columns(one).items()}
    names = {
        section: dict.fromkeys(n for cells in columns.values() for n in cells[section])
        for section in SECTIONS[:-1]
    } | {"expected": dict.fromkeys(EXPECTED)}
    labels = _labels(rule)
    return [
        dict(zip(HEAD, (section, name, labels.get((section, name), "")), strict=True))
        | {column: cells[section].get(name, "") for column, cells in columns.items()}
        for section in SECTIONS
        for name in names[section]
    ]


def template(rule: Rule) -> list[dict[str, str]]:
    """An empty table for two cases: every fact and parameter of the rule, to be filled in."""
    rows = [("facts", name) for name in rule.subject.facts]
    rows += [("params", str(one["name"])) for one in rule.describe_params()]
    rows += [("expected", name) for name in EXPECTED]
    labels = _labels(rule)
    return [
        dict(zip(HEAD, (*row, labels.get(row, "")), strict=True)) | {"样例一": "", "样例二": ""}
        for row in rows
    ]


def from_table(rule: Rule, table: Sequence[Mapping[str, str]]) -> list[Case]:
    """The inverse of `to_table`; raises CasesError naming the cell that cannot be read."""
    for number, row in enumerate(table, 1):
        if row.get("section") not in SECTIONS or not row.get("name"):
            raise CasesError(
                f"样例表第 {number} 行：section 应为 {'、'.join(SECTIONS)} 之一，name 不能为空"
                f"（row {number}: section or name is not right）"
            )
    columns = dict.fromkeys(cell for row in table for cell in row if cell not in HEAD)
    made: dict[str, Case] = {}
    for column in columns:
        one = _case(rule, table, column)
        if one is None:
            continue
        first = made.get(one.name)
        made[one.name] = one if first is None else replace(first, rows=first.rows + one.rows)
    return list(made.values())


def _columns(one: Case) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for place, row in enumerate(one.rows, 1):
        name = one.name if len(one.rows) == 1 else f"{one.name}#{place}"
        told = {"award": row.award, "outcome": row.outcome, "reason": row.reason}
        first = place == 1
        found[name] = {
            "facts": {n: _text(v) for n, v in row.facts.items()},
            "params": {n: _text(v) for n, v in one.params.items()} if first else {},
            "opening": {n: str(v) for n, v in one.opening.items()} if first else {},
            "expected": {n: v for n, v in told.items() if v is not None}
            | ({"error": one.error} if first and one.error else {}),
        }
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _case(rule: Rule, table: Sequence[Mapping[str, str]], column: str) -> Case | None:
    cells: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for row in table:
        if text := row.get(column, "").strip():
            cells[row["section"]][row["name"]] = text
    if not any(cells.values()):
        return None
    told = cells["expected"]
    facts = {n: _fact(rule, n, text, column) for n, text in cells["facts"].items()}
    made = Expected(facts, told.get("award"), told.get("outcome"), told.get("reason"))
    return Case(
        column.partition("#")[0],
        (made,),
        {n: _param(n, text, column) for n, text in cells["params"].items()},
        {n: _whole(n, text, column) for n, text in cells["opening"].items()},
        told.get("error", ""),
    )


def _fact(rule: Rule, name: str, text: str, column: str) -> str | int | bool:
    fact = rule.subject.facts.get(name)
    if fact is None:
        raise CasesError(
            f"样例表“{column}”：没有叫 {name} 的事实，可用的有 {'、'.join(rule.subject.facts)}"
            f"（there is no such fact: {name}）"
        )
    if fact.kind == "whole":
        return _whole(name, text, column)
    if fact.kind != "flag":
        return text
    if text.lower() not in YES:
        raise CasesError(
            f"样例表“{column}”{name}（{fact.zh}）：“{text}”应为是或否（should be yes or no）"
        )
    return YES[text.lower()]


def _whole(name: str, text: str, column: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise CasesError(
            f"样例表“{column}”{name}：“{text}”应为非负整数（should be a whole number）"
        )
    return int(text)


def _param(name: str, text: str, column: str) -> object:
    try:
        return json.loads(text) if text[0] in "[{" else text
    except json.JSONDecodeError as wrong:
        raise CasesError(
            f"样例表“{column}”{name}：“{text}”不是 JSON（a table is written as JSON）"
        ) from wrong


def _labels(rule: Rule) -> dict[tuple[str, str], str]:
    facts = {
        ("facts", n): f"{f.zh}{f'（{f.unit}）' if f.unit else ''} {f.en}"
        for n, f in rule.subject.facts.items()
    }
    params = {
        ("params", str(d["name"])): f"{d['article']}{d['doc']} {d['en']}"
        for d in describe(rule.params)
    }
    return facts | params | {("expected", name): label for name, label in EXPECTED.items()}
