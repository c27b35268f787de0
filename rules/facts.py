"""Facts 事实: all that a rule may know of a shipment, one file, nothing else.

`ShipmentFacts` is one shipment, frozen, whole numbers and text only, None for unknown. `FACTS` is
the one table of its fields: kind, unit, bounds, meaning. The columns of facts.csv (UTF-8, one
heading row) are these fields under these names; an empty cell means unknown, flags are 1 or 0.
`RESULT_COLUMNS` documents what `python -m rules assess` writes. A batch as columns is
`rules.batch.Facts`; what a rule may know of a firm's year or a train is in `rules.periods`.
"""

from dataclasses import dataclass

from rules.subject import Fact, FactsError, Record, Subject, year_of

__all__ = [
    "ECOMMERCE_MODES",
    "FACTS",
    "QUANTITIES",
    "RESULT_COLUMNS",
    "SHARES",
    "SHIPMENT",
    "Fact",
    "FactsError",
    "ShipmentFacts",
    "year_of",
]

ECOMMERCE_MODES = ("9610", "9710", "9810", "1210")
"""Customs supervision modes 监管方式 that are cross-border e-commerce: retail export, B2B direct
export, export to overseas warehouses, bonded (GAC 2014 No. 12 and No. 57, 2020 No. 75)."""


KM_TENTHS = 1_000_000  # a hundred thousand kilometres
GRAMS = 10_000_000_000  # ten thousand tonnes
PACKAGES = 100_000_000
FEN = 100_000_000_000_000  # a trillion yuan
TRACK = ("proven", "contradicted", "not_proven")
COUNTRY = r"[A-Z]{2}"
LEAGUE = r"\d{6}"

FACTS: dict[str, Fact] = {
    "key": Fact("text", "", "发运编号（唯一）", "unique key of the shipment", required=True),
    "order": Fact("whole", "", "受理次序（唯一）", "order of acceptance", 10**15, required=True),
    "firm": Fact("text", "", "申报企业", "the firm that applies", required=True),
    "league": Fact("text", "", "盟市代码", "league code", pattern=LEAGUE, required=True),
    "departure_day": Fact("day", "", "发运日期", "departure day"),
    "mode": Fact("text", "", "运输方式", "mode of transport", choices=("ROAD", "RAIL")),
    "direction": Fact("text", "", "出境 E / 进境 I", "outbound or inbound", choices=("E", "I")),
    "hub": Fact("text", "", "集结中心", "hub"),
    "port": Fact("text", "", "口岸", "port"),
    "corridor": Fact("text", "", "通道", "corridor"),
    "destination_country": Fact("text", "", "目的国", "destination country", pattern=COUNTRY),
    "empty": Fact("flag", "", "空驶（空箱）", "empty run"),
    "half_feu": Fact("whole", "1/2 FEU", "箱量（半个大箱）", "boxes, in half FEU", 10_000),
    "teu": Fact("whole", "TEU", "标箱数", "boxes, in TEU", 10_000),
    "trips": Fact("whole", "trip", "车次（铁路为箱次）", "trips, 1 a shipment", 1),
    "distance_tenth_km": Fact("whole", "0.1 km", "全程里程", "whole distance", KM_TENTHS),
    "domestic_tenth_km": Fact("whole", "0.1 km", "境内里程", "domestic distance", KM_TENTHS),
    "province_tenth_km": Fact("whole", "0.1 km", "区内里程", "distance in province", KM_TENTHS),
    "ecommerce_weight_g": Fact("whole", "g", "跨境电商货物重量", "e-commerce weight", GRAMS),
    "total_weight_g": Fact("whole", "g", "货物总重量", "total weight", GRAMS),
    "ecommerce_packages": Fact("whole", "package", "跨境电商件数", "e-commerce packages", PACKAGES),
    "total_packages": Fact("whole", "package", "总件数", "total packages", PACKAGES),
    "ecommerce_value_fen": Fact("whole", "fen", "跨境电商货值", "e-commerce value", FEN),
    "total_value_fen": Fact("whole", "fen", "总货值", "total value", FEN),
    "freight_fen": Fact("whole", "fen", "运费", "freight", FEN),
    "tir": Fact("flag", "", "TIR 单证运输", "under a TIR carnet"),
    "track": Fact("text", "", "轨迹核验", "verdict on the track", choices=TRACK),
    "tracked": Fact("flag", "", "有车辆轨迹", "a track is there"),
    "track_province": Fact("text", "", "区内段轨迹核验", "track in the province", choices=TRACK),
    "track_domestic": Fact("text", "", "境内段轨迹核验", "track inside China", choices=TRACK),
    "track_abroad": Fact("text", "", "境外段轨迹核验", "track abroad", choices=TRACK),
}
"""Every fact, in the order of the CSV columns."""

PARTS = (
    ("ecommerce_weight_g", "total_weight_g"),
    ("ecommerce_packages", "total_packages"),
    ("ecommerce_value_fen", "total_value_fen"),
    ("domestic_tenth_km", "distance_tenth_km"),
    ("province_tenth_km", "domestic_tenth_km"),
)
"""Pairs of which the first can never pass the second."""

QUANTITIES: dict[str, tuple[str, int, str]] = {
    "feu": ("half_feu", 2, "FEU"),
    "teu": ("teu", 1, "TEU"),
    "trips": ("trips", 1, "trip"),
    "distance_km": ("distance_tenth_km", 10, "km"),
    "domestic_km": ("domestic_tenth_km", 10, "km"),
    "province_km": ("province_tenth_km", 10, "km"),
    "freight": ("freight_fen", 100, "CNY"),
}
"""What a rule calls a whole-number fact: the fact, what it is divided by, and the unit then."""

SHARES: dict[str, tuple[str, str, str, str]] = {
    "weight": ("ecommerce_weight_g", "total_weight_g", "重量", "weight"),
    "packages": ("ecommerce_packages", "total_packages", "件数", "packages"),
    "value": ("ecommerce_value_fen", "total_value_fen", "货值", "value"),
}
"""What the e-commerce share is measured by: the part, the whole, the name in two languages."""

SHIPMENT = Subject(
    name="shipment",
    zh="一票发运",
    en="shipment",
    facts=FACTS,
    quantities=QUANTITIES,
    shares=SHARES,
    parts=PARTS,
    day="departure_day",
)
"""What most rules are about: one vehicle crossing, or one box on one train."""

RESULT_COLUMNS = {
    "key": "发运编号 key of the shipment",
    "order": "受理次序 order of acceptance",
    "outcome": "结果 awarded / zero / refused / waiting",
    "award_fen": "补贴金额（分）award in fen",
    "computed_fen": "不论条件测算所得（分），待定为空 computed, whatever the requirements say",
    "reasons": "原因（中文，以；相连）reasons",
    "consumption": "占用额度 JSON：计数器 → 数量 what the shipment took from each counter",
    "seen": "测算时各计数器已用 JSON：计数器 → 数量 what each counter held before it",
}
"""The columns of the result file, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentFacts(Record):
    """One shipment as a rule may know it; None is unknown, never zero. Units: see FACTS.

    Raises FactsError for a wrong type, a number out of bounds, an impossible day, a part above
    its whole.
    """

    SUBJECT = SHIPMENT

    key: str
    order: int
    firm: str
    league: str
    departure_day: str | None = None
    mode: str | None = None
    direction: str | None = None
    hub: str | None = None
    port: str | None = None
    corridor: str | None = None
    destination_country: str | None = None
    empty: bool | None = None
    half_feu: int | None = None
    teu: int | None = None
    trips: int | None = 1
    distance_tenth_km: int | None = None
    domestic_tenth_km: int | None = None
    province_tenth_km: int | None = None
    ecommerce_weight_g: int | None = None
    total_weight_g: int | None = None
    ecommerce_packages: int | None = None
    total_packages: int | None = None
    ecommerce_value_fen: int | None = None
    total_value_fen: int | None = None
    freight_fen: int | None = None
    tir: bool | None = None
    track: str | None = None
    tracked: bool | None = None
    track_province: str | None = None
    track_domestic: str | None = None
    track_abroad: str | None = None
