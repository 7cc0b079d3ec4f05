"""The fixtures that every room's pages use stand in tests/conftest.py: app, visitors, client, sign_in and ask."""
