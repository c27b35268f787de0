"""Matching by ends: hub, origin and destination, and whose shipment it is."""

import pytest

from tests.ingest.match_samples import Route, codes


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
