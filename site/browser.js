// The page as it works anywhere: the library as WebAssembly in a worker. `site/build` makes `assets.js`.
import { CIRCUITS, MODULE, WORKER } from "./assets.js";
import { Browser } from "./engine.js";
import { start } from "./main.js";

const worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" })));
const packed = Uint8Array.from(atob(MODULE), c => c.charCodeAt(0));
// Questions wait in the worker until the module is there.
void new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()
  .then(module => worker.postMessage(["module", module], [module]));
start(new Browser(worker, CIRCUITS));
