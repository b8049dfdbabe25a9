"""Draws cost against the number of rules, as SVG: two panels, both axes logarithmic, a name at the end of each line.

The colours follow the reader's light or dark scheme; the ground is drawn too, so that it can be read on any page.
"""
import math
import statistics
from xml.sax.saxutils import escape

from .table import pick

WIDTH, HEIGHT = 1000, 540
TOP, BOTTOM = 96, 440
PANELS = ((64, 340), (526, 802))
# Distance of two names at line ends.
STEP = 15
LINES = (("dechaff", "lines", "dechaff", "own"), ("dechaff, folded", "folded", "dechaff", "own soft"),
         ("GNU grep", "lines", "GNU grep", "a"), ("ripgrep", "lines", "ripgrep", "b"), ("perl hash", "lines", "perl hash", "c"),
         ("Python set", "lines", "Python set", "d"), ("Rust HashSet", "lines", "Rust HashSet", "e"))
INLINE = (("dechaff", "inline", "dechaff", "own"), ("dechaff, folded", "inline", "dechaff folded", "own soft"),
          ("aho-corasick", "inline", "aho-corasick", "e"), ("vectorscan ¹", "bare", "vectorscan", "a"),
          ("ripgrep -r ¹", "bare", "ripgrep -r", "b"), ("perl s///g ¹", "bare", "perl s///g", "c"),
          ("Python re ¹", "bare", "Python re", "d"), ("polars ¹", "bare", "polars replace_many", "f"))
LIGHT = {"ground": "#ffffff", "ink": "#1f2328", "faint": "#59636e", "grid": "#d8dee4", "own": "#0b5fd0", "a": "#b3261e", "b": "#a04e00",
         "c": "#7a3fb0", "d": "#1a7f37", "e": "#57606a", "f": "#b0157e"}
DARK = {"ground": "#0d1117", "ink": "#e6edf3", "faint": "#9198a1", "grid": "#30363d", "own": "#58a6ff", "a": "#ff7b72", "b": "#f0a04b",
        "c": "#c297ff", "d": "#56d364", "e": "#b1bac4", "f": "#ff7ac6"}


def draw(figures):
    panels = [(title, points(figures["rows"], series)) for title, series in
              (("Whole lines", LINES), ("Phrases inside lines", INLINE))]
    spots = [spot for _, lines in panels for line in lines for spot in line["at"]]
    if not spots:
        raise SystemExit("benches/peers: no figures to draw: run lines, folded, inline or bare")
    top = 10 ** math.ceil(math.log10(max(cost for _, cost in spots) * 1.05))
    counts = sorted({rules for rules, _ in spots})
    parts = [*frame(figures), *(piece for place, (title, lines) in zip(PANELS, panels) for piece in panel(place, title, lines, top, counts))]
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
                      'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="12" role="img">',
                      *parts, "</svg>\n"])


def points(rows, series):
    """For each line of a panel its name, its class and (rules, CPU time ÷ cp on the same text)."""
    lines = []
    for name, section, who, style in series:
        at = []
        for row in rows:
            if (row["section"], row["who"]) == (section, who) and row["cpu"] and not row.get("near"):
                floor = pick(rows, section=section, rules=row["rules"], who="cp")
                at.append((row["rules"], statistics.median(row["cpu"]) / statistics.median(floor["cpu"])))
        if at:
            lines.append({"name": name, "style": style, "at": sorted(at)})
    return lines


def frame(figures):
    """The ground, the title and the words below."""
    machine = figures["machine"]
    whole = next((row["bytes"] for row in figures["rows"] if row["section"] in ("lines", "inline")), None)
    head = next((row["bytes"] for row in figures["rows"] if row["section"] == "bare"), None)
    rounds = f"medians of {figures['runs']} rounds" if figures["runs"] > 1 else "one round"
    size = f" {whole / 1e6:,.0f} MB of text," if whole else ""
    title = "What cleaning costs by the number of rules"
    lines = [f"CPU time of the whole process, reading the rules included, over that of cp to a fresh file in the same round;{size} one thread.",
             f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']}; {rounds}. Outputs were compared first."]
    if head:
        lines.append(f"¹ Deletes bare phrases, without word borders or seams, from the first {head / 1e6:,.0f} MB.")
    yield f"<title>{title}</title>"
    yield f"<style>{style(LIGHT)}@media (prefers-color-scheme: dark){{{style(DARK)}}}</style>"
    yield f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
    yield text(PANELS[0][0] - 40, 32, title, "ink", size=18, weight=600)
    for number, line in enumerate(lines):
        yield text(PANELS[0][0] - 40, 498 + 15 * number, line, "faint", size=11)


def style(colours):
    fills = {name: f"fill:{colours[name]}" for name in ("ground", "ink", "faint")}
    rules = [f".{name}{{{fill}}}" for name, fill in fills.items()] + [f".grid{{stroke:{colours['grid']}}}"]
    for name in ("own", "a", "b", "c", "d", "e", "f"):
        rules += [f"path.{name}{{stroke:{colours[name]}}}", f"circle.{name},text.{name}{{fill:{colours[name]}}}"]
    return "".join(rules)


def panel(place, title, lines, top, counts):
    left, right = place
    span = math.log(counts[-1] / counts[0]) or 1

    def x(rules):
        return left + (right - left) * math.log(rules / counts[0]) / span

    def y(cost):
        return BOTTOM - (BOTTOM - TOP) * math.log(max(cost, 1)) / math.log(top)

    yield text(left, 66, title, "ink", size=14, weight=600)
    yield text(left, 82, "CPU time ÷ cp", "faint", size=11)
    for power in range(round(math.log10(top)) + 1):
        for cost in [10**power * step for step in (1, 2, 5) if 10**power * step <= top]:
            yield f'<path class="grid" d="M{left} {y(cost):.1f}H{right}" stroke-width="{1 if cost == 10**power else 0.5}"/>'
            yield text(left - 8, y(cost) + 4, f"{cost:,}", "faint", anchor="end")
    for rules in counts:
        yield f'<path class="grid" d="M{x(rules):.1f} {TOP}V{BOTTOM}" stroke-width="0.5"/>'
        yield text(x(rules), BOTTOM + 16, f"{rules:,}", "faint", anchor="middle")
    yield text((left + right) / 2, BOTTOM + 32, "rules", "faint", anchor="middle", size=11)
    for line in reversed(lines):
        yield from curve(line, x, y)
    ends = sorted(((y(line["at"][-1][1]), line) for line in lines), key=lambda end: end[0])
    for (end, line), place in zip(ends, apart([end for end, _ in ends])):
        name, cost = line["name"], line["at"][-1][1]
        reached = x(line["at"][-1][0])
        if reached < right - 1:
            name += f" (to {line['at'][-1][0]:,})"
        yield f'<path class="{line["style"]}" d="M{reached + 6:.1f} {end:.1f}L{right + 12} {place:.1f}" stroke-width="0.6" opacity="0.6"/>'
        shown = f"{cost:.1f}" if cost < 100 else f"{cost:,.0f}"
        yield text(right + 16, place + 4, f"{name} {shown}", line["style"].split()[0], weight=600 if "own" in line["style"] else 400)


def curve(line, x, y):
    own, soft = "own" in line["style"], "soft" in line["style"]
    spots = [(x(rules), y(cost)) for rules, cost in line["at"]]
    path = "L".join(f"{a:.1f} {b:.1f}" for a, b in spots)
    dashes = ' stroke-dasharray="5 4"' if soft else ""
    yield f'<path class="{line["style"]}" d="M{path}" fill="none" stroke-width="{2.6 if own else 1.5}"{dashes}/>'
    for a, b in spots:
        yield f'<circle class="{line["style"]}" cx="{a:.1f}" cy="{b:.1f}" r="{3.4 if own else 2.4}"/>'


def apart(places):
    """Sorted places moved no farther than it takes for names not to touch."""
    moved = list(places)
    for _ in range(200):
        for at in range(1, len(moved)):
            lack = STEP - (moved[at] - moved[at - 1])
            if lack > 0:
                moved[at - 1] -= lack / 2
                moved[at] += lack / 2
    shift = max(0, moved[-1] - (BOTTOM + 4)) if moved else 0
    return [place - shift for place in moved]


def text(x, y, words, style, size=None, anchor=None, weight=None):
    more = "".join(f' {key}="{value}"' for key, value in (("font-size", size), ("text-anchor", anchor), ("font-weight", weight)) if value)
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}"{more}>{escape(words)}</text>'
