// The library in a worker. It is a classic script: from a file a browser starts workers from text only, and those have no modules.
/* global self */
(() => {
  /** @typedef {{ memory: WebAssembly.Memory, neurate_input(n: number): number, neurate_answer(): number, neurate_output(): number }} Exports */
  /** @type {(exports: Exports) => void} */
  let loaded = () => {};
  /** @type {Promise<Exports>} */
  const library = new Promise(resolve => (loaded = resolve));

  // Requests are answered in the order in which they come: none waits for anything but the module.
  self.onmessage = async (/** @type {MessageEvent} */ e) => {
    // The module, once; and requests with their numbers.
    if (e.data[0] === "module") {
      const made = await WebAssembly.instantiate(/** @type {WebAssembly.Module} */ (e.data[1]), {});
      loaded(/** @type {Exports} */ (/** @type {unknown} */ (made.exports)));
      return;
    }
    const [number, request] = e.data;
    const it = await library, bytes = new TextEncoder().encode(request);
    const at = it.neurate_input(bytes.length);
    new Uint8Array(it.memory.buffer, at, bytes.length).set(bytes);
    const length = it.neurate_answer();
    // Memory may have grown: a new view.
    const reply = new TextDecoder().decode(new Uint8Array(it.memory.buffer, it.neurate_output(), length));
    self.postMessage([number, reply]);
  };
})();
