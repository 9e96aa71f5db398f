// The buttons above, their keys, and the search for a parameter.
import { byId, copy } from "./dom.js";

/**
 * @param {import("./state.js").State} state
 * @param {import("./handles.js").Handles} handles
 * @param {(request: Record<string, unknown>) => Promise<import("./engine.js").Reply>} ask
 * @param {(error: import("./engine.js").Trouble) => void} complain
 */
export function toolbar(state, handles, ask, complain) {
  byId("reset", HTMLButtonElement).onclick = () => state.replace(new Map());
  byId("undo", HTMLButtonElement).onclick = () => state.undo();
  byId("pin", HTMLButtonElement).onclick = () => state.pin(state.pinned ? null : state.moved);
  byId("swap", HTMLButtonElement).onclick = () => {
    const a = state.pinned ?? new Map();
    state.pinned = state.moved;
    state.replace(a);
  };
  addEventListener("keydown", e => {
    const typing = e.target instanceof HTMLTextAreaElement || (e.target instanceof HTMLInputElement && e.target.type !== "range");
    if ((e.ctrlKey || e.metaKey) && e.key === "z" && !typing) {
      e.preventDefault();
      state.undo();
    }
  });
  const find = byId("find", HTMLInputElement);
  find.addEventListener("input", () => handles.find(find.value));

  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-copy]"))) {
    const word = button.textContent ?? "";
    button.onclick = async () => {
      const what = button.dataset.copy;
      if (what === "link") {
        await copy(location.href);
      } else {
        const reply = await ask({ do: "file", changes: state.changes() });
        if (!reply.ok) return reply.error && complain(reply.error);
        await copy(what === "file" ? reply.text : reply.python);
      }
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = word), 1200);
    };
  }
}
