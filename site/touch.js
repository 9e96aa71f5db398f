// What can be moved within figures: the links of the drawn circuit, the cells of W, and where a trajectory on the phase plane starts.
import { placeOf, PLACES } from "./scale.js";

/** Places of a slider for a pixel. */
const PER_PIXEL = 4;
/** Trajectories that are kept. */
const MOST = 6;
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {[number, number]} Start */
/** @typedef {{ x: number[], y: number[] }} Course */

/** The figure of this name that an element is in. @param {Element} e @param {string} name */
const inFigure = (e, name) => Boolean(e.closest(`figure[id$="-f-${name}"]`));

/** Weights under the pointer, in the drawn circuit and in the matrix. */
export class Weights {
  /**
   * @param {HTMLElement} root
   * @param {import("./handles.js").Handles} handles
   * @param {(shown: string) => string} named the name of a population in addresses
   * @param {(cell: Element) => Promise<any>} data the numbers of a figure
   */
  constructor(root, handles, named, data) {
    this.handles = handles;
    this.named = named;
    this.data = data;
    root.addEventListener("pointerdown", e => void this.take(e));
    root.addEventListener("pointerover", e => this.offer(e.target));
  }

  /** The handle of the link that is drawn there. @param {EventTarget | null} target */
  link(target) {
    const group = target instanceof Element && inFigure(target, "circuit") ? target.closest("g") : null;
    const ends = group?.querySelector(":scope > title")?.textContent?.match(/^(.+) → (.+): /);
    return ends ? this.handles.rows.get(`W.${this.named(ends[2])}<-${this.named(ends[1])}`) ?? null : null;
  }

  /** Shows what can be dragged. @param {EventTarget | null} target */
  offer(target) {
    if (this.link(target)) target instanceof Element && target.closest("g")?.classList.add("draggable");
  }

  /** The handle of a cell of W. @param {PointerEvent} e */
  async cell(e) {
    const glass = e.target;
    if (!(glass instanceof SVGElement) || !glass.dataset.rows || !inFigure(glass, "weights")) return null;
    const r = glass.getBoundingClientRect();
    const i = Math.floor(((e.clientY - r.top) / r.height) * +glass.dataset.rows), j = Math.floor(((e.clientX - r.left) / r.width) * +(glass.dataset.columns ?? 1));
    const figure = (await this.data(glass))?.figure;
    const [to, from] = [figure?.row_names[i], figure?.column_names[j]];
    return this.handles.rows.get(`W.${this.named(to)}<-${this.named(from)}`) ?? this.handles.rows.get(`W[${to},${from}]`) ?? null;
  }

  /** @param {PointerEvent} e */
  async take(e) {
    if (e.button !== 0) return;
    const link = this.link(e.target);
    if (link) e.preventDefault();
    // Figures are drawn anew while the hand moves: the window has the pointer.
    let moved = { x: e.clientX, y: e.clientY }, held = true;
    const move = (/** @type {PointerEvent} */ m) => { moved = { x: m.clientX, y: m.clientY }; drag?.(); };
    const end = () => {
      held = false;
      for (const type of ["pointerup", "pointercancel"]) removeEventListener(type, end);
      removeEventListener("pointermove", move);
      document.body.classList.remove("dragging");
    };
    /** @type {(() => void) | undefined} */
    let drag;
    addEventListener("pointermove", move);
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, end);
    const row = link ?? (await this.cell(e));
    if (!row || !held) return end();
    document.body.classList.add("dragging");
    const first = placeOf(row.scale, row.value);
    // To the right and upwards is more of what there is: an inhibitory weight grows, too.
    const sense = row.value < 0 || row.scale.high <= 0 ? -1 : 1;
    drag = () => row.place(Math.min(PLACES, Math.max(0, first + sense * PER_PIXEL * (moved.x - e.clientX - (moved.y - e.clientY)))));
  }
}

/** Trajectories that start where the phase plane was clicked, drawn over the figure. */
export class Starts {
  /**
   * @param {HTMLElement} root
   * @param {import("./state.js").State} state
   * @param {(start: Start) => Promise<Course | null>} ask
   * @param {(work: () => Promise<void>) => void} later does work between other requests
   */
  constructor(root, state, ask, later) {
    this.root = root;
    this.state = state;
    this.ask = ask;
    this.later = later;
    /** @type {Map<string, Course>} */
    this.known = new Map();
    root.addEventListener("pointerdown", e => this.take(e));
  }

  /** @param {PointerEvent} e */
  take(e) {
    const glass = e.target;
    if (e.button !== 0 || !(glass instanceof SVGElement) || !glass.matches(".glass") || !inFigure(glass, "phase_plane")) return;
    e.preventDefault();
    // The frame as it is now: the figure is drawn anew while the hand moves.
    const [x, y] = ends(glass), r = glass.getBoundingClientRect();
    const at = (/** @type {PointerEvent} */ p) => {
      const share = [(p.clientX - r.left) / r.width, 1 - (p.clientY - r.top) / r.height];
      return /** @type {Start} */ ([x, y].map(([a, b], k) => +(a + (b - a) * Math.min(1, Math.max(0, share[k]))).toPrecision(4)));
    };
    const here = at(e);
    const near = (/** @type {Start} */ s) => Math.hypot((s[0] - here[0]) / (x[1] - x[0]), (s[1] - here[1]) / (y[1] - y[0])) < 0.025;
    const old = this.state.starts.findIndex(near);
    const others = this.state.starts.filter((_, k) => k !== old).slice(old < 0 ? 1 - MOST : 0);
    let moved = false;
    const go = (/** @type {PointerEvent} */ m) => {
      moved = true;
      this.put([...others, at(m)]);
    };
    const end = () => {
      removeEventListener("pointermove", go);
      for (const type of ["pointerup", "pointercancel"]) removeEventListener(type, end);
      // A start that is clicked goes.
      if (old >= 0 && !moved) this.put(others);
    };
    addEventListener("pointermove", go);
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, end);
    if (old < 0) this.put([...others, here]);
  }

  /** @param {Start[]} starts */
  put(starts) {
    this.state.starts = starts;
    this.state.keep();
    this.later(() => this.follow());
  }

  /** Asks for what is not known in the state under the hand, and draws. */
  async follow() {
    /** @type {Map<string, Course>} */
    const next = new Map();
    for (const start of this.state.starts) {
      const key = `${start}\n${this.state.changes().join("\n")}`;
      const course = this.known.get(key) ?? (await this.ask(start));
      if (course) next.set(key, course);
    }
    this.known = next;
    this.draw();
  }

  draw() {
    for (const glass of /** @type {NodeListOf<SVGElement>} */ (this.root.querySelectorAll('.view[data-side="B"] figure[id$="-f-phase_plane"] .glass'))) {
      const parent = glass.parentNode;
      if (!parent) continue;
      parent.querySelector(".started")?.remove();
      const [x, y] = ends(glass), box = ["x", "y", "width", "height"].map(name => Number(glass.getAttribute(name)));
      const place = (/** @type {number} */ a, /** @type {number} */ b) => [box[0] + (box[2] * (a - x[0])) / (x[1] - x[0]), box[1] + box[3] * (1 - (b - y[0]) / (y[1] - y[0]))];
      const inside = (/** @type {number[]} */ [a, b]) => a >= box[0] && a <= box[0] + box[2] && b >= box[1] && b <= box[1] + box[3];
      const group = element("g", { class: "started", "pointer-events": "none" });
      for (const { x: xs, y: ys } of this.known.values()) {
        // Beyond the frame there is no line.
        let d = "", drawn = false;
        xs.forEach((a, k) => {
          const p = place(a, ys[k]);
          if (inside(p)) d += `${drawn ? "L" : "M"}${p[0].toFixed(1)} ${p[1].toFixed(1)}`;
          drawn = inside(p);
        });
        const [cx, cy] = place(xs[0], ys[0]);
        group.append(element("path", { d, fill: "none", stroke: "var(--start)", "stroke-width": "1.8", "stroke-linejoin": "round" }), element("circle", { cx, cy, r: 4.5, fill: "var(--start)" }));
      }
      glass.before(group);
    }
  }
}

/** Ends of both axes. @param {SVGElement} glass */
const ends = glass => [glass.dataset.x, glass.dataset.y].map(text => (text ?? "0 1").split(" ").map(Number));

/** @param {string} name @param {Record<string, string | number>} attributes */
function element(name, attributes) {
  const e = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, String(value));
  return e;
}
