"""The client's side of OpenID Connect: who someone is, by the word of one provider that the operator chose.

Loaded where single sign-on is set up, at its first use; it knows neither pages nor accounts.
"""
