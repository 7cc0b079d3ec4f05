"""The real PostgreSQL that the tests run on."""
