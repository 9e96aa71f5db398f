// Puts the figures into the page, and saves them to files.

const draw = { lines, plane, matrix, chain, circuit, patterns };

// A figure as a file: drawn again in the light colours, every style written out, its title on top.
function standalone(f, view) {
  const frame = document.body.appendChild(Object.assign(document.createElement("div"), { className: "sheet" }));
  const drawn = frame.appendChild(draw[f.kind](f, view.wide ? 760 : 560, view));
  const styles = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity", "fill-opacity", "stroke-opacity",
    "font-family", "font-size", "font-weight", "font-variant-numeric", "text-anchor", "paint-order", "image-rendering"];
  for (const e of drawn.querySelectorAll("*")) {
    const computed = getComputedStyle(e), text = e.tagName === "text" || e.tagName === "tspan";
    for (const s of styles) if (text || !s.startsWith("font")) e.setAttribute(s, computed.getPropertyValue(s));
    ["style", "class"].forEach(a => e.removeAttribute(a));
  }
  drawn.querySelectorAll("style").forEach(e => e.remove());
  const w = +drawn.getAttribute("width"), h = +drawn.getAttribute("height"), margin = 14, title = 30;
  const out = sheet(w + 2 * margin, h + 2 * margin + title, f.title).attr("color", "#1b212c").attr("fill", "#1b212c");
  out.append("rect").attr("width", "100%").attr("height", "100%").attr("fill", "#ffffff");
  write(out, f.title, margin, margin + 14, { size: Math.min(15, (15 * w) / textWidth(f.title, 15, 600)), weight: 600, halo: false, fill: "#1b212c" });
  drawn.removeAttribute("style");
  drawn.setAttribute("x", margin);
  drawn.setAttribute("y", margin + title);
  out.node().append(drawn);
  frame.remove();
  return { text: new XMLSerializer().serializeToString(out.node()), width: +out.attr("width"), height: +out.attr("height") };
}
function save(name, content) {
  const a = Object.assign(document.createElement("a"), { download: name, href: URL.createObjectURL(content) });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}
const saveSvg = (f, view) => save(`${f.id}.svg`, new Blob([standalone(f, view).text], { type: "image/svg+xml" }));
function savePng(f, view) {
  const { text, width, height } = standalone(f, view), picture = new Image(), sharp = 3;
  picture.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: width * sharp, height: height * sharp });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(blob => save(`${f.id}.png`, blob), "image/png");
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

const mounted = [...document.querySelectorAll("figure[data-figure]")].map(box => {
  const f = report.sections[box.dataset.section].figures[box.dataset.figure], place = box.querySelector(".drawing");
  const view = { off: new Set(), wide: box.classList.contains("wide"), redraw: () => render(place.clientWidth), width: 0 };
  function render(width) {
    view.width = width;
    try { place.replaceChildren(draw[f.kind](f, Math.max(240, Math.round(width)), view)); }
    catch (error) { place.textContent = `This figure could not be drawn (${error.message}); its numbers are in the JSON.`; }
  }
  const buttons = Object.assign(document.createElement("div"), { className: "save" });
  for (const [name, action] of [["SVG", saveSvg], ["PNG", savePng]]) buttons.append(Object.assign(document.createElement("button"),
    { type: "button", textContent: name, title: `Save this figure as ${name}`, onclick: () => action(f, view) }));
  box.append(buttons);
  render(place.clientWidth);
  return { place, view, render };
});

// Drawn anew when the room changes, so that words keep their size; on paper at the width of the paper.
let printing = false;
const resized = new ResizeObserver(() => {
  if (!printing) for (const m of mounted) if (Math.abs(m.place.clientWidth - m.view.width) > 4) m.render(m.place.clientWidth);
});
mounted.forEach(m => resized.observe(m.place));
const tables = [...document.querySelectorAll("table")]; // on paper nothing scrolls: wide ones shrink
addEventListener("beforeprint", () => {
  printing = true;
  mounted.forEach(m => m.render(m.view.wide ? 680 : 400));
  tables.forEach(t => (t.style.zoom = Math.min(1, 860 / t.scrollWidth)));
});
addEventListener("afterprint", () => {
  printing = false;
  mounted.forEach(m => m.render(m.place.clientWidth));
  tables.forEach(t => (t.style.zoom = ""));
});

const json = document.getElementById("save-json");
json.hidden = false;
json.onclick = () => save("report.json", new Blob([document.getElementById("report-json").textContent], { type: "application/json" }));

const entries = new Map([...document.querySelectorAll(".contents a")].map(a => [document.getElementById(a.hash.slice(1)), a]));
const spy = new IntersectionObserver(seen => {
  for (const s of seen) if (s.isIntersecting) { entries.forEach(a => a.classList.remove("here")); entries.get(s.target).classList.add("here"); }
}, { rootMargin: "-10% 0px -80% 0px" });
entries.forEach((_, target) => target && spy.observe(target));
