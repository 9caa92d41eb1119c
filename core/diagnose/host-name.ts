/** Has the server's name an address? By the system's own means: office names are often known nowhere else. */
import { isIP } from "node:net";
import { escapeUnprintable } from "../model/reply.ts";
import { errorCode } from "../util/file-system.ts";
import type { Checklist } from "./checklist.ts";
import type { DiagnosisPorts } from "./ports.ts";
import { within } from "./within.ts";

const DEADLINE = 10_000;
const SHOWN = 4;

/** false: it has none. */
export async function checkHostName(
  list: Checklist,
  host: string,
  place: string,
  ports: Pick<DiagnosisPorts, "lookUp" | "clock">,
): Promise<boolean> {
  if (isIP(host) !== 0) {
    list.pass("name", { cause: `${host} is an IP address; no name has to be looked up.` });
    return true;
  }
  try {
    const addresses = await within(ports.clock, DEADLINE, ports.lookUp(host));
    if (addresses.length === 0) throw Object.assign(new Error("no address"), { code: "ENODATA" });
    const more = addresses.length > SHOWN ? ` and ${addresses.length - SHOWN} more` : "";
    list.pass("name", { cause: `${host} is ${addresses.slice(0, SHOWN).join(", ")}${more}.` });
    return true;
  } catch (error) {
    const code = errorCode(error);
    const unknown = code === "ENOTFOUND" || code === "ENODATA";
    list.fail("name", {
      cause: unknown
        ? `No server of the name "${host}" is known here.`
        : `The server name "${host}" could not be looked up.`,
      cure: unknown
        ? "Check the spelling of the name, or enter the server's IP address instead."
        : "Check this computer's network connection and its DNS servers.",
      quote: escapeUnprintable(error instanceof Error ? error.message : String(error)),
      place,
    });
    return false;
  }
}
