import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { buffersPassed } from "../../core/util/dead-buffers.ts";

const BLOCK = 65_536;

test("dead buffers do not pile up", async () => {
  let peak = 0;
  for (let made = 0; made < 512 * 1_048_576; made += BLOCK) {
    Buffer.alloc(BLOCK);
    buffersPassed(BLOCK);
    peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    // As between two reads of a socket.
    if (made % (64 * BLOCK) === 0) await setImmediate();
  }
  // Without being told the engine lets some 80 MB come together.
  expect(peak).toBeLessThan(56_000_000);
});
