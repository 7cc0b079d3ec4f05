"""Makes a file of very many made-up people, for tests of time and memory.

By hand: `python -m tests.imports.crowd 100000 FILE`.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
BODIES = 200


def name(n: int) -> str:
    """A name; some are shared."""
    return FAMILY[n % 20] + GIVEN[n // 20 % 24] + (GIVEN[n // 480 % 24] if n % 3 else "")


def popolo(count: int, path: Path) -> None:
    """People, 200 bodies, one membership each and a second one for every third."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"organizations": [')
        file.write(",\n".join(json.dumps({"id": f"o/{n}", "name": f"机构{n}", "kind": "unit"}) for n in range(BODIES)))
        file.write('], "persons": [')
        file.write(
            ",\n".join(
                json.dumps({"id": f"p/{n}", "name": name(n), "email": f"p{n}@example.org"}) for n in range(count)
            )
        )
        file.write('], "memberships": [')
        file.write(",\n".join(json.dumps(item) for item in _memberships(count)))
        file.write("]}")


def table(count: int, path: Path) -> None:
    """The same as CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "姓名", "邮箱", "机构编号", "机构", "机构类型", "职务"])
        for item in _memberships(count):
            n, body = int(item["person_id"][2:]), item["organization_id"][2:]
            row = [item["person_id"], name(n), f"p{n}@example.org", f"o/{body}", f"机构{body}", "unit", item["role"]]
            writer.writerow(row)


def _memberships(count: int) -> Iterator[dict[str, str]]:
    for n in range(count):
        yield {"person_id": f"p/{n}", "organization_id": f"o/{n % BODIES}", "role": "成员"}
        if n % 3 == 0:
            yield {"person_id": f"p/{n}", "organization_id": f"o/{(n + 7) % BODIES}", "role": "秘书"}


if __name__ == "__main__":
    target = Path(sys.argv[2])
    (table if target.suffix == ".csv" else popolo)(int(sys.argv[1]), target)
