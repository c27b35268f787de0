"""Holds 暂缓: what is kept back is what the entries told, and nothing was approved while held."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.verify.reading import CHANGED, Fault, Rows, differing

TABLE = "hold"
KINDS = ("hold.place", "hold.lift", "hold.reply", "filing.file", "filing.approve")
FIELDS = ("league", "filing", "category", "value", "reason_code", "reason")


@dataclass
class Told:
    """What the entries say of holds, up to one of them."""

    holds: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Code -> the hold as its row must be."""
    caught: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """Code of a hold -> filing as the league sent it -> the items held in it."""
    replies: list[list[Any]] = field(default_factory=list)
    filed_in: dict[str, str] = field(default_factory=dict)
    """Item -> the filing that the league sent it in last."""
    sent_as: dict[str, str] = field(default_factory=dict)
    """Filing of what was held back -> the filing as the league sent it."""

    def whole(self, filing: str) -> str:
        """The filing as the league sent it."""
        return self.sent_as.get(filing, filing)

    def held(self, filing: str) -> set[str]:
        """The items that holds hold in it, which were not lifted."""
        standing = (code for code, one in self.holds.items() if one["lifted"] is None)
        whole = self.whole(filing)
        return set().union(*(self.caught[code].get(whole, ()) for code in standing))


def holds(rows: Rows) -> Iterator[Fault]:
    """Every hold, its lines and replies as their entries have them; no held line approved."""
    told = Told()
    query = f"SELECT seq, body FROM entry WHERE kind IN {KINDS} ORDER BY seq"  # noqa: S608  constant names
    for seq, body in rows(query):
        said = json.loads(body)
        if wrong := LEARN[said["kind"]](told, seq, said):
            yield Fault(f"分录 {seq}（{said['cause']}）", wrong)
    yield from _differ(told.holds, dict(_holds(rows)))
    ever = {code: sorted(set().union(*by.values())) for code, by in told.caught.items()}
    yield from _differ(ever, _lines(rows), "的明细")
    yield from _differ(_by_hold(told.replies), _by_hold(_replies(rows)), "的答复")
    yield from _marked(rows, told)


def _placed(told: Told, seq: int, said: Mapping[str, Any]) -> str:
    detail = said["detail"]
    told.holds[detail["hold"]] = {
        **{name: detail[name] for name in FIELDS},
        "placed": [seq, said["actor"]],
        "lifted": None,
    }
    caught = told.caught.setdefault(detail["hold"], defaultdict(set))
    for item in detail["items"]:
        caught[told.filed_in[item]].add(item)
    return ""


def _lifted(told: Told, seq: int, said: Mapping[str, Any]) -> str:
    detail = said["detail"]
    told.holds[detail["hold"]]["lifted"] = [seq, said["actor"], detail["reason"]]
    return ""


def _replied(told: Told, seq: int, said: Mapping[str, Any]) -> str:
    detail = said["detail"]
    told.replies.append([detail["hold"], seq, said["actor"], detail["words"]])
    return ""


def _filed(told: Told, _seq: int, said: Mapping[str, Any]) -> str:
    filing = _filing(said)
    told.filed_in |= dict.fromkeys(_items(said), filing)
    for code, items in said["detail"].get("held", ()):
        told.caught[code][filing] |= set(items)
    return ""


def _approved(told: Told, _seq: int, said: Mapping[str, Any]) -> str:
    filing = _filing(said)
    held = sorted(told.held(filing) & _items(said))
    if rest := said["detail"].get("rest"):
        told.sent_as[rest[0]] = told.whole(filing)
    return f"批准了仍在暂缓的 {held[0]}" if held else ""


LEARN = dict(zip(KINDS, (_placed, _lifted, _replied, _filed, _approved), strict=True))


def _filing(said: Mapping[str, Any]) -> str:
    return str(said["cause"].split(":")[1])


def _items(said: Mapping[str, Any]) -> set[str]:
    return {one["item"] for one in said["postings"] if one["item"]}


def _holds(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    query = (
        "SELECT hold.code, league.code, filing.code, category, value, hold.reason_code,"
        " hold.reason, placed_seq, placer.login, lifted_seq, lifter.login, lifted_reason FROM hold"
        " JOIN league ON league.id = hold.league_id LEFT JOIN filing ON filing.id = filing_id"
        " JOIN user_account AS placer ON placer.id = hold.user_id"
        " LEFT JOIN user_account AS lifter ON lifter.id = lifted_user_id"
    )
    for code, league, filing, *plain, seq, login, lifted_seq, lifter, why in rows(query):
        yield (
            code,
            {
                **dict(zip(FIELDS, (league, filing or "", *plain), strict=True)),
                "placed": [seq, login],
                "lifted": None if lifted_seq is None else [lifted_seq, lifter, why],
            },
        )


def _lines(rows: Rows) -> dict[str, list[str]]:
    """Code of each hold -> the items it ever held."""
    found: dict[str, list[str]] = defaultdict(list)
    query = (
        "SELECT hold.code, item.code FROM hold LEFT JOIN held_line ON hold_id = hold.id"
        " LEFT JOIN item ON item.id = item_id"
    )
    for code, item in rows(query):
        found[code] += [item] if item else []
    return {code: sorted(items) for code, items in found.items()}


def _replies(rows: Rows) -> Iterator[list[Any]]:
    query = (
        "SELECT hold.code, hold_reply.seq, login, words FROM hold_reply"
        " JOIN hold ON hold.id = hold_id JOIN user_account ON user_account.id = hold_reply.user_id"
        " ORDER BY hold_reply.seq"
    )
    return map(list, rows(query))


def _by_hold(replies: Iterator[list[Any]] | list[list[Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for code, *said in replies:
        found[code].append(said)
    return found


def _differ(told: Mapping[str, Any], stand: Mapping[str, Any], what: str = "") -> Iterator[Fault]:
    for code in differing(told, stand):
        yield Fault(f"暂缓 {code}", f"{what}{CHANGED}")


def _marked(rows: Rows, told: Told) -> Iterator[Fault]:
    """The lines before the province that are marked as held are those that holds hold."""
    query = (
        "SELECT filing.code, item.code, held FROM filing_line"
        " JOIN filing ON filing.id = filing_id JOIN item ON item.id = item_id"
        " WHERE filing.state IN ('filed', 'proposed', 'endorsed', 'allocated')"
        " ORDER BY filing.code, item.code"
    )
    held: dict[str, set[str]] = {}
    for filing, item, marked in rows(query):
        if filing not in held:
            held[filing] = told.held(filing)
        if bool(marked) != (item in held[filing]):
            yield Fault(f"报送 {filing} {item}", f"是否暂缓{CHANGED}")
