/** The server's maximum against ours (RFC 1870): what is larger would be collected and then refused. */
import type { Settings } from "../model/settings.ts";
import type { Checklist } from "./checklist.ts";
import { megabytes } from "./numbers.ts";
import type { MailServer } from "./ports.ts";

export function checkServerSize(
  list: Checklist,
  { extensions }: Pick<MailServer, "extensions">,
  settings: Settings,
): void {
  const announced = extensions.get("SIZE");
  if (announced === undefined) {
    list.pass("size", { cause: "The server announces no maximum size." });
    return;
  }
  const theirs = /^\d{1,15}$/.test(announced.trim()) ? Number(announced) : 0;
  if (theirs === 0) {
    list.pass("size", { cause: "The server takes messages of any size." });
    return;
  }
  const { ours, place } = largest(settings);
  const both = `The server takes messages of up to ${megabytes(theirs)} MB; the maximum here is ${megabytes(ours)} MB`;
  if (ours > theirs) {
    list.warn("size", {
      cause: `${both}: what is between the two is collected and then refused.`,
      cure: "Set the maximum size here equal to the server's, or raise the server's.",
      quote: `SIZE ${announced}`,
      place,
    });
    return;
  }
  list.pass("size", { cause: `${both}.`, place });
}

/** The largest maximum that is in force for an account. */
function largest({ accounts, control }: Settings): { readonly ours: number; readonly place: string } {
  let found = { ours: control.maxMessageBytes, place: "control.maxMessageBytes" };
  accounts.forEach(({ enabled, maxMessageBytes }, index) => {
    if (enabled && maxMessageBytes !== null && maxMessageBytes > found.ours) {
      found = { ours: maxMessageBytes, place: `accounts[${index}].maxMessageBytes` };
    }
  });
  return found;
}
