/**
 * Keeps memory flat while large messages stream through.
 *
 * Each read of a socket makes a new buffer that is dead a moment later. V8 hardly counts what buffers hold
 * towards its young generation, so that 80 MB and more of dead ones pile up before it looks at them. Asked for
 * every 8 MB, a collection of the young generation alone takes about a millisecond and gives them back.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const EVERY = 8 * 1_048_576;

type Collect = (options: { readonly type: "minor" }) => void;

let passed = 0;
let collect: Collect | null | undefined;

/** So many octets were read or made, and are not needed any more. */
export function buffersPassed(octets: number): void {
  passed += octets;
  if (passed < EVERY) return;
  passed = 0;
  if (collect === undefined) collect = findCollector();
  collect?.({ type: "minor" });
}

/** null: this engine offers none; then it is as it was. */
function findCollector(): Collect | null {
  try {
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("gc");
    return typeof found === "function" ? (found as Collect) : null;
  } catch {
    return null;
  }
}
