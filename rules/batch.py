"""Batch 批: the facts of many shipments as exact columns.

What a rule writes as `p.rate * s.domestic_km` is a column here and one number in `rules.naive`;
both read the same table of names in `rules.facts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rules.columns import Text
from rules.facts import SHIPMENT
from rules.lines import flag_text, no_whole, share_name
from rules.quantity import Array, Condition, Gap, Gaps, Ints, Mask, Quantity, Two
from rules.subject import Record, Subject, year_of
from rules.units import PLAIN, RuleError, unit

Cell = str | int | None


class BatchError(ValueError):
    """A batch that has no stated order: two shipments with one key or one place in the queue."""


@dataclass(frozen=True, slots=True, eq=False)
class Wholes:
    """Whole numbers or flags of every row, 0 where unknown; `unknown` is None where all are known.

    `top` bounds the values, found once so that a product need not look at every row again.
    """

    values: Ints
    unknown: Mask | None


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text fact of every row: codes into words, -1 for unknown."""

    codes: Array
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Facts:
    """The facts of a batch, each a column; facts nobody knows may be absent.

    Rows are shipments, or whatever else `subject` says.
    """

    keys: Sequence[str]
    order: Array
    wholes: Mapping[str, Wholes]
    texts: Mapping[str, Words]
    subject: Subject = SHIPMENT

    @classmethod
    def of(cls, rows: Sequence[Record]) -> "Facts":
        """Columns of these records of one subject, row by row in the order given."""
        subject = rows[0].SUBJECT if rows else SHIPMENT
        cells = {name: [getattr(row, name) for row in rows] for name in subject.facts}
        return cls.of_columns(cells, subject)

    @classmethod
    def of_columns(
        cls, cells: Mapping[str, Sequence[Cell]], subject: Subject = SHIPMENT
    ) -> "Facts":
        """Facts given as columns of plain values, None for unknown, under all of their names.

        The values are taken as they are: `rules.subject.Record` is what checks them.
        """
        known = subject.facts.items()
        wholes = {n: _wholes(cells[n]) for n, f in known if f.kind in {"whole", "flag"}}
        texts = {n: _words(cells[n]) for n, f in known if f.kind in {"text", "day"}}
        order = np.array(cells["order"], dtype=np.int64)
        del wholes["order"], texts["key"]
        return cls([str(key) for key in cells["key"]], order, wholes, texts, subject)

    def __len__(self) -> int:
        """How many shipments."""
        return len(self.order)

    @cached_property
    def queue(self) -> tuple[Array | None, Array | None]:
        """Where each row stands in the queue, and the rows in queue order; None if given so.

        Found once, however many rules are run over the batch. Raises BatchError.
        """
        if len(set(self.keys)) != len(self):
            raise BatchError("发运编号重复（two shipments have one key）")
        if bool(np.all(np.diff(self.order) > 0)):
            return None, None
        queue = np.argsort(self.order, kind="stable")
        if bool(np.any(np.diff(self.order[queue]) == 0)):
            raise BatchError("受理次序重复（two shipments have one place in the queue）")
        rows = np.empty_like(queue)
        rows[queue] = np.arange(len(queue))
        return rows, queue

    def take(self, rows: Array) -> "Facts":
        """The same facts with their rows picked in this order."""
        return replace(
            self,
            keys=[self.keys[i] for i in rows.tolist()],
            order=self.order[rows],
            wholes={
                n: Wholes(
                    Ints(_array(w.values)[rows], w.values.top),
                    None if w.unknown is None else w.unknown[rows],
                )
                for n, w in self.wholes.items()
            },
            texts={n: Words(w.codes[rows], w.words) for n, w in self.texts.items()},
        )

    def cells(self, field: str) -> list[str | int | None]:
        """One fact of every row as plain values, None for unknown; flags are 0 or 1."""
        if field == "key":
            return list(self.keys)
        if field == "order":
            return [int(n) for n in self.order.tolist()]
        if self.subject.facts[field].kind in {"text", "day"}:
            column = self._words(field)
            return [None if c < 0 else column.words[c] for c in column.codes.tolist()]
        whole = self._raw(field)
        values: list[str | int | None] = _array(whole.values).tolist()
        if whole.unknown is None:
            return values
        lost = whole.unknown.tolist()
        return [None if u else v for u, v in zip(lost, values, strict=True)]

    # --- numbers ---

    @property
    def feu(self) -> Quantity:
        """Boxes counted in FEU 大箱: a 20-foot box is half of one."""
        return self._quantity("feu")

    @property
    def teu(self) -> Quantity:
        """Boxes counted in TEU 标箱."""
        return self._quantity("teu")

    @property
    def trips(self) -> Quantity:
        """One trip 车次 a shipment; by rail, one box on one train."""
        return self._quantity("trips")

    @property
    def distance_km(self) -> Quantity:
        """The whole distance 全程里程."""
        return self._quantity("distance_km")

    @property
    def domestic_km(self) -> Quantity:
        """The distance inside China 境内里程."""
        return self._quantity("domestic_km")

    @property
    def province_km(self) -> Quantity:
        """The distance inside Inner Mongolia 区内里程."""
        return self._quantity("province_km")

    @property
    def freight(self) -> Quantity:
        """What the transport cost 运费, in yuan."""
        return self._quantity("freight")

    def ecommerce_share(self, base: str) -> Quantity:
        """E-commerce goods 跨境电商占比 of all goods by weight, packages or value: an exact ratio.

        Where the whole is zero there is no share: the row waits, unless an article says more.
        """
        if base not in self.subject.shares:
            raise RuleError(f"没有“{base}”这种占比口径（unknown base of the share）")
        part, whole, zh, en = self.subject.shares[base]
        one, all_ = self._raw(part), self._raw(whole)
        none = (
            (_array(all_.values) == 0)
            if all_.unknown is None
            else ((_array(all_.values) == 0) & ~all_.unknown)
        )
        gaps = self._gaps(part, one) + self._gaps(whole, all_)
        den = all_.values
        if bool(none.any()) or all_.unknown is not None:
            den = Ints(np.maximum(_array(den), 1), max(den.top, 1))
        if bool(none.any()):
            gaps += (Gap(none, no_whole(zh, en)),)
        num = one.values
        unsure = [g.rows for g in gaps]
        if unsure:
            num = Ints(np.where(np.logical_or.reduce(unsure), 0, num.v), num.top)
        return Quantity.leaf(share_name(zh, en), num, den, PLAIN, gaps)

    # --- flags ---

    @property
    def empty(self) -> Condition:
        """An empty run or empty box 空驶."""
        return self._flag("empty")

    @property
    def tir(self) -> Condition:
        """Under a TIR carnet."""
        return self._flag("tir")

    # --- text ---

    @property
    def firm(self) -> Text:
        """The firm that applies 申报企业."""
        return self._text("firm")

    @property
    def league(self) -> Text:
        """The league's code 盟市代码."""
        return self._text("league")

    @property
    def mode(self) -> Text:
        """ROAD or RAIL 运输方式."""
        return self._text("mode")

    @property
    def direction(self) -> Text:
        """E outbound 出境 or I inbound 进境."""
        return self._text("direction")

    @property
    def hub(self) -> Text:
        """The hub 集结中心."""
        return self._text("hub")

    @property
    def port(self) -> Text:
        """The port 口岸."""
        return self._text("port")

    @property
    def corridor(self) -> Text:
        """The corridor 通道."""
        return self._text("corridor")

    @property
    def destination_country(self) -> Text:
        """The country of destination 目的国, two letters."""
        return self._text("destination_country")

    @property
    def track(self) -> Text:
        """What the track shows of the whole way 轨迹核验: proven, contradicted or not_proven."""
        return self._text("track")

    @property
    def tracked(self) -> Condition:
        """Whether there is a track at all 有车辆轨迹; where there is none, verdicts are unknown."""
        return self._flag("tracked")

    @property
    def track_province(self) -> Text:
        """What the track shows inside Inner Mongolia 区内段轨迹核验."""
        return self._text("track_province")

    @property
    def track_domestic(self) -> Text:
        """What the track shows inside China 境内段轨迹核验."""
        return self._text("track_domestic")

    @property
    def track_abroad(self) -> Text:
        """What the track shows abroad 境外段轨迹核验."""
        return self._text("track_abroad")

    def year(self, start_month: int) -> Text:
        """The year of the departure day, when years begin in this month."""
        days = self._words(self.subject.day)
        years = [year_of(day, start_month) for day in days.words]
        words = tuple(sorted(set(years)))
        codes = np.array([*(words.index(y) for y in years), -1], dtype=np.int64)[days.codes]
        return Text("year", ("年度", "year"), codes, words, self._text_gaps(self.subject.day, days))

    # --- by name, for rules that are data ---

    def named(self, name: str) -> Quantity | Condition | Text | None:
        """The fact a rule calls so: a number, a flag or a text; None where there is none."""
        readers: dict[str, Callable[[str], Quantity | Condition | Text]] = {
            "number": self._quantity,
            "flag": self._flag,
            "text": self._text,
        }
        kind = self.subject.kind_of(name)
        return readers[kind](name) if kind else None

    # --- columns ---

    def _raw(self, field: str) -> Wholes:
        column = self.wholes.get(field)
        if column is None:
            nothing = np.zeros(len(self), dtype=np.int64)
            return Wholes(Ints(nothing, 0), np.ones(len(self), dtype=np.bool_))
        return column

    def _words(self, field: str) -> Words:
        column = self.texts.get(field)
        return Words(np.full(len(self), -1, dtype=np.int64), ()) if column is None else column

    def _quantity(self, name: str) -> Quantity:
        field, den, unit_text = self.subject.quantities[name]
        column = self._raw(field)
        fact = self.subject.facts[field]
        gaps = self._gaps(field, column)
        name_two = (fact.zh.split("（")[0], fact.en.split(",")[0])
        return Quantity.leaf(name_two, column.values, Ints(den, den), unit(unit_text), gaps)

    def _flag(self, field: str) -> Condition:
        column = self._raw(field)
        yes = _array(column.values) == 1
        fact = self.subject.facts[field]
        name = (fact.zh, fact.en)

        def text(row: int) -> Two:
            lost = column.unknown is not None and bool(column.unknown[row])
            return flag_text(name, value=None if lost else bool(yes[row]))

        return Condition(yes, self._gaps(field, column), text)

    def _text(self, field: str) -> Text:
        column = self._words(field)
        fact = self.subject.facts[field]
        gaps = self._text_gaps(field, column)
        return Text(field, (fact.zh, fact.en), column.codes, column.words, gaps)

    def _gaps(self, field: str, column: Wholes) -> Gaps:
        lost = column.unknown
        return () if lost is None else (Gap(lost, self.subject.unknown(field)),)

    def _text_gaps(self, field: str, column: Words) -> Gaps:
        lost = column.codes < 0
        return (Gap(lost, self.subject.unknown(field)),) if bool(lost.any()) else ()


def _array(ints: Ints) -> Array:
    return np.asarray(ints.v, dtype=np.int64)


def _wholes(cells: Sequence[Cell]) -> Wholes:
    if None not in cells:
        return Wholes(Ints.of(np.array(cells, dtype=np.int64)), None)
    values = np.array([cell or 0 for cell in cells], dtype=np.int64)
    return Wholes(Ints.of(values), np.array([cell is None for cell in cells], dtype=np.bool_))


def _words(cells: Sequence[Cell]) -> Words:
    codes: dict[str, int] = {}
    column = [-1 if cell is None else codes.setdefault(str(cell), len(codes)) for cell in cells]
    return Words(np.array(column, dtype=np.int64), tuple(codes))
