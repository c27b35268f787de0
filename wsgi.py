"""The door for gunicorn and ``flask``: ``gunicorn wsgi:app``."""

from tracker.cli import program

app = program()
