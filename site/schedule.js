// What is asked next. One request is under way; what is fast and in sight follows the hand, the rest comes when it rests.

/** Milliseconds that the answers of one request may take together while the hand moves: with drawing them, a frame. */
const FRAME = 8;
/** Milliseconds above which a question waits until the hand rests. */
const SLOW = 120;
/** Milliseconds without a move after which the hand rests. */
const REST = 160;

/**
 * @typedef {object} Job a section in a state
 * @property {string} question
 * @property {"A" | "B"} side
 * @property {string[]} changes
 * @property {boolean} seen whether it is in sight
 * @property {boolean} long whether it takes long as a rule: until it is measured
 * @property {number} since when what it shows was asked for; 0: it shows nothing
 */

export class Schedule {
  /**
   * @param {(request: Record<string, unknown>, slow: boolean) => Promise<import("./engine.js").Reply>} ask
   * @param {() => void} stop ends what is slow
   * @param {() => Job[]} stale the sections that do not show the state that they are to show, in order
   * @param {(jobs: Job[], reply: import("./engine.js").Reply) => void} take
   * @param {(busy: boolean) => void} busy
   */
  constructor(ask, stop, stale, take, busy) {
    this.ask = ask;
    this.stop = stop;
    this.stale = stale;
    this.take = take;
    this.busy = busy;
    /** @type {Map<string, number>} milliseconds that a question takes, as measured */
    this.costs = new Map();
    this.moves = 0;
    this.moved = -Infinity;
    /** @type {{ slow: boolean, number: number } | null} */
    this.running = null;
    this.number = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** What is done before the next request. @type {(() => Promise<void>) | null} */
    this.before = null;
  }

  /** Does work that asks before the next request; the newest replaces one that waits. @param {() => Promise<void>} work */
  first(work) {
    this.before = work;
    this.next();
  }

  /** The hand has moved. */
  move() {
    this.moved = performance.now();
    // What takes long is not waited for.
    if (this.running?.slow) {
      this.running = null;
      this.stop();
    }
    this.next();
  }

  /** Asks what is to be asked now, if anything. */
  next() {
    clearTimeout(this.timer);
    if (this.running) return;
    if (this.before) {
      const work = this.before, number = ++this.number;
      this.before = null;
      this.running = { slow: false, number };
      void work().finally(() => {
        this.running = null;
        this.next();
      });
      return;
    }
    const stale = this.stale();
    const rests = performance.now() - this.moved;
    const { jobs, slow } = this.chosen(stale, rests >= REST);
    if (jobs.length) {
      void this.run(jobs, slow);
    } else if (stale.length) {
      this.timer = setTimeout(() => this.next(), Math.max(20, REST - rests));
    }
    this.busy(stale.length > 0);
  }

  /** @param {Job} job */
  cost(job) {
    return this.costs.get(job.question) ?? (job.long ? SLOW : 0);
  }

  /**
   * The sections of the next request. While the hand moves, those in sight that are fast, the ones that have waited longest first; where
   * none is fast, the fastest, so that something follows. When it rests, all others.
   * @param {Job[]} stale
   * @param {boolean} rests
   * @returns {{ jobs: Job[], slow: boolean }}
   */
  chosen(stale, rests) {
    const seen = stale.filter(job => job.side === "B" && job.seen);
    const fast = seen.filter(job => this.cost(job) < SLOW);
    const order = (fast.length ? fast : rests ? stale : seen).slice();
    if (!fast.length && !rests) order.sort((a, b) => this.cost(a) - this.cost(b));
    else order.sort((a, b) => +b.seen - +a.seen || a.since - b.since);
    const first = order[0];
    if (!first) return { jobs: [], slow: false };
    const jobs = [first];
    let total = this.cost(first);
    for (const job of order.slice(1)) {
      const alike = job.side === first.side && this.costs.has(job.question) && this.costs.has(first.question);
      if (!alike || total + this.cost(job) > FRAME) continue;
      total += this.cost(job);
      jobs.push(job);
    }
    return { jobs, slow: rests && !fast.length };
  }

  /** @param {Job[]} jobs @param {boolean} slow whether a move ends it */
  async run(jobs, slow) {
    const number = ++this.number, begin = performance.now();
    this.running = { slow, number };
    const reply = await this.ask({ do: "ask", changes: jobs[0].changes, questions: jobs.map(job => job.question) }, slow);
    const took = performance.now() - begin;
    // Of several, each has its share: only those that were asked alone say what they cost.
    if (reply.ok && jobs.length === 1) this.costs.set(jobs[0].question, took);
    else if (reply.ok) {
      const expected = jobs.reduce((sum, job) => sum + this.cost(job), 0) || 1;
      for (const job of jobs) this.costs.set(job.question, (0.7 + 0.3 * (took / expected)) * this.cost(job));
    }
    const current = this.running?.number === number;
    if (current) this.running = null;
    if (reply.error?.kind !== "stopped") this.take(jobs, reply);
    if (current) this.next();
  }
}
