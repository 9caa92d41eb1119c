/** A day of the schedule as three choices and two times, as a page shows it. Pure. */
import type { Settings } from "../../../core/model/settings.ts";

export type DayWindow = Settings["schedule"]["days"][number];
export type DayKind = "all" | "never" | "between";

const USUAL: DayWindow = { from: "08:00", to: "18:00" };

export function kindOf(window: DayWindow): DayKind {
  return typeof window === "string" ? window : "between";
}

/** `before`: the times that the day had when it was last open between two. */
export function windowOf(kind: DayKind, before: DayWindow | undefined): DayWindow {
  if (kind !== "between") return kind;
  return typeof before === "object" ? before : USUAL;
}

/** A clock knows no 24:00: the end of the day is shown as midnight. */
export function shownEnd(to: string): string {
  return to === "24:00" ? "00:00" : to;
}

export function storedEnd(shown: string): string {
  return shown === "00:00" ? "24:00" : shown;
}

/** The end lies on the next day. */
export function runsOverMidnight(window: DayWindow): boolean {
  return typeof window === "object" && window.to !== "24:00" && window.to <= window.from;
}
