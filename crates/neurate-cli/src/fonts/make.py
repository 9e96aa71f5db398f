"""Makes the fonts of PNG pictures and the table of text widths. Needs fonttools, and the two fonts' files:
Arimo (as in Debian's fonts-croscore, SIL Open Font License 1.1) and DejaVu Sans (Debian's fonts-dejavu-core).

    python make.py ARIMO_FOLDER DEJAVU_FOLDER > rows.txt
"""
import pathlib, sys, textwrap
from fontTools import subset
from fontTools.ttLib import TTFont

here = pathlib.Path(__file__).parent
arimo, dejavu = map(pathlib.Path, sys.argv[1:3])
ranges = [(0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x2010, 0x205F), (0x2070, 0x209C), (0x20AC, 0x20AC),
          (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x27E6, 0x27EB), (0x25A0, 0x25FF), (0x1D62, 0x1D6A)]
wanted = [c for a, b in ranges for c in range(a, b + 1)]

def cut(path, out, chars):
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    font = subset.load_font(str(path), options)
    s = subset.Subsetter(options)
    s.populate(unicodes=chars)
    s.subset(font)
    subset.save_font(font, str(out), options)

widths = {}
for face, other, name in [("Arimo-Regular", "DejaVuSans", "regular"), ("Arimo-Bold", "DejaVuSans-Bold", "bold")]:
    first, second = TTFont(arimo / f"{face}.ttf"), TTFont(dejavu / f"{other}.ttf")
    have = first.getBestCmap()
    spare = second.getBestCmap()
    mine = [c for c in wanted if c in have]
    theirs = [c for c in wanted if c not in have and c in spare]
    cut(arimo / f"{face}.ttf", here / f"{face}.ttf", mine)
    cut(dejavu / f"{other}.ttf", here / f"{other}.ttf", theirs)
    for font, cmap, chars in [(first, have, mine), (second, spare, theirs)]:
        unit = font["head"].unitsPerEm
        for c in chars:
            widths.setdefault(c, {})[name] = round(100 * font["hmtx"][cmap[c]][0] / unit)

# Runs of neighbors in code, each with its widths in hundredths of the size: the rows of the library's
# `draw/widths.rs`.
runs = []
for c in sorted(widths):
    if not runs or c != runs[-1][0] + len(runs[-1][1]):
        runs.append((c, [], []))
    runs[-1][1].append(widths[c]["regular"])
    runs[-1][2].append(widths[c].get("bold", widths[c]["regular"]))
fill = lambda list: textwrap.fill(str(list), 104, initial_indent="     &", subsequent_indent="      ")
for c, regular, bold in runs:
    print(f"    (0x{c:04x},\n{fill(regular)},\n{fill(bold)}),")
