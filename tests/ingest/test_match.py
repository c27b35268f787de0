"""Matching: the right corridor, km that add up, and a person wherever it cannot be told."""

import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest

from ingest.match import Ask, Match, match, pin, strip
from ingest.matching.reasons import MESSAGES, Reason
from ingest.network import Network
from tests.ingest.match_samples import Route, codes

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


def test_a_decoy_takes_only_what_is_its_own(network: Network, wider: Network) -> None:
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
    ended = replace(network.corridor("T01"), valid_to=date(2026, 6, 30))
    dated = replace(network, corridors=(ended,))
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
