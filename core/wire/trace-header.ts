/**
 * Our one `Received:` header (RFC 5321 4.4, RFC 5322 3.6.7): written on the way to the local server, and read
 * again by loop protection. It looks like
 *
 *     Received: from pop.isp.example
 *     	by gateway.office.example (EFS Mail Gateway 5b1c0e9a7d44)
 *     	with POP3 id 77424110EA2E
 *     	for <anna@office.example>; Fri, 20 Nov 2026 15:20:36 +0000
 *
 * 1. The installation id inside the comment is what loop protection looks for: two gateways may hand mail to
 *    one another; one gateway must not see its own mail twice.
 * 2. Nothing from outside is written as it is: names and addresses that are not plain text are left out.
 * 3. `for` stands only when there is exactly one recipient (RFC 5321 7.2: others must not be disclosed).
 */
import { onceASecond } from "../util/once-a-second.ts";

export interface TraceFields {
  /** The POP3 server; null for what we wrote ourselves (reports, alerts) or found in a folder. */
  readonly from: string | null;
  /** Our HELO name. */
  readonly by: string;
  readonly installationId: string;
  readonly queueId: string;
  /** The only recipient, or null. */
  readonly recipient: string | null;
  /** ms since 1970 */
  readonly at: number;
}

const PRODUCT = "EFS Mail Gateway";
const LINE = 77;
const NAME = /^[A-Za-z0-9._:[\]-]{1,253}$/;
/** Printable ASCII without what could open a comment, a quoted string or another address. */
const PLAIN_ADDRESS = /^[\x21-\x7e]+$/;
const SPECIAL = /[()<>"\\,;]/;
const INSTALLATION = /^[A-Za-z0-9-]{1,64}$/;

/** The header with its line ends, folded below 78 columns (a longer host name alone stays on its line). */
export function formatTraceHeader(fields: TraceFields): Buffer {
  const by = `by ${name(fields.by)} (${PRODUCT} ${installation(fields.installationId)})`;
  const id = `id ${fields.queueId.replaceAll(/[^A-Za-z0-9]/g, "")}`;
  const parts: string[] = [];
  if (fields.from !== null && fields.from !== "")
    parts.push(`from ${name(fields.from)}`, by, `with POP3 ${id}`);
  else parts.push(by, id);
  const recipient = fields.recipient;
  const date = `; ${formatDate(fields.at)}`;
  if (recipient !== null && PLAIN_ADDRESS.test(recipient) && !SPECIAL.test(recipient)) {
    const part = `for <${recipient}>`;
    if (part.length + 2 < LINE) parts.push(part);
  }
  const last = parts.length - 1;
  if (`\t${parts[last] ?? ""}${date}`.length <= LINE) parts[last] += date;
  else {
    parts[last] += ";";
    parts.push(date.slice(2));
  }
  return Buffer.from(`Received: ${parts.join("\r\n\t")}\r\n`, "latin1");
}

/**
 * Whether the value of a `Received` field (folded or not, latin1) was written by this installation. Anything
 * that does not have the exact form was not.
 */
export function isOwnTrace(receivedValue: string, installationId: string): boolean {
  // No fold parts the id: nearly every line is told by this alone.
  if (!receivedValue.includes(installationId) || !INSTALLATION.test(installationId)) return false;
  const flat = receivedValue.replaceAll(/[ \t\r\n]+/g, " ");
  const mark = ` (${PRODUCT} ${installationId})`;
  for (let at = flat.indexOf(mark); at >= 0; at = flat.indexOf(mark, at + 1)) {
    const before = flat.slice(Math.max(0, at - 260), at);
    if (/(?:^| )by [A-Za-z0-9._:[\]-]{1,253}$/.test(before)) return true;
  }
  return false;
}

/** RFC 5322 3.3, in UTC. */
export const formatDate = onceASecond((at) => new Date(at).toUTCString().replace(/GMT$/, "+0000"));

function name(text: string): string {
  return NAME.test(text) ? text : "unknown";
}

function installation(text: string): string {
  return INSTALLATION.test(text) ? text : "unknown";
}
