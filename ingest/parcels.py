"""Parcels 包裹 of a shipment: told apart by their numbers, counted and hashed, never kept as rows.

A parcel with several kinds of goods has a row for each. Its number is one parcel of one firm for
six months; claimed again within them, in another shipment, it is refused: it proved the goods of
that shipment already.
"""

import calendar
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from ingest import together
from ingest.faults import Args, Fault
from ingest.fields import SHEETS
from ingest.links import Books, Claimed
from ingest.rows import ParcelList, Problem, problem
from ingest.shipments import fen, grams

WINDOW_MONTHS = 6
"""As customs has it for the number of a parcel; the day six months on is the last one within."""
MONTHS = 12
HASH_BYTES = 8
ORDER = np.dtype("<u8")
"""How a hash is written: unsigned, eight bytes, the lowest first."""
SAME = ("unit", "order_no", "list_no")
"""What every row of one parcel says alike."""
ECOMMERCE = "9610"
"""The supervision mode whose goods are proven by lists."""


@dataclass(slots=True)
class Told:
    """The rows of the sheets read so far: number, what it goes with, and where it stands."""

    seen: pl.DataFrame | None = None


def hashes(numbers: pl.Series, firm_code: str | None) -> pl.Series:
    """Hash parcel numbers, keyed with the firm's code: lists of two firms cannot be compared."""
    key = (firm_code or "").encode()[:64]
    blake, read = hashlib.blake2b, int.from_bytes
    made = [
        None
        if text is None
        else read(blake(text.encode(), digest_size=HASH_BYTES, key=key).digest(), "little")
        for text in numbers.to_list()
    ]
    return pl.Series("hash", made, dtype=pl.UInt64)


def last_day(first: date) -> date:
    """Return the last day within six months of a day; the day itself is not counted.

    Where that month has no such day, its last one (Civil Code of China, articles 201 and 202).
    """
    years, month = divmod(first.month - 1 + WINDOW_MONTHS, MONTHS)
    year = first.year + years
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


def within(one: date, other: date) -> bool:
    """Whether two departures are within six months of each other."""
    return max(one, other) <= last_day(min(one, other))


def check(
    values: pl.DataFrame,
    units: pl.Series,
    rows: pl.Series,
    sheet: str,
    told: Told,
) -> Iterator[Fault]:
    """Find numbers that stand for two parcels in the file; `told` goes from sheet to sheet."""
    lacking = [
        pl.lit(None, pl.String).alias(name)
        for name in SHEETS["parcels"]
        if name not in values.columns
    ]
    full = values.with_columns(lacking)
    amount = full["goods_value"].cast(pl.Decimal(38, 5), strict=False)
    lacks = ((amount > 0) & full["currency"].is_null()).fill_null(value=False)
    yield Fault("amount_without_currency", lacks, "goods_value")
    said = full.select(
        units.alias("unit"),
        rows.alias("row"),
        pl.lit(sheet).alias("sheet"),
        full.hash_rows().alias("text"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"),
        *("parcel_no", "order_no", "list_no"),
    ).filter(pl.col("parcel_no").is_not_null())
    before = said.head(0) if told.seen is None else told.seen
    again = said["parcel_no"].is_duplicated()
    again = again | said["parcel_no"].is_in(before["parcel_no"].implode())
    if again.any():
        yield from _again(said.filter(again), before, full.height)
    told.seen = pl.concat([before, said])


def _again(said: pl.DataFrame, before: pl.DataFrame, height: int) -> Iterator[Fault]:
    """Tell rows that repeat an earlier one from those that contradict the parcel's first row."""
    every = pl.concat([before.join(said.select("parcel_no"), on="parcel_no", how="semi"), said])
    firsts = every.unique("parcel_no", keep="first", maintain_order=True).drop("text", "at")
    alike = every.unique(["parcel_no", "text"], keep="first", maintain_order=True)
    alike = alike.select("parcel_no", "text", "row", "sheet")
    pairs = said.join(firsts, on="parcel_no", suffix="_first", maintain_order="left")
    pairs = pairs.join(alike, on=["parcel_no", "text"], suffix="_alike", maintain_order="left")
    other = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_first") for name in SAME)
    pairs = pairs.with_columns(other.fill_null(value=False).alias("other"))
    repeats = (pl.col("row") != pl.col("row_alike")) | (pl.col("sheet") != pl.col("sheet_alike"))
    for code, holds, first in (
        ("parcel_twice", pl.col("other"), "first"),
        ("doubled_row", repeats & ~pl.col("other"), "alike"),
    ):
        part = pairs.filter(holds)
        if part.height:
            found = _places(part, first)
            yield Fault(code, together.mask(part["at"], height), "parcel_no", found.__getitem__)


def _places(pairs: pl.DataFrame, first: str) -> dict[int, Args]:
    named = ("at", "sheet", f"row_{first}", f"sheet_{first}")
    return {
        at: {"other_row": row, "other_sheet": f"“{other}”" if other != sheet else ""}
        for at, sheet, row, other in pairs.select(named).iter_rows()
    }


def claimed(
    hashed: pl.Series, units: pl.Series, lines: pl.DataFrame, books: Books
) -> Iterator[Fault]:
    """Find parcels that the firm claimed within six months, in another shipment.

    `hashed` are the rows' hashes (null where there is no number).
    """
    days = departures(lines)
    named = sorted({date.fromisoformat(days[unit]) for unit in units.unique() if unit in days})
    if not named:
        return
    ours = hashed.fill_null(0).to_numpy()
    order = np.argsort(ours, kind="stable")
    ranked = ours[order]
    found: dict[int, Claimed] = {}
    for one in books.lists(_first_day(named[0]), last_day(named[-1])):
        for at in _rows_in(ranked, order, one.hashes):
            unit = units[at]
            day = days.get(unit or "")
            if day and unit != one.unit_key and within(date.fromisoformat(day), one.departure_date):
                found.setdefault(at, one)
    if found:
        where = together.mask(pl.Series(list(found), dtype=pl.UInt32), len(units))
        yield Fault("parcel_claimed", where, "parcel_no", lambda at: _claim(found[at]))


def overlapping(made: Sequence[Claimed], books: Books) -> set[str]:
    """Return the units of lists that have a parcel claimed by then in another shipment."""
    lines = pl.DataFrame(
        {
            "unit_key": [one.unit_key for one in made],
            "departure_date": [one.departure_date.isoformat() for one in made],
        },
        schema={"unit_key": pl.String, "departure_date": pl.String},
    )
    read = [pl.Series(np.frombuffer(one.hashes, ORDER), dtype=pl.UInt64) for one in made]
    if not read:
        return set()
    named = pl.concat(
        pl.Series([one.unit_key]).new_from_index(0, len(part))
        for one, part in zip(made, read, strict=True)
    )
    return {
        unit
        for fault in claimed(pl.concat(read), named, lines, books)
        for unit in named.filter(fault.where)
    }


def _claim(one: Claimed) -> Args:
    return {"other": one.unit_key, "other_day": one.departure_date.isoformat()}


def _rows_in(
    ranked: "np.ndarray[tuple[int], np.dtype[np.uint64]]",
    order: "np.ndarray[tuple[int], np.dtype[np.intp]]",
    blob: bytes,
) -> list[int]:
    """Return the rows whose hash is among those of a list."""
    theirs = np.frombuffer(blob, dtype=ORDER)
    begins = np.searchsorted(ranked, theirs)
    both = ranked[np.minimum(begins, len(ranked) - 1)] == theirs
    ends = np.searchsorted(ranked, theirs[both], "right")
    return [
        int(order[place])
        for begin, end in zip(begins[both], ends, strict=True)
        for place in range(begin, end)
    ]


def _first_day(day: date) -> date:
    """Return a day before which no departure is within six months of this one."""
    years, month = divmod(day.month - 1 - WINDOW_MONTHS, MONTHS)
    return date(day.year + years, month + 1, 1)


def departures(lines: pl.DataFrame) -> Mapping[str, str]:
    """Return the day on which each shipment departed, from its lines."""
    named = lines.filter(pl.col("unit_key").is_not_null() & pl.col("departure_date").is_not_null())
    return dict(named.group_by("unit_key").agg(pl.col("departure_date").min()).iter_rows())


def lists(accepted: pl.DataFrame, lines: pl.DataFrame) -> Iterator[ParcelList]:
    """Put the accepted rows together by shipment: counts, sums, hashes.

    `accepted` has the values of the rows, with `unit` and `hash`.
    """
    days = departures(lines)
    made = accepted.group_by("unit", maintain_order=True)
    for unit, part in sorted((str(key), part) for (key,), part in made):
        numbers = part["hash"].unique().sort().to_numpy().astype(ORDER)
        values = part["goods_value"]
        weights = part["gross_weight_kg"].drop_nulls()
        yield ParcelList(
            unit_key=unit,
            departure_date=days[unit],
            rows=part.height,
            parcels=len(numbers),
            lists=part["list_no"].n_unique() - bool(part["list_no"].null_count()),
            value_fen=None
            if values.null_count()
            else fen(zip(values, part["currency"].fill_null(""), strict=True)),
            weight_g=grams(weights) if len(weights) else None,
            hashes=numbers.tobytes(),
            content_sha256=_content(part),
        )


def _content(part: pl.DataFrame) -> str:
    said = part.select(pl.all().exclude("unit", "hash", "sheet", "row"))
    texts = said.select(pl.concat_str(pl.all().fill_null(""), separator="\x1f")).to_series()
    digest = hashlib.sha256()
    for text in texts.sort():
        digest.update(text.encode() + b"\x1e")
    return digest.hexdigest()


def compared(
    made: Sequence[ParcelList], accepted: pl.DataFrame, lines: pl.DataFrame
) -> Iterator[Problem]:
    """Compare what the parcels come to with what the cargo lines of their shipment say."""
    firsts = {
        unit: (sheet, row)
        for unit, sheet, row in accepted.group_by("unit")
        .agg(pl.col("sheet").first(), pl.col("row").first())
        .iter_rows()
    }
    listed = lines.filter(pl.col("supervision_mode") == ECOMMERCE)
    of_unit = {str(unit): part for (unit,), part in listed.group_by("unit_key")}
    for one in made:
        sheet, row = firsts[one.unit_key]
        if one.unit_key in of_unit:
            for code, args in _differences(one, of_unit[one.unit_key]):
                yield problem(code, sheet, row, args=args)


def _differences(one: ParcelList, lines: pl.DataFrame) -> Iterator[tuple[str, dict[str, object]]]:
    counts = lines["list_count"].drop_nulls()
    counted = sum(map(int, counts))
    if len(counts) and counted not in {one.parcels, one.lists}:
        yield "list_count_differs", {"other": counted, "count": one.parcels, "lists": one.lists}
    said = dict(
        fen(zip(lines["goods_value"].fill_null(""), lines["currency"].fill_null(""), strict=True))
    )
    whole = not lines["goods_value"].null_count()
    if one.value_fen is not None and whole and said != dict(one.value_fen):
        args: dict[str, object] = {"count": _money(one.value_fen), "other": _money(said)}
        yield "parcel_value_differs", args
    weights = lines["gross_weight_kg"].drop_nulls()
    if one.weight_g is not None and len(weights) and one.weight_g > (most := grams(weights)):
        yield (
            "parcel_weight_exceeds",
            {"count": _kilograms(one.weight_g), "other": _kilograms(most)},
        )


def _money(sums: Mapping[str, int]) -> str:
    return "、".join(
        f"{currency} {amount // 100}.{amount % 100:02d}" for currency, amount in sums.items()
    )


def _kilograms(weight_g: int) -> str:
    return f"{weight_g // 1000}.{weight_g % 1000:03d}"
