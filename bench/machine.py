"""What the machine says of its processes: processor time and memory, from /proc; and what it is."""

import os
import re
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def processor_ms(pid: int) -> float:
    """Processor time that a process, its children, and those of them that ended have taken, in ms."""
    ended = sum(_times(pid)[2:])
    return (ended + sum(sum(_times(one)[:2]) for one in family(pid))) / TICK * 1000


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children, in MB."""
    return sum(_resident(one) for one in family(pid)) / 1024


def family(pid: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (parent := parent_of(int(folder.name))):
            below.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += below.get(one, [])
    return found


def parent_of(pid: int) -> int:
    """The process that started it; 0 for one that is gone."""
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def described() -> str:
    """Processors and memory, for whoever reads the results."""
    model = _first("cpuinfo", r"model name\s*:\s*(.+)") or "unknown processor"
    memory = int(_first("meminfo", r"MemTotal:\s*(\d+)") or 0) / 1024 / 1024
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB of memory"


def _times(pid: int) -> list[int]:
    """utime, stime, and both of the children that ended."""
    fields = _fields(pid)
    return [int(field) for field in fields[11:15]] if fields else [0, 0, 0, 0]


def _fields(pid: int) -> list[str]:
    """What /proc/pid/stat says after the name, which may hold blanks; nothing of one that is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text("utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _resident(pid: int) -> int:
    try:
        said = (PROC / str(pid) / "status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", said)
    return int(found[1]) if found else 0


def _first(name: str, pattern: str) -> str:
    found = re.search(pattern, (PROC / name).read_text("utf-8"))
    return found[1] if found else ""
