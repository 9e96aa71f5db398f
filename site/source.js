// The circuit file as text: what is written in it, and what is wrong with it.
import { h } from "./dom.js";

/**
 * What is wrong, where, and what would be right.
 * @param {import("./engine.js").Trouble} trouble
 * @returns {Node[]}
 */
export function explained(trouble) {
  /** @type {Node[]} */
  const nodes = [h("p", { class: "message" }, trouble.message)];
  // What was moved is marked at its handle.
  if (trouble.line && trouble.excerpt !== undefined && !trouble.source?.startsWith("--set ")) {
    const column = Math.max(1, trouble.column ?? 1);
    // Only what is on this line is marked.
    const length = Math.max(1, Math.min(trouble.length ?? 1, trouble.excerpt.length - column + 1));
    const excerpt = trouble.excerpt;
    nodes.push(h("p", { class: "where" }, `${trouble.source}, line ${trouble.line}, column ${trouble.column}`));
    nodes.push(h("pre", {}, excerpt.slice(0, column - 1), h("mark", {}, excerpt.slice(column - 1, column - 1 + length)), excerpt.slice(column - 1 + length)));
  }
  if (trouble.help) nodes.push(h("p", { class: "help" }, trouble.help));
  return nodes;
}

/** The text that can be edited. */
export class Source {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {HTMLElement} note
   * @param {(text: string) => void} edited
   */
  constructor(area, note, edited) {
    this.area = area;
    this.note = note;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    area.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => edited(area.value), 250);
    });
  }

  /** @param {string} text @param {string} note */
  show(text, note) {
    if (this.area.value !== text) this.area.value = text;
    this.note.textContent = note;
  }

  /** Puts the cursor where the mistake is. @param {import("./engine.js").Trouble} trouble */
  go(trouble) {
    // The engine counts characters, the browser units of UTF-16.
    const units = (/** @type {number} */ n) => [...this.area.value].slice(0, n).join("").length;
    const start = trouble.start ?? 0;
    this.area.focus();
    this.area.setSelectionRange(units(start), units(start + Math.max(1, trouble.length ?? 1)));
    const line = parseFloat(getComputedStyle(this.area).lineHeight) || 18;
    this.area.scrollTop = Math.max(0, ((trouble.line ?? 1) - 5) * line);
  }
}
