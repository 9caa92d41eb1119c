/**
 * `import ... from "node:http"` loads all of fetch, WebSocket and EventSource: an ES module has to know the values of
 * everything that it exports, and Node's makes these when they are asked for. That is a tenth of the start of a
 * command, for nothing. Here the module is asked for without them.
 */
import http from "node:http";
import type { Plugin } from "vite";

const NAME = "node:http";

export function plainHttp(): Plugin {
  return {
    name: "plain-http",
    enforce: "pre",
    // `require` gives the module as it is.
    resolveId: (id, _importer, { kind }) => (id === NAME && kind === "import-statement" ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? source() : null),
  };
}

/** All but what is made when it is asked for. */
function source(): string {
  const names = Object.entries(Object.getOwnPropertyDescriptors(http))
    .filter(([, { get }]) => get === undefined)
    .map(([name]) => name);
  return [
    `const http = process.getBuiltinModule("${NAME}");`,
    "export default http;",
    `export const { ${names.join(", ")} } = http;`,
  ].join("\n");
}
