// The state of the page: which values were moved, and the state that it is compared with. It is the part of the address after `#`.

/** @typedef {Map<string, string>} Moved values by address, as a change writes them: `20` or `20 ms` */

export class State extends EventTarget {
  constructor() {
    super();
    /** @type {Moved} */
    this.moved = new Map();
    /** @type {Moved | null} */
    this.pinned = null;
    /** @type {string} a circuit to start from; empty: the one that the engine has */
    this.circuit = "";
    /** @type {string} a chapter of the lecture; empty: none */
    this.chapter = "";
    /** @type {[number, number][]} where trajectories on the phase plane start */
    this.starts = [];
    /** @type {Moved[]} */
    this.past = [];
    this.resting = 0;
  }

  /** The changes as texts, in an order that depends on nothing. @param {Moved} [moved] @returns {string[]} */
  changes(moved = this.moved) {
    return [...moved].map(([address, value]) => `${address}=${value}`).sort();
  }

  /**
   * Moves values; null is that of the file.
   * @param {string[]} addresses
   * @param {string | null} value
   */
  move(addresses, value) {
    if (addresses.every(address => (this.moved.get(address) ?? null) === value)) return;
    this.remember();
    const moved = new Map(this.moved);
    for (const address of addresses) {
      if (value === null) moved.delete(address);
      else moved.set(address, value);
    }
    this.moved = moved;
    this.tell();
  }

  /** @param {Moved} moved */
  replace(moved) {
    this.remember();
    this.moved = new Map(moved);
    this.tell();
  }

  /** Takes back what was moved since the hand rested last. */
  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.moved = before;
    this.resting = 0;
    this.tell();
  }

  /** Keeps where a move began: moves within a second are one. */
  remember() {
    const now = performance.now();
    if (now - this.resting > 1000) this.past.push(this.moved);
    if (this.past.length > 100) this.past.shift();
    this.resting = now;
  }

  /** @param {Moved | null} pinned */
  pin(pinned) {
    this.pinned = pinned && new Map(pinned);
    this.tell();
  }

  /** Writes the state into the address. */
  keep() {
    const hash = this.hash();
    if (location.hash.slice(1) !== hash) history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  /** As the part of an address after `#`. */
  hash() {
    const all = new URLSearchParams();
    if (this.circuit) all.append("circuit", this.circuit);
    if (this.chapter) all.append("chapter", this.chapter);
    for (const change of this.changes()) all.append("set", change);
    if (this.pinned) {
      all.append("a", "");
      for (const change of this.changes(this.pinned)) all.append("a", change);
    }
    for (const start of this.starts) all.append("start", start.join(","));
    return all.toString();
  }

  /** @param {string} hash */
  read(hash) {
    const all = new URLSearchParams(hash.replace(/^#/, ""));
    this.circuit = all.get("circuit") ?? "";
    this.chapter = all.get("chapter") ?? "";
    this.starts = all.getAll("start").map(text => text.split(",").map(Number)).filter(isStart);
    this.moved = movedOf(all.getAll("set"));
    this.pinned = all.has("a") ? movedOf(all.getAll("a")) : null;
  }
}

/** @param {number[]} numbers @returns {numbers is [number, number]} */
const isStart = numbers => numbers.length === 2 && numbers.every(Number.isFinite);

/** @param {string[]} changes @returns {Moved} */
export function movedOf(changes) {
  /** @type {Moved} */
  const moved = new Map();
  for (const change of changes) {
    const at = change.indexOf("=");
    if (at > 0) moved.set(change.slice(0, at).trim(), change.slice(at + 1).trim());
  }
  return moved;
}
