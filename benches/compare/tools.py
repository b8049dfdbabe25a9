"""Finds the peers, and installs those that are missing with the clients everybody uses: cargo, pip, apt-get.

Gives for each the program and its version, or why it cannot take part. What cargo and pip install stays below the
target folder.
"""
import ctypes
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RIVALS = ROOT / "benches" / "rivals"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
OWN = TARGET / "peers"


@dataclasses.dataclass
class Tool:
    """A program that can be run, or why it cannot."""

    argv: list
    version: str = ""
    missing: str = ""


def find(install):
    """All tools by name."""
    dechaff = os.environ.get("DECHAFF", str(TARGET / "release" / "dechaff"))
    if not pathlib.Path(dechaff).exists():
        sys.exit(f"benches/peers: no {dechaff}: build it (cargo build --release), or name another by DECHAFF")
    build = ["cargo", "build", "--quiet", "--release", "--manifest-path", str(ROOT / "Cargo.toml"), "--example"]
    return {
        "dechaff": Tool([dechaff], version_of([dechaff, "--version"])),
        "cp": Tool(["cp"], version_of(["cp", "--version"])),
        "grep": program("grep", ["--version"]),
        "perl": program("perl", ["-v"]),
        "python": Tool([sys.executable], version_of([sys.executable, "--version"])),
        "gzip": program("gzip", ["--version"]),
        "zstd": zstd(install),
        "ripgrep": ripgrep(install),
        "polars": polars(install),
        "vectorscan": vectorscan(install),
        "naive": rival("naive", build, install),
        "codec": rival("codec", build, install),
    }


def versions(tools):
    return {name: tool.version or tool.missing for name, tool in tools.items()}


def version_of(argv):
    told = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False).stdout
    found = re.search(r"\d+\.\d+(\.\d+)*", told)
    return found[0] if found else "?"


def program(name, ask):
    path = shutil.which(name)
    return Tool([path], version_of([path, *ask])) if path else Tool([], missing="not installed")


def succeeds(argv):
    """Whether a command that installs something did; what it says goes to standard error."""
    print("install:", *argv, file=sys.stderr)
    try:
        return subprocess.run(argv, stdout=sys.stderr, check=False).returncode == 0
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def apt(package):
    return os.geteuid() == 0 and succeeds(["apt-get", "install", "-y", "-q", package])


def zstd(install):
    found = program("zstd", ["--version"])
    return program("zstd", ["--version"]) if found.missing and install and apt("zstd") else found


def ripgrep(install):
    """The newest of crates.io; distributions are years behind."""
    own = OWN / "rg" / "bin" / "rg"
    if install and not own.exists():
        succeeds(["cargo", "install", "ripgrep", "--quiet", "--root", str(OWN / "rg")])
    if own.exists():
        return Tool([str(own)], version_of([str(own), "--version"]))
    return program("rg", ["--version"])


def polars(install):
    venv = OWN / "venv"
    ask = "import polars; print(polars.__version__)"
    python = str(venv / "bin" / "python")
    if install and not venv.exists() and succeeds([sys.executable, "-m", "venv", str(venv)]):
        succeeds([python, "-m", "pip", "install", "--quiet", "polars"])
    for python in (python, sys.executable):
        if pathlib.Path(python).exists() and (version := version_of([python, "-c", ask])) != "?":
            return Tool([python, str(RIVALS / "polars-many")], version)
    return Tool([], missing="not installed")


def vectorscan(install):
    def version():
        try:
            library = ctypes.CDLL("libhs.so.5")
        except OSError:
            return None
        library.hs_version.restype = ctypes.c_char_p
        return library.hs_version().decode().split()[0]

    if version() is None and install:
        apt("libvectorscan5")
    found = version()
    return Tool([sys.executable, str(RIVALS / "vectorscan")], found) if found else Tool([], missing="not installed")


def rival(name, build, install):
    """One of the small programs in benches/rivals."""
    path = TARGET / "release" / "examples" / name
    if install and not succeeds([*build, name]) or not path.exists():
        return Tool([], missing="not built")
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    crate = re.search(r'name = "aho-corasick"\nversion = "([^"]+)"', lock)
    return Tool([str(path)], crate[1] if crate else "?")
