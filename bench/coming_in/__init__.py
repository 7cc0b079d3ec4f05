"""How 800 people come in by their letters, while someone guesses codes: `python -m bench.coming_in`."""
