"""The table of messages: complete in every language, with the same places to fill, and every entry in use."""

import re
import string
from pathlib import Path

import pytest

from autograd_lite.errors import ArgumentError
from autograd_lite.writing import to_ascii
from nn.messages import LANGUAGES, MESSAGES, message


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", MESSAGES)
def test_every_entry_is_complete(key: str) -> None:
    texts = MESSAGES[key]
    assert len(texts) == len(LANGUAGES)
    assert all(text.strip() for text in texts)
    assert len({frozenset(places(text)) for text in texts}) == 1
    assert "?" not in to_ascii("".join(texts)).replace("?", "", "".join(texts).count("?"))


def test_every_entry_is_used_and_every_key_exists() -> None:
    package = Path(__file__).resolve().parents[2] / "nn"
    code = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py") if path.name != "messages.py")
    written = set(re.findall(r"[\"']((?:record|tour|cli)\.[a-z_.]+)[\"']", code))
    chapters = {f"{key}.{part}" for key in written for part in ("title", "text") if f"{key}.{part}" in MESSAGES}
    composed = {"cli.help.tour", "tour.embedded", "tour.system", "tour.none"}
    titles = {key.rpartition(".")[0] for key in chapters}
    assert (written - titles) <= set(MESSAGES)
    assert set(MESSAGES) == (written - titles) | chapters | composed


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'en', 'es'"):
        message("record.forward", "fr")


def test_a_percentage_is_written_one_way_in_each_language() -> None:
    for texts in MESSAGES.values():
        assert not any("%" in text for text in texts)
