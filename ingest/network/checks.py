"""Checks 路网校验: what is wrong with a network, where, why, and how to mend it; Chinese first."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.km import km
from ingest.network.gazetteer import claims, fold
from ingest.network.geometry import E4, GEOD, locate
from ingest.network.model import Breakpoint, Corridor, Network, Station, Variant

BESIDE_KM = 40.0
"""A station lies within this of the line; coarse lines pass at the outskirts of large cities."""
REJOIN_KM = 5.0
"""A variant begins and ends within this of the registered line."""
WORLD_E4 = (1_800_000, 900_000)
AXES = ("lon_e4", "lat_e4")
ID = re.compile(r"[A-Za-z0-9_]+")
ID_LENGTHS = {"corridors": 20, "places": 40, "ports": 20, "hubs": 20}
"""As long as the books have room for."""
MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "twice": (
        "编号出现两次", "this id is there twice",
        "编号须唯一：改名或删去一个", "ids are unique: rename or remove one",
    ),
    "odd_id": (
        "编号只能由字母、数字和下划线组成，最多 {0} 个字符",
        "an id has letters, digits and underscores, {0} at most",
        "改用规范的编号", "give it such an id",
    ),
    "no_league": (
        "盟市代码 {0} 不在盟市表中", "league {0} is not in the list of leagues",
        "改用盟市表中的代码", "use a code of the list",
    ),
    "no_country": (
        "国家代码 {0} 不在国家表中", "country {0} is not in the list of countries",
        "在国家表中补上，或改正代码", "add it to the countries, or correct the code",
    ),
    "no_place": (
        "地点 {0} 不在地点表中", "place {0} is not in the list of places",
        "先补上这个地点，或改正编号", "add the place first, or correct the id",
    ),
    "no_port": (
        "口岸 {0} 不在口岸表中", "port {0} is not in the list of ports",
        "先补上这个口岸，或改正编号", "add the port first, or correct the id",
    ),
    "off_world": (
        "经纬度超出范围", "its coordinates are out of range",
        "填 WGS-84 经纬度，单位为万分之一度", "give WGS-84 degrees in ten-thousandths",
    ),
    "claimed": (
        "名称“{0}”为多个地点所用：{1}", "the name “{0}” is claimed by several places: {1}",
        "一个名称只能指一个地点：删去其余的", "a name means one place: remove the others",
    ),
    "named_port": (
        "名称或关区代码“{0}”为多个口岸所用：{1}", "“{0}” is claimed by several ports: {1}",
        "公路口岸与铁路口岸分开登记，代码只归其一；只指城市的放入 town_offices",
        "highway and railway ports are apart; a code of the town alone is a town office",
    ),
    "town_office": (
        "城市关区代码“{0}”已为口岸 {1} 所用", "town office “{0}” is port {1}'s own",
        "代码只归其一：在口岸代码和城市关区代码中删去一处",
        "a code is one or the other: remove it from the offices or from the town offices",
    ),
    "port_off": (
        "出境口岸 {0} 不在站点表中", "its port {0} is not among its stations",
        "在站点表中补上口岸及其里程", "add the port and its km to the stations",
    ),
    "port_mode": (
        "出境口岸 {0} 不办理 {1} 运输", "its port {0} does not take {1}",
        "公路通道用公路口岸，铁路通道用铁路口岸", "choose the port of that mode",
    ),
    "two_stations": (
        "站点少于两个", "it has fewer than two stations",
        "至少有起点和终点", "give its beginning and its end at least",
    ),
    "stations_fall": (
        "站点里程须递增：{0} 之后是 {1}", "km of its stations must rise: {1} follows {0}",
        "按行驶次序排列，并核对里程", "order them as they are driven and check the km",
    ),
    "breakpoints_fall": (
        "分界点里程须递增：{0} 之后是 {1}", "km of its breakpoints must rise: {1} follows {0}",
        "按行驶次序排列，并核对里程", "order them as they are driven and check the km",
    ),
    "line_falls": (
        "线形顶点里程须递增，且不少于两点", "chainages of its vertices must rise; two at least",
        "删去重复的顶点", "remove repeated vertices",
    ),
    "begins": (
        "第一个分界点在 {0} 公里处，起点在 {1} 公里处", "its parts begin at km {0}, it at {1}",
        "第一个分界点须与起点里程相同", "let the first part begin where the line does",
    ),
    "beyond": (
        "{0} 公里处的分界点在终点之外", "the breakpoint at km {0} lies beyond its end",
        "核对里程", "check the km",
    ),
    "border": (
        "出境口岸在 {0} 公里处，而第一段境外在 {1} 公里处开始",
        "its port is at km {0}, but the first part abroad begins at km {1}",
        "口岸须在国境之内，相差不超过 30 公里", "the port lies this side, within 30 km",
    ),
    "station_off": (
        "站点 {0} 距线形 {1} 公里", "station {0} is {1} km off the line",
        "核对经纬度、编号或线形", "check its coordinates, its id, or the line",
    ),
    "station_km": (
        "站点 {0} 登记在 {1} 公里处，而线形在该处为 {2} 公里",
        "station {0} stands at km {1}, but the line says km {2} there",
        "核对站点里程，或按站点里程重算线形顶点的里程",
        "check its km, or let the chainages of the line follow the stations",
    ),
    "shorter": (
        "{0} 至 {1} 登记为 {2} 公里，而两地直线距离不少于 {3} 公里",
        "from {0} to {1} it has {2} km, but they are {3} km apart in a straight line at least",
        "里程不能短于直线距离：核对里程，或改正经纬度",
        "no way is shorter than the straight line: check the km, or the coordinates",
    ),
    "station_twice": (
        "同一站点出现两次", "a station is there twice",
        "一条通道经过一地只登记一次：删去一个", "a corridor passes a place once: remove one",
    ),
    "no_parts": (
        "没有盟市和国家的分界点", "it has no parts by league and country",
        "自起点起逐段登记盟市和国家", "say the league or country of each part from its beginning",
    ),
    "no_abroad": (
        "没有境外段", "it has no part abroad",
        "登记进入第一个国家处的分界点", "say where the first country abroad begins",
    ),
    "dates": (
        "失效日期 {1} 早于生效日期 {0}", "its last day {1} is before its first day {0}",
        "改正日期", "correct the days",
    ),
    "variant_off": (
        "备选路段 {0} 的端点距登记线路 {1} 公里",
        "the end of variant {0} is {1} km off the registered line",
        "备选路段须自登记线路起、至登记线路止", "it leaves the registered line and comes back",
    ),
    "variant_beyond": (
        "备选路段 {0} 的里程超出通道", "variant {0} runs beyond the corridor",
        "里程取其离开和回到登记线路处的登记里程", "take the registered km of both ends",
    ),
    "no_names": (
        "没有中文名称", "it has no Chinese name",
        "补上中文名称", "give it one",
    ),
    "none": (
        "没有任何通道", "it has no corridor at all",
        "至少登记一条通道", "register one at least",
    ),
}  # fmt: skip
BORDER_TENTHS = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where, what, and what fills the sentence."""

    where: str
    code: str
    args: tuple[str, ...] = ()

    def why(self, lang: str = "zh") -> str:
        """What is wrong there, in Chinese or, for "en", in English."""
        return MESSAGES[self.code][lang == "en"].format(*self.args)

    def mend(self, lang: str = "zh") -> str:
        """How to mend it."""
        return MESSAGES[self.code][2 + (lang == "en")]

    def text(self, lang: str = "zh") -> str:
        """Where, what and how to mend it, in one line."""
        colon, stop = (": ", "; ") if lang == "en" else ("：", "；")
        return f"{self.where}{colon}{self.why(lang)}{stop}{self.mend(lang)}"

    def __str__(self) -> str:
        """In both languages."""
        return f"{self.text('zh')} · {self.text('en')}"


def faults(network: Network) -> list[Fault]:
    """Say what does not fit together in a network; empty where all is well."""
    found = [fault for look in (_ids, _places, _ports, _names) for fault in look(network)]
    if not network.corridors:
        found.append(Fault("corridors", "none"))
    broken = bool(found)
    for corridor in network.corridors:
        whole = list(_corridor(network, corridor))
        found += whole
        if not (whole or broken):
            found += _where_it_runs(network, corridor)
    return found


def _ids(network: Network) -> Iterator[Fault]:
    for name, most in ID_LENGTHS.items():
        ids = [one.id for one in getattr(network, name)]
        for one in ids:
            if not ID.fullmatch(one) or len(one) > most:
                yield Fault(f"{name} {one[:40]}", "odd_id", (str(most),))
        yield from (
            Fault(f"{name} {one}", "twice") for one in sorted(set(ids)) if ids.count(one) > 1
        )


def _places(network: Network) -> Iterator[Fault]:
    leagues = {league.code for league in network.leagues}
    countries = {country.code for country in network.countries}
    for place in network.places:
        where = f"places {place.id}"
        if place.league and place.league not in leagues:
            yield Fault(where, "no_league", (place.league,))
        if place.country not in countries:
            yield Fault(where, "no_country", (place.country,))
        if not place.names.zh:
            yield Fault(where, "no_names")
        if _off_world(place.lon_e4, place.lat_e4):
            yield Fault(where, "off_world")


def _ports(network: Network) -> Iterator[Fault]:
    places = {place.id for place in network.places}
    towns = [(f"hubs {hub.id}", hub.place) for hub in network.hubs]
    towns += [(f"ports {port.id}", port.place) for port in network.ports if port.place]
    yield from (Fault(where, "no_place", (town,)) for where, town in towns if town not in places)


def _names(network: Network) -> Iterator[Fault]:
    for kind, code, owners in (
        ("places", "claimed", claims(network.places)),
        ("ports", "named_port", claims(network.ports)),
    ):
        for name, owned in sorted(owners.items()):
            if len(owned) > 1:
                ids = "、".join(sorted(owned))
                yield Fault(f"{kind} {ids}", code, (name, ids))
    owners = claims(network.ports)
    for port in network.ports:
        for office in port.town_offices:
            if ids := "、".join(sorted(owners.get(fold(office), ()))):
                yield Fault(f"ports {port.id}", "town_office", (office, ids))


def _corridor(network: Network, corridor: Corridor) -> Iterator[Fault]:
    """What is wrong with a corridor's table of stations, parts and days."""
    where = f"corridors {corridor.id}"
    yield from _known(network, where, corridor.stations)
    yield from _chains(where, corridor)
    yield from _line(where, corridor)
    port = {one.id: one for one in network.ports}.get(corridor.port)
    stops = {(one.kind, one.id): one.km_tenths for one in corridor.stations}
    if port is None or ("port", corridor.port) not in stops:
        yield Fault(where, "no_port" if port is None else "port_off", (corridor.port,))
    elif corridor.mode not in port.modes:
        yield Fault(where, "port_mode", (corridor.port, corridor.mode))
    if not corridor.names.zh:
        yield Fault(where, "no_names")
    yield from _days(where, corridor)
    if not corridor.breakpoints:
        yield Fault(where, "no_parts")
    elif corridor.stations:
        yield from _parts(network, where, corridor, stops.get(("port", corridor.port)))
    for variant in corridor.variants:
        yield from _known(network, where, variant.stations)
        yield from _line(f"{where} {variant.id}", variant)


def _days(where: str, corridor: Corridor) -> Iterator[Fault]:
    if corridor.valid_from and corridor.valid_to and corridor.valid_to < corridor.valid_from:
        days = (corridor.valid_from.isoformat(), corridor.valid_to.isoformat())
        yield Fault(where, "dates", days)


def _known(network: Network, where: str, stations: Iterable[Station]) -> Iterator[Fault]:
    known = {
        "place": {one.id for one in network.places},
        "port": {one.id for one in network.ports},
    }
    for one in stations:
        if one.id not in known[one.kind]:
            yield Fault(where, f"no_{one.kind}", (one.id,))


def _chains(where: str, corridor: Corridor) -> Iterator[Fault]:
    if len(corridor.stations) <= 1:  # a beginning and an end are two
        yield Fault(where, "two_stations")
    for here, there in pairwise(corridor.stations):
        if here.km_tenths >= there.km_tenths:
            yield Fault(where, "stations_fall", (_stop(here), _stop(there)))
    for one, other in pairwise(corridor.breakpoints):
        if one.km_tenths >= other.km_tenths:
            yield Fault(where, "breakpoints_fall", (_part(one), _part(other)))
    if len({(one.kind, one.id) for one in corridor.stations}) < len(corridor.stations):
        yield Fault(where, "station_twice")


def _line(where: str, way: Corridor | Variant) -> Iterator[Fault]:
    if not _rises(metre for _, _, metre in way.line):
        yield Fault(where, "line_falls")
    if any(_off_world(lon, lat) for lon, lat, _ in way.line):
        yield Fault(where, "off_world")


def _parts(network: Network, where: str, corridor: Corridor, port: int | None) -> Iterator[Fault]:
    known = {
        "league": {league.code for league in network.leagues},
        "country": {country.code for country in network.countries},
    }
    for one in corridor.breakpoints:
        if one.code not in known[one.kind]:
            yield Fault(where, f"no_{one.kind}", (one.code,))
        if one.km_tenths >= corridor.end_km_tenths:
            yield Fault(where, "beyond", (km(one.km_tenths),))
    first, start = corridor.breakpoints[0].km_tenths, corridor.start_km_tenths
    if first > start:
        yield Fault(where, "begins", (km(first), km(start)))
    abroad = [
        one.km_tenths for one in corridor.breakpoints if one.kind == "country" and one.code != "CN"
    ]
    if not abroad:
        yield Fault(where, "no_abroad")
    elif port is not None and abs(port - abroad[0]) > BORDER_TENTHS:
        yield Fault(where, "border", (km(port), km(abroad[0])))


def _where_it_runs(network: Network, corridor: Corridor) -> Iterator[Fault]:
    """What is wrong with the line: stations far off it, variants that do not come back."""
    where = f"corridors {corridor.id}"
    yield from _stations_off(network, where, corridor, corridor.stations)
    for variant in corridor.variants:
        yield from _stations_off(network, where, variant, variant.stations)
        ends = np.array([variant.line[0], variant.line[-1]], dtype=np.float64)
        distance, _ = locate(corridor, ends[:, 0] / E4, ends[:, 1] / E4)
        if distance.max() > REJOIN_KM:
            yield Fault(where, "variant_off", (variant.id, f"{distance.max():.0f}"))
        low, high = variant.line[0][2] // 100, variant.line[-1][2] // 100
        if low < corridor.start_km_tenths or high > corridor.end_km_tenths:
            yield Fault(where, "variant_beyond", (variant.id,))


def _stations_off(
    network: Network, where: str, line: Corridor | Variant, stations: Iterable[Station]
) -> Iterator[Fault]:
    stops = [one for one in stations if one.kind == "place"]
    if not stops:
        return
    places = [network.place(one.id) for one in stops]
    lon, lat = (np.array([getattr(one, axis) for one in places]) / E4 for axis in AXES)
    beside, along = locate(line, lon, lat)
    for one, off, at in zip(stops, beside, along, strict=True):
        if off > BESIDE_KM:
            yield Fault(where, "station_off", (one.id, f"{off:.0f}"))
        elif abs(int(at) - one.km_tenths) > BESIDE_KM * 10:
            yield Fault(where, "station_km", (one.id, km(one.km_tenths), km(int(at))))
    _, _, metres = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    least = np.asarray(metres) / 1000 - beside[:-1] - beside[1:]  # of the way: towns lie beside it
    for (here, there), straight in zip(pairwise(stops), least, strict=True):
        tenths = there.km_tenths - here.km_tenths
        if tenths < straight * 10:
            yield Fault(where, "shorter", (here.id, there.id, km(tenths), km(int(straight * 10))))


def _off_world(lon_e4: int, lat_e4: int) -> bool:
    return abs(lon_e4) > WORLD_E4[0] or abs(lat_e4) > WORLD_E4[1]


def _rises(chain: Iterable[int]) -> bool:
    found = list(chain)
    return bool(found[1:]) and all(here < there for here, there in pairwise(found))


def _stop(station: Station) -> str:
    return f"{station.id} {km(station.km_tenths)}"


def _part(point: Breakpoint) -> str:
    return f"{point.code} {km(point.km_tenths)}"
