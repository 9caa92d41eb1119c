/**
 * Runs in each page before anything else, around the app's preload script: `electron` as a sandboxed preload script
 * has it. What crosses is cloned; what is put into the page is copied and frozen, functions and promises are carried
 * over, everything else that cannot be cloned is refused. The script's text comes in at the end.
 */
(() => {
  if (window.top !== window) return;
  const listeners = new Map();
  const tell = window.efsDoubleTell;
  delete window.efsDoubleTell;
  Object.defineProperty(window, "efsDoubleHear", {
    value: (channel, args) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
    },
  });
  // What would be another window is only told: the app decides, and the page gets none.
  window.open = (address) => {
    void tell({ opens: new URL(address, location.href).href });
    return null;
  };
  window.close = () => void tell({ closes: true });
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[target=_blank]");
    if (!link) return;
    event.preventDefault();
    void tell({ opens: link.href });
  });
  const ipcRenderer = {
    send: (channel, ...args) => void tell({ channel, args: structuredClone(args) }),
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    },
  };
  const carried = (value) => {
    if (typeof value === "function") return (...args) => carried(value(...args.map(carried)));
    if (value instanceof Promise) return value.then(carried);
    if (typeof value === "symbol") throw new Error("Unsupported type");
    if (Array.isArray(value)) return value.map(carried);
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Date || ArrayBuffer.isView(value)) return structuredClone(value);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, carried(each)]));
  };
  const contextBridge = {
    exposeInMainWorld(name, api) {
      Object.defineProperty(window, name, { value: Object.freeze(carried(api)) });
    },
  };
  const require = (name) => {
    if (name === "electron") return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  };
  ((require) => {
    void require;
    /* PRELOAD */
  })(require);
})();
