"""Wrong 组合规则的问题: where a definition cannot be, why and how to mend it, in two languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Two = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One problem: `where` is the path into the definition, such as articles.2.factors.0."""

    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        """Where and why, in Chinese."""
        return f"{self.where}：{self.zh}" if self.where else self.zh

    def as_json(self) -> dict[str, str]:
        """Where, and the text in both languages."""
        return {"where": self.where, "zh": self.zh, "en": self.en}


class ComposedError(ValueError):
    """A definition that is no rule; `wrong` lists every problem found."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("；".join(str(one) for one in wrong))
        self.wrong = tuple(wrong)


def both(zh: str, en: str) -> str:
    """Two languages in one message of the schema; `flattened` takes them apart again."""
    return f"{zh}\n{en}"


def flattened(messages: object, where: str = "") -> list[Wrong]:
    """The schema's nested messages as a list, each with its path."""
    if isinstance(messages, Mapping):
        found: list[Wrong] = []
        for key, below in messages.items():
            path = where if key == "_schema" else f"{where}.{key}".lstrip(".")
            found += flattened(below, path)
        return found
    listed = messages if isinstance(messages, list) else [messages]
    return [_wrong(where, one) for one in listed]


def _wrong(where: str, message: object) -> Wrong:
    zh, _, en = str(message).partition("\n")
    return Wrong(where, zh, en or zh)
