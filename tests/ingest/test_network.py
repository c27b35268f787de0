"""The network: a hashed value whose km add up, read from a seed that says where it comes from."""

import re
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from ingest.network import Corridor, Network, Station, faults, load_leagues, load_seed
from ingest.network.gazetteer import gazetteer, one_slip
from ingest.network.geometry import locate, place_table
from ingest.network.seed import SEED

ENDS = {
    "R01": ("RAIL", "erenhot_railway", 11615, "MN"),
    "R02": ("RAIL", "erenhot_railway", 94558, "DE"),
    "R03": ("RAIL", "manzhouli_railway", 85255, "DE"),
    "R04": ("RAIL", "manzhouli_railway", 28941, "RU"),
    "R05": ("RAIL", "manzhouli_railway", 63766, "RU"),
    "T01": ("ROAD", "erenhot_highway", 11307, "MN"),
    "T02": ("ROAD", "erenhot_highway", 74420, "RU"),
    "T03": ("ROAD", "erenhot_highway", 98434, "DE"),
    "T04": ("ROAD", "manzhouli_highway", 68957, "RU"),
    "T05": ("ROAD", "manzhouli_highway", 27567, "RU"),
    "T06": ("ROAD", "manzhouli_highway", 89171, "DE"),
}


def test_the_seed_holds_the_eleven_corridors_and_not_the_decoy(network: Network) -> None:
    found = {
        one.id: (one.mode, one.port, one.end_km_tenths, one.country) for one in network.corridors
    }
    assert found == ENDS


def test_every_corridor_is_named_in_three_languages_chinese_first(network: Network) -> None:
    for corridor in network.corridors:
        assert corridor.names.text() == corridor.names.zh
        assert corridor.names.text("en") != corridor.names.zh
        assert corridor.names.text("ru") != corridor.names.text("en")
    assert network.corridor("T03").names.zh == "呼和浩特—二连浩特—莫斯科—华沙—杜伊斯堡（公路）"


def test_km_are_never_passed_off_as_official(network: Network) -> None:
    assert {corridor.km_source for corridor in network.corridors} == {"computed_from_osm"}


def test_the_seed_carries_its_licence_and_attribution(network: Network) -> None:
    assert "Open Database License" in (SEED / "LICENSE").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in (SEED / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in network.attribution


def test_a_network_survives_the_journey_through_json(network: Network) -> None:
    again = Network.from_json(network.as_json())
    assert again == network
    assert again.sha256 == network.sha256
    assert hash(again) == hash(network)


def test_any_change_gives_another_hash(network: Network) -> None:
    first = replace(network.corridors[0], km_source="official")
    assert replace(network, corridors=(first, *network.corridors[1:])).sha256 != network.sha256


@pytest.mark.parametrize("corridor", load_seed().corridors, ids=lambda one: str(one.id))
def test_km_by_league_and_country_add_up_to_the_corridor(corridor: Corridor) -> None:
    parts = corridor.parts(corridor.start_km_tenths, corridor.end_km_tenths)
    assert (
        sum(tenths for _, _, tenths in parts) == corridor.end_km_tenths - corridor.start_km_tenths
    )
    assert all(tenths > 0 for _, _, tenths in parts)


def test_km_between_any_two_chainages_add_up_whichever_way_they_are_given(
    network: Network,
) -> None:
    random = np.random.default_rng(5)
    for corridor in network.corridors:
        for low, high in random.integers(corridor.start_km_tenths, corridor.end_km_tenths, (50, 2)):
            parts = corridor.parts(int(low), int(high))
            assert sum(tenths for _, _, tenths in parts) == abs(int(high) - int(low))
            assert parts == corridor.parts(int(high), int(low))


def test_a_country_passed_twice_is_summed(network: Network) -> None:
    corridor = network.corridor("T06")
    parts = {code: tenths for _, code, tenths in corridor.parts(28, corridor.end_km_tenths)}
    assert parts["KZ"] == 1897
    assert parts["RU"] == (42284 - 139) + (72528 - 44181)


def test_the_port_cities_are_cut_out_of_the_leagues_around_them(network: Network) -> None:
    parts = {code: km for _, code, km in network.corridor("T01").parts(6, 4702)}
    assert list(parts) == ["150100", "150900", "152500", "152501"]
    assert [code for _, code, _ in network.corridor("T04").parts(28, 139)] == ["150781"]


def test_there_are_fourteen_leagues_and_two_of_them_lie_within_another() -> None:
    leagues = load_leagues()
    assert len(leagues) == 14
    assert {one.code: one.within for one in leagues if one.within} == {
        "150781": "150700",
        "152501": "152500",
    }
    assert all(one.names.zh and one.names.en for one in leagues)


def test_every_league_has_a_place(network: Network) -> None:
    assert {place.league for place in network.places} >= {one.code for one in network.leagues}


def test_highway_and_railway_ports_of_a_town_are_two_ports(network: Network) -> None:
    road, rail = network.port("manzhouli_highway"), network.port("manzhouli_railway")
    assert (road.offices, rail.offices) == (("0603",), ("0609",))
    assert road.place == rail.place == "manzhouli"
    assert network.port("erenhot_highway").offices == ("0705",)
    assert network.port("erenhot_railway").town_offices == ("0702",)


def test_no_name_is_claimed_by_two_places_and_no_code_by_two_ports(network: Network) -> None:
    assert faults(network) == []
    first, port = network.places[0], network.port("manzhouli_highway")
    twin, other = replace(first, id="twin"), replace(network.port("ceke"), offices=("0603",))
    told = faults(replace(network, places=(*network.places, twin)))
    assert {fault.code for fault in told} == {"claimed"}
    assert first.names.zh in told[-1].why()
    rest = [one for one in network.ports if one.id != "ceke"]
    (fault,) = faults(replace(network, ports=(*rest, other)))
    assert (fault.code, fault.args[0]) == ("named_port", port.offices[0])


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("呼和浩特", "hohhot"),
        ("呼和浩特市", "hohhot"),
        ("内蒙古自治区呼和浩特市赛罕区", "hohhot"),
        ("集宁南站", "ulanqab"),
        ("满州里", "manzhouli"),
        ("ＭＯＳＣＯＷ", "moscow"),
        ("Moscow, Russia", "moscow"),
        ("Москва", "moscow"),
        ("RUMOW", "moscow"),
        ("Улаанбаатар", "ulaanbaatar"),
        ("Łódź", "lodz"),
        ("Poznan", "poznan"),
        ("Duisburg (DE)", "duisburg"),
        ("德国汉堡", "hamburg"),
        ("杜伊斯堡港", "duisburg"),
        ("Novosibrisk", "novosibirsk"),
        ("二连皓特", "erenhot"),
        ("CNULA", "ulanqab"),
        ("CNJNN", "ulanqab"),
        ("Ulan Ude / Russia", "ulan_ude"),
        ("Алма-Ата, Казахстан", "almaty"),
        ("Frankfurt (Oder), Germany", "frankfurt_oder"),
        ("Frankfurt (Oder) (Germany)", "frankfurt_oder"),
        ("Krasnoyrask, Russia", "krasnoyarsk"),
        ("俄罗斯克拉斯诺亚尔斯客", "krasnoyarsk"),
        ("杭锦旗后", None),  # 杭锦旗 and more, or 杭锦后旗 with a slip
        ("Brest, France", None),
        ("法国布列斯特", None),
        ("白俄罗斯布列斯特", "brest"),
        ("捷尔任斯克（俄罗斯）", "dzerzhinsk"),  # a slip from 捷尔任斯克（白俄罗斯）
        ("Дзержинск (Белабусь)", None),
        ("DEBRE", None),  # Bremen's code, one letter from Berlin's
        ("义乌", None),
        ("满洲里-莫斯科", None),
        ("满洲里，莫斯科", None),
        ("库尔勒", None),
        ("", None),
        (None, None),
    ],
)
def test_places_are_found_by_what_people_write(
    network: Network, said: str | None, place: str | None
) -> None:
    term = gazetteer(network).place(said)
    assert (network.places[term.index].id if term.index >= 0 else None) == place


def test_a_loosely_read_name_is_trusted_less_and_remembered(network: Network) -> None:
    index = gazetteer(network)
    assert (
        index.place("莫斯科").trust > index.place("莫斯科港区").trust > index.place("Moskow").trust
    )
    assert index.place("Moskow").said


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("minsk", "mnsk", True),
        ("minsk", "miinsk", True),
        ("minsk", "mimsk", True),
        ("minsk", "mnisk", True),
        ("minsk", "minsk", True),
        ("minsk", "omsk", False),
        ("minsk", "mi", False),
        ("abcd", "badc", False),
    ],
)
def test_one_slip_of_the_pen_is_one(one: str, other: str, *, alike: bool) -> None:
    assert one_slip(one, other) is alike
    assert one_slip(other, one) is alike


def test_stations_lie_on_their_corridor_and_project_to_their_chainage(network: Network) -> None:
    beside = {"beijing", "qiqihar"}  # the line passes at their outskirts
    for corridor in network.corridors:
        stops = [one for one in corridor.stations if one.kind == "place" and one.id not in beside]
        towns = [network.place(one.id) for one in stops]
        lon = np.array([town.lon_e4 for town in towns]) / 10_000
        lat = np.array([town.lat_e4 for town in towns]) / 10_000
        distance, chainage = locate(corridor, lon, lat)
        assert distance.max() < 10
        assert np.abs(chainage - [one.km_tenths for one in stops]).max() < 70


def test_the_place_table_gives_a_station_its_own_chainage(network: Network) -> None:
    table = place_table(network)
    row = [place.id for place in network.places].index("duisburg")
    column = [corridor.id for corridor in network.corridors].index("T03")
    assert (table.distance_km[row, column], table.chainage[row, column]) == (0.0, 98434)
    assert np.isinf(table.distance_km[-1]).all()


def test_a_corridor_does_not_stop_everywhere(network: Network) -> None:
    with pytest.raises(KeyError, match="almaty"):
        network.corridor("T03").station("almaty")


def test_an_unlisted_country_is_called_by_its_code(network: Network) -> None:
    assert network.country_names("JP").zh == "JP"
    assert network.country_names("RU").zh == "俄罗斯"


def _spoilt(network: Network, **changes: Any) -> set[str]:  # noqa: ANN401  any field of a corridor
    """Codes of the faults of the network with its first corridor changed."""
    first = replace(network.corridors[0], **changes)
    told = faults(replace(network, corridors=(first, *network.corridors[1:])))
    assert all(fault.text("zh") and fault.text("en") and first.id in fault.where for fault in told)
    return {fault.code for fault in told}


def test_a_corridor_whose_parts_do_not_fit_says_where_and_how_to_mend_it(network: Network) -> None:
    first = network.corridors[0]
    points, far = first.breakpoints, network.corridor("T03")
    spoilt: dict[str, dict[str, Any]] = {
        "no_place": {"stations": (*first.stations, Station("place", "nowhere", 99_999))},
        "port_off": {"stations": tuple(one for one in first.stations if one.kind == "place")},
        "two_stations": {"stations": first.stations[:1]},
        "stations_fall": {"stations": (first.stations[1], first.stations[0], *first.stations[2:])},
        "breakpoints_fall": {"breakpoints": points[::-1]},
        "line_falls": {"line": first.line[:1]},
        "no_port": {"port": "nowhere"},
        "port_mode": {"port": "erenhot_highway", "stations": far.stations[:5]},
        "begins": {"breakpoints": points[1:]},
        "border": {"breakpoints": (*points[:2], replace(points[-1], km_tenths=3000))},
        "no_league": {"breakpoints": (replace(points[0], code="159999"), *points[1:])},
        "no_country": {"breakpoints": (*points[:-1], replace(points[-1], code="XX"))},
        "no_parts": {"breakpoints": ()},
        "no_abroad": {"breakpoints": points[:1]},
        "station_twice": {
            "stations": (*first.stations, replace(first.stations[0], km_tenths=99_999))
        },
        "station_km": {"line": tuple((lon, lat, 3 * metre) for lon, lat, metre in first.line)},
        "off_world": {"line": (*first.line[:-1], (first.line[-1][0], 9**9, first.line[-1][2]))},
        "dates": {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
        "station_off": {"line": far.line[len(far.line) // 2 :]},
        "variant_off": {"variants": (replace(far.variants[0], stations=()),)},
    }
    for code, changes in spoilt.items():
        assert code in _spoilt(network, **changes), code


def test_lists_whose_parts_do_not_fit_say_so(network: Network) -> None:
    spoilt: dict[str, dict[str, Any]] = {
        "no_place": {"places": network.places[:20]},
        "no_league": {"leagues": network.leagues[1:]},
        "no_country": {"countries": network.countries[1:]},
        "twice": {"ports": (*network.ports, network.ports[0])},
        "off_world": {"places": (replace(network.places[0], lon_e4=9**9), *network.places[1:])},
        "none": {"corridors": ()},
        "town_office": {
            "ports": tuple(
                replace(one, town_offices=(network.port("alashankou").offices[0],))
                if one.id == "erenhot_highway"
                else one
                for one in network.ports
            )
        },
    }
    for code, changes in spoilt.items():
        assert code in {fault.code for fault in faults(replace(network, **changes))}, code
    assert faults(replace(network, hubs=(replace(network.hubs[0], place="nowhere"),)))


def test_a_place_that_only_a_variant_passes_stands_on_the_registered_km(network: Network) -> None:
    table, corridor = place_table(network), network.corridor("T03")
    column = network.corridors.index(corridor)
    rows = [[place.id for place in network.places].index(name) for name in ("samara", "kazan")]
    assert table.variant[rows, column].tolist() == [0, -1]
    assert table.chainage[rows[0], column] == corridor.variants[0].stations[-1].km_tenths
    on_its_own = [one.id for one in network.corridors].index("T06")
    assert table.variant[rows[0], on_its_own] == -1
    low, high = (corridor.variants[0].line[end][2] for end in (0, -1))
    towns = [corridor.station(name).km_tenths * 100 for name in ("omsk", "moscow")]
    assert np.abs(np.array([low, high]) - towns).max() < 2000


def test_a_corridor_is_seen_only_on_the_days_it_is_registered_for(network: Network) -> None:
    first = replace(network.corridors[0], valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30))
    dated = replace(network, corridors=(first, *network.corridors[1:]))
    assert Network.from_json(dated.as_json()) == dated
    seen = [first in dated.on(date(2026, month, day)).corridors for month, day in ((6, 30), (7, 1))]
    assert seen == [True, False]
    assert dated.on(date(2026, 3, 1)) is dated
    assert dated.on(date(2025, 1, 1)) is dated.on(date(2025, 1, 2))


def test_fields_that_came_later_leave_older_bodies_as_they_are(network: Network) -> None:
    body: Any = network.as_json()
    plain = [one for one in body["corridors"] if one["id"].startswith("R")]
    assert all(set(one) & {"variants", "valid_from", "valid_to"} == set() for one in plain)
    assert "before" not in body


def test_json_that_is_no_network_is_refused(network: Network) -> None:
    body: Any = network.as_json()
    with pytest.raises(ValueError, match="corridors"):
        Network.from_json({})
    for spoil in (
        {"km_tenths": "12", "kind": "place", "id": "hohhot"},
        {"km_tenths": 12, "kind": "gate", "id": "hohhot"},
        {"km_tenths": True, "kind": "place", "id": "hohhot"},
    ):
        wrong = deepcopy(body)
        wrong["corridors"][0]["stations"][0] = spoil
        with pytest.raises(ValueError, match="不是"):
            Network.from_json(wrong)
    wrong = deepcopy(body)
    wrong["corridors"][0]["line"] = [1, 2]
    with pytest.raises(ValueError, match="line"):
        Network.from_json(wrong)


def test_places_are_written_in_the_letters_of_their_languages(network: Network) -> None:
    assert len(network.places) >= 150
    for place in network.places:
        names = place.names
        assert re.fullmatch(r"[\u4e00-\u9fff（）-]+", names.zh), place.id
        assert re.fullmatch(r"[\w ()'.-]+", names.en), place.id
        assert not re.search(r"[а-яё\u4e00-\u9fff]", names.en), place.id
        assert re.fullmatch(r"[А-Яа-яЁё ()/-]*", names.ru), place.id
        assert place.source in {"osm", "geonames", "unlocode"}


def test_codes_among_the_names_of_a_place_are_of_its_country(network: Network) -> None:
    for place in network.places:
        for alias in place.aliases:
            if re.fullmatch(r"[A-Z]{5}", alias):
                assert alias.startswith(place.country), (place.id, alias)
            if alias.isdecimal():  # a customs office of Inner Mongolia
                assert re.fullmatch(r"0[67]\d\d", alias), (place.id, alias)
                assert place.league, place.id


def test_no_two_places_stand_on_one_spot_and_all_lie_where_the_corridors_do(
    network: Network,
) -> None:
    spots = {(place.lon_e4, place.lat_e4) for place in network.places}
    assert len(spots) == len(network.places)
    assert all(20_000 < lon < 1_270_000 and 370_000 < lat < 610_000 for lon, lat in spots)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("苏尼特左旗", "sonid_left"),
        ("苏尼特右旗", "saihantala"),
        ("阿拉善右旗", "alxa_right"),
        ("库伦旗", "hure"),
        ("库伦", "ulaanbaatar"),
        ("杭锦旗", "hanggin"),
        ("杭锦后旗", "hanggin_rear"),
        ("Дзержинск", "dzerzhinsk"),
        ("察哈尔右翼后旗", None),
        ("0701", "hohhot"),
    ],
)
def test_banners_that_differ_by_a_word_are_told_apart(
    network: Network, said: str, place: str | None
) -> None:
    term = gazetteer(network).place(said)
    assert (network.places[term.index].id if term.index >= 0 else None) == place
