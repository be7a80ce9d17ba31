"""The table of messages: complete in every language, with the same places to fill, and every entry in use."""

import re
import string
from pathlib import Path

import pytest

from autograd_lite import messages as engine
from autograd_lite.errors import ArgumentError
from autograd_lite.messages import LANGUAGES
from autograd_lite.writing import to_ascii
from nn.messages import MESSAGES, message

ROOT = Path(__file__).resolve().parents[2]
TABLES = {"autograd_lite": engine.MESSAGES, "nn": MESSAGES}
ALL = {**engine.MESSAGES, **MESSAGES}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", ALL)
def test_every_entry_is_complete(key: str) -> None:
    texts = ALL[key]
    assert len(texts) == len(LANGUAGES)
    assert all(text.strip() for text in texts)
    assert len({frozenset(places(text)) for text in texts}) == 1
    assert "?" not in to_ascii("".join(texts)).replace("?", "", "".join(texts).count("?"))


@pytest.mark.parametrize("package", TABLES)
def test_every_entry_is_used_and_every_key_exists(package: str) -> None:
    table = TABLES[package]
    paths = [path for path in (ROOT / package).rglob("*.py") if "messages" not in str(path.relative_to(ROOT))]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    subjects = "|".join({key.partition(".")[0] for key in table}) or "none"
    written = set(re.findall(rf"[\"']((?:{subjects})\.[a-z_.]+[a-z_])[\"']", code))
    # f"tour.{kind}" stands for every key that begins so, "tour.first" for the title and the text of a chapter.
    begun = tuple(re.findall(rf"f[\"']((?:{subjects})\.[a-z_.]*)\{{", code))
    chapters = {f"{key}.{part}" for key in written for part in ("title", "text") if f"{key}.{part}" in table}
    assert written - {key.rpartition(".")[0] for key in chapters} <= set(table)
    assert not {key for key in table if key not in written | chapters and not key.startswith(begun or ("-",))}
    assert all(any(key.startswith(start) for key in table) for start in begun)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'en', 'es'"):
        message("record.forward", "fr")


def test_a_percentage_is_written_one_way_in_each_language() -> None:
    for texts in MESSAGES.values():
        assert not any("%" in text for text in texts)
