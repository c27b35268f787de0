"""Sorting 比对: the rows of a manifest against what stands, whole columns at a time.

Identity is the business key (firm, unit, waybill); the content hash only detects change. Across
firms a unit can be claimed once: the second claimant is kept as contested and never accrues. What
is shown before anything goes in is sorted once more, under the lock, when it does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest import contents
from ingest.rows import Line, Lines
from ingest.units import Units, units
from tracker import bulk
from tracker.models.cargo import Shipment
from tracker.steps import claims, shipments, succession

SLICE = 10_000
"""Lines whose texts are held at a time."""
BEFORE = {"before_line": pl.Int64, "before_shipment": pl.Int64}


@dataclass(frozen=True)
class Sorted:
    """One line with its place among what stands."""

    line: Line
    state: str
    """``new``, ``unchanged``, ``changed``, ``replaces``, ``contested``, ``doubled`` or ``refused``
    (settled)."""
    unit_key: str
    line_key: str
    content_sha256: str
    reason: str = ""
    """Why a good row cannot simply go in: ``settled`` or ``claimed``; otherwise empty."""
    before_id: int | None = None
    """The standing line that it changes, or takes the place of under another key."""
    shipment_id: int | None = None
    """The firm's shipment that its unit is already."""

    @property
    def place(self) -> succession.Place:
        """Where the line stands in the upload."""
        return (self.line.sheet, self.line.row)


@dataclass(frozen=True)
class Sorting:
    """Lines with their places, as columns: units by their first rows, then by waybill.

    ``places`` has of every line ``at`` (its place in ``lines``), ``unit`` (in the table of
    ``units``) and what ``Sorted`` says of it.
    """

    lines: Lines
    units: Units
    places: pl.DataFrame

    def __len__(self) -> int:
        """How many lines."""
        return self.places.height

    def __iter__(self) -> Iterator[Sorted]:
        """Each line as a value; only a slice of them is held at a time."""
        return chain.from_iterable(map(_values, self.slices()))

    def only(self, states: Collection[str]) -> "Sorting":
        """Those in one of the states."""
        chosen = pl.col("state").is_in(list(states))
        return Sorting(self.lines, self.units, self.places.filter(chosen))

    def slices(self) -> "Iterator[Sorting]":
        """The same, some thousands at a time."""
        for part in self.places.iter_slices(SLICE):
            yield Sorting(self.lines, self.units, part)

    def chosen(self) -> Lines:
        """The lines themselves, in the order of their places."""
        return self.lines.pick(self.places["at"])


def sort(
    session: Session,
    firm_id: int,
    lines: Sequence[Line],
    apart: frozenset[succession.Place] = frozenset(),
    leaving: frozenset[int] = frozenset(),
) -> Sorting:
    """Each line's state against the firm's standing lines and other shipments' claims.

    Of two units of one upload that claim the same, the one on the earlier row has it. Rows that are
    said to be ``apart`` are no corrections of another key. Shipments that are ``leaving`` with an
    upload to be replaced hold nothing against it, unless it says them too.
    """
    made = units(lines)
    mine = _mine(session, firm_id, made.table)
    known = set(mine["shipment_id"].drop_nulls().to_list())
    found = _found(made, mine).join(
        _standing(session, known), on=["shipment_id", "waybill_no"], how="left"
    )
    earlier = succession.of(session, firm_id, made.lines, found, apart)
    gone = succession.wholly(session, earlier) | leaving - known
    fixed = _series(
        shipments.settled(session, sorted(known | {one.shipment_id for one in earlier.values()}))
    )
    found = found.join(_before(earlier), on="row", how="left").with_columns(
        pl.col("unit").is_in(_series(_contested(session, made, mine, gone))).alias("contested"),
        pl.col("shipment_id").is_in(fixed).fill_null(value=False).alias("fixed"),
        pl.col("before_shipment").is_in(fixed).fill_null(value=False).alias("fixed_before"),
    )
    return Sorting(made.lines, made, _judged(found.sort("unit", "waybill_no", "content")))


def _mine(session: Session, firm_id: int, table: pl.DataFrame) -> pl.DataFrame:
    """The firm's shipment of each unit, also one known before its exit date was; null of none."""
    keys = pl.concat([table["unit_key"], table["earlier_key"].drop_nulls()]).unique(
        maintain_order=True
    )
    query = select(Shipment.unit_key, Shipment.id).where(Shipment.firm_id == firm_id)
    rows = list(bulk.looked_up(session, query, Shipment.unit_key, keys.to_list()))
    ids = pl.DataFrame(rows, {"unit_key": pl.String, "id": pl.Int64}, orient="row")
    waiting = ids.rename({"unit_key": "earlier_key", "id": "waiting"})
    joined = table.select("unit_key", "earlier_key").join(
        ids, on="unit_key", how="left", maintain_order="left"
    )
    joined = joined.join(waiting, on="earlier_key", how="left", maintain_order="left")
    return joined.select("unit_key", pl.coalesce("id", "waiting").alias("shipment_id"))


def _found(made: Units, mine: pl.DataFrame) -> pl.DataFrame:
    """Each line with its unit, its shipment where there is one, and the hash of what it says."""
    known = made.keyed.with_columns(pl.col("waybill_no").fill_null(""), _hashed(made.lines))
    of_units = mine.select("shipment_id").hstack([made.table["earlier_key"]]).with_row_index("unit")
    return known.join(of_units, on="unit", how="left", maintain_order="left")


def _series(keys: Iterable[int]) -> pl.Series:
    return pl.Series(sorted(keys), dtype=pl.Int64).implode()


def _hashed(lines: Lines) -> pl.Series:
    made = [contents.hashes(contents.texts(some)) for some in lines.values.iter_slices(SLICE)]
    return pl.concat(made) if made else contents.hashes(())


def _standing(session: Session, ids: Collection[int]) -> pl.DataFrame:
    """The standing lines of shipments: ``line_id`` and what it says."""
    rows = [
        (*identity, *said) for identity, said in succession.standing(session, sorted(ids)).items()
    ]
    shape = {
        "shipment_id": pl.Int64,
        "waybill_no": pl.String,
        "line_id": pl.Int64,
        "stood": pl.String,
    }
    return pl.DataFrame(rows, shape, orient="row")


def _before(earlier: Mapping[succession.Place, succession.Earlier]) -> pl.DataFrame:
    rows = [(place[1], one.line_id, one.shipment_id) for place, one in earlier.items()]
    return pl.DataFrame(rows, {"row": pl.UInt32, **BEFORE}, orient="row")


def _contested(
    session: Session, made: Units, mine: pl.DataFrame, gone: frozenset[int]
) -> list[int]:
    """The units that claim what another holds, or an earlier one of the upload.

    Only claims that somebody else may have are looked at one by one, in the order of the file.
    """
    wanted = claims.columns(made)
    held: dict[claims.Claim, int | str] = dict(claims.taken(session, wanted["claim"]))
    texts = pl.Series([text for _, text in held], dtype=pl.String).implode()
    twice = pl.struct("kind", "claim").is_duplicated()
    disputed: dict[int, list[claims.Claim]] = defaultdict(list)
    for unit, *claim in wanted.filter(twice | pl.col("claim").is_in(texts)).iter_rows():
        disputed[unit].append((claim[0], claim[1]))
    found: list[int] = []
    for unit in sorted(disputed):
        key, shipment_id = mine.row(unit)
        own = {key, shipment_id, *gone}
        if any(held.get(claim, key) not in own for claim in disputed[unit]):
            found.append(unit)
        else:
            held |= dict.fromkeys(disputed[unit], key)
    return found


def _judged(found: pl.DataFrame) -> pl.DataFrame:
    """State, reason, and the line that somebody must look at first, of every line."""
    doubled = ~pl.struct("unit", "waybill_no").is_first_distinct()
    same = (pl.col("stood") == pl.col("content")).fill_null(value=False)
    fixed, contested, line_id = pl.col("fixed"), pl.col("contested"), pl.col("line_id")
    replaces = pl.col("before_line").is_not_null()
    claimed = pl.when(contested).then(pl.lit("claimed")).otherwise(pl.lit(""))
    settled, nothing, none = pl.lit("settled"), pl.lit(""), pl.lit(None, pl.Int64)
    table = (
        (doubled, "doubled", nothing, none),
        (same, "unchanged", nothing, none),
        (fixed, "refused", settled, line_id),
        (replaces & pl.col("fixed_before"), "replaces", settled, pl.col("before_line")),
        (replaces, "replaces", claimed, pl.col("before_line")),
        (contested, "contested", claimed, line_id),
        (line_id.is_not_null(), "changed", nothing, line_id),
    )
    state, reason, before = pl.lit("new"), nothing, none
    for holds, word, why, line in reversed(table):
        state = pl.when(holds).then(pl.lit(word)).otherwise(state)
        reason = pl.when(holds).then(why).otherwise(reason)
        before = pl.when(holds).then(line).otherwise(before)
    return found.select(
        "at",
        "unit",
        "unit_key",
        pl.col("waybill_no").alias("line_key"),
        pl.col("content").alias("content_sha256"),
        state.alias("state"),
        reason.alias("reason"),
        before.alias("before_id"),
        "shipment_id",
    )


def _values(some: Sorting) -> Iterator[Sorted]:
    said = some.places.select(
        "state", "unit_key", "line_key", "content_sha256", "reason", "before_id", "shipment_id"
    )
    for line, row in zip(some.chosen(), said.iter_rows(), strict=True):
        yield Sorted(line, *row)
