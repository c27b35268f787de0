"""Track files of every kind: points in, what is no point counted and told, hostile ones refused."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import messages
from ingest.tracks import Reading, _points
from ingest.tracks import read as reading_of
from tests.ingest.manifest_samples import xlsx_bytes

pytestmark = pytest.mark.usefixtures("in_this_process")
HEAD = ["车牌号", "GPS时间", "经度", "纬度", "是否定位"]
T0 = 1_740_787_200
"""2025-03-01 00:00 UTC, eight in the morning in Beijing."""
MOVING = {
    "type": "Feature",
    "properties": {"plate": "A1"},
    "temporalGeometry": {
        "type": "MovingPoint",
        "coordinates": [[111.5, 40.5]],
        "datetimes": ["2025-03-01T00:00:00Z"],
    },
}
GOOD = ["蒙A12345", "2025-03-01 08:00:00", "111.5", "40.5", "是"]


def rows(*more: list[str], head: list[str] | None = None) -> bytes:
    return "\n".join(",".join(row) for row in [head or HEAD, *more]).encode()


def told(body: bytes, zone: str | None = "+08:00", datum: str = "WGS84") -> Reading:
    return reading_of("a", body, datum=datum, zone=zone)


def changed(at: int, text: str) -> list[str]:
    return [*GOOD[:at], text, *GOOD[at + 1 :]]


def collected(one: bytes) -> bytes:
    return b'{"type":"FeatureCollection","features":[' + one + b"]}"


def gpx(points: str, before: str = "") -> bytes:
    text = f'{before}<gpx xmlns="http://www.topografix.com/GPX/1/1">{points}</gpx>'
    return text.encode()


def feature(kind: str, where: object, **said: object) -> bytes:
    return json.dumps(
        {"type": "Feature", "geometry": {"type": kind, "coordinates": where}, "properties": said}
    ).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_portal_table_is_read_in_the_encodings_portals_write(encoding: str) -> None:
    found = told(rows(["企业轨迹导出"], head=["标题"]) + b"\n" + rows(GOOD))
    assert (found.points, found.problems) == (1, ())
    assert found.tracks[0].plate == "蒙A12345"
    assert found.tracks[0].rows.tolist() == [4]
    assert told(rows(GOOD).decode().encode(encoding)).tracks[0].times.tolist() == [T0]


@pytest.mark.parametrize(
    "head",
    [
        ["车牌号码", "定位时间", "经度(°)", "纬度(°)", "定位状态"],
        ["车辆", "上报时间", "定位经度", "定位纬度", "有效性"],
        ["Plate No.", "GPS time", "Longitude", "Latitude", "Valid"],
        ["Госномер", "Дата и время", "Долгота", "Широта", "fix"],
    ],
)
def test_headings_are_known_as_portals_print_them(head: list[str]) -> None:
    assert told(rows(GOOD, head=head)).tracks[0].plate == "蒙A12345"


def test_a_workbook_is_read_like_a_table() -> None:
    assert told(xlsx_bytes([HEAD, GOOD])).tracks[0].times.tolist() == [T0]


def test_the_time_of_the_fix_is_taken_before_that_of_its_arrival() -> None:
    head = ["车牌号", "上报时间", "定位时间", "经度", "纬度"]
    found = told(rows(["蒙A1", "2025-03-01 09:00:00", GOOD[1], "111.5", "40.5"], head=head))
    assert found.tracks[0].times.tolist() == [T0]


def test_jt808_integers_are_millionths_of_a_degree() -> None:
    found = told(rows(["蒙A1", "250301080000", "111500000", "40500000", "1"]))
    track = found.tracks[0]
    assert (track.lon.tolist(), track.lat.tolist()) == ([111.5], [40.5])
    assert track.times.tolist() == [T0]


def test_several_vehicles_in_one_file_give_several_tracks_in_order_of_time() -> None:
    later = changed(1, "2025-03-01 08:01:00")
    found = told(rows(later, ["蒙B·00001", *GOOD[1:]], GOOD))
    assert [(one.plate, one.rows.tolist()) for one in found.tracks] == [
        ("蒙A12345", [4, 2]),
        ("蒙B00001", [3]),
    ]


def test_a_file_without_plates_is_one_track() -> None:
    found = told(rows(GOOD[1:], head=HEAD[1:]))
    assert [(one.plate, len(one)) for one in found.tracks] == [("", 1)]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2025-03-01 08:00:00", "+08:00"),
        ("2025-03-01 08:00:00", "Asia/Shanghai"),
        ("2025/3/1 9:00", "UTC+9"),
        ("2025年3月1日 8时0分0秒", "+0800"),
        ("2025-03-01T00:00:00Z", None),
        ("2025-03-01T09:00:00.250+09:00", "+08:00"),
        ("20250301080000", "+8"),
        (str(T0), None),
        (f"{T0}123", None),
    ],
)
def test_a_time_is_the_same_moment_however_it_is_written(text: str, zone: str | None) -> None:
    assert told(rows(changed(1, text)), zone).tracks[0].times.tolist() == [T0]


FORMS = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S"]


@given(
    st.datetimes(datetime(2011, 1, 2), datetime(2099, 1, 1)),  # noqa: DTZ001  a clock's reading
    st.integers(-840, 840),
    st.sampled_from(FORMS),
)
@settings(max_examples=30)
def test_any_time_with_any_offset_is_read_as_the_moment_it_is(
    when: datetime, minutes: int, form: str
) -> None:
    zone = timezone(timedelta(minutes=minutes))
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    moment = when.replace(microsecond=0, tzinfo=zone)
    expected = [int(moment.timestamp())]
    for text, declared in ((f"{moment:{form}}{offset}", None), (f"{moment:{form}}", offset)):
        found = told(rows(changed(1, text)), declared)
        assert found.tracks[0].times.tolist() == expected
    assert datetime.fromtimestamp(expected[0], UTC) == moment


@given(st.floats(-180, 180), st.floats(-90, 90))
@settings(max_examples=30)
def test_any_position_is_read_as_it_was_written(lon: float, lat: float) -> None:
    found = told(rows(["蒙A1", str(T0), repr(lon), repr(lat), ""]))
    if lon == lat == 0:
        assert found.dropped == {"no_fix": 1}
    else:
        track = found.tracks[0]
        assert (track.lon.tolist(), track.lat.tolist()) == ([lon], [lat])


@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=6))
@settings(max_examples=30)
def test_every_row_ends_as_a_point_or_is_counted(cells: list[list[str]]) -> None:
    quoted = [[f'"{cell.replace(chr(34), "")}"' for cell in row] for row in cells]
    found = told(rows(GOOD, *quoted))
    if found.tracks:
        assert found.points + sum(found.dropped.values()) == found.rows_read
        assert {one.code for one in found.problems} == {f"track_{code}" for code in found.dropped}
    else:
        assert found.problems


def test_gpx_tracks_are_read_point_by_point() -> None:
    point = '<trkpt lon="111.5" lat="40.5"><time>2025-03-01T00:00:0{}Z</time></trkpt>'
    one = f"<trk><name>A1</name><trkseg>{point.format(0)}{point.format(1)}</trkseg></trk>"
    two = f"<trk><trkseg>{point.format(2)}</trkseg></trk>"
    found = told(gpx(one + two, "<?xml version='1.0'?>"), None)
    assert (found.kind, [(t.plate, t.rows.tolist()) for t in found.tracks]) == (
        "gpx",
        [("2", [3]), ("A1", [1, 2])],
    )
    assert told(gpx(one), None).points == 2


@pytest.mark.parametrize(
    "body",
    [
        feature("Point", [111.5, 40.5], time="2025-03-01T00:00:00Z", plate="A1"),
        feature(
            "LineString", [[111.5, 40.5, 900]], coordTimes=["2025-03-01T00:00:00Z"], plate="A1"
        ),
        feature("MultiPoint", [[111.5, 40.5]], coordinateProperties={"times": [T0]}, 车牌号="A1"),
        collected(feature("Point", ["111.5", "40.5"], timestamp=T0 * 1000, 车牌="A1")),
        json.dumps(MOVING).encode(),
    ],
)
def test_geojson_is_read_in_the_forms_programs_write(body: bytes) -> None:
    (track,) = told(body, None).tracks
    assert (track.plate, track.times.tolist(), track.lon.tolist()) == ("A1", [T0], [111.5])


def test_records_of_a_portal_are_read_like_rows() -> None:
    body = json.dumps([{"plate": "A1", "time": T0, "lng": 111.5, "lat": 40.5}]).encode()
    assert told(body, None).tracks[0].lat.tolist() == [40.5]


def test_gcj02_is_moved_back_inside_china_and_left_alone_abroad() -> None:
    found = told(rows(GOOD, ["蒙A12345", f"{T0 + 60}", "106.9", "47.9", ""]), datum="GCJ02")
    (track,) = found.tracks
    assert track.datum == "GCJ02"
    assert 111.49 < track.lon[0] < 111.496
    assert (track.lon[1], track.lat[1]) == (106.9, 47.9)


def test_an_unknown_datum_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="UTM"):
        told(rows(GOOD), datum="UTM")


def test_points_between_two_moments_are_cut_out() -> None:
    (track,) = told(rows(*(changed(1, str(T0 + at)) for at in range(5)))).tracks
    assert track.between(T0 + 1, T0 + 3).rows.tolist() == [3, 4, 5]
    assert len(track.between(None, None)) == 5
    assert len(track.between(T0 + 9, T0)) == 0


PROVOKED: dict[str, Callable[[], Reading]] = {
    "empty": lambda: told(rows()),
    "no_heading": lambda: told(b"a,b\n1,2"),
    "unknown_kind": lambda: told(b"<?xml version='1.0'?><kml/>"),
    "no_zone": lambda: told(rows(GOOD), None),
    "bad_zone": lambda: told(rows(GOOD), "Mars/Olympus"),
    "geojson": lambda: told(b'{"type": "FeatureCollection", "features": [1]}'),
    "geojson_times": lambda: told(feature("LineString", [[111.5, 40.5]], times=[])),
    "no_plate": lambda: told(rows(GOOD, changed(0, ""))),
    "no_time": lambda: told(rows(GOOD, changed(1, ""))),
    "bad_time": lambda: told(rows(GOOD, changed(1, "2025-02-30 08:00:00"))),
    "bad_position": lambda: told(rows(GOOD, changed(2, "111°30'00"))),
    "out_of_range": lambda: told(rows(GOOD, changed(2, "211.5"))),
    "no_fix": lambda: told(rows(GOOD, changed(4, "无效"), ["蒙A1", GOOD[1], "0", "0", ""])),
    "doubled": lambda: told(rows(GOOD, GOOD)),
    "same_time": lambda: told(rows(GOOD, changed(2, "111.6"))),
}


@pytest.mark.parametrize("code", PROVOKED)
def test_a_fault_of_a_track_is_told_in_both_languages(code: str) -> None:
    (found,) = [one for one in PROVOKED[code]().problems if one.code == f"track_{code}"]
    for lang, script in (("zh", r"[\u4e00-\u9fff]"), ("en", r"[A-Za-z]")):
        said = found.message(lang) + found.remedy(lang)
        assert re.search(script, said)
        assert not re.search(r"[{}]|None", said)


def test_every_fault_of_a_track_is_provoked() -> None:
    limits = {"too_big", "too_many_points", "too_many"}
    codes = {code.removeprefix("track_") for code in messages.table() if code.startswith("track_")}
    assert codes == set(PROVOKED) | limits


def test_a_time_before_the_first_train_is_what_a_receiver_without_a_fix_says() -> None:
    assert told(rows(GOOD, changed(1, "2000-01-01 00:00:00"))).dropped == {"bad_time": 1}


@pytest.mark.parametrize("text", ["2026-01-03 09:00:01", "9999-12-31 23:59:59", "99999999999"])
def test_a_time_more_than_a_day_after_the_file_came_is_no_time(text: str) -> None:
    came = datetime(2026, 1, 2, 1, tzinfo=UTC)
    body = rows(GOOD, changed(1, "2026-01-03 09:00:00"), changed(1, text))
    found = reading_of("a", body, datum="WGS84", zone="+08:00", came=came)
    assert (found.dropped, len(found.tracks[0])) == ({"bad_time": 1}, 2)


def test_a_time_beyond_all_days_is_no_time() -> None:
    for zone in ("+08:00", "-08:00", "Asia/Shanghai"):
        body = rows(GOOD, changed(1, "9999-12-31 23:59:59"))
        assert told(body, zone).dropped == {"bad_time": 1}


def test_half_a_character_is_no_text_of_a_point() -> None:
    found = told(feature("Point", [111.5, 40.5], time="2025-03-01T00:00:00Z", plate="A\ud800"))
    assert found.tracks[0].plate == ""
    assert told(feature("Point", [111.5, 40.5], time="\ud800")).dropped == {"no_time": 1}


def test_too_much_is_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rows(GOOD, ["蒙B1", *GOOD[1:]])
    line = feature("LineString", [[1, 1], [2, 2]], times=[T0, T0 + 1])
    monkeypatch.setattr(_points, "MAX_TRACKS", 1)
    assert told(body).problems[0].code == "track_too_many"
    monkeypatch.setattr(_points, "MAX_POINTS", 1)
    assert told(body).problems[0].code == "track_too_many_points"
    assert told(line).problems[0].code == "track_too_many_points"
    monkeypatch.setattr("ingest.tracks.reading.MAX_BYTES", 5)
    assert told(body).problems[0].code == "track_too_big"


BILLION = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_file"),
        (b"\x7fELF\x02", "track_unknown_kind"),
        (b"PK\x03\x04", "broken_zip"),
        (gpx("<trk><name>&b;</name></trk>", BILLION), "xml_doctype"),
        (gpx("<trk>"), "xml_broken"),
        (b"[" * 100_000, "json_depth"),
        (b'{"type":' + b"[" * 100_000, "json_depth"),
        (b'{"type": "Feature"', "json_broken"),
        (b'{"type": []}', "json_nested"),
        (b'{"type": "Feature", "geometry": {"type": []}}', "track_empty"),
        (b'{"type": "Feature"}', "track_empty"),
        (b'{"type": "FeatureCollection", "features": 3}', "track_empty"),
        (b'{"type": "Feature", "properties": []}', "track_empty"),
        (feature("Point", [1], time=T0), "track_empty"),
        (feature("Point", {"a": 1}, time=[T0]), "track_empty"),
        (rows(GOOD) + b"\xff\xff", "bad_encoding"),
        (b"{\xff\xff" + b'"type"', "bad_encoding"),
        (rows(GOOD) + b'\n"', "unclosed_quote"),
    ],
)
def test_hostile_or_broken_files_are_refused_with_a_reason(body: bytes, code: str) -> None:
    found = told(body)
    assert not found.tracks
    assert found.problems[0].code == code


def test_a_reading_is_told_in_plain_values() -> None:
    body = told(rows(GOOD, GOOD)).as_json()
    assert json.loads(json.dumps(body)) == body
    assert body["tracks"] == [
        {
            "plate": "蒙A12345",
            "points": 1,
            "first": T0,
            "last": T0,
            "datum": "WGS84",
            "dropped": {"doubled": 1},
        }
    ]
