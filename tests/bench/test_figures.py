import pytest

from bench.figures import Load, Sample, item_name, line, ratios, read, significant, spent, typical


def sample(rps: float, server_ms: float = 1.0, database_ms: float = 1.0) -> Sample:
    return Sample(Load(rps, 1000 / rps, 2000 / rps, 10, 0), server_ms, database_ms)


def test_what_wrk_prints_is_read():
    said = "Running 4s test\nFIGURES rps=812.50 p50=19.250 p99=40.000 answers=3250 wrong=2\n"
    assert read(said) == Load(rps=812.5, p50=19.25, p99=40.0, answers=3250, wrong=2)


def test_what_cannot_be_read_is_no_zero():
    with pytest.raises(ValueError, match="unable to connect"):
        read("unable to connect to 127.0.0.1")


def test_the_typical_run_has_the_median_of_each_figure_and_all_answers():
    found = typical([sample(100, 3), sample(400, 1), sample(200, 2)])
    assert found == Sample(Load(200, 5.0, 10.0, 30, 0), 2, 1.0)


def test_a_ratio_is_the_median_of_those_of_the_rounds_not_of_the_medians():
    rounds = {"luzhi": [sample(100), sample(90), sample(10)], "raw": [sample(100), sample(100), sample(5)]}
    assert ratios(rounds) == {"raw": 1.0}


def test_processor_time_is_compared_the_other_way_round():
    rounds = {"luzhi": [sample(1, 1, 1), sample(1, 2, 2)], "raw": [sample(1, 0.5, 0.5), sample(1, 1, 1)]}
    assert spent(rounds) == {"raw": 0.5}


def test_rounds_of_different_length_are_an_error():
    with pytest.raises(ValueError, match="shorter"):
        ratios({"luzhi": [sample(1), sample(1)], "raw": [sample(1)]})


def test_the_line_for_scripts():
    assert line("q3", {"raw": 0.9712, "postgraphile": 2.4}) == "RATIO q3 raw=0.971 postgraphile=2.4"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.97, "0.97"), (0.01234, "0.0123"), (2.0, "2"), (99.95, "100"), (1234.5, "1234")]
)
def test_figures_have_three_digits_and_no_power_of_ten(value: float, text: str):
    assert significant(value) == text


@pytest.mark.parametrize(
    ("scale", "database", "name"),
    [(1, "postgres", "q3"), (50, "postgres", "q3@50"), (1, "sqlite", "q3@sqlite"), (50, "sqlite", "q3@sqlite@50")],
)
def test_the_name_of_a_work_item_says_scale_and_database(scale: int, database: str, name: str):
    assert item_name("q3", scale, database) == name
