// Who answers: the program that serves this page over the loopback interface, or the library in a worker of the browser. Requests and
// replies are those of neurate's `live`.

/**
 * @typedef {object} Trouble an error as the engine describes it
 * @property {string} kind
 * @property {string} message
 * @property {string | null} [help]
 * @property {string} [source]
 * @property {number} [line]
 * @property {number} [column]
 * @property {number} [start]
 * @property {number} [length]
 * @property {string} [excerpt]
 */

/** @typedef {{ ok: boolean, error?: Trouble } & Record<string, any>} Reply */

/**
 * @typedef {object} File a circuit file as the engine sees it
 * @property {number} version
 * @property {string} name
 * @property {string | null} text
 * @property {string | null} trouble
 * @property {string[]} changes those that the page begins with
 */

/**
 * @typedef {object} Engine
 * @property {(request: Record<string, unknown>, slow?: boolean) => Promise<Reply>} ask slow: what `stop` may end
 * @property {() => void} [stop] ends what is slow; an engine without it ends it when the next request comes
 * @property {(version: number) => Promise<File | null>} file the circuit file, once it is newer than a version
 * @property {string} note what edits of the text in the page do
 * @property {{ name: string, title: string, text: string }[]} [circuits] those to choose from
 * @property {import("./chapter.js").Chapter[]} [chapters] those of the lecture
 * @property {(name: string, chapter: string) => void} [choose] a circuit, or a chapter's
 */

/** @implements {Engine} */
export class Loopback {
  constructor() {
    this.note = "Edits here change the page, not the file; edits of the file in your editor come here.";
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    /** This page's name: its circuit is kept apart from those of others. */
    this.page = [...bytes].map(b => b.toString(16).padStart(2, "0")).join("");
  }

  /** @param {Record<string, unknown>} request @returns {Promise<Reply>} */
  async ask(request) {
    try {
      const reply = await fetch(`./ask?page=${this.page}`, { method: "POST", body: JSON.stringify(request) });
      if (!reply.ok) return { ok: false, error: { kind: "io", message: (await reply.text()).trim() } };
      return await reply.json();
    } catch {
      return { ok: false, error: { kind: "gone", message: "neurate has ended", help: "start it again: neurate live FILE" } };
    }
  }

  /** The file, once it is newer than a version. @param {number} version @returns {Promise<File | null>} */
  async file(version) {
    try {
      const reply = await fetch(`./file?after=${version}`);
      return reply.ok ? await reply.json() : null;
    } catch {
      return null;
    }
  }
}

/**
 * The library as WebAssembly in workers: one for what follows the hand, and one for what takes long, which is ended when the hand moves. A worker
 * hears nothing while it computes, so ending it is the only way to stop it.
 * @implements {Engine}
 */
export class Browser {
  /**
   * @param {() => Worker} begin a worker that answers `[number, reply]` to `[number, request]`
   * @param {{ name: string, title: string, text: string }[]} circuits
   * @param {import("./chapter.js").Chapter[]} chapters
   */
  constructor(begin, circuits, chapters) {
    this.chapters = chapters;
    this.note = "Edits here change the page. Copy file takes the text with all values with you.";
    this.circuits = circuits;
    this.begin = begin;
    this.quick = new Thread(begin());
    /** @type {Thread | null} */
    this.patient = null;
    /** The circuit that is open. @type {Record<string, unknown> | null} */
    this.opened = null;
    /** Questions that took long. @type {Set<string>} */
    this.lengthy = new Set();
    this.version = 0;
    /** @type {File | null} */
    this.chosen = null;
    /** @type {(() => void) | null} */
    this.changed = null;
  }

  /** @param {Record<string, unknown>} request @param {boolean} [slow] @returns {Promise<Reply>} */
  async ask(request, slow = false) {
    if (slow) for (const question of /** @type {string[]} */ (request.questions ?? [])) this.lengthy.add(question);
    // What took long is known where it was computed.
    const patient = slow || (request.do === "figure" && this.lengthy.has(String(request.question)));
    if (patient && this.opened) {
      if (!this.patient) {
        this.patient = new Thread(this.begin());
        void this.patient.ask(this.opened);
      }
      return this.patient.ask(request);
    }
    const reply = await this.quick.ask(request);
    if (request.do === "open" && reply.ok) {
      this.stop();
      this.opened = request;
    }
    return reply;
  }

  /** Ends what takes long. */
  stop() {
    this.patient?.end();
    this.patient = null;
  }

  /** @param {string} name @param {string} chapter */
  choose(name, chapter) {
    const lesson = this.chapters.find(c => c.name === chapter);
    const circuit = lesson ? { name: lesson.name, text: lesson.circuit } : this.circuits.find(c => c.name === name) ?? this.circuits[0];
    this.version += 1;
    this.chosen = { version: this.version, name: `${circuit.name}.toml`, text: circuit.text, trouble: null, changes: [] };
    this.changed?.();
  }

  /** @param {number} version @returns {Promise<File | null>} */
  async file(version) {
    while (this.version <= version) await new Promise(resolve => (this.changed = () => resolve(null)));
    return this.chosen;
  }
}

/** A worker and who waits for it. */
class Thread {
  /** @param {Worker} worker */
  constructor(worker) {
    this.worker = worker;
    this.number = 0;
    /** @type {Map<number, (reply: Reply) => void>} */
    this.waiting = new Map();
    worker.onmessage = e => {
      const [number, reply] = /** @type {[number, string]} */ (e.data);
      this.waiting.get(number)?.(JSON.parse(reply));
      this.waiting.delete(number);
    };
    worker.onerror = e => {
      e.preventDefault();
      this.all({ kind: "gone", message: `the library has failed: ${e.message}`, help: "load the page again" });
    };
  }

  /** @param {Record<string, unknown>} request @returns {Promise<Reply>} */
  ask(request) {
    const number = ++this.number;
    this.worker.postMessage([number, JSON.stringify(request)]);
    return new Promise(answer => this.waiting.set(number, answer));
  }

  /** @param {Trouble} error */
  all(error) {
    for (const answer of this.waiting.values()) answer({ ok: false, error });
    this.waiting.clear();
  }

  end() {
    this.worker.terminate();
    this.all({ kind: "stopped", message: "stopped" });
  }
}
