"""Purity 纯净: a rule in code sees no clock, chance, file or network; its source is read to tell.

A guard against slips, not a sandbox: Python in a rule module is trusted code, put there by whoever
runs the tracker. A rule that is data has nothing to hide, by construction.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from rules.rule import Rule

ALLOWED = {
    *("rules", "marshmallow", "collections", "dataclasses", "enum", "fractions", "functools"),
    *("itertools", "math", "operator", "re", "typing"),
}
"""Top-level modules a rule may import."""
REFUSED = {
    *("open", "eval", "exec", "compile", "__import__", "input", "print", "globals", "breakpoint"),
}
"""Built-in functions a rule may not name."""


def impure(rule: Rule) -> list[str]:
    """What the source of a rule in code does that it may not, in Chinese, with the line."""
    if not rule.source_path:
        return []
    tree = ast.parse(Path(rule.source_path).read_bytes())
    return [f"第 {line} 行{told}" for line, told in sorted(_found(tree))]


def _found(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                if name.partition(".")[0] not in ALLOWED:
                    yield node.lineno, f"导入了 {name}，规则只能用 {'、'.join(sorted(ALLOWED))}"
        if isinstance(node, ast.Name) and node.id in REFUSED:
            yield node.lineno, f"用了 {node.id}：规则不读文件、不执行文本"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"写了浮点数 {node.value}：浮点数不精确，请写成参数"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""]
