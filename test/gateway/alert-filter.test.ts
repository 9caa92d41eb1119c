import { expect, it } from "vitest";
import { createAlertFilter } from "../../core/gateway/alert-filter.ts";
import type { Alert } from "../../core/model/event.ts";
import { FakeClock } from "../support/fake-clock.ts";

it("passes one alert an hour for one cause", async () => {
  const clock = new FakeClock();
  const passed: Alert[] = [];
  const raise = createAlertFilter(clock, (alert) => passed.push(alert));
  const problem = { code: "x", what: "It broke.", cure: "Mend it." };
  const start = clock.now();
  raise({ cause: "a", problem });
  raise({ cause: "a", problem });
  raise({ cause: "b", problem });
  await clock.advance(3_599_999);
  raise({ cause: "a", problem });
  await clock.advance(1);
  raise({ cause: "a", problem });
  expect(passed).toEqual([
    { at: start, cause: "a", problem },
    { at: start, cause: "b", problem },
    { at: start + 3_600_000, cause: "a", problem },
  ]);
});

it("remembers the last thousand causes, whatever they name", () => {
  const passed: string[] = [];
  const raise = createAlertFilter(new FakeClock(), ({ cause }) => passed.push(cause));
  const problem = { code: "x", what: "It broke.", cure: "Mend it." };
  for (let count = 0; count <= 1_000; count += 1) raise({ cause: `${count}`, problem });
  passed.length = 0;
  raise({ cause: "1", problem });
  raise({ cause: "1000", problem });
  raise({ cause: "0", problem });
  expect(passed).toEqual(["0"]);
});
