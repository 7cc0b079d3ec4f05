"""Which form an answer has, by what its client accepts."""

import pytest

from server.schema.media import JSON, RESPONSE, media_for

OURS, PLAIN = "application/graphql-response+json", "application/json"


@pytest.mark.parametrize(
    "accept",
    [
        OURS,
        OURS.upper(),
        f"{OURS}; charset=utf-8",
        f"{OURS}, {PLAIN}",
        f"{PLAIN}, {OURS}",
        f"{OURS}, {PLAIN};q=0.9, */*;q=0.1",
        f"{PLAIN} ; q=0.8 , {OURS} ; q=0.9",
        f"{OURS}, application/graphql+json, {PLAIN}, text/event-stream, multipart/mixed",
        f"{OURS}, */*",
        f"{PLAIN};q=0, application/*",
        f"{PLAIN};q=0.1, */*;q=0.5",
        f"{OURS};q=0.5, */*;q=0.1",
    ],
)
def test_who_names_the_answers_of_the_protocol_gets_them(accept: str) -> None:
    assert media_for(accept.encode()) == RESPONSE


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        PLAIN,
        f"{PLAIN}, {OURS};q=0.9",
        f"{OURS};q=0, {PLAIN}",
        f"{OURS};q=0, */*",
        f"{OURS};q=0",
        f"{OURS};q=0, {PLAIN};q=0",
        f"{OURS};q=never, {PLAIN}",
        f"{OURS};q=nan, {PLAIN}",
        f"{OURS};q=-1",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html",
        ",;=,q=,",
        "\xff\x00",
    ],
)
def test_others_get_plain_json(accept: str) -> None:
    assert media_for(accept.encode("latin-1")) == JSON
