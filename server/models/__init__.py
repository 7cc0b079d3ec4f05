"""The tables, what is visible of them, and the verbs that change them together."""
