"""Matching: the right corridor, km that add up, and a person wherever it cannot be told."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.match import Ask, Match, match, pin, strip
from ingest.matching.reasons import MESSAGES, Reason
from ingest.network import Corridor, Network
from ingest.network.text import from_json

DECOY = Path(__file__).parents[1] / "data" / "decoy_corridor.json"
Route = Callable[..., Match]


@pytest.fixture(scope="module")
def route(network: Network) -> Route:
    """Match one shipment: from Hohhot by road through Erenhot to Germany unless told otherwise."""

    def one(**said: Any) -> Match:  # noqa: ANN401  any field of an Ask
        usual: dict[str, Any] = {
            "unit_key": "ROAD|1",
            "mode": "ROAD",
            "origin_place": "呼和浩特",
            "hub": "呼和浩特",
            "exit_customs": "0705",
            "dest_country": "DE",
            "dest_place": "杜伊斯堡",
        }
        return match([Ask(**{**usual, **said})], network)[0]

    return one


def codes(found: Match) -> list[str]:
    return [reason.code for reason in found.reasons]


GOLDEN = [
    ("T01", "ROAD", "呼和浩特", "0705", "MN", "乌兰巴托", 11301, 4696, "150100"),
    ("T02", "ROAD", "乌兰察布", "0705", "RU", "莫斯科", 73084, 3366, "150900"),
    ("T03", "ROAD", "呼和浩特", "0705", "DE", "杜伊斯堡", 98428, 4696, "150100"),
    ("T04", "ROAD", "满洲里", "0603", "RU", "Москва", 68929, 111, "150781"),
    ("T05", "ROAD", "呼和浩特", "0603", "RU", "赤塔", 27561, 22726, "150100"),
    ("T06", "ROAD", "满洲里", "0603", "DE", "Hamburg", 89143, 111, "150781"),
    ("R01", "RAIL", "呼和浩特", "0702", "MN", "Улаанбаатар", 11615, 4725, "150100"),
    ("R02", "RAIL", "集宁", "0702", "PL", "马拉舍维奇", 81744, 3371, "150900"),
    ("R03", "RAIL", "满洲里", "0609", "DE", "DEHAM", 85255, 85, "150781"),
    ("R04", "RAIL", "呼和浩特", "0609", "RU", "Чита", 28941, 24587, "150100"),
    ("R05", "RAIL", "满洲里", "0609", "RU", "莫斯科", 63766, 85, "150781"),
]


@pytest.mark.parametrize(
    ("corridor", "mode", "hub", "office", "country", "dest", "km", "home", "league"), GOLDEN
)
def test_a_plain_shipment_of_each_corridor_is_matched(  # noqa: PLR0913, PLR0917  one golden row
    route: Route,
    corridor: str,
    mode: str,
    hub: str,
    office: str,
    country: str,
    dest: str,
    km: int,
    home: int,
    league: str,
) -> None:
    found = route(
        mode=mode, origin_place=hub, hub=hub, exit_customs=office, dest_country=country,
        dest_place=dest,
    )  # fmt: skip
    assert (found.status, found.corridor_id, found.league) == ("matched", corridor, league)
    assert (found.distance_km_tenths, found.domestic_km_tenths) == (km, home)
    assert sum(tenths for _, _, tenths in found.parts) == km
    assert found.confidence == 1000


def test_km_in_other_provinces_are_domestic_but_not_the_provinces_own(route: Route) -> None:
    found = route(exit_customs="0603", dest_country="RU", dest_place="赤塔")
    assert (found.domestic_km_tenths, found.province_km_tenths) == (22726, 17726)
    assert ("country", "CN", 5000) in found.parts


def test_the_reasons_say_where_hub_port_and_destination_lie(route: Route) -> None:
    said = [reason.text() for reason in route().reasons]
    assert "口岸 二连浩特公路口岸 位于通道 T03 470.2 公里处" in said
    english = [reason.text("en") for reason in route().reasons]
    assert "the far end Duisburg is at km 9,843.4 of corridor T03" in english


def test_every_message_can_be_said_in_both_languages() -> None:
    for code in MESSAGES:
        reason = Reason(code, ("甲", "乙", "丙", "丁"))
        assert "{" not in reason.text("zh") + reason.text("en")
        assert reason.text("zh") != reason.text("en")


@pytest.mark.parametrize("office", ["0705", "二连公路", "二连浩特公路口岸", "二连浩特", "0702"])
def test_a_port_is_known_by_office_name_or_by_its_town_and_the_mode(
    route: Route, office: str
) -> None:
    found = route(exit_customs=office)
    assert (found.status, found.port) == ("matched", "erenhot_highway")


@pytest.mark.parametrize(
    ("office", "code"), [("0603", "port_wrong"), ("0609", "port_wrong"), ("二连铁路", "port_mode")]
)
def test_a_wrong_port_goes_to_a_person(route: Route, office: str, code: str) -> None:
    found = route(exit_customs=office)
    assert found.status == "ambiguous"
    assert codes(found)[0] == code
    assert (found.corridor_id, found.port, found.distance_km_tenths) == (None, None, None)
    assert found.parts == ()
    assert found.candidates[0][0] == "T03"


@pytest.mark.parametrize(
    ("office", "status", "code"),
    [
        ("二连浩特公路囗岸", "matched", "read_as"),
        ("二连浩特铁路囗岸", "ambiguous", "read_as"),
        ("二连某路口岸", "ambiguous", "port_unknown"),
    ],
)
def test_a_port_with_a_slip_is_read_where_only_one_is_that_near_and_says_so(
    route: Route, office: str, status: str, code: str
) -> None:
    found = route(exit_customs=office)
    assert found.status == status
    assert code in codes(found)


def test_a_railway_office_on_a_truck_is_flagged(route: Route) -> None:
    found = route(
        origin_place="满洲里", hub="满洲里", exit_customs="0609", dest_country="RU",
        dest_place="莫斯科",
    )  # fmt: skip
    assert (found.status, codes(found)[0]) == ("ambiguous", "port_mode")


def test_a_border_station_stands_in_for_a_port_that_is_not_named(route: Route) -> None:
    found = route(exit_customs="", border_station="扎门乌德")
    assert (found.status, found.port) == ("matched", "erenhot_highway")
    assert "port_by_station" in codes(found)
    assert found.confidence < 1000


def test_without_any_port_a_person_decides(route: Route) -> None:
    assert codes(route(exit_customs=""))[0] == "port_missing"
    found = route(exit_customs="9999")
    assert (found.status, codes(found)[0]) == ("ambiguous", "port_missing")
    assert "port_unknown" in codes(found)


def test_a_border_station_elsewhere_is_noted(route: Route) -> None:
    assert "station_differs" in codes(route(border_station="满洲里"))
    assert "station_differs" not in codes(route(border_station="二连"))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"exit_customs": "9402", "dest_country": "KZ", "dest_place": "阿拉木图"}, "port_off"),
        ({"dest_country": "KZ", "dest_place": "阿拉木图"}, "dest_off"),
        ({"dest_country": "FR", "dest_place": "巴黎"}, "dest_off"),
        ({"dest_country": "JP", "dest_place": "东京"}, "dest_missing"),
        ({"origin_place": "哈尔滨", "hub": ""}, "start_off"),
        ({"origin_place": "义乌", "hub": ""}, "start_off"),
        ({"hub": "鄂尔多斯"}, "start_off"),
        ({"dest_country": "KZ", "dest_place": ""}, "dest_off"),
        ({"hub": "海拉尔"}, "apart"),
    ],
)
def test_a_shipment_outside_every_corridor_matches_none(
    route: Route, said: dict[str, str], code: str
) -> None:
    found = route(**said)
    assert found.status != "matched"
    assert found.corridor_id is None
    assert codes(found)[0] == code


def test_a_decoy_takes_only_what_is_its_own(network: Network) -> None:
    decoy = from_json(Corridor, json.loads(DECOY.read_text(encoding="utf-8")))
    wider = replace(network, corridors=(*network.corridors, decoy))
    away = Ask(
        unit_key="1", mode="ROAD", origin_place="呼和浩特", hub="呼和浩特", exit_customs="9402",
        dest_country="KZ", dest_place="Алматы",
    )  # fmt: skip
    assert match([away], wider)[0].corridor_id == "T07"
    assert match([away], network)[0].status == "unmatched"
    plain = replace(away, exit_customs="0705", dest_country="RU", dest_place="莫斯科")
    assert match([plain], wider)[0].corridor_id == "T02"


def test_an_import_runs_the_corridor_backwards(route: Route) -> None:
    found = route(
        direction="I", origin_place="Дуйсбург", dest_place="呼和浩特", dest_country="CN",
    )  # fmt: skip
    out = route()
    assert (found.status, found.corridor_id) == ("matched", "T03")
    assert (found.parts, found.league) == (out.parts, out.league)


def test_an_import_with_only_a_country_of_origin_counts_to_its_border(route: Route) -> None:
    found = route(
        direction="I", origin_place="", origin_country="DE", dest_country="CN", dest_place=""
    )
    assert (found.corridor_id, found.end_km_tenths) == ("T03", 91883)
    found = route(direction="I", origin_place="俄罗斯", dest_country="CN", dest_place="")
    assert (found.corridor_id, found.end_km_tenths) == ("T02", 14716)


def test_the_wrong_way_round_goes_to_a_person(route: Route) -> None:
    found = route(origin_place="莫斯科", hub="", dest_place="呼和浩特", dest_country="CN")
    assert found.status != "matched"
    assert "order" in codes(found)


@pytest.mark.parametrize(
    ("dest", "known"),
    [("呼和浩特", True), ("呼和皓特", True), ("Hohhot, China", True), ("苏州市", False)],
)
@pytest.mark.parametrize("country", ["CN", "RU", ""])
def test_swapped_ends_go_to_a_person_whatever_hub_and_country_say(
    route: Route, dest: str, country: str, *, known: bool
) -> None:
    found = route(origin_place="莫斯科", dest_place=dest, dest_country=country)
    assert found.status != "matched"
    assert "near_abroad" in codes(found)
    assert ("order" in codes(found)) is known


def test_without_a_known_end_the_way_cannot_be_told(route: Route) -> None:
    found = route(origin_place="Frankfurt (Oderr)", dest_place="苏州市")
    assert (found.status, codes(found)[0]) == ("ambiguous", "ends_unknown")
    assert route(origin_place="苏州市").status == "matched"


def test_a_country_alone_matches_with_less_confidence_and_pays_only_to_its_border(
    route: Route,
) -> None:
    found = route(dest_place="")
    assert (found.status, found.corridor_id, found.end_km_tenths) == ("matched", "T03", 91883)
    assert "DE" not in {code for _, code, _ in found.parts}
    assert found.confidence < route().confidence
    assert "dest_by_country" in codes(found)
    assert route(dest_place="德国").parts == found.parts


def test_an_unknown_destination_falls_back_on_its_country_and_says_so(route: Route) -> None:
    found = route(dest_place="某某镇")
    assert (found.status, found.end_km_tenths) == ("matched", 91883)
    assert "dest_unknown" in codes(found)


def test_without_destination_or_country_a_person_decides(route: Route) -> None:
    found = route(dest_place="", dest_country="")
    assert (found.status, codes(found)[0]) == ("ambiguous", "dest_missing")


def test_a_destination_in_a_country_the_corridor_does_not_serve_goes_to_a_person(
    route: Route,
) -> None:
    found = route(dest_place="Brest", dest_country="FR")
    assert (found.status, codes(found)[0]) == ("ambiguous", "country_differs")
    served = route(dest_place="华沙", dest_country="DE")
    assert served.status == "matched"
    assert "country_differs" in codes(served)


def test_a_loosely_read_destination_in_another_country_does_not_count(route: Route) -> None:
    found = route(dest_place="Mińsk Mazowiecki", dest_country="PL")
    assert found.end_km_tenths == 85182


def test_the_other_mode_is_never_taken(route: Route) -> None:
    found = route(
        mode="RAIL", origin_place="满洲里", hub="满洲里", exit_customs="0609",
        dest_country="RU", dest_place="车里雅宾斯克",
    )  # fmt: skip
    assert (found.status, codes(found)[0]) == ("unmatched", "mode_differs")
    assert "T06" in found.reasons[0].text()


def test_an_unknown_mode_goes_to_a_person(route: Route) -> None:
    found = route(mode="")
    assert (found.status, codes(found)[0]) == ("ambiguous", "mode_missing")


def test_goods_gathered_from_elsewhere_count_from_the_hub(route: Route) -> None:
    found = route(origin_place="义乌", hub="乌兰察布")
    assert (found.status, found.hub, found.league) == ("matched", "ulanqab", "150900")
    assert found.start_km_tenths == 1336
    assert "origin_unknown" in codes(found)
    assert found.confidence < 1000


def test_the_port_cities_win_over_the_leagues_around_them(route: Route) -> None:
    assert route(origin_place="二连浩特", hub="二连浩特").league == "152501"
    assert route(
        origin_place="满洲里", hub="满洲里", exit_customs="0603", dest_country="RU",
        dest_place="赤塔",
    ).league == "150781"  # fmt: skip


def test_a_hub_that_is_not_named_is_taken_from_the_origin(route: Route) -> None:
    found = route(hub="")
    assert (found.hub, found.league) == ("hohhot", "150100")
    assert "hub_by_place" in codes(found)
    plain = route(hub="", origin_place="赛汗塔拉")
    assert (plain.status, plain.hub, plain.league) == ("matched", None, "152500")
    assert "league_by_origin" in codes(plain)


def test_a_hub_that_is_not_registered_is_noted(route: Route) -> None:
    found = route(hub="商都")
    assert (found.status, found.hub, found.league) == ("matched", None, "150900")
    assert "hub_unregistered" in codes(found)
    assert "hub_unknown" in codes(route(hub="某某园"))


def test_a_destination_beside_the_corridor_counts_to_the_nearest_point(route: Route) -> None:
    found = route(dest_place="Düsseldorf")
    assert found.status == "matched"
    assert "dest_beside" in codes(found)
    assert found.confidence < 1000


def test_where_corridors_run_together_the_shortest_that_holds_the_route_is_taken(
    route: Route,
) -> None:
    found = route(dest_country="RU", dest_place="伊尔库茨克")
    assert found.corridor_id == "T02"
    assert "same_km" in codes(found)


def test_two_corridors_that_score_alike_and_differ_go_to_a_person(network: Network) -> None:
    first = network.corridor("T01")
    detour = replace(
        first,
        id="T99",
        stations=tuple(
            replace(one, km_tenths=one.km_tenths + 500) if one.km_tenths > 4702 else one
            for one in first.stations
        ),
    )
    wider = replace(network, corridors=(*network.corridors, detour))
    ask = Ask(
        unit_key="1", mode="ROAD", hub="呼和浩特", origin_place="呼和浩特", exit_customs="0705",
        dest_country="MN", dest_place="乌兰巴托",
    )  # fmt: skip
    found = match([ask], wider)[0]
    assert (found.status, codes(found)[0]) == ("ambiguous", "close")
    assert pin(ask, "T99", wider).distance_km_tenths == 11801


def test_a_reviewer_sets_the_corridor_and_gets_the_same_km(network: Network) -> None:
    ask = Ask(
        unit_key="1", mode="ROAD", hub="呼和浩特", origin_place="呼和浩特", exit_customs="0603",
        dest_country="RU", dest_place="莫斯科",
    )  # fmt: skip
    assert match([ask], network)[0].status == "ambiguous"
    found = pin(ask, "T02", network)
    assert (found.unit_key, found.status, found.distance_km_tenths) == ("1", "matched", 74414)
    assert found.reasons[0].text() == "通道 T02 由审核人员指定"
    with pytest.raises(ValueError, match="T04"):
        pin(ask, "T04", network)
    with pytest.raises(KeyError):
        pin(ask, "T00", network)


def test_shipments_come_back_in_order_and_may_be_mappings(network: Network) -> None:
    ask = Ask(unit_key="b", mode="RAIL", hub="满洲里", exit_customs="0609", dest_country="RU")
    found = match([ask, {**asdict(ask), "unit_key": "a"}, {"unit_key": "c"}], network)
    assert [one.unit_key for one in found] == ["b", "a", "c"]
    assert found[0][1:] == found[1][1:]
    assert found[2].status == "unmatched"
    assert match([], network) == ()


def test_a_match_is_plain_json_in_one_language_or_both(route: Route) -> None:
    body: Any = json.loads(json.dumps(route().as_json()))
    assert set(body["reasons"][0]) == {"code", "args", "zh", "en"}
    assert Match.from_json(body) == route()
    assert body["parts"][0] == {"kind": "league", "code": "150100", "km_tenths": 402}
    assert body["candidates"] == [{"corridor": "T03", "score": 1000}]
    english: Any = route().as_json("en")
    assert english["reasons"][0]["text"] == "hub Hohhot is at km 0.6 of corridor T03"


def test_the_strip_shows_stations_port_and_borders_by_chainage(
    route: Route, network: Network
) -> None:
    stops = strip(route(dest_country="PL", dest_place="华沙"), network)
    assert [stop.km_tenths for stop in stops] == sorted(stop.km_tenths for stop in stops)
    assert [stop.zh for stop in stops if stop.kind == "border"][:2] == [
        "中国—蒙古国",
        "蒙古国—俄罗斯",
    ]
    assert [(stop.zh, stop.kind) for stop in stops if stop.kind in ("hub", "port", "end")] == [
        ("呼和浩特", "hub"),
        ("二连浩特公路口岸", "port"),
        ("华沙", "end"),
    ]
    assert not stops[-1].on_route
    beside = strip(route(dest_place="Düsseldorf"), network)
    assert [stop.zh for stop in beside if stop.kind == "end"] == ["止算处"]
    assert strip(route(exit_customs="9402"), network) == ()


def test_a_town_on_a_variant_counts_by_the_registered_km_and_says_so(
    route: Route, network: Network
) -> None:
    found = route(dest_country="RU", dest_place="萨马拉")
    variant = network.corridor("T02").variants[0]
    assert (found.status, found.corridor_id) == ("matched", "T02")
    assert found.end_km_tenths == variant.stations[-1].km_tenths
    assert "by_variant" in codes(found)
    registered = route(
        hub="满洲里",
        origin_place="满洲里",
        exit_customs="0603",
        dest_country="RU",
        dest_place="萨马拉",
    )
    assert (registered.status, registered.corridor_id) == ("matched", "T06")
    assert "by_variant" not in codes(registered)


def test_a_corridor_is_matched_only_on_the_days_it_is_registered_for(network: Network) -> None:
    ended = [replace(one, valid_to=date(2026, 6, 30)) for one in network.corridors]
    dated = replace(network, corridors=(*(one for one in ended if one.id == "T01"),))
    ask = Ask(
        unit_key="1",
        mode="ROAD",
        origin_place="呼和浩特",
        exit_customs="0705",
        dest_place="乌兰巴托",
    )
    days = (date(2026, 6, 30), date(2026, 7, 1))
    assert [bool(dated.on(day).corridors) for day in days] == [True, False]
    assert match([ask], dated.on(days[0]))[0].status == "matched"
    found = match([ask], dated.on(days[1]))[0]
    assert (found.status, codes(found)) == ("unmatched", ["no_corridor"])
