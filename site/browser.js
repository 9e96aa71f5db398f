// The page as it works anywhere: the library as WebAssembly in workers. `site/build` makes `assets.js`.
import { CHAPTERS, CIRCUITS, MODULE, WORKER } from "./assets.js";
import { Browser } from "./engine.js";
import { start } from "./main.js";

const script = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
const packed = Uint8Array.from(atob(MODULE), c => c.charCodeAt(0));
const unpacked = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
/** Compiled once, for all workers. */
const compiled = unpacked.then(bytes => WebAssembly.compile(bytes));

/** A worker; questions wait in it until the module is there. */
function begin() {
  const worker = new Worker(script);
  void compiled.then(module => worker.postMessage(["module", module]));
  return worker;
}

start(new Browser(begin, CIRCUITS, CHAPTERS));
