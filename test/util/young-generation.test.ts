import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const UTIL = new URL("../../core/util/young-generation.ts", import.meta.url).href;

/** In a process of its own: work of which much is kept for a moment. Octets of its young generation at the end. */
function youngAfterWork(): number {
  const program = `
    import { setImmediate } from "node:timers/promises";
    import { getHeapSpaceStatistics } from "node:v8";
    import { boundYoungGeneration } from "${UTIL}";
    boundYoungGeneration();
    const kept = [];
    for (let made = 0; made < 6_000_000; made += 1) {
      kept[made % 60_000] = { made, text: "text " + made };
      if (made % 5_000 === 0) await setImmediate();
    }
    console.log(getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size);`;
  const args = ["--input-type=module", "--no-warnings", "--eval", program];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8", env: {} }));
}

test("the young generation stays small while there is work, and the process ends by itself", () => {
  const octets = youngAfterWork();
  expect(octets).toBeGreaterThan(0);
  expect(octets).toBeLessThan(40_000_000);
});
