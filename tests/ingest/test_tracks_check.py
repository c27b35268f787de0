"""Checking tracks: what is proven, what is contradicted, and what stays open."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ingest.network import Corridor, Network
from ingest.tracks import Ask, Declared, Track, Verdict, check, check_many, identify
from ingest.tracks.verdict import Finding
from ingest.tracks.words import FINDINGS, OUTCOMES, SECTION_NAMES, say
from tests.ingest.track_samples import START, position

T01_KM = (11307 - 6, 4702 - 6, 11307 - 4702)
Stops = list[tuple[float, float]]


@pytest.fixture(scope="module")
def t01(network: Network) -> Corridor:
    return network.corridor("T01")


def drive(
    corridor: Corridor, stops: Stops, plate: str = "蒙A1", every: int = 600, noise_km: float = 0.05
) -> Track:
    """Make a track of (hours, chainage in km), straight between them."""
    hours, km = np.array(stops).T
    times = np.arange(0, int(hours[-1] * 3600) + 1, every)
    lon, lat = position(corridor, np.interp(times / 3600, hours, km))
    chance = np.random.default_rng(len(stops))
    lon, lat = (axis + chance.normal(0, noise_km / 111, len(times)) for axis in (lon, lat))
    return Track(plate, times + START, lon, lat, np.arange(len(times)), "WGS84")


def without(track: Track, first_hour: float, last_hour: float) -> Track:
    """Take the points between two hours away."""
    hours = (track.times - START) / 3600
    return picked(track, (hours < first_hour) | (hours > last_hour))


def picked(track: Track, at: np.ndarray) -> Track:
    lon, lat = track.lon[at], track.lat[at]
    return Track(track.plate, track.times[at], lon, lat, track.rows[at], "WGS84")


def moved(track: Track, first_hour: float, last_hour: float, lon: float, lat: float) -> Track:
    """Put the points between two hours elsewhere."""
    hours = (track.times - START) / 3600
    there = (hours >= first_hour) & (hours <= last_hour)
    return replace(track, lon=np.where(there, lon, track.lon), lat=np.where(there, lat, track.lat))


OUT: Stops = [(0, 1), (8, 1), (16, 470), (30, 470.1), (34, 500), (46, 1130), (56, 1130)]
"""A night at the hub, a day to the border, half a day there, on to Ulaanbaatar."""


def findings(verdict: Verdict, code: str) -> list[Finding]:
    return [one for one in verdict.findings if one.code == code]


def value(verdict: Verdict, code: str, name: str) -> int | str:
    (found,) = findings(verdict, code)
    return found.values[name]


def test_a_trip_from_hub_to_end_is_proven_with_its_times(t01: Corridor) -> None:
    found = check(drive(t01, OUT), t01)
    assert (found.outcome, found.codes("contradicts"), found.codes("open")) == ("proven", (), ())
    assert [one.outcome for one in found.sections] == ["proven"] * 3
    assert (found.ledger.proven_km_tenths, found.ledger.missing_km_tenths) == (T01_KM[0], 0)
    assert found.departed_at is not None
    assert abs(found.departed_at - START - 8 * 3600) < 1800
    assert found.crossed_at is not None
    assert 29 * 3600 < found.crossed_at - START < 31 * 3600
    assert found.arrived_at is not None
    assert abs(found.arrived_at - START - 45.3 * 3600) < 1800
    assert abs(int(value(found, "hub_passed", "dwell_seconds")) - 8.2 * 3600) < 1800
    assert value(found, "border_crossed", "km_tenths") == 4702


def test_the_same_trip_inwards_is_proven_to_the_hub(t01: Corridor) -> None:
    back = [(56 - hour, km) for hour, km in reversed(OUT)]
    found = check(drive(t01, back), t01, Declared(direction="I"))
    assert found.outcome == "proven"
    assert found.codes() == ("far_seen", "border_crossed", "end_reached")
    assert found.section("abroad").ledger.proven_km_tenths == T01_KM[2]
    outwards = check(drive(t01, back), t01)
    assert outwards.codes("open") == ("start_not_seen", "other_direction")


def test_a_chinese_tractor_that_ends_at_the_port_proves_only_china(t01: Corridor) -> None:
    found = check(drive(t01, OUT[:3]), t01)
    assert found.outcome == "not_proven"
    assert [one.outcome for one in found.sections] == ["proven", "proven", "not_proven"]
    assert found.codes("open") == ("border_not_seen", "end_not_seen")
    leg = check(drive(t01, OUT[:3]), t01, Declared(end_km_tenths=t01.border_km_tenths))
    assert leg.outcome == "proven"
    assert leg.section("abroad").ledger.km_tenths == 0


def test_the_inside_of_the_province_is_judged_apart_from_china(network: Network) -> None:
    corridor = network.corridor("T05")
    track = drive(corridor, [(0, 1), (6, 1), (44, 2270), (60, 2270)])
    found = check(without(track, 9, 13), corridor)
    province, domestic = found.section("province"), found.section("domestic")
    assert (province.ledger.km_tenths, domestic.ledger.km_tenths) == (17726, 22726)
    assert province.ledger.bridged_km_tenths < domestic.ledger.bridged_km_tenths
    assert (province.outcome, domestic.outcome) == ("proven", "proven")


def test_a_gap_is_bridged_where_it_can_have_been_driven(t01: Corridor) -> None:
    found = check(without(drive(t01, OUT), 38, 42), t01)
    (gap,) = found.gaps
    assert gap.bridged
    assert 1900 < found.ledger.bridged_km_tenths < 2400
    assert found.ledger.missing_km_tenths == 0
    assert found.outcome == "not_proven"
    assert found.section("domestic").outcome == "proven"


def test_a_gap_over_the_border_leaves_the_hour_of_the_crossing_open(t01: Corridor) -> None:
    found = check(without(drive(t01, OUT), 15, 36), t01)
    assert int(value(found, "border_crossed", "within_seconds")) >= 20 * 3600
    assert found.outcome != "contradicted"


def test_what_a_gap_could_hide_is_never_contradicted(t01: Corridor) -> None:
    there_and_back: Stops = [*OUT, (70, 470), (80, 1), (90, 1)]
    found = check(without(drive(t01, there_and_back), 20, 69), t01)
    assert found.outcome == "not_proven"
    assert found.codes("contradicts") == ()
    short = check(drive(t01, [*OUT[:3], (20, 470), (30, 1), (40, 1)]), t01)
    assert short.codes("contradicts") == ("turned_back_before_border",)
    assert short.section("province").outcome == "proven"
    assert short.section("abroad").outcome == "contradicted"


def test_who_stands_short_of_the_end_is_contradicted_only_when_due(t01: Corridor) -> None:
    track = drive(t01, [*OUT[:5], (40, 700), (80, 700)])
    undeclared = check(track, t01)
    assert undeclared.codes("open") == ("end_not_seen",)
    early = check(track, t01, Declared(arrival=date(2025, 3, 3)))
    assert early.codes("contradicts") == ()
    due = check(track, t01, Declared(arrival=date(2025, 3, 2)))
    assert due.codes("contradicts") == ("stopped_short",)
    week = check(drive(t01, [*OUT[:5], (40, 700), (240, 700)]), t01)
    assert week.codes("contradicts") == ("stopped_short",)


def test_points_of_another_month_are_not_looked_at(t01: Corridor) -> None:
    track = drive(t01, OUT)
    found = check(track, t01, Declared(departure=date(2025, 4, 1), arrival=date(2025, 4, 3)))
    assert (found.points, found.outcome, found.codes()) == (0, "not_proven", ("too_few",))
    assert found.ledger == (0, 0, T01_KM[0])
    assert (found.progress, found.gaps, found.departed_at) == ((), (), None)


def test_a_declared_day_that_differs_is_told(t01: Corridor) -> None:
    said = Declared(departure=date(2025, 3, 3), exit=date(2025, 3, 4), arrival=date(2025, 3, 6))
    found = check(drive(t01, OUT), t01, said)
    assert found.codes("notice") == ("departure_differs", "exit_differs", "arrival_differs")
    assert found.outcome == "proven"


def test_positions_that_jump_away_and_back_are_interference(t01: Corridor) -> None:
    moscow = check(moved(drive(t01, OUT), 36, 39, 37.4, 55.97), t01)
    assert (moscow.outcome, moscow.codes("contradicts")) == ("proven", ())
    lon, lat = position(t01, np.array([30.0]))
    on_the_line = check(moved(drive(t01, OUT), 38, 39, float(lon[0]), float(lat[0])), t01)
    assert (on_the_line.outcome, on_the_line.codes("notice")) == ("proven", ("interference",))


def test_a_stretch_that_no_vehicle_can_have_driven_is_a_teleport(t01: Corridor) -> None:
    stops: Stops = [*OUT[:4], (32, 480), (32.4, 800), (46, 1130), (56, 1130)]
    found = check(drive(t01, stops), t01)
    assert found.codes("contradicts") == ("teleport",)
    assert [one.outcome for one in found.sections] == ["proven", "proven", "contradicted"]
    assert int(value(found, "teleport", "kmh")) > 200


def test_a_few_points_before_a_jump_leave_open_which_side_is_true(t01: Corridor) -> None:
    stops: Stops = [*OUT[:4], (34, 700), (34.8, 710), (34.85, 900), (46, 1130), (56, 1130)]
    found = check(drive(t01, stops), t01)
    assert found.codes("open") == ("perhaps_carried",)
    assert (found.outcome, found.codes("contradicts")) == ("not_proven", ())


def test_the_corridor_really_driven_is_named(network: Network, t01: Corridor) -> None:
    other = network.corridor("T05")
    track = drive(other, [(0, 1), (6, 1), (60, 2750), (70, 2750)], every=1800)
    found = check(track, t01, corridors=network.corridors)
    assert value(found, "other_corridor", "corridor") == "T05"
    assert {one.outcome for one in found.sections} == {"contradicted"}
    unnamed = check(track, t01)
    assert unnamed.codes("open")[0] == "off_route"
    assert unnamed.outcome == "not_proven"
    best = identify(track, network.corridors)[0]
    assert (best.corridor_id, best.permille) == ("T05", 1000)


def test_another_corridor_through_the_same_port_is_for_a_person_to_judge(
    network: Network,
) -> None:
    driven, declared = network.corridor("T04"), network.corridor("T06")
    track = drive(driven, [(0, 3), (6, 3), (140, 6890), (150, 6890)], every=1800)
    found = check(track, declared, corridors=network.corridors)
    assert [one.severity for one in findings(found, "other_corridor")] == ["open"]
    assert found.outcome == "not_proven"


def test_a_track_that_is_nowhere_near_says_so(network: Network, t01: Corridor) -> None:
    track = drive(network.corridor("T04"), [(0, 1000), (20, 2000)])
    found = check(track, t01, corridors=network.corridors)
    assert found.codes() == ("other_corridor", "too_few")
    assert check(track, t01).codes() == ("off_route", "too_few")


RESTS: Stops = [
    *((0, 1), (8, 1), (11, 180), (12, 180), (15, 350), (16.2, 350), (18, 470), (30, 470.1)),
    *((34, 700), (43, 700), (46, 900), (47, 900), (50, 1130), (56, 1130)),
]


def test_a_copy_shifted_in_time_is_told_from_the_original(t01: Corridor) -> None:
    track = drive(t01, RESTS)
    chance = np.random.default_rng(9)
    copy = Track(
        "蒙B2",
        track.times + 50 * 3600,
        track.lon + chance.normal(0, 0.001, len(track)),
        track.lat + chance.normal(0, 0.001, len(track)),
        track.rows,
        "WGS84",
    )
    first, second = check_many([Ask(track, t01), Ask(copy, t01)])
    assert (first.outcome, first.codes("notice")) == ("proven", ("copied_by",))
    assert second.codes("contradicts") == ("copied",)
    assert value(second, "copied", "plate") == "蒙A1"
    assert abs(int(value(second, "copied", "shift_seconds")) - 50 * 3600) < 300
    assert check(copy, t01, others=[track]).codes("contradicts") == ("copied",)
    assert check(replace(copy, plate="蒙A1"), t01, others=[track]).codes("contradicts") == ()


def test_the_same_moment_is_no_shift_whatever_days_were_declared(t01: Corridor) -> None:
    first = drive(t01, OUT)
    second = replace(first, plate="蒙B2")
    days = [date(2025, 3, 1), date(2025, 3, 4)]
    asks = [
        Ask(track, t01, Declared(departure=day))
        for track, day in zip((first, second), days, strict=True)
    ]
    for found in check_many(asks):
        assert "copied" not in found.codes("contradicts")


def test_a_way_that_is_mostly_presumed_says_so(t01: Corridor) -> None:
    track = without(drive(t01, OUT, every=300), 31, 45)
    found = check(track, t01)
    assert found.outcome == "not_proven"
    (one,) = findings(found, "much_bridged")
    assert (one.section, one.severity) == ("abroad", "open")
    assert int(one.values["bridged_km_tenths"]) > 0


def test_where_the_road_was_left_is_told_of_the_trip_alone(network: Network, t01: Corridor) -> None:
    waiting = drive(network.corridor("T04"), [(0, 1), (60, 1000)])
    away = drive(t01, OUT)
    away.lat[(away.times - START) / 3600 > 38] += 2
    both = Track(
        away.plate,
        np.concatenate([waiting.times - 100 * 3600, away.times]),
        np.concatenate([waiting.lon, away.lon]),
        np.concatenate([waiting.lat, away.lat]),
        np.arange(len(waiting) + len(away)),
        "WGS84",
    )
    told = [value(check(one, t01), "off_route", "km_tenths") for one in (away, both)]
    assert told[0] == told[1] != 0


def test_the_same_positions_at_the_same_time_cannot_be_two_trucks(t01: Corridor) -> None:
    track = drive(t01, OUT)
    other = replace(track, plate="蒙B2")
    for found in check_many([Ask(track, t01), Ask(other, t01)]):
        assert (found.outcome, found.codes("open")) == ("not_proven", ("same_track",))


def test_boxes_on_one_train_share_its_track(network: Network) -> None:
    corridor = network.corridor("R01")
    track = drive(corridor, [(0, 0), (6, 0), (20, 470), (40, 480), (60, 1161), (70, 1161)])
    boxes = [Ask(replace(track, plate=plate), corridor) for plate in ("TGBU1", "TGBU2")]
    assert [one.outcome for one in check_many(boxes)] == ["proven", "proven"]
    later = replace(track, plate="TGBU3", times=track.times + 9 * 24 * 3600)
    assert check(later, corridor, others=[track]).codes("contradicts") == ("copied",)


def test_trucks_in_convoy_or_without_a_halt_are_no_copies(t01: Corridor) -> None:
    late = [(0.0, 1.0), *((hour + 0.4, km) for hour, km in RESTS)]
    convoy = [
        Ask(drive(t01, RESTS, "A1", noise_km=0.05), t01),
        Ask(drive(t01, late, "B2", noise_km=0.06), t01),
    ]
    steady: Stops = [(0, 1), (3, 1), (20, 1130), (24, 1130)]
    later = [(0.0, 1.0), *((hour + 30, km) for hour, km in steady)]
    apart = [Ask(drive(t01, steady, "C3"), t01), Ask(drive(t01, later, "D4"), t01)]
    for found in [*check_many(convoy), *check_many(apart)]:
        assert not {"copied", "copied_by", "same_track"} & {*found.codes()}


def test_a_verdict_is_canonical_and_the_same_every_time(t01: Corridor) -> None:
    one, other = (
        json.dumps(check(drive(t01, RESTS), t01).as_json(), sort_keys=True) for _ in range(2)
    )
    assert one == other
    assert all(type(leaf) in {str, int, type(None)} for leaf in leaves(json.loads(one)))


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def test_the_picture_is_thinned_and_keeps_both_ends(t01: Corridor) -> None:
    track = moved(drive(t01, RESTS, every=30), 35, 36, 37.4, 55.97)
    found = check(without(track, 20, 28), t01)
    assert len(found.progress) <= 300
    assert [one.at for one in found.progress] == sorted(one.at for one in found.progress)
    assert (found.progress[0].at, found.progress[-1].at) == (START, START + 56 * 3600)
    assert {one.on_route for one in found.progress} == {True, False}
    ends = {one.at for one in found.progress}
    assert {found.gaps[0].from_at, found.gaps[0].to_at} <= ends
    assert all(6 <= one.km_tenths <= 11307 for one in found.progress)


def test_a_course_without_length_is_a_fault_of_the_caller(t01: Corridor) -> None:
    with pytest.raises(ValueError, match="T01"):
        check(drive(t01, OUT), t01, Declared(start_km_tenths=500, end_km_tenths=500))


def test_every_finding_has_words_in_both_languages() -> None:
    for zh, en in [*FINDINGS.values(), *SECTION_NAMES.values(), *OUTCOMES.values()]:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
        assert en.isascii()
    odd = Finding("copied", "contradicts", None, {"plate": "蒙A1", "shift_seconds": 93_600})
    assert say(odd) == "与 蒙A1 的轨迹相同，只是晚了 1 天 2 小时"
    assert say(odd, "en") == "the same track as that of 蒙A1, 1 d 2 h later"
