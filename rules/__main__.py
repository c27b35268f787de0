"""Commands 命令行: list the rules, read one, assess a file of facts, explain a row, check a rule.

Needs no database: for firms, league programmers and tests. Exit code 0 when it could answer, 1 when
the input is wrong (with the reason on standard error), 2 when the command itself is.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from rules.composed import ComposedError, compose, sentences
from rules.conformance import gate
from rules.facts import FACTS, RESULT_COLUMNS, FactsError
from rules.lines import yuan
from rules.params import ParamsError
from rules.periods import PERIOD
from rules.registry import every_rule
from rules.rule import Rule
from rules.subject import Record
from rules.tally import BatchError, QuantityOverflow, RuleError, Run, Tally, assess

EVERY = 20_000
"""Rows between two signs of life."""


class InputError(Exception):
    """What was given cannot be used; the text says what, where and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except (InputError, ParamsError, BatchError, RuleError, OSError, UnicodeDecodeError) as wrong:
        sys.stderr.write(f"错误：{wrong}\n")
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rules", description="补贴规则：列出、测算、说明、自检（不需要数据库）。"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")
    listing = commands.add_parser("list", help="列出全部规则及其参数 list every rule")
    listing.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    listing.set_defaults(run=_list)

    assessing = commands.add_parser(
        "assess",
        help="按规则测算一个事实文件 assess a file of facts",
        description="逐票测算 CSV 中的事实，写出结果 CSV；加 --explain 时打印某一票的测算明细。",
        epilog=_columns_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _rule_arguments(assessing)
    assessing.add_argument("--facts", required=True, type=Path, metavar="F.csv", help="事实 CSV")
    assessing.add_argument("--out", type=Path, metavar="OUT.csv", help="结果 CSV")
    assessing.add_argument("--opening", type=Path, metavar="O.json", help="计数器期初数 JSON")
    assessing.add_argument("--closing", type=Path, metavar="C.json", help="写出计数器期末数 JSON")
    assessing.add_argument(
        "--explain", metavar="ROW", help="第几行数据（标题行之后为 1），或发运编号"
    )
    assessing.add_argument("--json", action="store_true", help="--explain 输出 JSON")
    assessing.set_defaults(run=_assess)

    reading = commands.add_parser(
        "read", help="把组合规则读成条款句子 a composed rule in sentences"
    )
    reading.add_argument(
        "--rule", required=True, metavar="ID", help="规则编号，或组合规则的 .json 文件"
    )
    reading.set_defaults(run=_read)

    checking = commands.add_parser("check", help="自检规则与参数 check a rule")
    _rule_arguments(checking)
    checking.add_argument("--seed", type=int, default=0, help="随机种子")
    checking.set_defaults(run=_check)
    return parser


def _rule_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rule", required=True, metavar="ID", help="规则编号（见 list），或 .json 文件"
    )
    parser.add_argument(
        "--params", type=Path, metavar="P.json", help="参数 JSON；不给则用该规则的示例参数"
    )


def _columns_help() -> str:
    facts = "\n".join(
        f"  {name}: {f.zh} {f.en}"
        + (f" [{f.unit}]" if f.unit else "")
        + (f" {'/'.join(f.choices)}" if f.choices else "")
        + ("（必填）" if f.required else "")
        for name, f in FACTS.items()
    )
    others = "、".join(f"{name} {f.zh}" for name, f in PERIOD.facts.items())
    results = "\n".join(f"  {name}: {text}" for name, text in RESULT_COLUMNS.items())
    head = "事实列（UTF-8，空格为未知，是否写 1/0）"
    return f"{head}：\n{facts}\n\n期间规则的事实列：{others}\n\n结果列：\n{results}"


# --- list ---


def _list(chosen: argparse.Namespace) -> int:
    registry = every_rule()
    if chosen.json:
        listed = [
            {
                "id": r.id,
                "league": r.league,
                "programme": r.programme,
                "title": r.title,
                "subject": r.subject.name,
                "composed": r.definition is not None,
                "source_sha256": r.source_sha256,
                "params": r.describe_params(),
                "sample_params": r.sample_params,
            }
            for r in registry.rules.values()
        ]
        faults = [{"name": f.name, "message": f.message} for f in registry.faults]
        _say(json.dumps({"rules": listed, "faults": faults}, ensure_ascii=False, indent=2))
        return 0
    for r in registry.rules.values():
        _say(f"{r.id}  {r.league}  {r.title}")
    for fault in registry.faults:
        _say(f"故障：{fault.message}")
    return 0


# --- assess ---


def _assess(chosen: argparse.Namespace) -> int:
    if chosen.out is None and chosen.explain is None:
        raise InputError("请给出 --out 或 --explain（nothing to do without --out or --explain）")
    rule = _rule(chosen.rule)
    params = _params(rule, chosen.params)
    opening = _opening(chosen.opening) if chosen.opening else {}
    rows = _facts(rule, chosen.facts)
    try:
        run = assess(rule, params, rows, opening)
    except QuantityOverflow as wrong:
        raise InputError(f"{chosen.facts}：{wrong}") from wrong
    if chosen.out is not None:
        with chosen.out.open("w", encoding="utf-8", newline="") as file:
            _write(file, run, rows)
    if chosen.closing is not None:
        text = json.dumps(run.closing, ensure_ascii=False, indent=2, sort_keys=True)
        chosen.closing.write_text(text + "\n", encoding="utf-8")
    if chosen.explain is not None:
        tally = run.tally(_place(chosen.explain, rows))
        _say(_spoken(tally, as_json=chosen.json))
    return 0


def _facts(rule: Rule, path: Path) -> list[Record]:
    rows: list[Record] = []
    facts = rule.subject.facts
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        strange = [n for n in names if n not in facts]
        absent = [n for n, f in facts.items() if f.required and n not in names]
        if strange or absent or len(set(names)) != len(names):
            raise InputError(
                f"{path} 标题行：多余 {strange}，缺少 {absent}"
                f"（columns: unknown, missing, or repeated; known: {', '.join(facts)}）"
            )
        for number, cells in enumerate(reader, 1):
            _sign_of_life("读取", number)
            if None in cells or None in cells.values():
                raise InputError(f"{path} 第 {reader.line_num} 行：单元格数与标题行不同")
            try:
                rows.append(rule.record.from_text(cells))
            except FactsError as wrong:
                raise InputError(f"{path} 第 {reader.line_num} 行：{wrong}") from wrong
    return rows


def _write(file: TextIO, run: Run, rows: Sequence[Record]) -> None:
    writer = csv.writer(file)
    writer.writerow(RESULT_COLUMNS)
    for i, facts in enumerate(rows):
        _sign_of_life("写出", i)
        tally = run.tally(i)
        writer.writerow(
            [
                facts.key,
                facts.order,
                tally.outcome,
                tally.award_fen,
                "" if tally.computed_fen is None else tally.computed_fen,
                "；".join(f"{r.article} {r.zh}" for r in tally.reasons),
                _compact(run.consumption(i)),
                _compact(run.seen(i)),
            ]
        )


def _place(asked: str, rows: Sequence[Record]) -> int:
    for i, facts in enumerate(rows):
        if facts.key == asked:
            return i
    if asked.isdecimal() and 1 <= int(asked) <= len(rows):
        return int(asked) - 1
    raise InputError(f"没有第 {asked} 行，也没有编号为 {asked} 的发运（共 {len(rows)} 行）")


def _spoken(tally: Tally, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(tally.as_json(), ensure_ascii=False, indent=2)
    return "\n".join(_told(tally))


def _told(tally: Tally) -> Iterator[str]:
    yield f"结果：{tally.outcome}　补贴金额 {yuan(tally.award_fen)} 元"
    for line in tally.lines:
        yield line.text_zh
        yield f"    {line.text_en}"
    for reason in tally.reasons:
        yield f"原因：{reason.article} {reason.zh}（{reason.en}）"


# --- read ---


def _read(chosen: argparse.Namespace) -> int:
    rule = _rule(chosen.rule)
    if rule.definition is None:
        raise InputError(f"{rule.id} 是代码规则，请读 {rule.source_path}（a rule in code）")
    _say(rule.title)
    for zh, en in sentences(rule.definition):
        _say(zh)
        _say(f"    {en}")
    return 0


# --- check ---


def _check(chosen: argparse.Namespace) -> int:
    rule = _rule(chosen.rule)
    params = _params(rule, chosen.params)
    found = gate(rule, params, seed=chosen.seed, clock=time.perf_counter)
    for counter_example in found:
        _say(str(counter_example))
    if not found:
        _say(f"{rule.id}：自检通过")
    return 1 if found else 0


# --- what all share ---


def _rule(name: str) -> Rule:
    """An installed rule by its id, or a composed one from the file it was downloaded as."""
    if name.endswith(".json"):
        try:
            return compose(_json(Path(name)))
        except ComposedError as wrong:
            raise InputError(f"{name} 不是规则：{wrong}（no rule）") from wrong
    registry = every_rule()
    if name in registry.rules:
        return registry.rules[name]
    faults = "".join(f"；{f.message}" for f in registry.faults)
    raise InputError(f"没有规则 {name}，现有：{'、'.join(registry.rules)}{faults}")


def _params(rule: Rule, path: Path | None) -> dict[str, object]:
    return dict(rule.sample_params) if path is None else _json(path)


def _json(path: Path) -> dict[str, object]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as wrong:
        raise InputError(f"{path} 不是 JSON：第 {wrong.lineno} 行第 {wrong.colno} 列") from wrong
    if not isinstance(loaded, dict):
        raise InputError(f"{path} 应为 JSON 对象")
    return loaded


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise InputError(f"JSON 中键重复：{sorted({n for n in names if names.count(n) > 1})}")
    return made


def _opening(path: Path) -> dict[str, int]:
    balances: dict[str, int] = {}
    for key, balance in _json(path).items():
        if type(balance) is not int or balance < 0:
            raise InputError(f"{path}：计数器 {key} 的期初数应为非负整数，得到 {balance!r}")
        balances[key] = balance
    return balances


def _compact(values: dict[str, int]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _sign_of_life(what: str, number: int) -> None:
    if number and number % EVERY == 0 and sys.stderr.isatty():
        sys.stderr.write(f"\r{what} {number:,} 行")
        sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
