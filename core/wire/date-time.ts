/**
 * Dates as mail writes them (RFC 5322 3.3 and 4.3), and the C library's form that old programs use. A date
 * without a zone, or with one that nobody knows, is taken as UTC (RFC 5322 4.3: unknown zones mean -0000).
 */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** Blanks around the colons: obsolete, and still written (RFC 5322 4.3). */
const TIME = "(\\d{1,2}) ?[:.] ?(\\d{2})(?: ?[:.] ?(\\d{2}))?";
const MAIL_DATE = new RegExp(
  `(?:^|[ ,])(\\d{1,2})[ -]{1,3}([A-Za-z]{3})[a-z]{0,6}[ -]{1,3}(\\d{4}|\\d{2,3})[ ,]{1,3}${TIME} {0,3}([+-]\\d{4}|[A-Za-z]{1,5})?`,
);
const C_DATE = new RegExp(
  `(?:^| )([A-Za-z]{3}) {1,3}(\\d{1,2}) {1,2}${TIME} {1,3}(?:([A-Z]{1,5}) )?(\\d{4})`,
);

/** Milliseconds since 1970, or null where no date can be read. */
export function parseMailDate(value: string): number | null {
  const text = value
    .slice(0, 200)
    .replace(/\([^()]*\)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const mail = MAIL_DATE.exec(text);
  if (mail !== null) {
    const [, day, month, year, hour, minute, second, zone] = mail;
    return assemble({ day, month, year, hour, minute, second, zone });
  }
  const c = C_DATE.exec(text);
  if (c !== null) {
    const [, month, day, hour, minute, second, zone, year] = c;
    return assemble({ day, month, year, hour, minute, second, zone });
  }
  return null;
}

type Part = "day" | "month" | "year" | "hour" | "minute" | "second" | "zone";

function assemble(parts: Record<Part, string | undefined>): number | null {
  const month = MONTHS.indexOf((parts.month ?? "").toLowerCase());
  const [day, hour, minute] = [Number(parts.day), Number(parts.hour), Number(parts.minute)];
  const second = Math.min(Number(parts.second ?? 0), 59); // 60 is a leap second
  if (month < 0 || day < 1 || day > 31 || hour > 23 || minute > 59) return null;
  const time = Date.UTC(fullYear(parts.year ?? ""), month, day, hour, minute, second);
  return time - zoneMinutes(parts.zone) * 60_000;
}

/** RFC 5322 4.3: 00-49 are 2000-2049, 50-999 count from 1900. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0;
  const offset = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  if (offset === null) return ZONES[zone.toUpperCase()] ?? 0;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === "-" ? -minutes : minutes;
}
