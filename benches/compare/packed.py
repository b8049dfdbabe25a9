"""Compressed copies of the dump, as the usual tools write them, and what other readers make of ours."""
import pathlib
import subprocess

from . import contest

PACK = {"gz": ["gzip", "-6", "-n", "-c"], "zst": ["zstd", "-3", "-q", "-c"]}
FILES = 8


def make(bench, codecs):
    """The first records of the dump, in each of these codecs whose tool is there."""
    plain = contest.head_of(bench.dump / "dump.jsonl", bench.folder / "records.jsonl", bench.chosen.packed_mb)
    for codec in codecs:
        if codec == "plain":
            yield codec, plain
        elif not bench.tools[PACK[codec][0]].missing:
            yield codec, pack(codec, plain, bench.folder / f"records.jsonl.{codec}")


def pack(codec, plain, target):
    with open(target, "wb") as out:
        subprocess.run([*PACK[codec], str(plain)], stdout=out, check=True)
    return pathlib.Path(target)


def split(bench, codec):
    """The same records in eight files."""
    folder = bench.folder / "eight"
    folder.mkdir()
    plain = bench.folder / "records.jsonl"
    share = plain.stat().st_size // FILES
    with open(plain, "rb") as lines:
        for number in range(FILES):
            part = folder / f"{number}.jsonl"
            part.write_bytes(b"".join(lines.readlines(share if number < FILES - 1 else -1)))
            if codec != "plain":
                pack(codec, part, folder / f"{number}.jsonl.{codec}")
                part.unlink()
    return folder


def check(bench, codec, source):
    """Raises Unfit if another tool reads something else in our compressed output than we write without compression."""
    ours, plain, read = (bench.folder / name for name in (f"check.jsonl.{codec}", "check.jsonl", "read.jsonl"))
    contest.time_one(bench.dechaff("dechaff", source), ours, bench.chosen.bound)
    contest.time_one(bench.dechaff("dechaff", bench.folder / "records.jsonl"), plain, bench.chosen.bound)
    with open(read, "wb") as out:
        subprocess.run([PACK[codec][0], "-d", "-c", str(ours)], stdout=out, check=True)
    if difference := contest.same_bytes(plain, read):
        raise contest.Unfit(f"{PACK[codec][0]} reads our .{codec} otherwise than our plain output: {difference}")
    for path in (ours, plain, read):
        path.unlink()
