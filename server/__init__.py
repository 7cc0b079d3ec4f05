"""Luzhi: the server side, from the rules up to what the world may ask."""
