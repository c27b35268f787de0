"""Addresses 站内地址: where to go after signing in or changing the language; never outside."""

from urllib.parse import urlsplit

from flask import url_for


def inside(address: str | None) -> str:
    """The address when it is a path of this site, otherwise the home page."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return url_for("home.home")
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(sign) < ord(" ") for sign in address):
        return url_for("home.home")
    return address


def page_before(referrer: str | None, host_url: str, url: str) -> str:
    """The path of the page of this site that led here; empty where there was none."""
    if not referrer or not referrer.startswith(host_url) or referrer == url:
        return ""
    return inside("/" + referrer.removeprefix(host_url))


def sign_in_address(back: str) -> str:
    """The sign-in page that leads back afterwards."""
    if back in {"/", ""}:
        return url_for("auth.sign_in")
    return url_for("auth.sign_in", next=inside(back))
