/** The address that a recipient was mapped from (alias, virtual domain, tag), for the mail log's `orig_to=`. */
import { addressKey } from "../model/address.ts";
import type { TrailStep } from "../model/envelope.ts";

/** Mappings follow each other: an alias, then the virtual domain. More would be a circle. */
const MOST_STEPS = 10;

/** null: it is as it was found. */
export function originalAddress(trail: readonly TrailStep[], address: string): string | null {
  let original = address;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const key = addressKey(original);
    const from = trail.find(
      (step) =>
        step.verdict === "mapped" &&
        addressKey(step.address) !== key &&
        step.to?.some((to) => addressKey(to) === key),
    );
    if (from === undefined) break;
    original = from.address;
  }
  return addressKey(original) === addressKey(address) ? null : original;
}
