"""The program around the money: who did what, where each fen stands, and the pages that show it."""
