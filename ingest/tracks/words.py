"""Words 说法: the sentence of every finding, Chinese first, and how its values are shown.

Times are shown in Beijing's, whatever the place: one clock for the whole way. `BEIJING_TIME` says
so, once beside them all.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from ingest.days import BEIJING
from ingest.km import km
from ingest.tracks.verdict import Finding, Value

FINDINGS: dict[str, tuple[str, str]] = {
    "hub_passed": (
        "{first_at}至{last_at}位于集结中心附近，停留 {dwell_seconds}",
        "near the hub from {first_at} to {last_at} ({dwell_seconds})",
    ),
    "far_seen": (
        "{first_at}位于境外端附近（{km_tenths} 公里处）",
        "near the far end (km {km_tenths}) at {first_at}",
    ),
    "border_crossed": (
        "{at}经口岸出入境（{km_tenths} 公里处，时间误差不超过 {within_seconds}）",
        "crossed the border at km {km_tenths} at {at}, within {within_seconds}",
    ),
    "end_reached": (
        "{at}到达终点附近（{km_tenths} 公里处）",
        "reached the end of the route (km {km_tenths}) at {at}",
    ),
    "too_few": (
        "该时段内在通道上的轨迹点只有 {points} 个，不足以核查",
        "only {points} points lie on the corridor in this time, too few to check",
    ),
    "start_not_seen": (
        "轨迹自 {km_tenths} 公里处开始（{at}），没有显示从起点出发",
        "the track begins at km {km_tenths} ({at}); the start of the route is not shown",
    ),
    "border_not_seen": (
        "没有显示经口岸出入境，最远到 {km_tenths} 公里处（{at}）",
        "the crossing of the border is not shown; it came as far as km {km_tenths} ({at})",
    ),
    "end_not_seen": (
        "没有显示到达终点，最远到 {km_tenths} 公里处（{at}）",
        "the end of the route is not shown; it came as far as km {km_tenths} ({at})",
    ),
    "much_bridged": (
        "有 {bridged_km_tenths} 公里没有轨迹点，只能推定",
        "{bridged_km_tenths} km have no points and can only be presumed",
    ),
    "much_missing": (
        "有 {missing_km_tenths} 公里没有轨迹点，且间隔过长，不能推定",
        "{missing_km_tenths} km have no points, for too long a time to be presumed",
    ),
    "off_route": (
        "轨迹经过的地段有 {permille}‰ 不在通道上（自 {km_tenths} 公里处、{at}起）",
        "{permille} per mille of where it went lies off the corridor, from km {km_tenths} ({at})",
    ),
    "other_direction": (
        "轨迹显示的是反方向的行驶：{at}逆向经过口岸",
        "the track runs the other way: it crossed the border backwards at {at}",
    ),
    "other_corridor": (
        "实际行驶的是通道 {corridor}（经过的地段 {permille}‰ 相符，申报通道只有 {own_permille}‰）",
        (
            "the corridor really driven is {corridor}: {permille} per mille of where it went"
            " fit it, {own_permille} the declared one"
        ),
    ),
    "turned_back_before_border": (
        "没有出入境：{at}到 {km_tenths} 公里处后折返，{last_at}在 {last_km_tenths} 公里处",
        (
            "never crossed the border: turned back at km {km_tenths} ({at}),"
            " and was at km {last_km_tenths} at {last_at}"
        ),
    ),
    "turned_back_behind_border": (
        "没有到达终点：过境后{at}到 {km_tenths} 公里处折返，{last_at}在 {last_km_tenths} 公里处",
        (
            "never reached the end: turned back at km {km_tenths} ({at}) behind the border,"
            " and was at km {last_km_tenths} at {last_at}"
        ),
    ),
    "stopped_short": (
        "没有到达终点：{at}起停在 {km_tenths} 公里处，至少到{last_at}",
        "never reached the end: stood at km {km_tenths} from {at} to {last_at} at least",
    ),
    "teleport": (
        "{at}在 {km_tenths} 公里处，{last_at}已在 {last_km_tenths} 公里处，合每小时 {kmh} 公里",
        "{kmh} km an hour: from km {km_tenths} at {at} to km {last_km_tenths} at {last_at}",
    ),
    "copied": (
        "与 {plate} 的轨迹相同，只是晚了 {shift_seconds}",
        "the same track as that of {plate}, {shift_seconds} later",
    ),
    "copied_by": (
        "{plate} 的轨迹与此相同，只是晚了 {shift_seconds}",
        "{plate} has the same track, {shift_seconds} later",
    ),
    "same_track": (
        "与 {plate} 的轨迹逐点相同，两者必有一个不真实",
        "point by point the same track as that of {plate}: one of the two is not true",
    ),
    "interference": (
        "{at}至{last_at}有 {points} 个点跳离又跳回，按卫星信号受干扰处理",
        "{points} points jump away and back from {at} to {last_at}: taken for interference",
    ),
    "perhaps_carried": (
        "{at}至{last_at}有 {points} 个点与前后对不上：信号受干扰，或其后的轨迹被移接，请核对",
        "{points} points do not fit ({at} to {last_at}): interference, or a stretch was cut out",
    ),
    "datum_suspected": (
        "声明的坐标系是 {declared}，看来是 {datum}，请核对",
        "the declared datum is {declared}; it looks like {datum}: please check",
    ),
    "departure_differs": (
        "申报 {declared} 出发，轨迹为{at}",
        "declared to depart on {declared}; by the track it was {at}",
    ),
    "exit_differs": (
        "申报 {declared} 经过口岸，轨迹为{at}",
        "declared to cross the border on {declared}; by the track it was {at}",
    ),
    "arrival_differs": (
        "申报 {declared} 到达，轨迹为{at}",
        "declared to arrive on {declared}; by the track it was {at}",
    ),
}
SECTION_NAMES: dict[str, tuple[str, str]] = {
    "province": ("自治区内", "inside Inner Mongolia"),
    "domestic": ("境内", "inside China"),
    "abroad": ("境外", "abroad"),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    "proven": ("轨迹证实", "proven"),
    "contradicted": ("与轨迹不符", "contradicted"),
    "not_proven": ("轨迹不足以证实", "not proven"),
}
BEIJING_TIME = ("时间均为北京时间", "all times are Beijing time")
MINUTE, HOUR, DAY = 60, 3600, 86_400


def say(finding: Finding, lang: str = "zh") -> str:
    """Say a finding in Chinese or, for "en", in English."""
    return sentence(finding.code, finding.values, lang)


def sentence(code: str, values: Mapping[str, Value], lang: str = "zh") -> str:
    """Say a finding that was kept as JSON values."""
    shown = {name: show(name, value, lang) for name, value in values.items()}
    return FINDINGS[code][lang == "en"].format_map(shown)


def show(name: str, value: Value, lang: str = "zh") -> str:
    """Show a value by the unit its name ends in."""
    if isinstance(value, str):
        return value
    if name.endswith("km_tenths"):
        return km(value)
    if name == "at" or name.endswith("_at"):
        return moment(value)
    return span(value, lang) if name.endswith("seconds") else f"{value:,}"


def moment(at: int) -> str:
    """Show epoch seconds in Beijing's time; whoever shows many of them says so once."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone(BEIJING):%Y-%m-%d %H:%M}"


def span(seconds: int, lang: str = "zh") -> str:
    """Show a duration in its two largest units."""
    units = (DAY, "天", "d"), (HOUR, "小时", "h"), (MINUTE, "分钟", "min")
    said, rest = [], max(abs(seconds), MINUTE)
    for size, zh, en in units:
        count, rest = divmod(rest, size)
        if count:
            said.append(f"{count} {en if lang == 'en' else zh}")
    return " ".join(said[:2])
