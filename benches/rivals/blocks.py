"""Whole lines of a file, about 1 MiB at a time."""


def blocks(path):
    with open(path, "rb") as file:
        while lines := file.readlines(1 << 20):
            yield b"".join(lines)


def phrases(path):
    with open(path, "rb") as file:
        return [phrase for phrase in file.read().split(b"\n") if phrase]
