"""What is measured: one section a question, each a list of contests."""
import json
import shutil

from . import contest, packed
from .contest import OUT, Entry
from .tools import RIVALS

ALL = ("lines", "folded", "inline", "bare", "shipped", "packed", "threads", "start")


class Bench:
    """The dump, the peers and a folder for what they write."""

    def __init__(self, chosen, tools, folder):
        self.dump, self.tools, self.folder, self.chosen = chosen.dump, tools, folder, chosen

    def run(self, section):
        return getattr(self, section)()

    def lists(self, kind):
        """The lists of phrases of a kind, the shortest first, each with how many it holds by its name."""
        found = [(int(path.stem.partition("_")[2]), path) for path in self.dump.glob(f"{kind}_*.txt")]
        if not found:
            raise contest.Unfit(f"{self.dump} has no {kind}_N.txt")
        return sorted(found)

    # Who takes part.

    def entry(self, who, tool, *words, **more):
        found = self.tools[tool]
        return Entry(who, [*found.argv, *map(str, words)], missing=found.missing, **more)

    def cp(self, source):
        return self.entry("cp", "cp", source, OUT, compared=False, must=True)

    def dechaff(self, who, source, *words, jobs=1, **more):
        return self.entry(who, "dechaff", "clean", source, *words, "-j", jobs, "-q", "-o", OUT, must=True, **more)

    def cleans_lines(self, who, source, rules, *words, **more):
        return self.dechaff(who, source, "--lines", "--no-shipped", "--rules", rules, *words, **more)

    def script(self, who, tool, rival, *words):
        """A rival that an interpreter runs by its first line."""
        return Entry(who, [str(RIVALS / rival), *map(str, words)], missing=self.tools[tool].missing)

    def hold(self, section, entries, source, runs=None, **more):
        runs = runs or self.chosen.runs
        return contest.hold(entries, source, self.folder, runs, self.chosen.bound, section=section, **more)

    # Whole lines.

    def lines(self):
        """Every line that is equal to a phrase goes; everybody writes the same bytes."""
        text, rows = self.dump / "dump.txt", []
        for rules, phrases in self.lists("line"):
            entries = [
                self.cp(text),
                self.cleans_lines("dechaff", text, phrases, "--exact"),
                self.entry("GNU grep", "grep", "-a", "-vxFf", phrases, text),
                self.entry("ripgrep", "ripgrep", "--no-config", "-j1", "-a", "-N", "-vxFf", phrases, text),
                self.script("perl hash", "perl", "perl-hash", phrases, text, OUT),
                self.script("Python set", "python", "python-set", phrases, text, OUT),
                self.entry("Rust HashSet", "naive", "lines", phrases, text, OUT),
            ]
            rows += self.hold("lines", entries, text, rules=rules)
        return rows

    def folded(self):
        """Every line that folds to the same as a phrase goes. grep and ripgrep know capitals alone: what they write holds
        all that dechaff writes."""
        text, rows = self.dump / "dump.txt", []
        for rules, phrases in self.lists("line"):
            same = [
                self.cp(text),
                self.cleans_lines("dechaff", text, phrases),
                self.cleans_lines("dechaff --exact", text, phrases, "--exact", compared=False),
                self.entry("Rust fold + HashSet", "naive", "folded", phrases, text, OUT),
            ]
            rows += self.hold("folded", same, text, rules=rules)
            near = [
                self.cleans_lines("dechaff", text, phrases),
                self.entry("GNU grep -i", "grep", "-a", "-vxiFf", phrases, text),
                self.entry("ripgrep -i", "ripgrep", "--no-config", "-j1", "-a", "-N", "--regex-size-limit=4G", "-vxiFf",
                           phrases, text),
            ]
            rows += self.hold("folded", near, text, agree=contest.fewer_lines, rules=rules, near=True)
        return rows

    # Inside lines.

    def inline(self):
        """Phrases on word borders go, each with a blank beside it, until none is left."""
        text, rows = self.dump / "dump.txt", []
        for rules, phrases in self.lists("inline"):
            pack = inline_pack(phrases, self.folder / "inline.toml")
            entries = [
                self.cp(text),
                self.cleans_lines("dechaff", text, pack, "--exact"),
                self.entry("aho-corasick", "naive", "inline", phrases, text, OUT),
                self.cleans_lines("dechaff folded", text, pack, compared=False),
            ]
            rows += self.hold("inline", entries, text, rules=rules)
        return rows

    def bare(self):
        """Phrases go wherever they stand, from left to right, the longest first, and nothing beside them. dechaff has no
        such mode: beside them stands its own job, which asks for more."""
        text = contest.head_of(self.dump / "dump.txt", self.folder / "head.txt", self.chosen.slow_mb)
        rows = []
        for rules, listed in self.lists("inline"):
            phrases = longest_first(listed, self.folder / "longest_first.txt")
            pack = inline_pack(phrases, self.folder / "inline.toml")
            entries = [
                self.cp(text),
                self.cleans_lines("dechaff", text, pack, "--exact", compared=False),
                self.entry("aho-corasick", "naive", "bare", phrases, text, OUT),
                self.entry("vectorscan", "vectorscan", phrases, text, OUT),
                self.entry("polars replace_many", "polars", phrases, text, OUT),
                self.entry("ripgrep -r", "ripgrep", "--no-config", "-j1", "-a", "-N", "-I", "--passthru", "-r", "",
                           "-Ff", phrases, text),
                self.script("perl s///g", "perl", "perl-alternation", phrases, text, OUT),
                self.script("Python re", "python", "python-re", phrases, text, OUT),
            ]
            rows += self.hold("bare", entries, text, rules=rules)
        return rows

    # The shipped packs.

    def shipped(self):
        """Records by the shipped packs; also as Python's json.dumps writes them, and real pages if they are given."""
        records = self.dump / "dump.jsonl"
        audit = self.folder / "audit.jsonl"
        entries = [
            self.cp(records),
            self.dechaff("level 1", records),
            self.dechaff("level 1 with audit", records, "--audit", audit, "--overwrite"),
            self.dechaff("level 2", records, "--level", "2", compared=False),
        ]
        rows = self.hold("shipped", entries, records, suffix=".jsonl", what="records")
        audit.unlink(missing_ok=True)
        escaped, plain = self.escaped(records)
        entries = [self.dechaff("level 1, unescaped", plain), self.cp(escaped), self.dechaff("level 1", escaped)]
        rows += self.hold("shipped", entries, escaped, agree=same_records, suffix=".jsonl", what="records with \\uXXXX")
        for path in (escaped, plain):
            path.unlink()
        if pages := self.chosen.pages:
            rows += self.hold("shipped", [self.cp(pages), self.dechaff("level 1", pages)], pages, suffix=".jsonl", what="real pages")
        return rows

    def escaped(self, records):
        """The first records as json.dumps writes them, and as they were."""
        plain = contest.head_of(records, self.folder / "plain.jsonl", self.chosen.packed_mb)
        escaped = self.folder / "escaped.jsonl"
        with open(plain, encoding="utf-8") as lines, open(escaped, "w", encoding="ascii") as out:
            out.writelines(json.dumps(json.loads(line)) + "\n" for line in lines)
        return escaped, plain

    def packed(self):
        """Compressed records in and out by the shipped packs, against decoding and encoding alone."""
        rows = []
        for codec, source in packed.make(self, ("gz", "zst")):
            entries = [self.dechaff("dechaff", source), self.entry("decode and encode alone", "codec", source, OUT, compared=False)]
            packed.check(self, codec, source)
            rows += self.hold("packed", entries, source, suffix=f".jsonl.{codec}", what=f".jsonl.{codec}")
        return rows

    def threads(self):
        """One large file and eight files, on one core and on two."""
        rows = []
        for codec, source in packed.make(self, ("plain", "gz", "zst")):
            eight = packed.split(self, codec)
            ending = "" if codec == "plain" else f".{codec}"
            for what, place, suffix in (("one file", source, f".jsonl{ending}"), ("eight files", eight, ".d")):
                entries = [self.dechaff(f"-j {jobs}", place, jobs=jobs) for jobs in (1, 2)]
                rows += self.hold("threads", entries, place, suffix=suffix, what=f"{what}, .jsonl{ending}")
            shutil.rmtree(eight)
        return rows

    def start(self):
        """A run that has nothing to do but to start."""
        empty = self.folder / "empty.jsonl"
        empty.write_bytes(b"")
        entries = [self.dechaff("shipped packs", empty), Entry("cp", ["cp", str(empty), OUT], compared=False)]
        return self.hold("start", entries, empty, runs=max(20, self.chosen.runs), suffix=".jsonl", what="start")


def inline_pack(phrases, target):
    """The pack of a list of phrases that stand inside lines."""
    listed = [json.dumps(phrase, ensure_ascii=False) for phrase in phrases.read_text(encoding="utf-8").split("\n") if phrase]
    target.write_text('pack = "list"\n\n[[rule]]\nid = "list"\nwhy = "Listed."\ninline = [\n' + ",\n".join(listed) + "\n]\n", encoding="utf-8")
    return target


def longest_first(phrases, target):
    """The list in the order that makes an alternation take the longest."""
    listed = sorted(filter(None, phrases.read_bytes().split(b"\n")), key=len, reverse=True)
    target.write_bytes(b"\n".join(listed) + b"\n")
    return target


def same_records(reference, other):
    """How the records of two files differ, whatever their spelling."""
    with open(reference, encoding="utf-8") as ours, open(other, encoding="utf-8") as theirs:
        for number, (here, there) in enumerate(zip(ours, theirs, strict=True), 1):
            if json.loads(here) != json.loads(there):
                return f"record {number}: {here[:200]} and {there[:200]}"
    return None
