"""Settings 设置: everything the environment may decide, in one frozen value.

Nothing else reads the environment. No setting changes an amount: rates, caps and dates live in
recorded methods, so a restart with other settings leaves every past result as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker import mail

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """How this installation runs; each field is the variable ``TRACKER_<NAME>``."""

    home: Path
    """Folder for raw files and the embedded database (default ``./var``)."""
    database_url: str
    """SQLAlchemy address; default an SQLite file in the home folder."""
    secret_key: str = ""
    """Signs the form tokens; made once and kept in the home folder when not given."""
    cookie_secure: bool = False
    """Send cookies over HTTPS only; switch on behind TLS."""
    upload_limit_bytes: int = 64 * MEBIBYTE
    """Largest file a firm may upload."""
    evidence_limit_bytes: int = 20 * MEBIBYTE
    """Largest file of evidence."""
    language: str = "zh"
    """Language of a first visit: ``zh`` or ``en``."""
    log_level: str = "info"
    """What the log tells: ``info``, or ``warning`` for only what went wrong."""
    lease_seconds: int = 120
    """How long a worker that died keeps its job from the others; a living one renews it."""
    inbox: Path | None = None
    """Folder of the firms' inboxes, one folder a firm in it; None where there are none."""

    backup_folder: Path | None = None
    """Where the nightly packages are kept; default ``backups`` in the home folder."""
    backups: int = 7
    """How many nightly packages are kept; 0 makes none."""
    anchors: Path | None = None
    """The file of the nightly anchors; default ``anchors.txt`` in the home folder."""
    mail: str = ""
    """Where the daily digests go: a folder, ``smtp://host:port``, or nowhere."""
    mail_from: str = "tracker@localhost.localdomain"
    """The sender of the digests."""

    @property
    def anchors_file(self) -> Path:
        """The file of the nightly anchors."""
        return self.anchors or self.home / "anchors.txt"

    @staticmethod
    def from_environment(environment: Mapping[str, str]) -> "Settings":
        """Settings as the environment gives them; raises ``ValueError`` naming a bad variable."""
        home = Path(environment.get("TRACKER_HOME", "var")).resolve()
        default_url = f"sqlite:///{home / 'tracker.sqlite'}"
        language = environment.get("TRACKER_LANGUAGE", "zh")
        if language not in {"zh", "en"}:
            raise ValueError(f"TRACKER_LANGUAGE is neither zh nor en: {language!r}")
        inbox = environment.get("TRACKER_INBOX", "")
        log_level = environment.get("TRACKER_LOG_LEVEL", "info")
        if log_level not in {"info", "warning"}:
            raise ValueError(f"TRACKER_LOG_LEVEL is neither info nor warning: {log_level!r}")
        folder = environment.get("TRACKER_BACKUP_FOLDER", "")
        anchors = environment.get("TRACKER_ANCHORS", "")
        return Settings(
            home=home,
            database_url=environment.get("TRACKER_DATABASE_URL", default_url),
            secret_key=environment.get("TRACKER_SECRET_KEY", ""),
            cookie_secure=environment.get("TRACKER_COOKIE_SECURE", "") == "1",
            upload_limit_bytes=_whole(environment, "TRACKER_UPLOAD_LIMIT_BYTES", 64 * MEBIBYTE),
            evidence_limit_bytes=_whole(environment, "TRACKER_EVIDENCE_LIMIT_BYTES", 20 * MEBIBYTE),
            language=language,
            log_level=log_level,
            lease_seconds=_whole(environment, "TRACKER_LEASE_SECONDS", 120),
            backup_folder=Path(folder).resolve() if folder else None,
            backups=_whole(environment, "TRACKER_BACKUPS", 7, least=0),
            anchors=Path(anchors).resolve() if anchors else None,
            mail=_place(environment.get("TRACKER_MAIL", "")),
            mail_from=_address(environment.get("TRACKER_MAIL_FROM", Settings.mail_from)),
            inbox=Path(inbox).resolve() if inbox else None,
        )


def _whole(environment: Mapping[str, str], name: str, otherwise: int, *, least: int = 1) -> int:
    text = environment.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ValueError(f"{name} is not a whole number of at least {least}: {text!r}")
    return int(text)


def _place(text: str) -> str:
    try:
        return mail.place(text)
    except ValueError as error:
        raise ValueError(f"TRACKER_MAIL is {error}") from error


def _address(text: str) -> str:
    if not mail.is_address(text):
        raise ValueError(f"TRACKER_MAIL_FROM is no e-mail address: {text!r}")
    return text
