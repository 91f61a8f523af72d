"""Options as people type them."""

import pytest

from backprop.cli.typed import read_flag, read_length, read_limit, read_number, read_tokens, read_whole, read_widths


@pytest.mark.parametrize("text", ["0.145", "0,145", "14.5%", "14,5 %", "1,45e-1", "145E−3", " .145 "])
def test_a_number_is_the_same_however_it_is_written(text: str) -> None:
    assert read_number(text) == 0.145


@pytest.mark.parametrize(
    "text", ["fast", "1,2,3", "0x10", "1 2", "--1", "1e", "%", "nan", "inf", "1e999", ".", "1_000"]
)
def test_anything_else_stays_text(text: str) -> None:
    assert read_number(text) == text
    assert read_whole(text) == text


def test_whole_numbers_take_separators_of_thousands() -> None:
    assert [read_whole(text) for text in ("1,000", "1.000.000", "1e3", "-3")] == [1000, 1_000_000, 1000, -3]
    assert type(read_whole("1e3")) is int
    assert read_whole("2,5") == 2.5  # which the check of the field refuses
    assert read_whole("20%") == "20%"
    assert read_number("1,386") == 1.386


def test_flags() -> None:
    assert [read_flag(text) for text in ("true", "yes", "True")] == [True] * 3
    assert [read_flag(text) for text in ("false", "no", "NO")] == [False] * 3
    assert read_flag("1") == "1"


def test_lists() -> None:
    assert read_widths("32, 16") == read_widths("32 16") == read_widths("32,16") == [32, 16]
    assert read_widths("") == read_widths("none") == []
    assert read_widths("32,x") == [32, "x"]
    assert read_tokens("abc") == ["a", "b", "c"]
    assert read_tokens("a,bc") == ["a", "bc"]
    assert read_length("8-12") == [8, 12]
    assert read_length("10") == 10


def test_a_limit_may_be_none() -> None:
    assert read_limit("none") == read_limit("0") == 0
    assert read_limit("1,5") == 1.5
