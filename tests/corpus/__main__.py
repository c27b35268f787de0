"""Make the files of the corpus anew: `python -m tests.corpus`."""

from tests.corpus import FILES, FOLDER, STOCK
from tests.corpus.stock import stock_bytes

FOLDER.mkdir(exist_ok=True)
STOCK.write_bytes(stock_bytes())
for name, make in FILES.items():
    (FOLDER / name).write_bytes(make())
