/** A clock that is wrong makes mail expire, be thrown away or be reported at the wrong time. */
import type { Checklist } from "./checklist.ts";
import { localMinute } from "./numbers.ts";
import type { ComputerPorts } from "./ports.ts";

/** This program is younger than that. */
const EARLIEST = Date.UTC(2025, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const TOLERANCE = 60_000;
const CURE = "Set this computer's clock and time zone, and let them be set by the network.";

/** `newestMessageAt`: when the last message was taken over; null: not known. */
export function checkClock(
  list: Checklist,
  newestMessageAt: number | null,
  { clock, timeZone }: ComputerPorts,
): void {
  const now = clock.now();
  const { name, minutes } = timeZone(now);
  const shown = `${localMinute(now)}, time zone ${name} (${offset(minutes)})`;
  if (now < EARLIEST || now >= LATEST) {
    list.fail("clock", { cause: `This computer's clock is wrong: it shows ${shown}.`, cure: CURE }, "Clock");
  } else if (newestMessageAt !== null && newestMessageAt > now + TOLERANCE) {
    list.fail(
      "clock",
      {
        cause: `This computer's clock has gone back: it shows ${shown}, but a message was taken over at ${localMinute(newestMessageAt)}.`,
        cure: CURE,
      },
      "Clock",
    );
  } else {
    list.pass("clock", { cause: `It shows ${shown}.` }, "Clock");
  }
}

function offset(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
