"""What an e-mail address looks like; whether anyone reads there, only a message tells."""


def is_email(text: str) -> bool:
    """A name and a host with a dot, with one @ between them and no space."""
    name, _, host = text.partition("@")
    return bool(name and "." in host.strip(".") and "@" not in host and not any(c.isspace() for c in text))
