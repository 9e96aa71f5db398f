// The handles at the left: a slider, a number and a way back for each parameter.
import { h } from "./dom.js";
import { PLACES, placeOf, shown, valueAt, withUnit, written } from "./scale.js";

/**
 * @typedef {object} Handle as the engine describes it
 * @property {string} address
 * @property {string} group
 * @property {string[]} populations
 * @property {number} value
 * @property {string} unit
 * @property {string} suffix
 * @property {number} low
 * @property {number} high
 * @property {number | null} least
 * @property {number | null} most
 * @property {boolean} positive
 * @property {boolean} whole
 */

/** @type {Record<string, string>} */
const TITLES = {
  weights: "Weights", inputs: "Inputs", times: "Time constants and delays", transfer: "Transfer functions and membranes",
  slow: "Slow states", stimuli: "Stimuli", noise: "Noise", other: "Sizes, uncertainty, run",
};
const OPEN = new Set(["weights", "inputs", "times"]);
/** Rows above which a group is folded at first: nobody reads a list of a hundred. */
const MANY = 24;

/** What a row says: an address in the field's manner. @param {string} address */
export function label(address) {
  const text = address.replace(/<-/g, " ← ").replace(/\*/g, "all").replace(/\btau(?=_|\b)/g, "τ").replace(/\bsigma\b/g, "σ");
  const parts = text.split(".");
  if (["W", "G", "synapses", "connect", "delays", "stimuli", "noise", "external", "run", "low_rank"].includes(parts[0])) {
    const [table, ...rest] = parts;
    if (table === "W" || table === "stimuli" || table === "noise" || table === "run") return rest.join(" ");
    return `${table === "synapses" || table === "connect" ? "" : `${table} `}${rest.join(" ")}`;
  }
  if (parts.length === 1) return text.startsWith("W[") ? text : `${text} (all)`;
  const [of, ...rest] = parts;
  return `${rest.filter(part => part !== "f").join(" ")} of ${of}`;
}

export class Handles {
  /**
   * @param {HTMLElement} root
   * @param {import("./state.js").State} state
   */
  constructor(root, state) {
    this.root = root;
    this.state = state;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    /** Rows of a chapter. @type {Row[]} */
    this.together = [];
    /** Whether a chapter is open. */
    this.first = false;
    state.addEventListener("change", () => this.show());
  }

  /**
   * Makes the rows anew; which groups are open stays.
   * @param {Handle[]} handles those of the file
   * @param {Map<string, string>} colors of populations
   * @param {(string | { label: string, of: string[] })[]} [first] addresses whose rows come first, those of a chapter; several may move together
   */
  make(handles, colors, first = []) {
    const before = this.rows.size ? [...this.root.querySelectorAll("details")] : [];
    const open = new Map(first.length || this.first ? [] : before.map(d => [d.dataset.group ?? "", d.open]));
    this.first = first.length > 0;
    this.rows.clear();
    this.together = first.flatMap(entry => {
      const of = typeof entry === "string" ? [entry] : entry.of;
      const handle = handles.find(h => h.address === of[0]);
      return handle ? [new Row(handle, this.state, colors, typeof entry === "string" ? null : entry)] : [];
    });
    /** @type {Map<string, Handle[]>} */
    const groups = new Map();
    for (const handle of handles) groups.set(handle.group, [...(groups.get(handle.group) ?? []), handle]);
    const chapter = this.together.length ? [h("details", { class: "group first", "data-group": "first", open: true },
      h("summary", {}, "Move these"), ...this.together.map(row => row.element))] : [];
    this.root.replaceChildren(...chapter, ...[...groups].map(([group, all]) => {
      const rows = all.map(handle => {
        const row = new Row(handle, this.state, colors);
        this.rows.set(handle.address, row);
        return row.element;
      });
      const isOpen = open.get(group) ?? (!this.first && OPEN.has(group) && all.length <= MANY);
      return h("details", { class: "group", "data-group": group, open: isOpen },
        h("summary", {}, TITLES[group] ?? group, " ", h("small", {}, String(all.length))), ...rows);
    }));
    this.show();
  }

  show() {
    for (const row of this.together) row.show(this.state.moved.get(row.handle.address) ?? null, this.state.pinned);
    for (const [address, row] of this.rows) row.show(this.state.moved.get(address) ?? null, this.state.pinned);
  }

  /** Shows the rows in which all words occur. @param {string} text */
  find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of this.root.querySelectorAll("details")) {
      let any = false;
      for (const e of /** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll(".handle"))) {
        const about = `${e.dataset.address} ${e.textContent}`.toLowerCase();
        e.hidden = !words.every(word => about.includes(word));
        any ||= !e.hidden;
      }
      group.hidden = !any;
      if (words.length && any) group.open = true;
    }
  }

  /**
   * Marks the handle that an error is about; null: none.
   * @param {import("./engine.js").Trouble | null} trouble
   */
  mark(trouble) {
    const about = trouble?.source?.match(/^--set ([^=]+)=/)?.[1]?.replace(/\s/g, "");
    for (const row of this.together) row.complain(row.of.includes(about ?? "") ? trouble : null);
    for (const [address, row] of this.rows) row.complain(about === address ? trouble : null);
  }
}

/** Rows made so far: a parameter may have two. */
let made = 0;

class Row {
  /**
   * @param {Handle} handle
   * @param {import("./state.js").State} state
   * @param {Map<string, string>} colors
   * @param {{ label: string, of: string[] } | null} [group] those that move together with it
   */
  constructor(handle, state, colors, group = null) {
    this.of = group?.of ?? [handle.address];
    this.handle = handle;
    this.state = state;
    this.scale = { low: handle.low, high: handle.high, positive: handle.positive, whole: handle.whole };
    this.value = handle.value;
    const name = group?.label ?? label(handle.address), id = `${group ? "g" : "h"}${++made}-${handle.address}`;
    this.name = name;
    this.slider = h("input", { type: "range", min: 0, max: PLACES, step: 1, id, "aria-label": name,
      input: () => this.take(valueAt(this.scale, +this.slider.value)) });
    this.number = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": `${name}, value`,
      change: () => this.typed(), keydown: (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") this.show(state.moved.get(handle.address) ?? null, state.pinned); } });
    this.back = h("button", { type: "button", class: "back", title: `Back to ${withUnit(shown(handle.value), handle.unit)}`, "aria-label": `Reset ${name}`,
      click: () => { state.move(this.of, null); this.slider.focus(); } }, "↺");
    this.mark = h("span", { class: "pinned", hidden: true, "aria-hidden": "true" });
    this.trouble = h("p", { class: "wrong", hidden: true, id: `${id}-wrong` });
    const color = colors.get(handle.populations.at(-1) ?? "");
    this.element = h("div", { class: "handle", "data-address": handle.address, style: color ? `--of:${color}` : null },
      h("label", { for: id, title: this.of.join(", ") }, name),
      h("span", { class: "value" }, this.number, h("span", { class: "unit" }, handle.unit), this.back),
      h("span", { class: "track" }, this.slider, this.mark), this.trouble);
  }

  /** @param {number} value */
  take(value) {
    const { value: first, suffix } = this.handle;
    this.state.move(this.of, value === first ? null : `${written(value)}${suffix}`);
  }

  /** Moves to a place of the slider. @param {number} place */
  place(place) {
    this.take(valueAt(this.scale, place));
  }

  /** A number that was typed, with or without a unit. */
  typed() {
    const text = this.number.value.replace(/−/g, "-").replace(",", ".").trim();
    const { suffix } = this.handle;
    if (text === "") return this.state.move(this.of, null);
    if (Number.isFinite(+text)) return this.take(+text);
    // The engine reads units, and says what is wrong with them.
    this.state.move(this.of, text + (/[a-zA-Z%]/.test(text) ? "" : suffix));
  }

  /** @param {string | null} moved @param {Map<string, string> | null} pinned */
  show(moved, pinned) {
    const { value, suffix, unit } = this.handle;
    const bare = (/** @type {string} */ text) => (suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text);
    const now = moved === null ? value : Number(bare(moved));
    if (Number.isFinite(now)) {
      this.value = now;
      // What was typed beyond the ends widens the slider.
      if (now < this.scale.low && !(this.scale.positive && now <= 0)) this.scale.low = now;
      if (now > this.scale.high) this.scale.high = now;
      const place = String(placeOf(this.scale, now));
      if (this.slider.value !== place && document.activeElement !== this.slider) this.slider.value = place;
      else if (Math.abs(+this.slider.value - +place) > 1) this.slider.value = place;
    }
    const whole = (moved === null ? written(value) : bare(moved)).replace(/^-/, "−");
    // Six digits have room; all are in the hint.
    const text = whole.length > 8 && Number.isFinite(now) ? String(+now.toPrecision(6)).replace(/^-/, "−") : whole;
    if (this.number.value !== text) this.number.value = text;
    this.number.title = whole === text ? "" : whole;
    this.slider.setAttribute("aria-valuetext", withUnit(text, unit));
    this.element.classList.toggle("moved", moved !== null);
    this.back.hidden = moved === null;
    const a = pinned ? Number(bare(pinned.get(this.handle.address) ?? String(value))) : NaN;
    this.mark.hidden = !Number.isFinite(a) || a === now;
    if (!this.mark.hidden) this.mark.style.setProperty("--at", String(placeOf(this.scale, a) / PLACES));
  }

  /** @param {import("./engine.js").Trouble | null} trouble */
  complain(trouble) {
    this.trouble.hidden = !trouble;
    this.trouble.textContent = trouble ? [trouble.message, trouble.help].filter(Boolean).join("; ") : "";
    for (const e of [this.slider, this.number]) {
      if (trouble) e.setAttribute("aria-invalid", "true");
      else e.removeAttribute("aria-invalid");
      if (trouble) e.setAttribute("aria-describedby", this.trouble.id);
      else e.removeAttribute("aria-describedby");
    }
  }
}
