"""Reasons 理由: why a route was matched, or why a person must look, as codes with a sentence.

One table of messages, Chinese first; arguments are texts or names that know their languages.
"""

from dataclasses import asdict
from typing import Any, NamedTuple

from ingest.network import Names

MESSAGES: dict[str, tuple[str, str]] = {
    "hub_at": ("集结中心 {0} 位于通道 {1} {2} 公里处", "hub {0} is at km {2} of corridor {1}"),
    "origin_at": (
        "未写集结中心，里程自 {0} 起算，位于通道 {1} {2} 公里处",
        "no hub is named; km count from {0}, at km {2} of corridor {1}",
    ),
    "hub_by_place": (
        "未写集结中心，{0} 为登记的集结中心，按其认定",
        "no hub is named; {0} is a registered hub and is taken",
    ),
    "hub_unregistered": (
        "{0} 不是登记的集结中心，请核对或登记",
        "{0} is no registered hub: check it, or register it",
    ),
    "league_by_origin": (
        "未写集结中心，归属盟市按 {0} 暂定",
        "no hub is named; the league is taken from {0} for the time being",
    ),
    "hub_missing": (
        "未写集结中心，归属盟市待定",
        "no hub is named, so the league is open",
    ),
    "port_at": (
        "口岸 {0} 位于通道 {1} {2} 公里处",
        "port {0} is at km {2} of corridor {1}",
    ),
    "port_by_station": (
        "未写口岸，按国境站 {0} 认定为 {1}",
        "no port is named; border station {0} stands for {1}",
    ),
    "port_by_mode": (
        "关区只说明口岸城市，按运输方式认定为 {0}",
        "the customs office names the town only; the mode makes it {0}",
    ),
    "dest_at": (
        "境外端 {0} 位于通道 {1} {2} 公里处",
        "the far end {0} is at km {2} of corridor {1}",
    ),
    "dest_beside": (
        "境外端 {0} 距通道 {1} {3} 公里，按通道上最近处 {2} 公里计",
        "the far end {0} is {3} km off corridor {1}; its nearest point at km {2} counts",
    ),
    "by_variant": (
        "{0} 在通道 {1} 的备选路段“{2}”上，里程按登记线路计",
        "{0} is on the variant “{2}” of corridor {1}; km of the registered line count",
    ),
    "dest_by_country": (
        "境外端只知国家 {0}，里程只算到进入该国处 {2} 公里（通道 {1}）",
        "only the country {0} is known; km count to its border, km {2} of corridor {1}",
    ),
    "same_km": (
        "通道 {0} 在这一段里程相同，取容得下全程的较短通道",
        "corridors {0} run the same km here; the shorter one that holds the route is taken",
    ),
    "runner_up": (
        "次选通道 {0}，评分低 {1}‰",
        "the next corridor is {0}, {1} per mille behind",
    ),
    "by_hand": ("通道 {0} 由审核人员指定", "corridor {0} was set by a reviewer"),
    "read_as": ("“{0}” 按 {1} 处理，请核对", "“{0}” was read as {1}: please check"),
    "origin_unknown": ("始发地 “{0}” 不在地名表中", "origin “{0}” is in no list of places"),
    "hub_unknown": ("集结中心 “{0}” 不在地名表中", "hub “{0}” is in no list of places"),
    "port_unknown": ("口岸 “{0}” 不在口岸表中", "port “{0}” is in no list of ports"),
    "dest_unknown": ("境外端 “{0}” 不在地名表中", "far end “{0}” is in no list of places"),
    "port_wrong": (
        "申报口岸 {0} 不在通道 {1} 上，该通道的口岸是 {2}；请核对口岸或线路",
        "declared port {0} is not on corridor {1}, whose port is {2}: check port or route",
    ),
    "port_mode": (
        "申报口岸 {0} 与运输方式不符，通道 {1} 的口岸是 {2}；公路口岸与铁路口岸须分清",
        "declared port {0} does not fit the mode; the port of corridor {1} is {2}",
    ),
    "port_missing": ("没有口岸，无法认定线路", "no port is named, so the route is open"),
    "port_off": (
        "申报口岸 {0} 不在任何登记通道上",
        "declared port {0} is on no registered corridor",
    ),
    "station_differs": (
        "国境站 {0} 与申报口岸 {1} 不在一处，以申报口岸为准",
        "border station {0} is not at the declared port {1}; the port counts",
    ),
    "country_differs": (
        "目的地 {0} 不在申报的运抵国 {1}，请核对",
        "destination {0} is not in the declared country {1}: please check",
    ),
    "order": (
        "先后次序不符：集结地、口岸、境外端在通道 {0} 上应依次经过",
        "out of order: start, port and far end must follow each other on corridor {0}",
    ),
    "ends_unknown": (
        "始发地与目的地均不在地名表中，无法判断方向，请核对",
        "neither origin nor destination is in the list of places, so the way cannot be told",
    ),
    "near_abroad": (
        "境内端 {0} 在境外，始发地与目的地可能写反，请核对",
        "the end in China, {0}, lies abroad: origin and destination may be swapped, please check",
    ),
    "dest_missing": (
        "没有可认的目的地或国家，无法认定线路终点",
        "neither a known destination nor a country: the end of the route is open",
    ),
    "mode_missing": ("没有运输方式，公路铁路分不清", "no mode of transport: road or rail is open"),
    "close": (
        "通道 {0} 与 {1} 评分接近而里程不同，须由人认定",
        "corridors {0} and {1} score alike and differ in km: a person must choose",
    ),
    "weak": (
        "依据不足：只有 {0}‰ 与通道 {1} 相符",
        "too little agrees: {0} per mille with corridor {1}",
    ),
    "no_corridor": (
        "出发当日没有登记有效的通道",
        "no corridor is registered for the day of departure",
    ),
    "mode_differs": (
        "{0} 经过这些地点，但运输方式不同",
        "{0} passes these places, but with the other mode of transport",
    ),
    "start_off": (
        "集结中心或始发地不在任何登记通道上",
        "neither hub nor origin is on a registered corridor",
    ),
    "dest_off": (
        "境外端不在任何登记通道上",
        "the far end is on no registered corridor",
    ),
    "apart": (
        "没有一条登记通道同时经过集结地和境外端",
        "no registered corridor passes both the start and the far end",
    ),
}


class Reason(NamedTuple):
    """One reason: its code, and what fills the sentence."""

    code: str
    args: tuple[Names | str, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """Say it in Chinese or, for "en", in English."""
        zh, en = MESSAGES[self.code]
        words = [arg if isinstance(arg, str) else arg.text(lang) for arg in self.args]
        return (en if lang == "en" else zh).format(*words)

    def as_json(self) -> dict[str, object]:
        """Return code, arguments and both sentences."""
        args = [arg if isinstance(arg, str) else asdict(arg) for arg in self.args]
        return {"code": self.code, "args": args, "zh": self.text("zh"), "en": self.text("en")}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Reason":
        """Read what `as_json` gave."""
        args = (arg if isinstance(arg, str) else Names(**arg) for arg in body["args"])
        return cls(body["code"], tuple(args))
