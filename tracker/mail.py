"""Mail 邮件: a message handed to who sends it: a folder of the organisation's own, or its server.

Nothing leaves the machine unless the settings name where to. In a folder each message is a whole
``.eml`` file, to be sent by the organisation's own system.
"""

import re
import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from tracker import folders

SMTP = "smtp://"
PATIENCE_SECONDS = 30
LONGEST_ADDRESS = 254
WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=.{{1,64}}@){WORD}(?:\.{WORD})*@{LABEL}(?:\.{LABEL})+")


def is_address(text: str) -> bool:
    """Whether every server takes it for an address: plain letters, a domain with a dot."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def place(text: str) -> str:
    """Where messages go, as the setting says it: a whole path, a server, or nowhere.

    Raises ``ValueError`` for what is neither.
    """
    if not text.startswith(SMTP):
        if "://" in text:
            raise ValueError(f"neither a folder nor smtp://host:port: {text!r}")
        return str(Path(text).resolve()) if text else ""
    parts = urlsplit(text)
    bare = parts.netloc == text.removeprefix(SMTP) and "@" not in text
    if not (parts.hostname and parts.port and bare):
        raise ValueError(f"not smtp://host:port: {text!r}")
    return text


def send(to: str, message: EmailMessage, name: str) -> None:
    """Hand the message over; ``name`` is its file's, where it goes to a folder.

    Raises ``OSError`` (of which ``SMTPException`` is one) where it is not taken.
    """
    if not to.startswith(SMTP):
        with folders.inside(Path(to)) as folder:
            folders.write(folder, ".", f"{name}.eml", message.as_bytes())
        return
    server, own_name = urlsplit(to), message["From"].addresses[0].domain
    with smtplib.SMTP(
        server.hostname or "", server.port or 0, own_name, PATIENCE_SECONDS
    ) as client:
        client.send_message(message)
