// Cards in columns of their own heights. A card keeps its column while the hand moves: nothing jumps from side to side.

/** Height of a row of the grid in pixels; cards span as many as they need. */
const ROW = 4;

export class Columns {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.count = 0;
    /** @type {WeakMap<Element, number>} */
    this.columns = new WeakMap();
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(root);
  }

  /** Takes other cards. @param {HTMLElement[]} cards */
  take(cards) {
    this.observer.disconnect();
    this.columns = new WeakMap();
    this.root.replaceChildren(...cards);
    this.observer.observe(this.root);
    for (const card of cards) this.observer.observe(card);
  }

  arrange() {
    const count = getComputedStyle(this.root).gridTemplateColumns.split(" ").length;
    if (count !== this.count) this.columns = new WeakMap();
    this.count = count;
    const gap = 14, heights = Array(count).fill(0);
    const shown = [.../** @type {Iterable<HTMLElement>} */ (this.root.children)].filter(card => !card.hidden);
    // The heights that they need, not those of the rows that they have. All are read before any is set: one layout, not one for each card.
    const needed = shown.map(card => card.offsetHeight + gap);
    shown.forEach((card, k) => {
      const height = needed[k];
      setTo(card.style, "gridRowEnd", `span ${Math.ceil(height / ROW)}`);
      if (count === 1 || card.matches(".folded, .bare, .chapter, [data-name='verdict']")) {
        setTo(card.style, "gridColumn", "1 / -1");
        return;
      }
      const waits = card.classList.contains("waiting");
      let column = this.columns.get(card);
      if (column === undefined) {
        column = heights.indexOf(Math.min(...heights));
        if (!waits) this.columns.set(card, column);
      }
      setTo(card.style, "gridColumn", String(column + 1));
      heights[column] += height;
    });
  }
}

/** Sets what is not so already. @param {CSSStyleDeclaration} style @param {"gridRowEnd" | "gridColumn"} name @param {string} value */
function setTo(style, name, value) {
  if (style[name] !== value) style[name] = value;
}
