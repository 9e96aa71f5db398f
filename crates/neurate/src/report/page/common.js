// What the drawings of a report share: colours, numbers, legends, labels that keep out of each other's
// way, links with heads. The page's three scripts (common, figures, page) run as one block.
const report = JSON.parse(document.getElementById("report-json").textContent);
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const SIZE = 12;
const NS = "http://www.w3.org/2000/svg";

// ---- numbers and text

const finite = v => typeof v === "number" && Number.isFinite(v);
const numbers = list => list.map(v => (finite(v) ? v : NaN)); // JSON has null for NaN and infinity

function num(v, digits = 4) {
  if (!finite(v)) return "–";
  const a = Math.abs(v);
  if (a === 0 || (a >= 1e-3 && a < 1e5)) return String(+v.toPrecision(digits)).replace("-", "−");
  const [mantissa, power] = v.toExponential(digits - 1).split("e");
  const raised = String(+power).replace(/[-\d]/g, c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return `${String(+mantissa).replace("-", "−")}×10${raised}`;
}
const withUnit = axis => (axis.unit ? `${axis.label} (${axis.unit})` : axis.label);
const joined = (value, unit) => (unit ? `${value} ${unit}` : value);

const ruler = document.createElement("canvas").getContext("2d");
function textWidth(text, size = SIZE, weight = "") {
  ruler.font = `${weight} ${size}px ${FONT}`;
  return ruler.measureText(text).width;
}
function shorten(text, room, size = SIZE) {
  if (textWidth(text, size) <= room) return text;
  while (text.length > 1 && textWidth(text + "…", size) > room) text = text.slice(0, -1);
  return text + "…";
}

// ---- colours: by role; several series of one role take shades, free ones keep a colour by name

const ROLES = { excitatory: "exc", inhibitory: "inh", unconstrained: "unc" };
const OTHERS = 6;
const otherByName = new Map();
const roleByUnit = new Map();
for (const s of report.sections) for (const f of s.figures)
  if (f.kind === "circuit") f.nodes.forEach(n => roleByUnit.set(n.name, n.role));

const roleColour = role => (ROLES[role] ? `var(--${ROLES[role]})` : role === "guide" ? "var(--guide)" : "var(--other-1)");

function colours(items) {
  const count = {}, used = new Set();
  return items.map(({ name, role, stroke }) => {
    if (role === "guide") return "var(--guide)";
    if (ROLES[role]) {
      const key = role + (stroke ?? ""); // a dashed curve takes the shade of its solid fellow
      count[key] = (count[key] ?? 0) + 1;
      return `var(--${ROLES[role]}${["", "-2", "-3"][(count[key] - 1) % 3]})`;
    }
    // The colour that this name has in other figures, unless this figure has given it away.
    let i = otherByName.get(name) ?? 0;
    if (used.size < OTHERS) while (used.has(i)) i = (i + 1) % OTHERS;
    if (!otherByName.has(name)) otherByName.set(name, i);
    used.add(i);
    return `var(--other-${i + 1})`;
  });
}
const DASHES = { solid: null, dashed: "7 4", dotted: "1.5 4" };

// ---- what all drawings share

function sheet(width, height, label) {
  return d3.create("svg").attr("xmlns", NS).attr("width", width).attr("height", height)
    .attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", label)
    .style("font-family", FONT).style("font-size", `${SIZE}px`).attr("fill", "currentColor");
}

function write(g, text, x, y, { size = SIZE, anchor = "start", weight, fill = "currentColor", halo = true, turn } = {}) {
  const t = g.append("text").attr("x", x).attr("y", y).attr("text-anchor", anchor).attr("font-size", size)
    .attr("fill", fill).text(text);
  if (weight) t.attr("font-weight", weight);
  if (turn) t.attr("transform", `rotate(${turn},${x},${y})`);
  if (halo) t.attr("stroke", "var(--bg)").attr("stroke-width", 3.5).attr("stroke-linejoin", "round").attr("paint-order", "stroke");
  return t;
}

// A number on a link, on a patch that hides the link behind it.
function plate(g, text, x, y, size, fill) {
  const w = textWidth(text, size, 600) + 6;
  g.append("rect").attr("x", x - w / 2).attr("y", y - size / 2 - 1).attr("width", w).attr("height", size + 2).attr("rx", 4).attr("fill", "var(--bg)").attr("fill-opacity", 0.9);
  write(g, text, x, y + size * 0.36, { size, weight: 600, anchor: "middle", fill, halo: false });
}

// Where a label goes: the first of the candidate corners [x, y] that is cheapest in crossed curves,
// covered labels and clipped edges. `taken` holds the boxes already used, and gets the new one.
function place(candidates, w, h, taken, obstacles = [], frame = [-1e9, -1e9, 1e9, 1e9]) {
  let best, least = Infinity;
  candidates.forEach(([x, y], i) => {
    const hits = (l, t, r, b) => Math.max(0, Math.min(r, x + w) - Math.max(l, x)) * Math.max(0, Math.min(b, y + h) - Math.max(t, y));
    let cost = 0.6 * i;
    cost += 20 * (Math.max(0, frame[0] - x) + Math.max(0, frame[1] - y) + Math.max(0, x + w - frame[2]) + Math.max(0, y + h - frame[3]));
    for (const t of taken) if (hits(...t) > 0) cost += 300;
    for (const [px, py] of obstacles) if (px > x - 2 && px < x + w + 2 && py > y - 2 && py < y + h + 2) cost += 3;
    if (cost < least) { least = cost; best = [x, y, cost]; }
  });
  taken.push([best[0], best[1], best[0] + w, best[1] + h]);
  return best;
}

// Lays out a legend in rows; `draw` puts it at the top left of a drawing.
function legend(items, width, left, view) {
  const gap = 18, swatch = 26, row = 19;
  let x = 0, y = 0;
  const at = items.map(item => {
    const w = swatch + textWidth(item.name) + gap;
    if (x > 0 && x + w - gap > width - left) { x = 0; y += row; }
    const here = [x, y];
    x += w;
    return here;
  });
  const draw = svg => items.forEach((item, i) => {
    const off = view?.off.has(item.name);
    const g = svg.append("g").attr("transform", `translate(${left + at[i][0]},${at[i][1] + 12})`).attr("opacity", off ? 0.35 : 1);
    if (item.symbol === "line") g.append("line").attr("x2", 20).attr("stroke", item.colour).attr("stroke-width", 2.4)
      .attr("stroke-dasharray", DASHES[item.stroke]).attr("stroke-linecap", item.stroke === "dotted" ? "round" : null);
    else if (item.symbol === "link") link(g, [[0, 0], [10, 0], [21, 0]], 2, item.colour, item.sign);
    else g.append("path").attr("transform", "translate(11,0)").attr("d", d3.symbol(item.symbol, 55)()).attr("fill", item.hollow ? "none" : item.colour).attr("stroke", item.colour).attr("stroke-width", 1.6);
    write(g, item.name, swatch, 4, { halo: false });
    if (!view) return;
    g.append("rect").attr("y", -9).attr("width", swatch + textWidth(item.name)).attr("height", 18).attr("fill", "transparent");
    g.attr("class", "toggle").on("click", () => { off ? view.off.delete(item.name) : view.off.add(item.name); view.redraw(); });
  });
  return { height: items.length ? y + row + 6 : 0, draw };
}

const tip = document.getElementById("tip");
function say(event, text) {
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
}
const hover = (selection, text) => selection.on("pointermove pointerdown", e => say(e, text(e))).on("pointerleave", e => say(e, ""));

// A curved link along a quadratic curve with a head at its end: an arrow (+1) or a ball (-1).
function link(g, [a, c, b], width, colour, sign) {
  const d = Math.hypot(b[0] - c[0], b[1] - c[1]) || 1, u = [(b[0] - c[0]) / d, (b[1] - c[1]) / d];
  const head = sign > 0 ? 6 + 1.7 * width : 3.4 + 0.9 * width;
  const end = [b[0] - u[0] * head * 0.9, b[1] - u[1] * head * 0.9];
  g.append("path").attr("d", `M${a}Q${c} ${end}`).attr("fill", "none").attr("stroke", colour).attr("stroke-width", width);
  headOf(g, b, u, head, colour, sign);
}
function headOf(g, b, u, head, colour, sign) {
  if (sign > 0) {
    const p = (s, t) => [b[0] - u[0] * s - u[1] * t, b[1] - u[1] * s + u[0] * t];
    g.append("path").attr("d", `M${b}L${p(head, head * 0.48)}L${p(head * 0.8, 0)}L${p(head, -head * 0.48)}Z`).attr("fill", colour);
  } else g.append("circle").attr("cx", b[0] - u[0] * head).attr("cy", b[1] - u[1] * head).attr("r", head).attr("fill", colour);
}
const along = ([a, c, b], t) => [0, 1].map(i => (1 - t) ** 2 * a[i] + 2 * t * (1 - t) * c[i] + t * t * b[i]);
