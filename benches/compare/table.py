"""Figures as Markdown: ratios of CPU time, each the median over the rounds of what two took in the same round."""
import statistics

TITLES = {
    "lines": "Whole lines, byte for byte",
    "folded": "Whole lines, folded",
    "inline": "Inside lines, on word borders",
    "bare": "Inside lines, bare deletion",
    "shipped": "Records, shipped packs",
    "packed": "Compressed records, shipped packs",
    "threads": "One core and two, shipped packs",
    "start": "Start",
}
START, END = "<!-- measured -->", "<!-- end -->"


def ratio(row, base, time="cpu"):
    """The median ratio of a row to another one of the same contest; none if one of them was not measured."""
    if not row or not base or not row[time] or not base[time]:
        return None
    if len(row[time]) == len(base[time]):
        return statistics.median(a / b for a, b in zip(row[time], base[time]))
    shared = min(len(row[time]), len(base[time]))
    if shared > 1:
        return statistics.median(a / b for a, b in zip(row[time][:shared], base[time][:shared]))
    return statistics.median(row[time]) / statistics.median(base[time])


def pick(rows, **about):
    return next((row for row in rows if all(row.get(key) == value for key, value in about.items())), None)


def cell(row, base, time="cpu"):
    """The ratio in words, marked if the row was timed fewer times than the other; or why there is none."""
    found = ratio(row, base, time)
    if found is None:
        return (row or {}).get("status") or "–"
    digits = f"{found:.2f}" if found < 10 else f"{found:.1f}" if found < 100 else f"{found:.0f}"
    return digits + ("\\*" if len(row[time]) == 1 < len(base[time]) else "")


def head(figures):
    machine, tools = figures["machine"], figures["tools"]
    told = ", ".join(f"{name} {version}" for name, version in tools.items() if name not in ("cp", "codec", "naive"))
    return (f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['kernel']}; "
            f"{figures['runs']} interleaved rounds.\n{told}, aho-corasick {tools['naive']}.\n")


def fill(page, figures):
    """Puts the tables into a page, in the place of what stands between two marks."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"benches/peers: the page has no {START} … {END}")
    return f"{before}{start}\n{whole(figures).rstrip()}\n{end}{after}"


def whole(figures):
    rows = figures["rows"]
    parts = [section(name, own) for name in TITLES if (own := [row for row in rows if row["section"] == name])]
    return "\n".join([head(figures), *parts])


def section(name, rows):
    size = f"{max(row['bytes'] for row in rows) / 1e6:.0f} MB"
    title = f"### {TITLES[name]}" + ("" if name == "start" else f" ({size})")
    lines = SECTIONS.get(name, by_rules)(rows)
    star = ["", "\\* timed once, as it takes so long."] if any("\\*" in line for line in lines) else []
    return "\n".join([title, "", *lines, *star, ""])


def grid(columns, lines):
    return ["| | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns),
            *("| " + " | ".join(line) + " |" for line in lines)]


def by_rules(rows):
    counts = sorted({row["rules"] for row in rows})
    contests = [[row for row in rows if row["rules"] == count and not row.get("near")] for count in counts]
    nears = [[row for row in rows if row["rules"] == count and row.get("near")] for count in counts]
    lines = [["**dechaff ÷ cp**", *(cell(pick(own, who="dechaff"), pick(own, who="cp")) for own in contests)]]
    first = pick(contests[0], who="dechaff"), pick(contests[-1], who="dechaff")
    for group in (contests, nears):
        for who in [row["who"] for row in group[0] if row["who"] not in ("cp", "dechaff")]:
            cells = [cell(pick(own, who=who), pick(own, who="dechaff")) for own in group]
            lines.append([f"{who} ÷ dechaff", *cells])
    if all(row and row["cpu"] for row in first):
        slope = statistics.median(first[1]["cpu"]) / statistics.median(first[0]["cpu"])
        lines.append([f"dechaff, {counts[-1]:,} ÷ {counts[0]:,} rules", *[""] * (len(counts) - 1), f"{slope:.2f}"])
    return grid([f"{count:,} rules" for count in counts], lines)


def shipped(rows):
    lines = []
    for what in dict.fromkeys(row["what"] for row in rows):
        own = [row for row in rows if row["what"] == what]
        for row in own:
            if row["who"] not in ("cp", "level 1, unescaped"):
                lines.append([f"{what}, {row['who']} ÷ cp", cell(row, pick(own, who="cp"))])
        if audit := pick(own, who="level 1 with audit"):
            lines.append([f"{what}, audit on ÷ audit off", cell(audit, pick(own, who="level 1"))])
    return grid(["CPU time"], lines)


def packed(rows):
    whats = dict.fromkeys(row["what"] for row in rows)
    lines = [[f"{what}, dechaff ÷ decode and encode alone",
              cell(pick(rows, what=what, who="dechaff"), pick(rows, what=what, who="decode and encode alone"))] for what in whats]
    return grid(["CPU time"], lines)


def threads(rows):
    lines = []
    for what in dict.fromkeys(row["what"] for row in rows):
        one, two = pick(rows, what=what, who="-j 1"), pick(rows, what=what, who="-j 2")
        lines.append([what, cell(two, one, "wall"), cell(two, one), f"{two['rss'] / 1e6:.0f} MB"])
    return grid(["wall, two cores ÷ one", "CPU time, two ÷ one", "peak memory at -j 2"], lines)


def start(rows):
    lines = [[f"an empty file, {row['who']}", f"{1000 * statistics.median(row['wall']):.1f} ms"] for row in rows]
    return grid(["wall"], lines)


SECTIONS = {"shipped": shipped, "packed": packed, "threads": threads, "start": start}
