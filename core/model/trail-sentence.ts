/**
 * "Why these recipients" in plain words: one sentence for each rule of the resolver. Here, because the command
 * line and the pages show the same ones.
 */
import type { Resolution, TrailRule, TrailStep } from "./envelope.ts";

const SENTENCES: Readonly<Record<TrailRule, string>> = {
  "envelope-header": "The provider wrote this header; it says for whom the message was.",
  "received-for": "The provider's Received line says for whom it took the message.",
  "address-header":
    "No header of the provider's names anybody of our domains, so those whom the sender wrote to get it.",
  "single-mailbox":
    "This mailbox belongs to fixed recipients; everything in it goes to them, whatever the headers say.",
  "foreign-domain": "It is not of our domains, and no alias has it.",
  "untrusted-header":
    "It stands below the provider's Received lines, where the sender can write what he likes.",
  "mailbox-own-address": "It is the mailbox's own address, which the provider writes into every message.",
  "ignored-header": "This header is ignored, by the settings.",
  "later-step-not-needed": "A header that goes before this one has decided already.",
  alias: "An alias stands for it.",
  "alias-ignore": "An alias says IGNORE: nobody gets what is for it.",
  "virtual-domain": "The virtual domain alias (VdA) takes the place of the domain.",
  "unknown-user": "It is not in the list of users.",
  "tag-stripped": 'What stands behind the "+" is taken off, by the settings.',
  "repeated-recipient": "It is among the recipients already.",
  "duplicate-message": "The same message for the same recipient was delivered, or is waiting, already.",
  "bcc-all": 'Every message goes to it as well ("BCC all messages to").',
  "no-recipient": "No address of our domains was found, so the postmaster gets the message.",
  "by-hand": "Somebody chose it by hand.",
  "unreadable-address": "No address could be made of it.",
};

/** `unknown-user` means two things: the address that was left out, and the postmaster who gets the message. */
export function trailSentence(step: Pick<TrailStep, "rule" | "verdict">): string {
  if (step.rule === "unknown-user" && step.verdict === "kept") {
    return "None of the recipients is in the list of users, so the postmaster gets the message.";
  }
  return SENTENCES[step.rule];
}

/** Where the address was found: `X-Original-To, field 3`; the topmost field is 1. "" where no header was involved. */
export function trailPlace({ header, headerIndex }: Pick<TrailStep, "header" | "headerIndex">): string {
  if (header === null) return "";
  return headerIndex === null ? header : `${header}, field ${headerIndex + 1}`;
}

/** `mapped   info@a.example -> anna@a.example (X-Original-To, field 2): An alias stands for it.` */
export function formatTrailStep(step: TrailStep): string {
  const to = step.to === undefined ? "" : ` -> ${step.to.join(", ")}`;
  const place = trailPlace(step);
  return `${step.verdict.padEnd(8)} ${step.address}${to}${place === "" ? "" : ` (${place})`}: ${trailSentence(step)}`;
}

/** What the whole comes to, in one sentence. */
export function resolutionSentence({ kind, recipients }: Resolution): string {
  const nobody = recipients.length === 0;
  switch (kind) {
    case "addressed":
      return "The message is for known recipients.";
    case "no-recipient":
      return nobody
        ? "No address of our domains was found in the header."
        : "No address of our domains was found in the header; it goes to the postmaster.";
    case "unknown-user":
      return nobody
        ? "None of its recipients is in the list of users."
        : "None of its recipients is in the list of users; it goes to the postmaster.";
    case "ignored-by-alias":
      return "All its recipients have an alias that says IGNORE: nobody gets it.";
  }
}
