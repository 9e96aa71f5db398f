// Values under the pointer, and figures as files.
import { copy, download, h, save } from "./dom.js";
import { shown, withUnit } from "./scale.js";

/** @typedef {{ svg: string, figure: any }} Figure */

/** A view's figure, by its machine name. @param {Element} e */
function nameOf(e) {
  const box = e.closest("figure");
  return box ? box.id.replace(/^[AB]-[^-]*-f-/, "") : "";
}

export class Figures {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} tip
   * @param {(e: Element) => import("./sections.js").View | null} viewOf
   * @param {(request: Record<string, unknown>) => Promise<import("./engine.js").Reply>} ask
   */
  constructor(root, tip, viewOf, ask) {
    this.tip = tip;
    this.viewOf = viewOf;
    this.ask = ask;
    /** @type {WeakMap<Element, { key: string | null, figure: Promise<Figure | null> }>} */
    this.known = new WeakMap();
    for (const type of ["pointermove", "pointerdown"]) root.addEventListener(type, e => void this.point(/** @type {PointerEvent} */ (e)));
    root.addEventListener("pointerleave", () => this.say(null, ""));
    root.addEventListener("pointerover", e => this.buttons(e));
    root.addEventListener("focusin", e => this.buttons(e));
  }

  /** @param {PointerEvent | null} event @param {string} text */
  say(event, text) {
    const tip = this.tip;
    tip.hidden = !text;
    if (!text || !event) return;
    tip.textContent = text;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18}px`;
  }

  /** The numbers of the figure that is shown there. @param {Element} e @returns {Promise<Figure | null>} */
  data(e) {
    const box = e.closest("figure"), view = this.viewOf(e);
    if (!box || !view) return Promise.resolve(null);
    const known = this.known.get(box);
    if (known && known.key === view.key) return known.figure;
    const request = { do: "figure", changes: view.changes, question: view.question, figure: nameOf(box) };
    const figure = this.ask(request).then(reply => (reply.ok ? { svg: String(reply.svg), figure: reply.figure } : null));
    this.known.set(box, { key: view.key, figure });
    return figure;
  }

  /** @param {PointerEvent} e */
  async point(e) {
    const frame = e.target instanceof Element ? e.target.closest(".glass") : null;
    if (!(frame instanceof SVGElement) || e.buttons & 1) return this.say(null, "");
    const data = await this.data(frame);
    if (!data || !frame.isConnected) return;
    const r = frame.getBoundingClientRect();
    const sx = (e.clientX - r.left) / r.width, sy = 1 - (e.clientY - r.top) / r.height;
    this.say(e, data.figure.values ? cell(data.figure, frame, sx, sy) : curves(data.figure, frame, sx, sy));
  }

  /** Buttons appear where the pointer or the focus is. @param {Event} e */
  buttons(e) {
    const box = e.target instanceof Element ? e.target.closest("figure") : null;
    if (!box || box.querySelector(".save")) return;
    const name = nameOf(box);
    /** @param {(f: Figure) => void} use */
    const use = use => async () => { const f = await this.data(box); if (f) use(f); };
    box.append(h("div", { class: "save" },
      h("button", { type: "button", title: "Save this figure as SVG", click: use(f => download(f.svg, `${name}.svg`, "image/svg+xml")) }, "SVG"),
      h("button", { type: "button", title: "Save this figure as PNG, 300 dots per inch", click: use(f => void png(f.svg, `${name}.png`)) }, "PNG"),
      h("button", { type: "button", title: "Copy the numbers of this figure as JSON", click: use(f => void copy(JSON.stringify(f.figure, null, 1))) }, "Data")));
  }
}

/** @param {string} svg @param {string} name */
async function png(svg, name) {
  const picture = new Image();
  const size = svg.match(/width="([\d.]+)mm" height="([\d.]+)mm"/);
  if (!size) return;
  const [width, height] = [+size[1], +size[2]].map(mm => Math.round((mm / 25.4) * 300));
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = h("canvas", { width, height });
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  canvas.toBlob(blob => blob && save(blob, name), "image/png");
}

/** Of every curve at that x where curves are functions of x; else of the nearest point. @param {any} f @param {SVGElement} frame @param {number} sx @param {number} sy */
function curves(f, frame, sx, sy) {
  if (!frame.dataset.x || !frame.dataset.y || !f.series) return "";
  const [x0, x1] = frame.dataset.x.split(" ").map(Number), [y0, y1] = frame.dataset.y.split(" ").map(Number);
  const log = frame.dataset.log ?? "";
  const share = (/** @type {number} */ v, /** @type {number} */ a, /** @type {number} */ b, /** @type {boolean} */ l) => (l ? Math.log(v / a) / Math.log(b / a) : (v - a) / (b - a));
  const px = (/** @type {number} */ v) => share(v, x0, x1, log.includes("x")), py = (/** @type {number} */ v) => share(v, y0, y1, log.includes("y"));
  const functions = f.series.every((/** @type {any} */ s) => s.x.every((/** @type {number} */ v, /** @type {number} */ i) => i === 0 || v >= s.x[i - 1]));
  const far = (/** @type {any} */ s, /** @type {number} */ i) => (functions ? Math.abs(px(s.x[i]) - sx) : Math.hypot(px(s.x[i]) - sx, py(s.y[i]) - sy));
  let hits = [...f.series, ...(f.total ? [f.total] : [])].map(s => {
    let best = -1;
    s.x.forEach((/** @type {number} */ v, /** @type {number} */ i) => { if (Number.isFinite(v) && Number.isFinite(s.y[i]) && (best < 0 || far(s, i) < far(s, best))) best = i; });
    return { s, best };
  }).filter(({ s, best }) => best >= 0 && far(s, best) < 0.1);
  if (!functions) hits = hits.sort((a, b) => far(a.s, a.best) - far(b.s, b.best)).slice(0, 1);
  if (!hits.length) return "";
  const at = `${f.x.label} ${withUnit(shown(hits[0].s.x[hits[0].best]), f.x.unit)}`;
  return [at, ...hits.map(({ s, best }) => `${s.name}: ${withUnit(shown(s.y[best]), f.y.unit)}`)].join("\n");
}

/** @param {any} f @param {SVGElement} frame @param {number} sx @param {number} sy */
function cell(f, frame, sx, sy) {
  const i = Math.floor((1 - sy) * Number(frame.dataset.rows)), j = Math.floor(sx * Number(frame.dataset.columns));
  const v = f.values[i]?.[j];
  if (v === undefined) return "";
  return `${f.rows_are} ${f.row_names[i] ?? i + 1}, ${f.columns_are} ${f.column_names[j] ?? j + 1}\n${withUnit(shown(v), f.unit)}`;
}
