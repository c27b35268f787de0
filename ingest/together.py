"""What the cells of a line say together 表内逻辑: needs, dates in order, modes, weights, doubles.

Columns of canonical values in, faults out. A blank or wrong cell makes a comparison silent; it
never makes it fail.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import polars as pl

from ingest import codes
from ingest.faults import Args, Fault
from ingest.fields import EVERY, FIELDS, Field
from ingest.shipments import AGREE, SEPARATOR

HEAVY_TRUCK_KG, HEAVY_BOX_KG = 60_000, 32_500
NUMBER = " as a number"
Rule = tuple[str, str, pl.Expr, str | None]
"""Code, field that bears the fault, where it holds, and the field shown as {other}."""


def check(
    values: pl.DataFrame, blank: Mapping[str, pl.Series], rows: pl.Series, firm_code: str | None
) -> list[Fault]:
    """Return every fault between the cells of a line, and between lines.

    `values` has a column for each mapped field; `blank` says where a mapped field is really blank
    (not merely wrong).
    """
    have = set(values.columns)
    empty = [pl.lit(None, dtype=pl.String).alias(name) for name in FIELDS if name not in have]
    full = values.with_columns(empty) if values.height else values
    if not values.height:
        return []
    ruled = list(_rules(full, firm_code))
    clear = _without(full, ruled)
    known = keys(full)
    return [
        *missing(full, blank, FIELDS),
        *ruled,
        *doubles(full, known["line"], rows, ("waybill_no", "conflicting_row")),
        *_units(clear, known if clear is full else keys(clear), rows),
    ]


def _without(full: pl.DataFrame, faults: list[Fault]) -> pl.DataFrame:
    """Blank the cells already refused: one wrong cell is not told again by its neighbours."""
    for fault in faults:
        if fault.field and fault.severity == "refuse":
            kept = pl.when(~fault.where).then(pl.col(fault.field))
            full = full.with_columns(kept.alias(fault.field))
    return full


def missing(
    full: pl.DataFrame, blank: Mapping[str, pl.Series], fields: Mapping[str, Field]
) -> Iterator[Fault]:
    """Find the rows, or the sheets, that lack what no row can do without."""
    for name, one in fields.items():
        if one.need != "take_in":
            continue
        needed = full.select(_needed(one).alias("needed")).to_series()
        if name in blank:
            where = blank[name] & needed
            if where.any():
                yield Fault("missing", where, name)
        elif needed.any():
            yield Fault("missing_column", needed, name, whole=True)


def _needed(one: Field) -> pl.Expr:
    """Return the condition of a field's need as an expression; unknown values need nothing."""
    found = pl.lit(value=True)
    for name, wanted in one.when.items():
        column = pl.col(name)
        for want in wanted:
            holds = column.fill_null("") != want[1:] if want.startswith("!") else column == want
            found = found & holds.fill_null(value=False)
    return found


def _weights(full: pl.DataFrame) -> pl.DataFrame:
    """Read the weights as numbers, once for all rules."""
    texts = pl.col("gross_weight_kg", "net_weight_kg")
    return full.with_columns(texts.cast(pl.Decimal(38, 5), strict=False).name.suffix(NUMBER))


def _parties(firm_code: str | None) -> tuple[Rule, ...]:
    firm = pl.col("firm_code")
    other_firm = (
        (firm != firm_code) & (firm.str.len_chars() == len(firm_code))
        if firm_code
        else pl.lit(value=False)
    )
    return (
        ("other_firm", "firm_code", other_firm, None),
        (
            "trailer_is_truck",
            "trailer_plate",
            pl.col("trailer_plate") == pl.col("truck_plate"),
            None,
        ),
    )


def _days() -> tuple[Rule, ...]:
    departure, exit_day = pl.col("departure_date"), pl.col("border_exit_date")
    before = pl.coalesce("border_exit_date", "departure_date")
    return (
        ("exit_before_departure", "border_exit_date", exit_day < departure, "departure_date"),
        (
            "arrival_before_exit",
            "arrival_date",
            pl.col("arrival_date") < before,
            "border_exit_date",
        ),
        (
            "hub_out_before_in",
            "hub_out_at",
            pl.col("hub_out_at") < pl.col("hub_in_at"),
            "hub_in_at",
        ),
    )


def _ways() -> tuple[Rule, ...]:
    mode, direction = pl.col("transport_mode"), pl.col("direction")
    office = pl.col("exit_customs").replace_strict(_offices(), default=None)
    return (
        ("train_on_road", "train_no", (mode == "ROAD") & pl.col("train_no").is_not_null(), None),
        (
            "plate_on_rail",
            "truck_plate",
            (mode == "RAIL") & pl.col("truck_plate").is_not_null(),
            None,
        ),
        ("mode_office", "exit_customs", office != mode, None),
        (
            "dest_is_china",
            "dest_country",
            (direction == "E") & (pl.col("dest_country") == "CN"),
            None,
        ),
        (
            "dest_not_china",
            "dest_country",
            (direction == "I") & (pl.col("dest_country") != "CN"),
            None,
        ),
        (
            "declaration_direction",
            "declaration_no",
            pl.col("declaration_no").str.slice(8, 1)
            != direction.replace_strict({"E": "0", "I": "1"}, default=None),
            None,
        ),
        ("list_direction", "list_no", pl.col("list_no").str.slice(8, 1) != direction, None),
    )


def _loads() -> tuple[Rule, ...]:
    mode, gross = pl.col("transport_mode"), pl.col(f"gross_weight_kg{NUMBER}")
    net = pl.col(f"net_weight_kg{NUMBER}")
    return (
        ("net_over_gross", "net_weight_kg", net > gross, "gross_weight_kg"),
        ("heavy_truck", "gross_weight_kg", (mode == "ROAD") & (gross > HEAVY_TRUCK_KG), None),
        ("heavy_box", "gross_weight_kg", (mode == "RAIL") & (gross > HEAVY_BOX_KG), None),
        ("amount_without_currency", "goods_value", _lacks("goods_value", "currency"), None),
        ("amount_without_currency", "freight", _lacks("freight", "freight_currency"), None),
        (
            "empty_with_weight",
            "gross_weight_kg",
            (pl.col("load_state") == "EMPTY") & (gross > 0),
            None,
        ),
    )


def _lacks(amount: str, currency: str) -> pl.Expr:
    """Whether an amount, which is never below nothing, has no currency."""
    return (pl.col(amount) != "0") & pl.col(currency).is_null()


def _offices() -> dict[str, str]:
    rows = codes.load("customs").rows
    return {code: row["mode"] for code, row in rows.items() if row["mode"]}


def _rules(full: pl.DataFrame, firm_code: str | None) -> Iterator[Fault]:
    table = (*_parties(firm_code), *_days(), *_ways(), *_loads())
    found = _weights(full).select(
        expression.fill_null(value=False).alias(str(place))
        for place, (_, _, expression, _) in enumerate(table)
    )
    for place, (code, name, _, other) in enumerate(table):
        where = found[str(place)]
        if where.any():
            yield Fault(code, where, name, _others(full, code, other, firm_code))


def _others(
    full: pl.DataFrame, code: str, other: str | None, firm_code: str | None
) -> Callable[[int], Args] | None:
    if code == "other_firm":
        return lambda _at: {"other": firm_code or ""}
    if code == "mode_office":
        named = {"ROAD": ("铁路", "railway"), "RAIL": ("公路", "highway")}
        modes = full["transport_mode"]
        return lambda at: dict(zip(("other", "other_en"), named[modes[at]], strict=True))
    if code == "arrival_before_exit":
        shown = full.select(pl.coalesce("border_exit_date", "departure_date")).to_series()
        return lambda at: {"other": shown[at]}
    return (lambda at: {"other": full[other][at]}) if other else None


def keys(full: pl.DataFrame) -> pl.DataFrame:
    """Return `trip`, `unit` and `line` keys as in `ingest.shipments`; null where incomplete."""
    vehicle = pl.coalesce("truck_plate", "trailer_plate")
    batch = pl.coalesce("trip_batch_no", "tir_carnet_no").fill_null("")
    road = pl.col("transport_mode") == "ROAD"
    day = pl.coalesce("border_exit_date", "departure_date")
    rail = pl.concat_str(
        pl.lit("RAIL"), "train_no", "departure_date", "container_no", separator=SEPARATOR
    )
    trip = pl.concat_str(pl.lit("ROAD"), batch, vehicle, "departure_date", separator=SEPARATOR)
    unit = pl.concat_str(pl.lit("ROAD"), batch, vehicle, day, separator=SEPARATOR)
    made = full.select(
        "waybill_no",
        pl.when(road).then(trip).alias("trip"),
        pl.when(road).then(unit).when(pl.col("transport_mode") == "RAIL").then(rail).alias("unit"),
    )
    line = pl.concat_str("unit", "waybill_no", separator=SEPARATOR).alias("line")
    return made.with_columns(line).drop("waybill_no")


def repeated(keys: pl.Series) -> bool:
    """Say whether a key comes again; cheaply, for most files have none that does.

    Different keys may share a hash: then it is worth looking, and no more.
    """
    hashes = np.sort(keys.drop_nulls().hash().to_numpy())
    return bool((hashes[1:] == hashes[:-1]).any())


def doubles(
    full: pl.DataFrame, keys: pl.Series, rows: pl.Series, told: tuple[str, str]
) -> Iterator[Fault]:
    """Find rows with the key of an earlier one: the same again, or something else.

    `told` are the field that bears the fault, and the code of something else.
    """
    if not repeated(keys):
        return
    again = ~keys.is_first_distinct() & keys.is_not_null()
    frame = pl.DataFrame([keys.alias("key"), rows.alias("row"), _at(full)])
    later = frame.filter(again)
    first = frame.filter(~again & keys.is_not_null())
    pairs = later.join(first, on="key", suffix="_first", maintain_order="left")
    texts = full.select(pl.concat_str(pl.all().fill_null(""), separator="\x1f")).to_series()
    same = texts.gather(pairs["at"]) == texts.gather(pairs["at_first"])
    for code, chosen in (("doubled_row", same), (told[1], ~same)):
        part = pairs.filter(chosen)
        if part.height:
            yield Fault(code, mask(part["at"], full.height), told[0], _pointing(full, part))


def _pointing(full: pl.DataFrame, pairs: pl.DataFrame) -> Callable[[int], Args]:
    firsts = dict(pairs.select("at", "at_first").iter_rows())
    rows = dict(pairs.select("at", "row_first").iter_rows())

    def args(at: int) -> Args:
        mine, other = full.row(at), full.row(firsts[at])
        named = zip(full.columns, mine, other, strict=True)
        differs = "、".join(EVERY[name].zh for name, one, two in named if one != two)
        return {"other_row": rows[at], "differs": differs}

    return args


def _units(full: pl.DataFrame, known: pl.DataFrame, rows: pl.Series) -> Iterator[Fault]:
    """Find lines that contradict what most lines of their shipment say."""
    if not (repeated(known["trip"]) or repeated(known["unit"])):
        return
    frame = full.select(AGREE).hstack([*known, rows.alias("row"), _at(full)])
    frame = frame.filter(pl.col("trip").is_duplicated() | pl.col("unit").is_duplicated())
    crossing = frame.filter(pl.col("trip").is_not_null() & pl.col("border_exit_date").is_not_null())
    batched = full.select(pl.coalesce("trip_batch_no", "tir_carnet_no").is_not_null()).to_series()
    crossing = crossing.filter(pl.col("at").is_in(batched.arg_true().implode()))
    yield from _contradicting(crossing, "trip", "border_exit_date", "two_exits", full.height)
    united = frame.filter(pl.col("unit").is_not_null())
    for name in AGREE:
        said = united.filter(pl.col(name).is_not_null())
        yield from _contradicting(said, "unit", name, "unit_contradicts", full.height)


def _contradicting(
    said: pl.DataFrame, key: str, name: str, code: str, height: int
) -> Iterator[Fault]:
    varied = said.group_by(key).agg(pl.col(name).min() != pl.col(name).max())
    said = said.filter(pl.col(key).is_in(varied.filter(pl.col(name))[key].implode()))
    if not said.height:
        return
    votes = said.group_by(key, name).agg(pl.len(), pl.col("at").min(), pl.col("row").min())
    usual = votes.sort(pl.col("len").cast(pl.Int64).neg(), "at").unique(
        key, keep="first", maintain_order=True
    )
    usual = usual.select(key, pl.col(name).alias("other"), pl.col("row").alias("other_row"))
    found = said.join(usual, on=key).filter(pl.col(name) != pl.col("other"))
    if found.height:
        told = {row["at"]: row for row in found.select("at", "other", "other_row").to_dicts()}
        yield Fault(code, mask(found["at"], height), name, lambda at: told[at])


def _at(full: pl.DataFrame) -> pl.Series:
    return pl.int_range(0, full.height, eager=True, dtype=pl.UInt32).alias("at")


def mask(at: pl.Series, height: int) -> pl.Series:
    """Return which of so many rows these are."""
    return pl.Series([False]).new_from_index(0, height).scatter(at, values=True)
