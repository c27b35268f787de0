"""Kilometres 里程, kept as whole tenths, as people read them."""


def km(tenths: int) -> str:
    """Tenths of km with the thousands apart: 98434 is 9,843.4."""
    whole, part = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole:,}.{part}"
