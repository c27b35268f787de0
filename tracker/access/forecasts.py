"""Forecasts access 需求测算权限: the league's own; the province's once they were submitted."""

from sqlalchemy import Select, select

from tracker.access import own
from tracker.models.forecasts import SENT_STATES, Forecast
from tracker.models.people import PROVINCE_ROLES, User


def visible_forecasts(user: User) -> Select[Forecast]:
    """The league's own; for the province what reached it, replaced and recalled ones too."""
    if user.role in PROVINCE_ROLES:
        return select(Forecast).where(Forecast.state.in_(SENT_STATES))
    return select(Forecast).where(own(user, None, Forecast.league_id, "see_forecasts"))
