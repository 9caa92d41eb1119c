/**
 * May a collected message pass? (PRODUCT section 7.) Checks in a fixed order; the first that objects decides.
 * Pure. Our own reports and alerts are not put through here when they are made.
 *
 * 1. A loop comes first: it has to raise its alert whoever the message is for.
 * 2. The block list comes before the size: what is to be discarded shall not fill Junk.
 * 3. Recipients come last: a blocked sender stays blocked when nobody was addressed.
 */
import type { Resolution } from "../model/envelope.ts";
import type { Verdict } from "../model/message.ts";
import type { Settings } from "../model/settings.ts";
import type { HeaderBlock } from "../wire/header-block.ts";
import { checkBlockList } from "./block-list.ts";
import { checkLoop } from "./loop.ts";
import { checkRecipients } from "./recipients.ts";
import { checkSize } from "./size.ts";

export interface PolicyInput {
  readonly header: HeaderBlock;
  readonly resolution: Resolution;
  /** Octets of the whole message. */
  readonly size: number;
  /** The account's limit where it has one, else Control's; octets. */
  readonly maxMessageBytes: number;
  readonly blocked: Settings["control"]["blocked"];
  readonly installationId: string;
}

export function applyPolicy(input: PolicyInput): Verdict {
  const { header, resolution } = input;
  return (
    checkLoop(header, input.installationId) ??
    checkBlockList(header, resolution, input.blocked) ??
    checkSize(input.size, input.maxMessageBytes) ??
    checkRecipients(resolution) ?? { kind: "pass" }
  );
}
