"""Settings: defaults, every variable, and a bad one named; no setting changes an amount."""

from dataclasses import fields
from pathlib import Path

import pytest

from tracker.settings import Settings


def test_without_an_environment_it_runs_in_the_folder_var() -> None:
    settings = Settings.from_environment({})
    home = Path("var").resolve()
    assert settings == Settings(home=home, database_url=f"sqlite:///{home / 'tracker.sqlite'}")


def test_every_variable_counts(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "TRACKER_HOME": str(tmp_path),
            "TRACKER_DATABASE_URL": "postgresql://x/y",
            "TRACKER_SECRET_KEY": "s",
            "TRACKER_COOKIE_SECURE": "1",
            "TRACKER_UPLOAD_LIMIT_BYTES": "1024",
            "TRACKER_LANGUAGE": "en",
            "TRACKER_LOG_LEVEL": "warning",
            "TRACKER_LEASE_SECONDS": "5",
            "TRACKER_BACKUP_FOLDER": str(tmp_path / "b"),
            "TRACKER_BACKUPS": "0",
            "TRACKER_INBOX": str(tmp_path / "inbox"),
            "TRACKER_ANCHORS": str(tmp_path / "a.txt"),
            "TRACKER_MAIL": "smtp://relay.example.cn:25",
            "TRACKER_MAIL_FROM": "tracker@example.cn",
        }
    )
    assert settings == Settings(
        home=tmp_path,
        database_url="postgresql://x/y",
        secret_key="s",  # noqa: S106  of a test
        cookie_secure=True,
        upload_limit_bytes=1024,
        language="en",
        log_level="warning",
        lease_seconds=5,
        backup_folder=tmp_path / "b",
        backups=0,
        inbox=tmp_path / "inbox",
        anchors=tmp_path / "a.txt",
        mail="smtp://relay.example.cn:25",
        mail_from="tracker@example.cn",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_UPLOAD_LIMIT_BYTES", "64MB"),
        ("TRACKER_UPLOAD_LIMIT_BYTES", "-1"),
        ("TRACKER_UPLOAD_LIMIT_BYTES", "１２"),
        ("TRACKER_LEASE_SECONDS", "0"),
        ("TRACKER_BACKUPS", "-1"),
        ("TRACKER_LANGUAGE", "de"),
        ("TRACKER_LOG_LEVEL", "loud"),
        ("TRACKER_MAIL", "smtp://relay"),
        ("TRACKER_MAIL_FROM", "tracker"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_environment({name: value})


def test_no_setting_speaks_of_money() -> None:
    words = ("fen", "yuan", "rate", "cap", "amount", "percent", "rounding")
    assert not [field.name for field in fields(Settings) if any(w in field.name for w in words)]
