/** The sentences of core/model/trail-sentence.ts as keys of the catalogue, so that pages show them in their language. */
import i18next from "i18next";
import type { Resolution, TrailStep } from "../../../core/model/envelope.ts";

export function trailKey({ rule, verdict }: Pick<TrailStep, "rule" | "verdict">) {
  return rule === "unknown-user" && verdict === "kept"
    ? "addressing.trail.unknown-user-postmaster"
    : (`addressing.trail.${rule}` as const);
}

/** Where the address was found, as core's `trailPlace`: `X-Original-To, field 3`. "" where no header was involved. */
export function trailPlace({ header, headerIndex }: Pick<TrailStep, "header" | "headerIndex">): string {
  if (header === null || headerIndex === null) return header ?? "";
  return i18next.t("addressing.tryIt.place", { header, number: headerIndex + 1 });
}

export function resolutionKey({ kind, recipients }: Resolution) {
  return recipients.length === 0 && (kind === "no-recipient" || kind === "unknown-user")
    ? (`addressing.resolution.${kind}-nobody` as const)
    : (`addressing.resolution.${kind}` as const);
}
