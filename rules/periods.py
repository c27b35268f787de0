"""Periods 期间事实: what a rule may know of a firm's year, a train, or any other period.

Some formulas are not about a shipment: a lump sum a year, a growth gate, a frequency gate, the
empty boxes of a train, a threshold of turnover. The same steps run over this second, small table.
"""

from dataclasses import dataclass

from rules.subject import Fact, Record, Subject

OFFICES = ("HEADQUARTERS", "SERVICE_CENTRE")
"""区域性总部或功能性总部 headquarters, 运营服务中心 operation and service centre."""
KINDS = ("FIRM_YEAR", "TRAIN", "LINE_YEAR", "PERIOD")
FEN = 100_000_000_000_000  # a trillion yuan
BOXES = 10_000_000
SMALL = 100_000

MEASURE_FACTS: dict[str, Fact] = {
    "office": Fact("text", "", "设立的机构", "office set up", choices=OFFICES),
    "leading": Fact("flag", "", "跨境电商行业领军企业", "a leading e-commerce firm"),
    "jobs": Fact("whole", "person", "拉动就业人数", "jobs made", BOXES),
    "years_here": Fact("whole", "year", "在区内发展已满年数", "full years in the region", 100),
    "small": Fact("flag", "", "中小外贸企业", "a small or medium foreign-trade firm"),
    "increase_fen": Fact("whole", "fen", "交易额年度增量", "increase of turnover in the year", FEN),
    "recognised": Fact("flag", "", "外贸转型升级基地", "a recognised transformation base"),
    "assessed_fen": Fact("whole", "fen", "盟市核定的金额", "amount the league states", FEN),
}
"""What the region's other measures 其他措施 ask of a firm's year beyond its freight."""

PERIOD_FACTS: dict[str, Fact] = {
    "key": Fact("text", "", "编号（唯一）", "unique key", required=True),
    "order": Fact("whole", "", "受理次序（唯一）", "order of acceptance", 10**15, required=True),
    "firm": Fact("text", "", "申报企业", "the firm that applies", required=True),
    "league": Fact("text", "", "盟市代码", "league code", pattern=r"\d{6}", required=True),
    "kind": Fact("text", "", "期间类别", "kind of period", choices=KINDS),
    "last_day": Fact("day", "", "期间最后一日", "last day of the period"),
    "half_feu": Fact("whole", "1/2 FEU", "箱量（半个大箱）", "boxes, in half FEU", BOXES),
    "loaded_half_feu": Fact("whole", "1/2 FEU", "重箱（半个大箱）", "loaded boxes", BOXES),
    "empty_half_feu": Fact("whole", "1/2 FEU", "空箱（半个大箱）", "empty boxes", BOXES),
    "teu": Fact("whole", "TEU", "重箱标箱数", "loaded boxes, in TEU", BOXES),
    "teu_before": Fact("whole", "TEU", "上年重箱标箱数", "loaded TEU the year before", BOXES),
    "trips": Fact("whole", "trip", "车次", "trips", BOXES),
    "trips_before": Fact("whole", "trip", "上年车次", "trips the year before", BOXES),
    "weekly_out": Fact("whole", "train", "每周最少去程列数", "fewest trains out in a week", SMALL),
    "weekly_in": Fact("whole", "train", "每周最少回程列数", "fewest trains in in a week", SMALL),
    "years_running": Fact(
        "whole", "year", "固定循环班列已满年数", "full years of fixed trains", 100
    ),
    "distance_tenth_km": Fact("whole", "0.1 km", "全程里程", "whole distance", 1_000_000),
    "freight_fen": Fact("whole", "fen", "运费", "freight", FEN),
    "cost_fen": Fact("whole", "fen", "实际支出费用", "cost actually paid", FEN),
    "ecommerce_turnover_fen": Fact("whole", "fen", "跨境电商交易额", "e-commerce turnover", FEN),
    "turnover_fen": Fact("whole", "fen", "进出口总额", "total turnover", FEN),
    "best_turnover_fen": Fact("whole", "fen", "往年最高交易额", "highest turnover before", FEN),
    "turnover_cent": Fact("whole", "US cent", "平台交易额（美元）", "platform turnover, USD", FEN),
    "capital_fen": Fact("whole", "fen", "注册资本", "registered capital", FEN),
    "platforms": Fact("whole", "platform", "入驻平台数", "platforms entered", SMALL),
    "firms": Fact("whole", "firm", "同类企业数", "firms of the same kind", SMALL),
    "other_award_fen": Fact(
        "whole", "fen", "同一事项已获其他奖补", "other award for the same", FEN
    ),
    **MEASURE_FACTS,
}
"""Every fact, in the order of the CSV columns."""

PERIOD = Subject(
    name="period",
    zh="一个期间",
    en="period",
    facts=PERIOD_FACTS,
    quantities={
        "feu": ("half_feu", 2, "FEU"),
        "loaded_feu": ("loaded_half_feu", 2, "FEU"),
        "empty_feu": ("empty_half_feu", 2, "FEU"),
        "teu": ("teu", 1, "TEU"),
        "teu_before": ("teu_before", 1, "TEU"),
        "trips": ("trips", 1, "trip"),
        "trips_before": ("trips_before", 1, "trip"),
        "weekly_out": ("weekly_out", 1, "train"),
        "weekly_in": ("weekly_in", 1, "train"),
        "years_running": ("years_running", 1, "year"),
        "distance_km": ("distance_tenth_km", 10, "km"),
        "freight": ("freight_fen", 100, "CNY"),
        "cost": ("cost_fen", 100, "CNY"),
        "ecommerce_turnover": ("ecommerce_turnover_fen", 100, "CNY"),
        "turnover": ("turnover_fen", 100, "CNY"),
        "best_turnover": ("best_turnover_fen", 100, "CNY"),
        "turnover_usd": ("turnover_cent", 100, "USD"),
        "capital": ("capital_fen", 100, "CNY"),
        "platforms": ("platforms", 1, "platform"),
        "firms": ("firms", 1, "firm"),
        "other_award": ("other_award_fen", 100, "CNY"),
        "jobs": ("jobs", 1, "person"),
        "years_here": ("years_here", 1, "year"),
        "increase": ("increase_fen", 100, "CNY"),
        "assessed": ("assessed_fen", 100, "CNY"),
    },
    shares={
        "turnover": ("ecommerce_turnover_fen", "turnover_fen", "交易额", "turnover"),
    },
    parts=(
        ("loaded_half_feu", "half_feu"),
        ("empty_half_feu", "half_feu"),
        ("ecommerce_turnover_fen", "turnover_fen"),
    ),
    day="last_day",
)
"""What a rule about a firm's year, a train or a line's year may know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFacts(Record):
    """One period as a rule may know it; None is unknown, never zero. Units: see PERIOD_FACTS."""

    SUBJECT = PERIOD

    key: str
    order: int
    firm: str
    league: str
    kind: str | None = None
    last_day: str | None = None
    half_feu: int | None = None
    loaded_half_feu: int | None = None
    empty_half_feu: int | None = None
    teu: int | None = None
    teu_before: int | None = None
    trips: int | None = None
    trips_before: int | None = None
    weekly_out: int | None = None
    weekly_in: int | None = None
    years_running: int | None = None
    distance_tenth_km: int | None = None
    freight_fen: int | None = None
    cost_fen: int | None = None
    ecommerce_turnover_fen: int | None = None
    turnover_fen: int | None = None
    best_turnover_fen: int | None = None
    turnover_cent: int | None = None
    capital_fen: int | None = None
    platforms: int | None = None
    firms: int | None = None
    other_award_fen: int | None = None
    office: str | None = None
    leading: bool | None = None
    jobs: int | None = None
    years_here: int | None = None
    small: bool | None = None
    increase_fen: int | None = None
    recognised: bool | None = None
    assessed_fen: int | None = None
