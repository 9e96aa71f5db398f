// A chapter of the lecture: what it is about, what to predict before moving anything, and which handles and sections belong to it.
import { h } from "./dom.js";

/**
 * @typedef {object} Chapter as its file in `chapters/` has it
 * @property {string} name
 * @property {string} title
 * @property {string[]} text
 * @property {string} prompt
 * @property {string} answer
 * @property {(string | { label: string, of: string[] })[]} handles addresses; several that move together, as one
 * @property {string[]} show the questions whose sections are shown, in order
 * @property {{ label: string, set: string[] }[]} [states] to go to
 * @property {string} circuit its file
 */

/**
 * @param {Chapter} chapter
 * @param {number} number
 * @param {{ all: boolean, everything: () => void, go: (by: number) => void, set: (changes: string[]) => void, more: (by: number) => boolean }} use
 */
export function chapterCard(chapter, number, use) {
  const states = (chapter.states ?? []).map(state => h("button", { type: "button", click: () => use.set(state.set) }, state.label));
  return h("section", { class: "card chapter", "aria-labelledby": "chapter-title" },
    h("h2", { id: "chapter-title" }, h("span", { class: "number" }, String(number)), ` ${chapter.title}`),
    ...chapter.text.map(words => h("p", {}, words)),
    h("p", { class: "prompt" }, h("strong", {}, "Predict first, then move. "), chapter.prompt),
    h("details", { class: "answer" }, h("summary", {}, "What happens"), h("p", {}, chapter.answer)),
    h("nav", { "aria-label": "Chapters" },
      ...states,
      h("button", { type: "button", disabled: !use.more(-1), click: () => use.go(-1) }, "← Previous"),
      h("button", { type: "button", disabled: !use.more(1), click: () => use.go(1) }, "Next →"),
      h("button", { type: "button", "aria-pressed": String(use.all), click: use.everything }, "Show all results")));
}

/** The questions of a chapter, in its order. @param {Chapter} chapter @param {import("./sections.js").Question[]} questions */
export const questionsOf = (chapter, questions) =>
  chapter.show.map(name => questions.find(q => q.name === name)).filter(q => q !== undefined);
