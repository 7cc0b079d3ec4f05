"""What the system does by itself, inside `luzhi serve`: which jobs there are, and how each is run once."""
