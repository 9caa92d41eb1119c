/** Numbers, sizes and times as people read them, in the page's language and the machine's zone. Pure. */
import i18next from "i18next";

let regions: readonly string[] = [];

/** The browser's own languages (`en-GB`): how numbers and dates are written in the one the page speaks. */
export function setRegions(languages: readonly string[]): void {
  regions = languages;
}

/** The page's language as this browser writes it: `en-GB` for `en`. */
export function pageLocale(): string {
  const spoken = i18next.resolvedLanguage ?? "en";
  return regions.find((region) => region.split("-")[0] === spoken) ?? spoken;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(pageLocale()).format(value);
}

/** `812 bytes`, `56 KB`, `4.2 MB`: by 1,024. */
export function formatSize(octets: number): string {
  if (octets < 1_024)
    return new Intl.NumberFormat(pageLocale(), { style: "unit", unit: "byte", unitDisplay: "long" }).format(
      octets,
    );
  const units = ["KB", "MB", "GB", "TB"];
  let value = octets / 1_024;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return `${new Intl.NumberFormat(pageLocale(), { maximumFractionDigits: digits }).format(value)} ${units[unit]}`;
}

/** `3:12`, `1:03:12`; never negative. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** `in 5 minutes`, `3 hours ago`. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1_000);
  const steps = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  const format = new Intl.RelativeTimeFormat(pageLocale(), { numeric: "auto" });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(seconds, "second");
}

export function formatTime(at: number): string {
  return new Intl.DateTimeFormat(pageLocale(), { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** `15:20:36`, for log lines. */
export function formatClock(at: number, milliseconds = false): string {
  return new Intl.DateTimeFormat(pageLocale(), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...(milliseconds ? { fractionalSecondDigits: 3 } : {}),
  }).format(at);
}
