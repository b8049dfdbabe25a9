"""Lets several programs do one job in turn, and times them.

First everybody runs once and what they wrote is compared; only then rounds are timed, in each of which everybody runs
once, to a fresh file. Gives a row for each with the CPU time (user and system, of the whole process and its children)
and the wall time of every round.
"""
import dataclasses
import os
import pathlib
import shutil
import signal
import sys
import threading
import time

# Seconds of CPU time of the first run from which on three rounds are enough, and from which on that run is the only one.
LONG, VERY_LONG = 5, 60


class Unfit(Exception):
    """A program failed, or its output is not what it should be."""


@dataclasses.dataclass
class Entry:
    """One that takes part. `argv` holds OUT where the output is named; without it, standard output is written there."""

    who: str
    argv: list
    missing: str = ""
    compared: bool = True
    # Whether the run ends if it fails; one of the peers may.
    must: bool = False


@dataclasses.dataclass
class Timing:
    cpu: float
    wall: float
    rss: int
    stopped: bool


OUT = "{out}"


def time_one(entry, out, bound):
    """Runs one once. Raises Unfit if it fails."""
    to_stdout = not any(OUT in word for word in entry.argv)
    argv = [word.replace(OUT, str(out)) for word in entry.argv]
    errors = out.with_name("errors")
    new = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
             (os.POSIX_SPAWN_OPEN, 1, str(out) if to_stdout else os.devnull, new, 0o644),
             (os.POSIX_SPAWN_OPEN, 2, str(errors), new, 0o644)]
    start = time.perf_counter()
    child = os.posix_spawnp(argv[0], argv, {**os.environ, "LC_ALL": "C"}, file_actions=files)
    watch = threading.Timer(bound, os.kill, (child, signal.SIGKILL))
    watch.start()
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    watch.cancel()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        said = errors.read_text(encoding="utf-8", errors="replace").strip()[-400:]
        raise Unfit(f"{entry.who} ended with {code}: {said}\n  {' '.join(argv)}")
    return Timing(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss << 10, code != 0)


def clear(path):
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def hold(entries, source, folder, runs, bound, agree=None, suffix="", **about):
    """The rows of one contest; those of programs that cannot take part, or were stopped, say so.

    `agree(reference, other)` gives the difference between two outputs in words, or nothing; the reference is that of the
    first entry that is compared.
    """
    rows = {entry.who: {**about, "who": entry.who, "bytes": size(source), "cpu": [], "wall": [], "rss": 0,
                        "status": entry.missing} for entry in entries}
    rounds = try_all(entries, rows, folder, runs, bound, agree or same_bytes, suffix)
    out = folder / f"timed{suffix}"
    for turn in range(runs):
        for entry in entries:
            if turn < rounds.get(entry.who, 0):
                timing = time_one(entry, out, bound)
                clear(out)
                enter(rows[entry.who], timing, bound)
    return list(rows.values())


def try_all(entries, rows, folder, runs, bound, agree, suffix):
    """Runs everybody once and compares; gives how many rounds each will be timed."""
    reference, rounds = None, {}
    for entry in entries:
        if entry.missing:
            continue
        out = folder / f"{'first' if reference is None else 'other'}{suffix}"
        try:
            timing = time_one(entry, out, bound)
        except Unfit as unfit:
            if entry.must:
                raise
            print(unfit, file=sys.stderr)
            rows[entry.who]["status"] = "fails"
            clear(out)
            continue
        if timing.stopped or timing.cpu > VERY_LONG:
            enter(rows[entry.who], timing, bound)
        else:
            rounds[entry.who] = min(runs, 3) if timing.cpu > LONG else runs
        if entry.compared and not timing.stopped:
            if reference is None:
                reference = (entry.who, out)
                continue
            if difference := agree(reference[1], out):
                raise Unfit(f"{rows[entry.who]['section']}, {rows[entry.who].get('rules', '')} rules: what {entry.who} wrote is not "
                            f"what {reference[0]} wrote: {difference}")
        clear(out)
    if reference:
        clear(reference[1])
    return rounds


def enter(row, timing, bound):
    if timing.stopped:
        row["status"] = f"over {bound} s"
        return
    row["cpu"].append(round(timing.cpu, 4))
    row["wall"].append(round(timing.wall, 4))
    row["rss"] = max(row["rss"], timing.rss)


def size(path):
    return sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size


def same_bytes(reference, other):
    """How two files or folders differ. A last line ending where the reference has none is no difference: grep adds it."""
    if reference.is_dir():
        names = sorted(path.relative_to(reference) for path in reference.rglob("*") if path.is_file())
        differences = (same_bytes(reference / name, other / name) for name in names)
        return next((f"{name}: {words}" for name, words in zip(names, differences) if words), None)
    at = 0
    with open(reference, "rb") as ours, open(other, "rb") as theirs:
        while True:
            here, there = ours.read(1 << 20), theirs.read(1 << 20)
            if here == there and here:
                at += len(here)
                continue
            if here == there or (there == here + b"\n" and not ours.read(1) and not theirs.read(1)):
                return None
            step = next((i for i, (a, b) in enumerate(zip(here, there)) if a != b), min(len(here), len(there)))
            shown = [piece[max(0, step - 40):step + 40] for piece in (here, there)]
            return f"from byte {at + step} on: {shown[0]!r} and {shown[1]!r}"


def fewer_lines(reference, other):
    """How the first is not the second without some of its lines."""
    with open(reference, "rb") as ours, open(other, "rb") as theirs:
        rest = iter(theirs)
        for number, line in enumerate(ours, 1):
            bare = line.rstrip(b"\n")
            if not any(bare == their.rstrip(b"\n") for their in rest):
                return f"line {number} is missing in the second: {bare[:80]!r}"
    return None


def head_of(path, target, megabytes):
    """Copies the first lines of a file, about so many megabytes."""
    left = megabytes * 10**6
    with open(path, "rb") as lines, open(target, "wb") as head:
        while left > 0 and (block := lines.readlines(1 << 20)):
            left -= head.write(b"".join(block))
    return pathlib.Path(target)
