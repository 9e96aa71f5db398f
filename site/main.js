// The page: handles at the left, what the circuit does at the right, and who asks whom.
import { chapterCard, questionsOf } from "./chapter.js";
import { Choice } from "./choice.js";
import { byId, h } from "./dom.js";
import { Figures } from "./figures.js";
import { Handles } from "./handles.js";
import { Columns } from "./layout.js";
import { Schedule } from "./schedule.js";
import { Card } from "./sections.js";
import { Source, explained } from "./source.js";
import { State, movedOf } from "./state.js";
import { toolbar } from "./toolbar.js";
import { Starts, Weights } from "./touch.js";

/** Who answers: set once, by `start`. @type {import("./engine.js").Engine} */
let engine;
/** What is open: set once, by `start`. @type {Choice} */
let choice;
const state = new State();
const main = byId("sections", HTMLElement), status = byId("status", HTMLElement), trouble = byId("trouble", HTMLElement);
const columns = new Columns(main);
const handles = new Handles(byId("handles", HTMLElement), state);

/** @type {Card[]} */
let cards = [];
/** Rises with every circuit that is opened: answers of an older one are none. */
let opened = 0;
let name = "";
/** States in which the circuit cannot be built. @type {Set<string>} */
const wrong = new Set();

/** @param {string[]} changes */
const keyOf = changes => `${opened}\n${changes.join("\n")}`;

// ---- asking

/** Cost, as the engine describes it, from which a question is not asked while the hand moves. */
const LONG = 10;

/** The sections that do not show the state that they are to show. */
function stale() {
  /** @type {import("./schedule.js").Job[]} */
  const jobs = [];
  const sides = /** @type {const} */ (["B", "A"]);
  for (const side of sides) {
    const moved = side === "B" ? state.moved : state.pinned;
    if (!moved) continue;
    let changes = state.changes(moved), key = keyOf(changes);
    // A page that begins with a state that cannot be built shows the file's own circuit.
    const begins = side === "B" && cards.every(card => card.views.B.key === null || card.views.B.key === keyOf([]));
    if (wrong.has(key) && begins) [changes, key] = [[], keyOf([])];
    if (wrong.has(key)) continue;
    for (const card of cards) {
      const view = card.views[side];
      if (!card.wanted() || view.key === key) continue;
      // The verdict stands in the header, too, wherever the page is scrolled to.
      jobs.push({ question: card.question.name, side, changes, seen: card.inSight || card.question.name === "verdict", long: card.question.cost >= LONG, since: view.key === null ? 0 : view.since });
    }
  }
  return jobs;
}

/** When the hand moved first since the last picture, for the measure of how long the picture takes. @type {number | null} */
let hand = null;

/** @param {import("./schedule.js").Job[]} jobs @param {import("./engine.js").Reply} reply */
function take(jobs, reply) {
  const { changes, side } = jobs[0], key = keyOf(changes);
  if (!reply.ok) {
    wrong.add(key);
    if (reply.error) complain(reply.error, key === keyOf(state.changes()));
    // The program was started again, or has forgotten this page: it gets the circuit once more.
    if (reply.error?.message === "no circuit is open") void open(text, name);
    return;
  }
  if (key === keyOf(state.changes())) settle();
  for (const [k, piece] of reply.sections.entries()) {
    const card = cards.find(c => c.question.name === jobs[k]?.question);
    if (!card) continue;
    card.views[side].show(piece, changes, key);
    if (side === "B" && piece.name === "verdict") byId("says", HTMLElement).textContent = card.views.B.open.querySelector(".verdict p")?.textContent ?? "";
    card.arrange();
  }
  columns.arrange();
  mark();
  // The figure is new: what was drawn over it is drawn again, and follows the hand.
  if (state.starts.length && side === "B" && jobs.some(job => job.question === "phase_plane")) {
    starts.draw();
    schedule.before = () => starts.follow();
  }
  if (hand !== null && side === "B" && jobs.some(job => job.seen)) measure(hand, jobs.map(job => job.question));
}

/** Notes how long a picture took, from the hand's move until it is painted. @param {number} start @param {string[]} questions */
function measure(start, questions) {
  hand = null;
  requestAnimationFrame(() => setTimeout(() => {
    performance.measure("hand to picture", { start, detail: { questions } });
    // Whoever wants them observes them.
    performance.clearMeasures("hand to picture");
  }));
}

const schedule = new Schedule((request, slow) => engine.ask(request, slow), () => engine.stop?.(), stale, take, busy => {
  document.body.classList.toggle("busy", busy);
  status.textContent = busy ? "computing" : "";
  if (!busy) void sift();
});

/** The state of which it is known which questions it poses. */
let sifted = "";

/** Hides the folded sections that this circuit has no answer for. */
async function sift() {
  const changes = state.changes(), key = keyOf(changes);
  if (sifted === key || wrong.has(key) || !cards.length) return;
  sifted = key;
  const reply = await engine.ask({ do: "applies", changes });
  if (!reply.ok) return void (sifted = "");
  for (const card of cards) {
    if (card.folded) card.element.hidden = card.question.name in reply.needs && !card.wanted();
  }
  columns.arrange();
}

/** Marks what does not show the state under the hand. */
function mark() {
  const keys = { A: keyOf(state.changes(state.pinned ?? new Map())), B: keyOf(state.changes()) };
  for (const card of cards) {
    for (const view of Object.values(card.views)) view.element.classList.toggle("stale", view.key !== null && view.key !== keys[view.side]);
  }
}

// ---- what is wrong

/** @param {import("./engine.js").Trouble} error @param {boolean} [current] */
function complain(error, current = true) {
  if (!current || error.kind === "stopped") return;
  handles.mark(error);
  trouble.hidden = false;
  const inText = error.source === name && error.line;
  trouble.replaceChildren(...explained(error),
    ...(inText ? [h("button", { type: "button", click: () => { byId("text-fold", HTMLDetailsElement).open = true; source.go(error); } }, "Show it in the text")] : []),
    h("p", { class: "note" }, cards.length ? "What is shown is the last circuit that could be built." : ""));
}

function settle() {
  trouble.hidden = true;
  handles.mark(null);
}

// ---- the circuit

let text = "";
const source = new Source(byId("text", HTMLTextAreaElement), byId("text-note", HTMLElement), edited => void open(edited, name));

/** @param {string} newText @param {string} newName */
async function open(newText, newName) {
  const reply = await engine.ask({ do: "open", text: newText, name: newName });
  if (!reply.ok) {
    if (reply.error) {
      if (!name) name = newName;
      complain(reply.error);
    }
    return;
  }
  [text, name] = [newText, newName];
  opened += 1;
  wrong.clear();
  settle();
  document.title = `${reply.title || name} · neurate live`;
  byId("title", HTMLElement).textContent = reply.title || name;
  byId("source", HTMLElement).textContent = name;
  names.clear();
  for (const p of reply.populations) names.set(p.shown, p.name);
  const colors = colorsOf(reply.populations);
  handles.make(reply.handles, colors, choice.chapter()?.handles);
  offerConditions(reply.conditions);
  makeCards(reply.questions);
  changed();
}

/** Buttons for the conditions that the file names. @param {{ name: string, changes: string[] }[]} conditions */
function offerConditions(conditions) {
  const place = byId("conditions", HTMLElement);
  place.hidden = !conditions.length || Boolean(choice.chapter());
  place.replaceChildren("Condition ", ...conditions.map(c => h("button", { type: "button", click: () => state.replace(movedOf(c.changes)) }, c.name)));
}

/** Colors of the populations, as figures have them: by kind, in order. @param {{ name: string, kind: string }[]} populations */
function colorsOf(populations) {
  const sorts = /** @type {const} */ ({ excitatory: ["exc", 8], inhibitory: ["inh", 8], unconstrained: ["unc", 8] });
  /** @type {Record<string, number>} */
  const counts = {};
  return new Map(populations.map(p => {
    const [short, many] = sorts[/** @type {keyof typeof sorts} */ (p.kind)] ?? sorts.unconstrained;
    counts[short] = (counts[short] ?? 0) + 1;
    return [p.name, `var(--${short}-${((counts[short] - 1) % many) + 1})`];
  }));
}

const sight = new IntersectionObserver(seen => {
  for (const entry of seen) {
    const card = cards.find(c => c.element === entry.target);
    if (card) card.inSight = entry.isIntersecting;
  }
  schedule.next();
}, { rootMargin: "80px" });

/** Which cards there are: the same are not made anew. */
let cardsOf = "";

/** @param {import("./sections.js").Question[]} questions */
function makeCards(questions) {
  const lesson = choice.chapter();
  const shown = lesson && !choice.everything ? questionsOf(lesson, questions) : questions;
  const which = [lesson?.name ?? "", choice.everything, ...shown.map(q => q.name)].join();
  if (cardsOf === which) return;
  cardsOf = which;
  sight.disconnect();
  cards = shown.map(question => new Card(question, () => schedule.next(), Boolean(lesson) && !choice.everything));
  cards.forEach(card => card.arrange());
  const head = lesson ? [lecture(lesson, questions)] : [];
  columns.take([...head, ...cards.map(card => card.element)]);
  cards.forEach(card => sight.observe(card.element));
}

/** What stands above a chapter's sections. @param {import("./chapter.js").Chapter} lesson @param {import("./sections.js").Question[]} questions */
function lecture(lesson, questions) {
  const all = engine.chapters ?? [], place = all.indexOf(lesson);
  return chapterCard(lesson, place + 1, {
    all: choice.everything,
    everything: () => {
      choice.everything = !choice.everything;
      makeCards(questions);
      changed();
    },
    more: by => place + by in all,
    go: by => {
      choice.go("", all[place + by].name);
      scrollTo({ top: 0 });
    },
    set: changes => state.replace(movedOf(changes)),
  });
}

/** The file, as the user's editor leaves it. */
async function follow() {
  let version = 0, first = true;
  for (;;) {
    const file = await engine.file(version);
    if (!file) {
      await new Promise(resolve => setTimeout(resolve, 1000));
      continue;
    }
    if (file.version === version && !first) continue;
    version = file.version;
    if (file.text === null) {
      complain({ kind: "io", message: file.trouble ?? "the file cannot be read" });
      continue;
    }
    if (first && !location.hash) state.moved = movedOf(file.changes);
    source.show(file.text, engine.note);
    await open(file.text, file.name);
    first = false;
  }
}

// ---- the state

function changed() {
  const { pinned } = state;
  state.keep();
  byId("reset", HTMLButtonElement).disabled = state.moved.size === 0;
  byId("undo", HTMLButtonElement).disabled = state.past.length === 0;
  const pin = byId("pin", HTMLButtonElement);
  pin.setAttribute("aria-pressed", String(pinned !== null));
  pin.textContent = pinned ? "Unpin A" : "Pin A";
  byId("swap", HTMLButtonElement).hidden = !pinned;
  document.body.classList.toggle("compares", pinned !== null);
  for (const card of cards) {
    card.views.A.element.hidden = !pinned;
    card.arrange();
  }
  mark();
  schedule.move();
}

state.addEventListener("change", () => {
  hand ??= performance.now();
  const key = keyOf(state.changes());
  if (!wrong.has(key)) settle();
  changed();
});
addEventListener("hashchange", () => {
  const before = state.circuit + state.chapter;
  state.read(location.hash);
  if (state.circuit + state.chapter !== before) choice.open();
  state.tell();
});

toolbar(state, handles, request => engine.ask(request), error => complain(error));

const figures = new Figures(main, byId("tip", HTMLElement), e => {
  const view = e.closest(".view");
  if (!(view instanceof HTMLElement)) return null;
  const card = cards.find(c => c.question.name === view.dataset.question);
  return card ? card.views[view.dataset.side === "A" ? "A" : "B"] : null;
}, request => engine.ask(request));

/** Names of populations by what is shown of them. @type {Map<string, string>} */
const names = new Map();
new Weights(main, handles, shown => names.get(shown) ?? shown, cell => figures.data(cell));
const starts = new Starts(main, state, async start => {
  const reply = await engine.ask({ do: "trajectory", changes: state.changes(), start });
  return reply.ok ? reply.trajectory : null;
}, work => schedule.first(work));

/** Begins. @param {import("./engine.js").Engine} who */
export function start(who) {
  engine = who;
  choice = new Choice(state, who);
  state.read(location.hash);
  choice.offer();
  void follow();
}
