/** Can mail from the Internet find our domains? Each has to have a mail exchanger (MX) in the DNS. */

import { escapeUnprintable } from "../model/reply.ts";
import type { Settings } from "../model/settings.ts";
import { errorCode } from "../util/file-system.ts";
import { Checklist } from "./checklist.ts";
import { listedDomains } from "./own-domains.ts";
import type { CheckContext, DiagnosisPorts } from "./ports.ts";
import { inParallel, within } from "./within.ts";

const DOMAINS = 50;
const AT_ONCE = 5;
const DEADLINE = 10_000;
const SHOWN = 3;

export async function checkDomains({ settings, ports, report }: CheckContext): Promise<void> {
  const list = new Checklist({ prefix: "domains", subject: "Domains", report });
  const all = listedDomains(settings.domains);
  await inParallel(all.slice(0, DOMAINS), AT_ONCE, (domain) => checkExchanger(list, domain, settings, ports));
  if (all.length > DOMAINS) {
    const cause = `Only the first ${DOMAINS} of ${all.length} domains were looked up.`;
    list.skip("more", { cause, place: "domains.secondary" }, "Other domains");
  }
}

async function checkExchanger(
  list: Checklist,
  domain: string,
  { domains }: Settings,
  ports: DiagnosisPorts,
): Promise<void> {
  const place =
    domain === domains.primary
      ? "domains.primary"
      : `domains.secondary[${domains.secondary.indexOf(domain)}]`;
  const id = `mx:${domain}`;
  const title = `Mail exchanger of ${domain}`;
  try {
    const names = await within(ports.clock, DEADLINE, ports.mailExchangers(domain));
    const found = names.filter((name) => name !== "" && name !== ".").map(escapeUnprintable);
    if (found.length > 0) {
      const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
      list.pass(
        id,
        { cause: `Mail for ${domain} goes to ${found.slice(0, SHOWN).join(", ")}${more}.` },
        title,
      );
      return;
    }
    if (names.length > 0) {
      const cause = `${domain} declares that it takes no mail at all (an empty MX).`;
      list.warn(id, { cause, cure: `${CURE} If it is right, its DNS entry is wrong.`, place }, title);
      return;
    }
    noExchanger();
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOTFOUND" || code === "ENODATA") {
      noExchanger();
      return;
    }
    const cause = `The DNS servers of this computer gave no answer about ${domain}.`;
    list.skip(id, { cause, quote: code === "" ? String(error) : code }, title);
  }

  function noExchanger(): void {
    const cause = `${domain} has no mail exchanger (MX) in the DNS that this computer uses, so it may be misspelt.`;
    const cure = `${CURE} If it is right, and mail does come in, the office's own DNS just does not know it.`;
    list.warn(id, { cause, cure, place }, title);
  }
}

const CURE = "Check the spelling of the domain.";
