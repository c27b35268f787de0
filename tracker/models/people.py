"""People 人员: leagues, firms, users, their server-side sessions and tokens."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base, Key, Moment, one_of

FIRM_ROLES = ("firm_clerk", "firm_manager")
LEAGUE_ROLES = ("league_officer", "league_approver", "league_finance")
PROVINCE_ROLES = ("commerce_officer", "commerce_approver", "finance_officer", "finance_approver")
TOKEN_SCOPES = ("all", "push")
"""What a token may do: whatever its person may, or only push manifests and ask about them."""
DIGESTS = ("", "zh", "en")
"""Languages of a daily digest; blank for none."""
ROLES = (*FIRM_ROLES, *LEAGUE_ROLES, *PROVINCE_ROLES, "auditor", "admin")


class League(Base):
    """盟市: one of the 14 units that submit (12 leagues and cities, Manzhouli, Erenhot)."""

    __tablename__ = "league"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    """Division code of GB/T 2260."""
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))


class Firm(Base):
    """企业（申报单位）: who applies."""

    __tablename__ = "firm"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    """Unified social credit code 统一社会信用代码, GB 32100."""
    name: Mapped[str] = mapped_column(String(100))
    is_sample: Mapped[bool] = mapped_column(default=False)


class User(Base):
    """用户: one person with one role, so that conflicting roles never meet in one user."""

    __tablename__ = "user_account"
    __table_args__ = (
        one_of("role", ROLES),
        one_of("digest", DIGESTS),
        CheckConstraint("(role IN ('firm_clerk', 'firm_manager')) = (firm_id IS NOT NULL)", "firm"),
        CheckConstraint(
            "(role IN ('league_officer', 'league_approver', 'league_finance'))"
            " = (league_id IS NOT NULL)",
            "league",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(24))
    password_hash: Mapped[str] = mapped_column(String(200))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), default=None)
    league_id: Mapped[int | None] = mapped_column(ForeignKey("league.id"), default=None)
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment, default=None)
    email: Mapped[str] = mapped_column(String(254), default="")
    digest: Mapped[str] = mapped_column(String(2), default="")
    """Language of the daily digest that goes to the address; blank for none."""
    firm: Mapped[Firm | None] = relationship(init=False, lazy="joined")
    league: Mapped[League | None] = relationship(init=False, lazy="joined")


class SignIn(Base):
    """登录会话: a server-side session; the cookie holds a random text, this its hash."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    user: Mapped[User] = relationship(init=False, lazy="joined")


class ApiToken(Base):
    """接口令牌: lets a firm's own system act as one of its users; only the hash is kept."""

    __tablename__ = "api_token"
    __table_args__ = (one_of("scope", TOKEN_SCOPES),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, init=False)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    scope: Mapped[str] = mapped_column(String(8), default="all")
    user: Mapped[User] = relationship(init=False, lazy="joined")
