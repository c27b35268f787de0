"""Mail: a message goes whole into a folder or to a server, and nowhere unless told."""

import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from tracker import mail

GOOD = ("a@b.cn", "wang.wu+tracker@mail.example.org", f"{'x' * 64}@example.cn")
BAD = (
    *("", "a", "a@b", "a@b.", "@b.cn", "a b@c.cn", "a@b.cn\nBcc: x@y.cn", "a@b.cn\n", "王@例.中国"),
    *(
        "a@-b.cn",
        ".a@b.cn",
        "a..b@c.cn",
        "a@b..cn",
        "<a@b.cn>",
        "a@b.cn,c@d.cn",
        f"{'x' * 65}@b.cn",
    ),
    f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.cn",
)


class Server(socketserver.ThreadingTCPServer):
    """A mail server of a few words; it refuses whom it does not know."""

    daemon_threads = True
    taken: list[str]


class Talk(socketserver.StreamRequestHandler):
    """One conversation with it."""

    def handle(self) -> None:
        """Answer line by line, as far as mail needs it."""
        server = self.server
        assert isinstance(server, Server)
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                read = iter(self.rfile.readline, b".\r\n")
                server.taken.append(b"".join(read).decode())
            if word == "RCPT" and "nobody" in line:
                self.say("550 unknown")
                continue
            self.say("221 bye" if word == "QUIT" else "250 good")

    def say(self, text: str) -> None:
        """Answer a line."""
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Talk) as opened:
        opened.taken = []
        thread = threading.Thread(target=opened.serve_forever, daemon=True)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


def address(server: Server) -> str:
    return f"smtp://127.0.0.1:{server.server_address[1]}"


def message(to: str = "wang@example.cn") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "tracker@example.cn", to, "每日摘要"
    made.set_content("有一件事等待您办理。\n", cte="base64")
    return made


@pytest.mark.parametrize("text", GOOD)
def test_plain_addresses_are_taken(text: str) -> None:
    assert mail.is_address(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_or_would_say_more_than_one_is_not(text: str) -> None:
    assert not mail.is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("smtp://", "smtp://host", "smtp://host:x", "smtp://host:99999", "smtp://host:25/path"),
        *("smtp://name:word@host:25", "smtps://host:465", "http://host/"),
    ],
)
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        mail.place(text)


def test_a_place_is_nowhere_a_whole_path_or_a_server() -> None:
    assert mail.place("") == ""
    assert mail.place("out") == str(Path("out").resolve())
    assert mail.place("smtp://relay.example.cn:25") == "smtp://relay.example.cn:25"


def test_in_a_folder_the_same_message_stands_once_and_whole(tmp_path: Path) -> None:
    for _ in range(2):
        mail.send(str(tmp_path), message(), "2026-05-04-digest-1")
    (file,) = tmp_path.iterdir()
    assert file.name == "2026-05-04-digest-1.eml"
    assert file.read_bytes() == message().as_bytes()
    with pytest.raises(OSError, match="nowhere"):
        mail.send(str(tmp_path / "nowhere"), message(), "x")


def test_a_server_is_given_the_message_and_may_refuse_it(server: Server) -> None:
    mail.send(address(server), message(), "unused")
    assert "Subject: =?utf-8?" in server.taken[0]
    with pytest.raises(OSError, match="unknown"):
        mail.send(address(server), message("nobody@example.cn"), "unused")
    assert len(server.taken) == 1
