"""The door for gunicorn and ``flask``: ``gunicorn wsgi:app``."""

from tracker.web import create_app

app = create_app()
