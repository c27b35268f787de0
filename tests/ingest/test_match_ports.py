"""Matching by ports and border stations: a wrong, misread or missing one is never passed over."""

import pytest

from tests.ingest.match_samples import Route, codes


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
