// The cards: one for each question, which shows its words, figures and tables, of the state under the hand and of the pinned one.
import { h } from "./dom.js";

/**
 * @typedef {object} Question as the engine describes it
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {string} part
 * @property {number} cost
 */

/**
 * @typedef {object} Piece a section as the engine writes it
 * @property {string} name
 * @property {string} title
 * @property {boolean} available
 * @property {string} open
 * @property {string} inside
 * @property {string} rest
 * @property {string[]} figures
 * @property {string | null} needs
 * @property {import("./engine.js").Trouble | null} error
 */

/** Parts that are folded: what is in them is asked when they are opened. */
const FOLDED = new Set(["details"]);

/** Names within a section are its own: two sections and two sides stand on one page. @param {string} html @param {string} lead */
const named = (html, lead) => html.replace(/(\s(?:id|name|for)=")([afs]-)/g, `$1${lead}-$2`).replace(/href="#([fs]-)/g, `href="#${lead}-$1`);

/** One side of a card: a section in one state. */
export class View {
  /** @param {string} question @param {"A" | "B"} side */
  constructor(question, side) {
    this.question = question;
    this.side = side;
    /** The changes of which it shows the answer; null: it shows none. @type {string | null} */
    this.key = null;
    /** @type {string[]} */
    this.changes = [];
    this.since = 0;
    /** @type {Piece | null} */
    this.piece = null;
    this.badge = h("span", { class: "side", "aria-hidden": "true" }, side);
    this.open = h("div", { class: "open" });
    this.inside = h("small");
    this.rest = h("div");
    this.fold = h("details", { class: "more" }, h("summary", {}, "More ", this.inside), this.rest);
    this.element = h("div", { class: "view", "data-question": question, "data-side": side }, this.badge, this.open, this.fold);
    this.fold.hidden = true;
  }

  /** @param {Piece} piece @param {string[]} changes @param {string} key */
  show(piece, changes, key) {
    const before = this.piece;
    this.piece = piece;
    this.changes = changes;
    this.key = key;
    this.since = performance.now();
    const lead = `${this.side}-${this.question}`;
    const why = piece.error ? failure(piece.error) : "";
    if (!before || before.open !== piece.open || before.error?.message !== piece.error?.message) put(this.open, named(piece.open, lead) + why);
    if (!before || before.rest !== piece.rest) {
      put(this.rest, named(piece.rest, lead));
      this.inside.textContent = piece.inside.replace(/<[^>]*>/g, "").trim();
      this.fold.hidden = !piece.rest;
    }
  }
}

/** Puts a text into an element; buttons that were pressed in it stay pressed. @param {HTMLElement} e @param {string} html */
function put(e, html) {
  const pressed = [...e.querySelectorAll("input:checked")].map(i => i.id);
  e.innerHTML = html;
  for (const id of pressed) {
    const again = e.querySelector(`#${CSS.escape(id)}`);
    if (again instanceof HTMLInputElement) again.checked = true;
  }
}

/** @param {import("./engine.js").Trouble} error */
function failure(error) {
  const p = h("p", { class: "failure" }, `Not computed: ${error.message}.`);
  return p.outerHTML;
}

export class Card {
  /** @param {Question} question @param {() => void} opened @param {boolean} [whole] whether it is not folded, whatever its part */
  constructor(question, opened, whole = false) {
    this.question = question;
    this.folded = !whole && FOLDED.has(question.part);
    /** @type {Record<"A" | "B", View>} */
    this.views = { A: new View(question.name, "A"), B: new View(question.name, "B") };
    this.views.A.element.hidden = true;
    this.inSight = false;
    const id = `c-${question.name}`;
    const both = h("div", { class: "both" }, this.views.A.element, this.views.B.element);
    /** @type {HTMLDetailsElement | null} */
    this.details = null;
    if (this.folded) {
      this.details = h("details", { toggle: opened }, h("summary", {}, h("h2", { id }, question.title)), h("p", { class: "about" }, capital(question.about)), both);
      this.element = h("section", { class: "card folded", "data-part": question.part, "aria-labelledby": id }, this.details);
    } else {
      this.element = h("section", { class: "card", "data-part": question.part, "data-name": question.name, "aria-labelledby": id }, h("h2", { id }, question.title), both);
    }
  }

  /** Whether somebody wants to see it. */
  wanted() {
    return !this.details || this.details.open;
  }

  /** Whether it has something to show: of a question that this circuit does not pose there is no card. */
  arrange() {
    const { A, B } = this.views;
    const nothing = (/** @type {View} */ v) => v.piece !== null && (v.piece.needs !== null || (!v.piece.available && !v.piece.open && !v.piece.error));
    const shows = (/** @type {View} */ v) => v.piece !== null && !nothing(v);
    if (!this.folded) this.element.hidden = nothing(B) && !(shows(A) && !A.element.hidden);
    this.element.classList.toggle("waiting", B.piece === null);
    this.element.classList.toggle("bare", B.piece !== null && !B.piece.open && !B.piece.error && Boolean(A.element.hidden));
    const needs = B.piece?.needs;
    B.element.classList.toggle("none", nothing(B));
    if (nothing(B) && needs) B.open.replaceChildren(h("p", { class: "failure" }, `It needs ${needs}.`));
  }
}

/** @param {string} text */
const capital = text => text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".");
