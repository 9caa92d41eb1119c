/**
 * Where a message goes, as far as verdict and recipients say; the duplicates are looked at later.
 */
import type { AcceptOrder, Folder, JunkReason } from "../model/message.ts";

export type Destination =
  | { readonly kind: "queue" }
  | { readonly kind: "junk"; readonly reason: JunkReason; readonly detail: string | null }
  | { readonly kind: "close"; readonly outcome: "discarded" | "nobody-left"; readonly why: string }
  | { readonly kind: "list-again"; readonly folder: Folder };

export function destinationOf({ verdict, resolution, adopt }: AcceptOrder): Destination {
  if (adopt !== undefined && adopt.folder !== "Inbox") return { kind: "list-again", folder: adopt.folder };
  if (verdict.kind === "junk") return { kind: "junk", reason: verdict.reason, detail: verdict.detail };
  if (verdict.kind === "discard") {
    return { kind: "close", outcome: "discarded", why: `discarded (${verdict.reason}): ${verdict.detail}` };
  }
  if (resolution.recipients.some(({ role }) => role !== "bcc-all")) return { kind: "queue" };
  if (resolution.kind === "no-recipient") return { kind: "junk", reason: "no-recipient", detail: null };
  if (resolution.kind === "unknown-user") return { kind: "junk", reason: "unknown-user", detail: null };
  return { kind: "close", outcome: "nobody-left", why: "its aliases deliver it to nobody" };
}

export function folderOf(destination: Destination): Folder | null {
  switch (destination.kind) {
    case "queue":
      return "Inbox";
    case "junk":
      return "Junk";
    case "close":
      return null;
    case "list-again":
      return destination.folder;
  }
}

export function outcomeOf(destination: Destination): string | null {
  switch (destination.kind) {
    case "queue":
      return null;
    case "junk":
      return "junk";
    case "close":
      return destination.outcome;
    case "list-again":
      return "listed-again";
  }
}

export function detailOf(destination: Destination): string | null {
  switch (destination.kind) {
    case "queue":
    case "list-again":
      return null;
    case "junk":
      return destination.detail;
    case "close":
      return destination.why;
  }
}
