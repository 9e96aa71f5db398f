// Values under the pointer, and figures saved to files. The figures are there without it.
const report = JSON.parse(document.getElementById("report-json").textContent);
const finite = v => typeof v === "number" && Number.isFinite(v);

function num(v) {
  if (!finite(v)) return "–";
  const a = Math.abs(v);
  if (a === 0 || (a >= 1e-3 && a < 1e5)) return String(+v.toPrecision(4)).replace("-", "−");
  const [mantissa, power] = v.toExponential(3).split("e");
  const raised = String(+power).replace(/[-\d]/g, c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return `${String(+mantissa).replace("-", "−")}×10${raised}`;
}
const joined = (value, unit) => (unit ? `${value} ${unit}` : value);

const tip = document.getElementById("tip");
function say(event, text) {
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
}

// ---- values under the pointer: shares of the frame, then the data's own numbers

// Of every curve at that x where curves are functions of x; else of the nearest point.
function curves(f, frame, sx, sy) {
  const [x0, x1] = frame.dataset.x.split(" ").map(Number), [y0, y1] = frame.dataset.y.split(" ").map(Number);
  const log = frame.dataset.log ?? "", share = (v, a, b, l) => (l ? Math.log(v / a) / Math.log(b / a) : (v - a) / (b - a));
  const px = v => share(v, x0, x1, log.includes("x")), py = v => share(v, y0, y1, log.includes("y"));
  const functions = f.series.every(s => s.x.every((v, i) => i === 0 || v >= s.x[i - 1]));
  const far = (s, i) => (functions ? Math.abs(px(s.x[i]) - sx) : Math.hypot(px(s.x[i]) - sx, py(s.y[i]) - sy));
  let hits = [...f.series, ...(f.total ? [f.total] : [])].map(s => {
    let best = -1;
    s.x.forEach((v, i) => { if (finite(v) && finite(s.y[i]) && (best < 0 || far(s, i) < far(s, best))) best = i; });
    return [s, best];
  }).filter(([s, i]) => i >= 0 && far(s, i) < 0.1);
  if (!functions) hits = hits.sort(([s, i], [t, k]) => far(s, i) - far(t, k)).slice(0, 1);
  if (!hits.length) return "";
  const at = `${f.x.label} ${joined(num(hits[0][0].x[hits[0][1]]), f.x.unit)}`;
  return [at, ...hits.map(([s, i]) => `${s.name}: ${joined(num(s.y[i]), f.y.unit)}`)].join("\n");
}
function cell(f, frame, sx, sy) {
  const i = Math.floor((1 - sy) * frame.dataset.rows), j = Math.floor(sx * frame.dataset.columns), v = f.values[i]?.[j];
  if (v === undefined) return "";
  return `${f.rows_are} ${f.row_names[i] ?? i + 1}, ${f.columns_are} ${f.column_names[j] ?? j + 1}\n${joined(num(v), f.unit)}`;
}
const dataOf = box => report.sections[box.dataset.section].figures[box.dataset.figure];
for (const frame of document.querySelectorAll(".glass")) {
  const f = dataOf(frame.closest("figure"));
  const point = e => {
    const r = frame.getBoundingClientRect(), sx = (e.clientX - r.left) / r.width, sy = 1 - (e.clientY - r.top) / r.height;
    say(e, f.values ? cell(f, frame, sx, sy) : curves(f, frame, sx, sy));
  };
  frame.addEventListener("pointermove", point);
  frame.addEventListener("pointerdown", point);
  frame.addEventListener("pointerleave", e => say(e, ""));
}

// ---- figures as files: the page's colors written out, the light ones

function standalone(svg, title) {
  const sheet = document.body.appendChild(Object.assign(document.createElement("div"), { className: "sheet" }));
  const light = getComputedStyle(sheet), copy = svg.cloneNode(true), ns = "http://www.w3.org/2000/svg";
  const back = document.createElementNS(ns, "rect"), name = document.createElementNS(ns, "title");
  for (const [k, v] of Object.entries({ width: "100%", height: "100%", fill: "#ffffff" })) back.setAttribute(k, v);
  name.textContent = title;
  copy.prepend(name, back);
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  copy.querySelectorAll(".glass").forEach(e => e.remove());
  const text = new XMLSerializer().serializeToString(copy).replace(/var\((--[\w-]+)\)/g, (_, v) => light.getPropertyValue(v).trim());
  sheet.remove();
  return text;
}
function save(name, content) {
  const a = Object.assign(document.createElement("a"), { download: name, href: URL.createObjectURL(content) });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}
function savePng(name, text, svg) {
  const picture = new Image(), sharp = 3, { width, height } = svg.viewBox.baseVal;
  picture.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: width * sharp, height: height * sharp });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(blob => save(name, blob), "image/png");
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}
for (const box of document.querySelectorAll("figure[data-figure]")) {
  const f = dataOf(box), svg = box.querySelector("svg"), buttons = Object.assign(document.createElement("div"), { className: "save" });
  const actions = [["SVG", () => save(`${f.id}.svg`, new Blob([standalone(svg, f.title)], { type: "image/svg+xml" }))],
    ["PNG", () => savePng(`${f.id}.png`, standalone(svg, f.title), svg)]];
  for (const [name, onclick] of actions) buttons.append(Object.assign(document.createElement("button"),
    { type: "button", textContent: name, title: `Save this figure as ${name}`, onclick }));
  box.append(buttons);
}

// ---- folds: open on paper, all at once by a button, and where a link leads

const folds = [...document.querySelectorAll("details")], tables = [...document.querySelectorAll("table")];
let closed = [];
addEventListener("beforeprint", () => {
  closed = folds.filter(d => !d.open);
  closed.forEach(d => (d.open = true));
  tables.forEach(t => (t.style.zoom = Math.min(1, 860 / t.scrollWidth))); // on paper nothing scrolls: wide ones shrink
});
addEventListener("afterprint", () => {
  closed.forEach(d => (d.open = false));
  tables.forEach(t => (t.style.zoom = ""));
});

const all = document.getElementById("open-all");
all.hidden = false;
all.onclick = () => {
  const open = folds.some(d => !d.open);
  folds.forEach(d => (d.open = open));
  all.textContent = open ? "Close all" : "Open all";
};

function reveal() {
  let name = location.hash.slice(1);
  try { name = decodeURIComponent(name); } catch { /* it is no encoded name */ }
  const target = name && document.getElementById(name);
  if (!target) return;
  for (let e = target; e; e = e.parentElement) {
    if (e.tagName === "DETAILS") e.open = true;
    // A choice stands behind its button and the button's label.
    if (e.classList.contains("choice")) e.previousElementSibling.previousElementSibling.checked = true;
  }
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
// A second click on the same link changes no address.
addEventListener("click", e => { if (e.target.closest?.('a[href^="#"]')) setTimeout(reveal); });
reveal();

const json = document.getElementById("save-json");
json.hidden = false;
json.onclick = () => save("report.json", new Blob([document.getElementById("report-json").textContent], { type: "application/json" }));

const entries = new Map([...document.querySelectorAll(".contents > ol > li > a")].map(a => [document.getElementById(a.hash.slice(1)), a]));
const spy = new IntersectionObserver(seen => {
  for (const s of seen) if (s.isIntersecting) { entries.forEach(a => a.classList.remove("here")); entries.get(s.target).classList.add("here"); }
}, { rootMargin: "-10% 0px -80% 0px" });
entries.forEach((_, target) => target && spy.observe(target));
