// Which circuit or chapter is open: chosen from a list where the engine has one, or named by the address.
import { byId, h } from "./dom.js";

export class Choice {
  /**
   * @param {import("./state.js").State} state
   * @param {import("./engine.js").Engine} engine
   */
  constructor(state, engine) {
    this.state = state;
    this.engine = engine;
    /** @type {HTMLSelectElement | null} */
    this.list = null;
    /** Whether a chapter shows all sections, or its own. */
    this.everything = false;
  }

  /** The chapter that is open, if one is. */
  chapter() {
    return this.engine.chapters?.find(c => c.name === this.state.chapter);
  }

  /** Goes to a circuit, or to a chapter. @param {string} circuit @param {string} lesson */
  go(circuit, lesson) {
    const { state } = this;
    [state.circuit, state.chapter] = [circuit, lesson];
    state.moved = new Map();
    state.pinned = null;
    [state.past, state.starts] = [[], []];
    this.open();
  }

  /** Opens what the state names. */
  open() {
    const { circuit, chapter } = this.state;
    this.everything = false;
    if (this.list) this.list.value = chapter ? `chapter ${chapter}` : circuit;
    this.engine.choose?.(circuit, chapter);
  }

  /** Makes the list, and opens what the address names, or what comes first. */
  offer() {
    const { circuits, chapters = [] } = this.engine, { state } = this;
    if (!circuits) return;
    const option = (/** @type {string} */ value, /** @type {string} */ title) => h("option", { value }, title);
    const list = h("select", { id: "circuit", "aria-label": "Chapter or circuit", change: () => {
      const lesson = list.value.match(/^chapter (.*)/)?.[1] ?? "";
      this.go(lesson ? "" : list.value, lesson);
    } },
      h("optgroup", { label: "The lecture" }, ...chapters.map((c, k) => option(`chapter ${c.name}`, `${k + 1}. ${c.title}`))),
      h("optgroup", { label: "Circuits" }, ...circuits.map(c => option(c.name, c.title))));
    this.list = list;
    byId("source", HTMLElement).before(list, " ");
    if (!chapters.some(c => c.name === state.chapter)) state.chapter = "";
    if (!circuits.some(c => c.name === state.circuit)) state.circuit = "";
    if (!state.circuit && !state.chapter) state.chapter = chapters[0]?.name ?? "";
    this.open();
  }
}
