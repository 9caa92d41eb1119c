/** The sentences of core/model/trail-sentence.ts as keys of the catalogue, so that pages show them in their language. */
import type { Resolution, TrailStep } from "../../../core/model/envelope.ts";

export function trailKey({ rule, verdict }: Pick<TrailStep, "rule" | "verdict">) {
  return rule === "unknown-user" && verdict === "kept"
    ? "addressing.trail.unknown-user-postmaster"
    : (`addressing.trail.${rule}` as const);
}

export function resolutionKey({ kind, recipients }: Resolution) {
  return recipients.length === 0 && (kind === "no-recipient" || kind === "unknown-user")
    ? (`addressing.resolution.${kind}-nobody` as const)
    : (`addressing.resolution.${kind}` as const);
}
