// What `site/build` puts into `assets.js`.
export const CIRCUITS: { name: string; title: string; text: string }[];
/** The lecture. */
export const CHAPTERS: import("./chapter.js").Chapter[];
/** The module, packed by gzip, in base64. */
export const MODULE: string;
/** The text of `worker.js`. */
export const WORKER: string;
