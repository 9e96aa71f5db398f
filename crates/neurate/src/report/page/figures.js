// One function per kind of figure. Each takes the figure's data, a width in pixels and a view (what the
// reader switched off) and returns an SVG element; colours are the page's CSS variables throughout.

// ---- axes for the two kinds drawn with Plot

function padded([lo, hi], share = 0.05) {
  if (!finite(lo) || !finite(hi)) return [0, 1];
  if (lo === hi) return [lo - (Math.abs(lo) * 0.1 || 1), hi + (Math.abs(hi) * 0.1 || 1)];
  return [lo - share * (hi - lo), hi + share * (hi - lo)];
}
function axis(domain, pixels) {
  const scale = d3.scaleLinear().domain(domain), count = Math.max(2, Math.round(pixels / 65)), size = Math.max(...domain.map(Math.abs));
  const ticks = scale.ticks(count), format = size >= 1e5 || size < 1e-2 ? t => num(t) : scale.tickFormat(count);
  return { domain, ticks, format, room: Math.max(...ticks.map(t => textWidth(format(t))), 8) };
}
function framed({ width, height, top, left, x, y, fx, fy, marks, label }) {
  const text = { fontSize: SIZE, labelArrow: "none", labelAnchor: "center", tickSize: 4, tickPadding: 4 };
  const svg = Plot.plot({
    width, height, marginTop: top, marginLeft: left, marginRight: 18, marginBottom: 44,
    style: { fontFamily: FONT, fontSize: `${SIZE}px`, background: "none", color: "currentColor", overflow: "visible" },
    x: { domain: x.domain }, y: { domain: y.domain },
    marks: [
      Plot.gridX({ ticks: x.ticks, strokeOpacity: 0.08 }), Plot.gridY({ ticks: y.ticks, strokeOpacity: 0.08 }),
      ...marks,
      Plot.axisX({ ...text, ticks: x.ticks, tickFormat: x.format, label: shorten(withUnit(fx), width - left - 18), labelOffset: 38 }),
      Plot.axisY({ ...text, ticks: y.ticks, tickFormat: y.format, label: shorten(withUnit(fy), height - top - 40), labelOffset: left - 6 }),
    ],
  });
  d3.select(svg).attr("role", "img").attr("aria-label", label);
  return { svg: d3.select(svg), sx: svg.scale("x").apply, sy: svg.scale("y").apply, frame: [left, top, width - 18, height - 44] };
}
const extent = lists => d3.extent(lists.flat().filter(finite));

// ---- lines

function lines(f, width, view) {
  const colour = colours(f.series);
  const all = f.series.map((s, i) => ({ ...s, x: numbers(s.x), y: numbers(s.y), colour: colour[i], symbol: "line" }));
  const shown = all.filter(s => !view.off.has(s.name));
  const seen = shown.length ? shown : all;
  let ys = extent([...seen.map(s => s.y), f.marks.map(m => m.y)]);
  if (ys[0] > 0 && ys[0] < 0.4 * ys[1]) ys[0] = 0; // rates are read against zero
  const x = axis(padded(extent([...seen.map(s => s.x), f.marks.map(m => m.x)]), 0.01), width - 80);
  const height0 = Math.round(Math.min(width * 0.62, 330)), y = axis(padded(ys), height0 - 60);
  const left = y.room + 34, key = legend(all.length > 1 ? all : [], width, left, view);
  const points = f.marks.filter(m => finite(m.y)), verticals = f.marks.filter(m => !finite(m.y) && finite(m.x));
  const { svg, sx, sy, frame } = framed({
    width, height: height0 + key.height, top: key.height + 10, left, x, y, fx: f.x, fy: f.y, label: f.title,
    marks: [
      y.domain[0] < 0 && y.domain[1] > 0 ? Plot.ruleY([0], { stroke: "var(--guide)", strokeOpacity: 0.6 }) : null,
      ...verticals.map(m => Plot.ruleX([m.x], { stroke: roleColour(m.role), strokeDasharray: "4 3" })),
      ...d3.sort(shown, s => s.role !== "guide").map(s => Plot.line(s.x, {
        x: s.x, y: s.y, stroke: s.colour, strokeWidth: s.role === "guide" ? 1.4 : 2.4,
        strokeDasharray: DASHES[s.stroke], strokeLinecap: s.stroke === "dotted" ? "round" : "butt",
      })),
      ...points.map(m => Plot.dot([m], { x: "x", y: "y", r: 4.5, fill: roleColour(m.role), stroke: "var(--bg)", strokeWidth: 1.5 })),
    ],
  });
  key.draw(svg);
  const obstacles = [...shown.map(s => s.x.map((v, i) => [sx(v), sy(s.y[i])])),
    ...verticals.map(m => [[sx(m.x), frame[1]], [sx(m.x), frame[3]]])].flatMap(trace);
  const taken = points.map(m => [sx(m.x) - 5, sy(m.y) - 5, sx(m.x) + 5, sy(m.y) + 5]);
  for (const m of [...points, ...verticals]) {
    const w = textWidth(m.label) + 4, px = sx(m.x), py = finite(m.y) ? sy(m.y) : 0;
    const spots = finite(m.y)
      ? [[7, -17], [-w - 7, -17], [7, 3], [-w - 7, 3], [-w / 2, -24], [-w / 2, 9], [12, -30], [-w - 12, -30], [12, 16], [-w - 12, 16]].map(([a, b]) => [px + a, py + b])
      : d3.range(0, 8).flatMap(k => [[px + 4, frame[1] + 2 + k * 16], [px - w - 4, frame[1] + 2 + k * 16]]);
    const [lx, ly] = place(spots, w, 15, taken, obstacles, frame);
    write(svg, m.label, lx + 2, ly + 12);
  }
  crosshair(svg, shown, f, sx, sy, frame);
  return svg.node();
}

// A curve as points a few pixels apart, for labels to keep away from.
function trace(pixels) {
  const out = [];
  pixels.forEach(([x, y], i) => {
    const [px, py] = pixels[i - 1] ?? [x, y], steps = Math.min(200, Math.ceil(Math.hypot(x - px, y - py) / 5)) || 1;
    for (let k = 1; k <= steps; k++) out.push([px + ((x - px) * k) / steps, py + ((y - py) * k) / steps]);
  });
  return out.filter(p => finite(p[0]) && finite(p[1]));
}

// Values under the pointer: of every curve at that x where curves are functions of x; else of the nearest point.
function crosshair(svg, series, f, sx, sy, [l, t, r, b]) {
  const functions = series.every(s => s.x.every((v, i) => i === 0 || v >= s.x[i - 1]));
  const layer = svg.append("g").attr("pointer-events", "none");
  const value = (s, i) => `${s.name}: ${joined(num(s.y[i]), f.y.unit)}`;
  const at = (v) => `${f.x.label} ${joined(num(v), f.x.unit)}`;
  svg.append("rect").attr("x", l).attr("y", t).attr("width", Math.max(0, r - l)).attr("height", Math.max(0, b - t)).attr("fill", "transparent")
    .on("pointerleave", e => { layer.selectAll("*").remove(); say(e, ""); })
    .on("pointermove pointerdown", e => {
      const [px, py] = d3.pointer(e, svg.node());
      layer.selectAll("*").remove();
      let hits = series.map(s => [s, functions ? d3.bisector(v => sx(v)).center(s.x, px) : d3.minIndex(s.x, (v, i) => Math.hypot(sx(v) - px, sy(s.y[i]) - py))]);
      if (functions) hits = hits.filter(([s, i]) => finite(s.y[i]) && (s.x.length < 3 || Math.abs(sx(s.x[i]) - px) < 0.1 * (r - l)));
      else hits = d3.sort(hits.filter(([s, i]) => i >= 0 && finite(s.y[i])), ([s, i]) => Math.hypot(sx(s.x[i]) - px, sy(s.y[i]) - py)).slice(0, 1);
      if (!hits.length) return say(e, "");
      const x = hits[0][0].x[hits[0][1]];
      if (functions) layer.append("line").attr("x1", sx(x)).attr("x2", sx(x)).attr("y1", t).attr("y2", b).attr("stroke", "var(--guide)");
      for (const [s, i] of hits) layer.append("circle").attr("cx", sx(s.x[i])).attr("cy", sy(s.y[i])).attr("r", 4).attr("fill", s.colour).attr("stroke", "var(--bg)").attr("stroke-width", 1.5);
      say(e, [at(x), ...hits.map(([s, i]) => value(s, i))].join("\n"));
    });
}

// ---- plane

function plane(f, width, view) {
  const colour = colours(f.clouds), shapes = [d3.symbolCircle, d3.symbolDiamond, d3.symbolTriangle, d3.symbolSquare];
  const all = f.clouds.map((c, i) => ({ ...c, x: numbers(c.x), y: numbers(c.y), colour: colour[i], symbol: shapes[i % 4], hollow: i % 2 === 1 }));
  const shown = all.filter(c => !view.off.has(c.name));
  // Levels of one quantity in one colour, paler outwards; guides as everywhere.
  const levels = f.curves.filter(c => c.role === "other").length;
  const curves = f.curves.map((c, i) => ({ ...c, x: numbers(c.x), y: numbers(c.y), symbol: "line",
    colour: c.role === "other" ? `color-mix(in oklab, var(--other-2) ${Math.round(100 - (55 * (levels - 1 - i)) / Math.max(1, levels - 1))}%, var(--bg))` : roleColour(c.role) }));
  const rounds = f.circles.filter(([cx, cy, r]) => finite(cx) && finite(cy) && finite(r));
  let xs = padded(extent([...all.map(c => c.x), ...curves.map(c => c.x), rounds.flatMap(([cx, , r]) => [cx - r, cx + r]), [0, f.border]]), 0.08);
  let ys = padded(extent([...all.map(c => c.y), ...curves.map(c => c.y), rounds.flatMap(([, cy, r]) => [cy - r, cy + r]), [0]]), 0.08);
  if ([...all, ...curves].every(c => c.y.every(v => !finite(v) || v === 0)) && !rounds.length) ys = [-1e-9, 1e-9]; // all real: as flat as can be
  if (finite(f.border)) xs[1] = Math.max(xs[1], f.border + 0.25 * (f.border - xs[0])); // room for the word "unstable"
  // Equal scales: the shorter side is widened rather than stretched.
  const grow = ([lo, hi], span) => [(lo + hi - span) / 2, (lo + hi + span) / 2];
  const dx = xs[1] - xs[0], dy = ys[1] - ys[0];
  if (dy < 0.45 * dx) ys = grow(ys, 0.45 * dx);
  if (dy > 0.85 * dx) xs = grow(xs, dy / 0.85);
  const ratio = (ys[1] - ys[0]) / (xs[1] - xs[0]);
  const y = axis(ys, width * 0.7 * ratio), left = y.room + 34, inner = width - left - 18, x = axis(xs, inner);
  const key = legend(all.length + curves.length > 1 ? [...all, ...curves] : [], width, left, view);
  const total = d3.sum(shown, c => c.x.length), radius = total > 60 ? 2.6 : 5;
  const guide = { stroke: "var(--guide)", strokeOpacity: 0.6 };
  const { svg, sx, sy, frame } = framed({
    width, height: Math.round(inner * ratio) + 54 + key.height, top: key.height + 10, left, x, y, fx: f.x, fy: f.y, label: f.title,
    marks: [
      finite(f.border) ? Plot.rect([0], { x1: f.border, x2: xs[1], y1: ys[0], y2: ys[1], fill: "var(--unstable)", fillOpacity: 0.1 }) : null,
      xs[0] < 0 && xs[1] > 0 ? Plot.ruleX([0], guide) : null, ys[0] < 0 && ys[1] > 0 ? Plot.ruleY([0], guide) : null,
      finite(f.border) ? Plot.ruleX([f.border], { stroke: "var(--unstable)", strokeWidth: 1.5 }) : null,
      ...curves.filter(c => !view.off.has(c.name)).map(c => Plot.line(c.x, {
        x: c.x, y: c.y, stroke: c.colour, strokeWidth: 1.6, strokeDasharray: DASHES[c.stroke] })),
    ],
  });
  key.draw(svg);
  const scale = (frame[2] - frame[0]) / (xs[1] - xs[0]);
  for (const [cx, cy, r] of rounds) svg.append("circle").attr("cx", sx(cx)).attr("cy", sy(cy)).attr("r", r * scale)
    .attr("fill", "none").attr("stroke", "var(--guide)").attr("stroke-width", 1.5).attr("stroke-dasharray", "6 4");
  const pixels = [];
  for (const c of shown) c.x.forEach((v, i) => {
    if (!finite(v) || !finite(c.y[i])) return;
    const px = sx(v), py = sy(c.y[i]), z = c.y[i];
    pixels.push([px, py]);
    const mark = svg.append("path").attr("transform", `translate(${px},${py})`).attr("d", d3.symbol(c.symbol, Math.PI * radius ** 2 * 1.1)())
      .attr("fill", c.hollow ? "transparent" : c.colour).attr("fill-opacity", total > 60 ? 0.75 : 0.9).attr("stroke", c.hollow ? c.colour : "var(--bg)").attr("stroke-width", c.hollow ? 1.5 : 0.6);
    hover(mark, () => `${c.name}\n${num(v)} ${z < 0 ? "−" : "+"} ${num(Math.abs(z))} i${f.x.unit ? ` ${f.x.unit}` : ""}`);
  });
  const taken = [];
  if (finite(f.border)) {
    const w = textWidth("unstable", SIZE, 600), spots = [[frame[2] - w - 6, frame[1] + 4], [frame[2] - w - 6, frame[3] - 20]];
    const [lx, ly] = place(spots, w, 15, taken, pixels, frame);
    write(svg, "unstable", lx, ly + 12, { fill: "var(--unstable)", weight: 600 });
  }
  for (const [cx, cy, r, name] of rounds) {
    const w = textWidth(name) + 4, R = r * scale;
    const spots = [-135, -45, 135, 45, -90, 90, 180, 0].map(a => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]).flatMap(([ux, uy]) => [8, 26].map(d => {
      const px = sx(cx) + ux * (R + d), py = sy(cy) + uy * (R + d); // just outside, on the far side of the word
      return [ux < -0.1 ? px - w : ux > 0.1 ? px : px - w / 2, py - 8];
    }));
    const [lx, ly] = place(spots, w, 15, taken, pixels, frame);
    write(svg, name, lx + 2, ly + 12, { fill: "var(--soft)" });
  }
  return svg.node();
}

// ---- matrix

// Blue below zero, red above: the report's own two colours, white between.
const diverging = d3.piecewise(d3.interpolateLab, ["#1f5694", "#5b93cc", "#b9d4ec", "#f8f8f8", "#f5c0b2", "#dd7a64", "#b8371f"]);

function matrix(f, width) {
  const rows = f.values.length, columns = d3.max(f.values, r => r.length) ?? 0, values = f.values.map(numbers);
  const top = d3.max(values.flat(), v => (finite(v) ? Math.abs(v) : 0)) || 1;
  const fill = v => diverging(0.5 + v / (2 * top));
  const rowName = i => f.row_names[i] ?? String(i + 1), columnName = j => f.column_names[j] ?? String(j + 1);
  const written = rows <= 12 && columns <= 12;
  const ticks = n => (n <= 24 ? d3.range(n) : [0, ...d3.ticks(1, n, 5).filter(t => t > 1 && t <= n && Number.isInteger(t)).map(t => t - 1)]);
  const nameRoom = Math.min(110, Math.max(...ticks(rows).map(i => textWidth(rowName(i)))));
  const left = nameRoom + 32, barRoom = 26 + Math.max(textWidth(num(top, 3)), textWidth(num(-top, 3)), f.unit ? textWidth(f.unit) - 14 : 0) + 12;
  const cell = Math.min((width - left - barRoom) / columns, (columns >= 8 && written ? 560 : 420) / rows, 72), w = cell * columns, h = cell * rows;
  const turned = Math.max(...ticks(columns).map(j => textWidth(columnName(j)))) > cell * Math.max(1, columns / ticks(columns).length) - 4;
  const above = 26 + (turned ? Math.min(90, Math.max(...ticks(columns).map(j => textWidth(columnName(j)))) + 6) : 20);
  const reasons = [...new Set(f.outlined.map(o => o[2]))].slice(0, 4);
  const shift = Math.max(0, (width - left - w - barRoom) / 2), x0 = left + shift, under = 8;
  const svg = sheet(width, above + Math.max(h, 70) + under + 17 * reasons.length, f.title);

  write(svg, f.columns_are, x0 + w / 2, 13, { anchor: "middle", fill: "var(--soft)", halo: false });
  write(svg, f.rows_are, x0 - nameRoom - 18, above + h / 2, { anchor: "middle", turn: -90, fill: "var(--soft)", halo: false });
  for (const j of ticks(columns)) {
    const x = x0 + (j + 0.5) * cell;
    if (turned) write(svg, shorten(columnName(j), 84), x + 4, above - 7, { turn: -90, halo: false });
    else write(svg, columnName(j), x, above - 7, { anchor: "middle", halo: false });
  }
  for (const i of ticks(rows)) write(svg, shorten(rowName(i), 110), x0 - 7, above + (i + 0.5) * cell + 4, { anchor: "end", halo: false });

  // What is no number stays grey.
  svg.append("rect").attr("x", x0).attr("y", above).attr("width", w).attr("height", h).attr("fill", "var(--rule)");
  if (rows * columns <= 900) values.forEach((r, i) => r.forEach((v, j) => {
    if (finite(v)) svg.append("rect").attr("x", x0 + j * cell).attr("y", above + i * cell).attr("width", cell).attr("height", cell)
      .attr("fill", fill(v)).attr("stroke", written ? "var(--bg)" : "none").attr("stroke-width", 1.5);
  }));
  else { // one picture instead of thousands of rectangles
    const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows }), pen = canvas.getContext("2d");
    const shades = d3.range(257).map(k => diverging(k / 256));
    values.forEach((r, i) => r.forEach((v, j) => {
      if (finite(v)) { pen.fillStyle = shades[Math.round(128 + (128 * v) / top)]; pen.fillRect(j, i, 1, 1); }
    }));
    svg.append("image").attr("x", x0).attr("y", above).attr("width", w).attr("height", h).attr("preserveAspectRatio", "none")
      .style("image-rendering", "pixelated").attr("href", canvas.toDataURL());
  }
  svg.append("rect").attr("x", x0).attr("y", above).attr("width", w).attr("height", h).attr("fill", "none").attr("stroke", "var(--guide)").attr("stroke-width", 1);
  if (written) {
    // As many decimals as give the largest number three digits; a number lost by that keeps one digit.
    const places = 10 ** Math.max(0, 2 - Math.floor(Math.log10(top))), 
      short = v => num(Math.round(v * places) / places || +v.toPrecision(1)).replace(/.*×.*/, t => (top < 1e-2 ? t : "≈0"));
    const longest = Math.max(...values.flat().filter(finite).map(v => textWidth(short(v), 10)), 1);
    const size = Math.min(15, ((cell - 6) / longest) * 10, cell * 0.5);
    if (size >= 6) values.forEach((r, i) => r.forEach((v, j) => {
      if (!finite(v)) return;
      const dark = d3.lab(fill(v)).l < 60;
      write(svg, short(v), x0 + (j + 0.5) * cell, above + (i + 0.5) * cell + size * 0.36, { size, anchor: "middle", fill: dark ? "#ffffff" : "#1b212c", halo: false });
    }));
  }
  for (const [i, j] of f.outlined) svg.append("rect").attr("x", x0 + j * cell + 1.5).attr("y", above + i * cell + 1.5)
    .attr("width", Math.max(1, cell - 3)).attr("height", Math.max(1, cell - 3)).attr("fill", "none").attr("stroke", "#1b212c").attr("stroke-width", Math.min(3, cell / 4));
  reasons.forEach((reason, k) => {
    const y = above + Math.max(h, 70) + under + 17 * k;
    svg.append("rect").attr("x", x0 + 0.5).attr("y", y - 1).attr("width", 11).attr("height", 11).attr("fill", "none").attr("stroke", "currentColor").attr("stroke-width", 2);
    write(svg, reason, x0 + 18, y + 9, { halo: false });
  });

  // Colour bar: same height as the matrix within reason, zero in the middle.
  const bar = Math.max(60, Math.min(h, 180)), bx = x0 + w + 18, by = above + (Math.max(h, 60) - bar) / 2, steps = 60;
  for (let k = 0; k < steps; k++) svg.append("rect").attr("x", bx).attr("y", by + (k * bar) / steps).attr("width", 11).attr("height", bar / steps + 0.6).attr("fill", diverging(1 - (k + 0.5) / steps));
  for (const [v, y] of [[top, 0], [0, bar / 2], [-top, bar]]) write(svg, num(v, 3), bx + 16, by + y + 4, { halo: false });
  if (f.unit) write(svg, f.unit, bx, by - 9, { fill: "var(--soft)", halo: false });

  const why = new Map(f.outlined.map(([i, j, reason]) => [`${i},${j}`, reason]));
  const glass = svg.append("rect").attr("x", x0).attr("y", above).attr("width", w).attr("height", h).attr("fill", "transparent");
  hover(glass, e => {
    const [px, py] = d3.pointer(e, svg.node()), i = Math.floor((py - above) / cell), j = Math.floor((px - x0) / cell);
    if (i < 0 || j < 0 || i >= rows || j >= columns) return "";
    const reason = why.get(`${i},${j}`);
    return `${f.rows_are} ${rowName(i)}, ${f.columns_are} ${columnName(j)}\n${joined(num(values[i][j]), f.unit)}${reason ? `\n${reason}` : ""}`;
  });
  return svg.node();
}

// ---- bars over units: the small pictures of patterns

function bars(g, values, colour, w, h, top, named) {
  const step = w / values.length, gap = named ? Math.min(6, step * 0.25) : 0;
  g.append("line").attr("x2", w).attr("y1", h / 2).attr("y2", h / 2).attr("stroke", "var(--guide)").attr("stroke-width", 1);
  const y = v => h / 2 - (v / top) * (h / 2);
  const wide = named ? Math.min(step - gap, 26) : step;
  values.forEach((v, i) => {
    if (!finite(v)) return;
    g.append("rect").attr("x", (i + 0.5) * step - wide / 2).attr("y", Math.min(y(v), y(0))).attr("width", Math.max(wide, 0.4)).attr("height", Math.abs(y(v) - y(0))).attr("fill", colour(i)).attr("shape-rendering", named ? null : "crispEdges");
  });
}
const largest = lists => d3.max(lists.flat(), v => (finite(v) ? Math.abs(v) : 0)) || 1;

// ---- chain: the last mode, the source, at the left; the first, driven one at the right

function chain(f, width) {
  const n = f.nodes.length, named = f.units.length > 0 && f.units.length <= 12;
  const labels = named && f.units.length <= 4;
  const longest = Math.max(...f.nodes.flatMap(d => [textWidth(d.name, 13, 600), textWidth(tau(d))])) + 22;
  const box = Math.max(longest, n <= 3 ? 118 : 96), gapLeast = 62;
  const W = Math.max(width, n * box + (n - 1) * gapLeast + 24), pitch = n > 1 ? Math.min((W - 24 - box) / (n - 1), box + 190) : 0;
  const first = (W - box - pitch * (n - 1)) / 2, x = i => first + (n - 1 - i) * pitch;
  const links = f.links.filter(l => finite(l.weight) && l.weight !== 0 && l.to !== l.from && f.nodes[l.to] && f.nodes[l.from]);
  const most = d3.max(links, l => Math.abs(l.weight)) || 1, thick = v => 1 + 5 * Math.abs(v / most);
  const forth = Math.max(1, ...links.filter(l => l.from > l.to).map(l => l.from - l.to)), back = links.some(l => l.from < l.to);
  const lift = span => 26 + 30 * (span - 1), headroom = forth > 1 ? lift(forth) + 12 : 8;
  const H = labels ? 118 : 106, y0 = headroom, height = y0 + H + 56 + (back ? 22 : 0);
  const svg = sheet(W, height, f.title).classed("scrolls", W > width);
  function tau(d) { return `τ = ${joined(finite(d.tau) ? num(d.tau, 3) : "∞", f.time_unit)}`; }
  const colour = i => (roleByUnit.has(f.units[i]) ? roleColour(roleByUnit.get(f.units[i])) : "var(--unc)");
  const top = largest(f.nodes.map(d => numbers(d.pattern)));

  f.nodes.forEach((d, i) => {
    const g = svg.append("g").attr("transform", `translate(${x(i)},${y0})`);
    // The self-loop first, under the box: the mode's own eigenvalue.
    const lambda = `λ = ${num(d.re, 3)}${finite(d.im) && d.im !== 0 ? ` ${d.im < 0 ? "−" : "+"} ${num(Math.abs(d.im), 3)}i` : ""}`;
    g.append("path").attr("d", `M${box / 2 - 17},${H} C${box / 2 - 30},${H + 34} ${box / 2 + 30},${H + 34} ${box / 2 + 19},${H + 8}`).attr("fill", "none").attr("stroke", "var(--soft)").attr("stroke-width", 1.5);
    headOf(g, [box / 2 + 17, H + 1], [-0.25, -0.97], 8.5, "var(--soft)", 1);
    write(g, lambda, box / 2, H + 44, { anchor: "middle" });
    g.append("rect").attr("width", box).attr("height", H).attr("rx", 8).attr("fill", "var(--panel)").attr("stroke", "var(--guide)").attr("stroke-width", 1.2);
    write(g, d.name, box / 2, 19, { size: 13, weight: 600, anchor: "middle", halo: false });
    const inner = g.append("g").attr("transform", "translate(10,28)"), w = box - 20, h = 46;
    bars(inner, numbers(d.pattern), colour, w, h, top, named);
    if (labels) f.units.forEach((u, k) => write(inner, shorten(u, w / f.units.length - 2, 10), (k + 0.5) * (w / f.units.length), h + 12, { size: 10, anchor: "middle", fill: "var(--soft)", halo: false }));
    write(g, tau(d), box / 2, H - 10, { anchor: "middle", halo: false });
    hover(g, () => `${d.name}: ${lambda}, ${tau(d)}${named ? "\n" + f.units.map((u, k) => `${u}: ${num(d.pattern[k], 3)}`).join("\n") : ""}`);
  });
  const taken = [], words = svg.append("g");
  for (const l of d3.sort(links, l => -Math.abs(l.weight))) {
    const span = l.from - l.to, width = thick(l.weight), text = num(l.weight, 3), w = textWidth(text, 13, 600) + 6;
    const g = svg.append("g");
    let curve, label;
    if (span === 1) {
      const y = y0 + 51;
      curve = [[x(l.from) + box + 3, y], [x(l.from) + box + pitch / 2 - box / 2, y], [x(l.to) - 4, y]];
      label = [(x(l.from) + box + x(l.to)) / 2, y - 9 - width / 2];
    } else {
      const up = span > 0, edge = up ? y0 - 3 : y0 + H + 3, dip = 2 * (up ? -lift(span) : 44);
      curve = [[x(l.from) + box * (up ? 0.62 : 0.3), edge], [(x(l.from) + x(l.to) + box) / 2, edge + dip], [x(l.to) + box * (up ? 0.38 : 0.7), edge]];
      label = along(curve, 0.5);
      label[1] += up ? 4 : 12;
    }
    link(g, curve, width, "var(--ink)", 1);
    if (place([[label[0] - w / 2, label[1] - 10]], w, 13, taken)[2] < 300) plate(words, text, label[0], label[1] - 4, 13, "currentColor");
    else taken.pop();
    hover(g, () => `${f.nodes[l.from].name} → ${f.nodes[l.to].name}: ${num(l.weight)}`);
  }
  words.raise();
  return svg.node();
}

// ---- circuit

function circuit(f, width) {
  const n = f.nodes.length, dense = n > 5, r = n <= 2 ? 40 : n <= 4 ? 38 : 34, loop = 40;
  const W = Math.max(width, n <= 2 ? 320 : dense ? 540 : 420), side = r + loop + 46;
  const R = n === 1 ? 0 : n === 2 ? Math.min(W / 2 - side, 125) : n === 4 ? Math.min((W / 2 - side) * 1.414 + 24, 170) : Math.min((W / 2 - side) * (n === 3 ? 1.15 : 1), 95 + 17 * n);
  const height = n <= 2 ? 150 + 60 * (n === 1) : n === 4 ? 1.42 * R + 2 * (r + loop) + 24 : R + r + loop + 24 + (n === 3 ? R / 2 + r + 40 : R + r + loop + 24);
  const keyed = legend([[1, "excitatory"], [-1, "inhibitory"]].filter(([, role]) => f.nodes.some(d => d.role === role))
    .map(([sign, role]) => ({ name: role, colour: roleColour(role), symbol: "link", sign })), W, 0);
  const centre = [W / 2, (n === 1 ? 125 : n === 2 ? 72 : n === 4 ? 0.71 * R + r + loop + 8 : R + r + loop + 20) + keyed.height];
  const svg = sheet(W, height + keyed.height, f.title).classed("scrolls", dense && W > width);
  keyed.draw(svg);
  const angle = i => (n === 1 ? -Math.PI / 2 : n === 2 ? Math.PI * (1 - i) : -Math.PI / (n === 4 ? 4 / 3 : 2) + (2 * Math.PI * i) / n);
  const nodes = f.nodes.map((d, i) => {
    const out = [Math.cos(angle(i)), Math.sin(angle(i))];
    return { ...d, out, at: [centre[0] + R * out[0], centre[1] + R * out[1]], colour: colours([d])[0] };
  });
  const links = f.links.filter(l => finite(l.weight) && l.weight !== 0 && nodes[l.to] && nodes[l.from]);
  const most = d3.max(links, l => Math.abs(l.weight)) || 1, thick = v => 1 + (dense ? 3 : 4.5) * Math.abs(v / most);
  const many = 14; // so many numbers can be read on a crowded drawing
  const words = svg.append("g"), taken = nodes.map(({ at: [x, y] }) => [x - r, y - r, x + r, y + r]);
  const say = l => () => `${nodes[l.from].name} → ${nodes[l.to].name}: ${num(l.weight)}`;

  for (const [k, l] of d3.sort(links, l => -Math.abs(l.weight)).entries()) {
    const a = nodes[l.from], b = nodes[l.to], width = thick(l.weight),
      // A conductance is positive whoever sends it: the sender's kind says what it does.
      sign = a.role === "inhibitory" ? -1 : a.role === "excitatory" ? 1 : Math.sign(l.weight);
    const text = num(l.weight, 3), size = dense ? 11 : 13, w = textWidth(text, size, 600) + 4, h = size + 1;
    const g = svg.append("g").attr("opacity", dense ? 0.3 + 0.7 * Math.abs(l.weight / most) : 1);
    let spots;
    if (a === b) {
      // From one side of the outward direction round to the other.
      const t = Math.atan2(a.out[1], a.out[0]), on = (s, d) => [a.at[0] + d * Math.cos(t + s), a.at[1] + d * Math.sin(t + s)];
      const head = sign > 0 ? 6 + 1.7 * width : 3.4 + 0.9 * width, tipAt = on(0.5, r + 2), u = [-Math.cos(t + 0.62), -Math.sin(t + 0.62)];
      const end = [tipAt[0] - u[0] * head * 0.9, tipAt[1] - u[1] * head * 0.9];
      g.append("path").attr("d", `M${on(-0.45, r)}C${on(-0.68, r + loop + 14)} ${on(0.62, r + loop + 18)} ${end}`).attr("fill", "none").attr("stroke", a.colour).attr("stroke-width", width);
      headOf(g, tipAt, u, head, a.colour, sign);
      const [lx, ly] = on(0, 0.24 * r + 0.6 * (r + loop + 16) + 8); // just beyond the bend
      spots = [[lx - w / 2 + (w / 2) * a.out[0], ly - h / 2 + 7 * a.out[1]]];
    } else {
      const d = Math.hypot(b.at[0] - a.at[0], b.at[1] - a.at[1]), u = [(b.at[0] - a.at[0]) / d, (b.at[1] - a.at[1]) / d];
      const bend = d * (n === 2 ? 0.36 : 0.2); // to the right of the way, so that the pair of links parts
      const c = [(a.at[0] + b.at[0]) / 2 - u[1] * bend, (a.at[1] + b.at[1]) / 2 + u[0] * bend];
      const edge = (p, gap) => { const e = Math.hypot(c[0] - p[0], c[1] - p[1]); return [p[0] + ((c[0] - p[0]) / e) * (r + gap), p[1] + ((c[1] - p[1]) / e) * (r + gap)]; };
      const curve = [edge(a.at, 0), c, edge(b.at, 2)];
      link(g, curve, width, a.colour, sign);
      spots = [0.5, 0.6, 0.4, 0.68, 0.32, 0.75, 0.25].map(t => along(curve, t)).map(([x, y]) => [x - w / 2, y - h / 2]);
    }
    const [x, y, cost] = place(spots, w, h, taken);
    if (cost < 300 && (!dense || k < many)) plate(words, text, x + w / 2, y + h / 2, size, a.colour);
    else taken.pop(); // no room: the number is in the table, and under the pointer
    hover(g, say(l));
  }
  for (const d of nodes) {
    const g = svg.append("g"), notes = [d.size > 1 ? `n = ${d.size}` : "", d.note].filter(Boolean);
    const inside = notes.length > 0 && notes.length * 11 < r && notes.every(t => textWidth(t, 10) < 1.75 * r);
    g.append("circle").attr("cx", d.at[0]).attr("cy", d.at[1]).attr("r", r).attr("fill", d.colour);
    const size = Math.min(16, (16 * 1.7 * r) / textWidth(d.name, 16, 600));
    write(g, d.name, d.at[0], d.at[1] + (inside ? 0 - 4 * (notes.length - 1) : 5), { size, weight: 600, anchor: "middle", fill: "var(--on-colour)", halo: false });
    notes.forEach((t, k) => write(g, t, d.at[0], inside ? d.at[1] + 13 - 4 * (notes.length - 1) + 11 * k : d.at[1] + r + 14 + 13 * k, { size: inside ? 10 : 11, anchor: "middle", fill: inside ? "var(--on-colour)" : "currentColor", halo: !inside }));
    hover(g, () => [d.name, d.role, ...notes].join("\n"));
  }
  words.raise();
  if (dense && links.length > many) write(svg, `numbers at the ${many} strongest links`, W, 16, { anchor: "end", fill: "var(--soft)", size: 11 });
  return svg.node();
}

// ---- patterns

function patterns(f, width) {
  const n = f.patterns.length, units = d3.max(f.patterns, p => p[1].length) ?? 0, named = units <= 12 && f.units.length === units;
  const title = Math.min(200, Math.max(...f.patterns.map(p => textWidth(p[0], 12, 600)))) + 20;
  const room = Math.max(title, named ? Math.max(100, units * 22) : 150), gap = 18;
  let columns = Math.max(1, Math.min(n, Math.floor((width - 30) / room)));
  columns = Math.ceil(n / Math.ceil(n / columns)); // rows of one length, as far as can be
  const top = largest(f.patterns.map(p => numbers(p[1]))), scale = num(top, 2), left = textWidth(`−${scale}`, 11) + 10;
  const w = (width - left - gap * (columns - 1)) / columns, h = 84, below = named ? 20 : 6, row = h + 26 + below + 8;
  const roles = colours(d3.range(units).map(i => ({ name: "pattern", role: f.roles[i] ?? "unconstrained", stroke: String(i) }))); // one shade: units of a kind are alike
  const svg = sheet(width, Math.ceil(n / columns) * row, f.title);
  f.patterns.forEach(([name, values], k) => {
    const x = left + (k % columns) * (w + gap), y = Math.floor(k / columns) * row;
    const g = svg.append("g").attr("transform", `translate(${x},${y + 24})`), v = numbers(values);
    write(g, shorten(name, w, 12), 0, -9, { weight: 600, halo: false });
    g.append("rect").attr("width", w).attr("height", h).attr("fill", "var(--panel)");
    bars(g, v, i => roles[i], w, h, top * 1.08, named);
    if (k % columns === 0) for (const [t, s] of [[top, scale], [0, "0"], [-top, `−${scale}`]])
      write(g, s, -6, h / 2 - (t / (top * 1.08)) * (h / 2) + 4, { size: 11, anchor: "end", fill: "var(--soft)", halo: false });
    if (named) f.units.forEach((u, i) => write(g, shorten(u, w / units - 1, 11), (i + 0.5) * (w / units), h + 14, { size: 11, anchor: "middle", fill: "var(--soft)", halo: false }));
    const glass = g.append("rect").attr("width", w).attr("height", h).attr("fill", "transparent");
    hover(glass, e => {
      const i = Math.floor((d3.pointer(e, g.node())[0] / w) * v.length);
      return i < 0 || i >= v.length ? "" : `${name}\n${f.units[i] ?? `unit ${i + 1}`}: ${num(v[i])}`;
    });
  });
  return svg.node();
}
