from bench.figures import Load, Sample
from bench.report import BY_HAND, Page, Run, document, kept


def run(scale: int = 1, cost: float = 1.0, ratio: float = 0.97) -> Run:
    name = "q3" if scale == 1 else f"q3@{scale}"
    one = Sample(Load(800, 20, 40, 3200, 0), cost, cost)
    made = Run(scale, "2026-11-23", {"PostgreSQL": "15.18"}, "2 cores, 8 GB", "5 rounds.")
    made.figures[name] = {"luzhi": one, "raw": one}
    made.ratios[name], made.spent[name] = {"raw": ratio, "postgraphile": 5.2}, {"raw": 1.0, "postgraphile": 6.1}
    made.memory, made.page = {"luzhi": 75.4, "raw": 36.0}, Page(0.7, 0.6, 0.5)
    return made


def test_each_target_is_said_to_hold_or_to_be_missed():
    said = document({1: run()}, "")
    assert "| q3 | raw | >= 0.95 | 0.97 | holds | 1 |" in said
    assert "| q3 | postgraphile | >= 5 | 5.2 | holds | 6.1 |" in said
    assert "| page of 50 members | its template | <= 1.3 | 1.4 | **missed** |  |" in said
    assert "| memory of a worker |  | <= 80 MB | 75 MB | holds |  |" in said


def test_fifty_times_the_data_has_the_same_targets_and_one_of_its_own():
    said = document({1: run(), 50: run(50, cost=1.6, ratio=0.9)}, "")
    assert "| q3@50 | raw | >= 0.95 | 0.9 | **missed** | 1 |" in said
    assert "| q3 on 50 times the data | its own cost | <= 1.5 | 1.6 | **missed** |  |" in said


def test_what_people_wrote_is_kept():
    assert document({1: run()}, "\nBecause.\n").endswith(f"{BY_HAND}\nBecause.\n")


def test_a_run_is_kept_for_the_next_report(tmp_path):
    for one in (run(50), run()):
        one.keep(tmp_path)
    assert list(kept(tmp_path).values()) == [run(), run(50)]
