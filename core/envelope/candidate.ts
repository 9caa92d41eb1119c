import type { TrailStep } from "../model/envelope.ts";

/** An address on its way through the rules, with where it was found. */
export interface Candidate {
  readonly address: string;
  readonly header: string | null;
  readonly headerIndex: number | null;
  /** Equal messages for it are duplicates: everything but envelope headers and `for`. */
  readonly duplicatesChecked: boolean;
}

/** The same candidate under another address. */
export function renamed(candidate: Candidate, address: string): Candidate {
  return { ...candidate, address };
}

/**
 * Collects "Why these recipients". Addresses that were only passed by (foreign, not needed, ...) are kept up to
 * a number: a hostile header can hold hundreds of thousands, and nobody reads them.
 */
export interface Trail {
  readonly steps: readonly TrailStep[];
  add(
    candidate: Candidate,
    verdict: TrailStep["verdict"],
    rule: TrailStep["rule"],
    to?: readonly string[],
  ): void;
}

const DROPPED_LIMIT = 2_000;

export function newTrail(): Trail {
  const steps: TrailStep[] = [];
  let dropped = 0;
  return {
    steps,
    add({ address, header, headerIndex }, verdict, rule, to) {
      if (verdict === "dropped") {
        if (dropped >= DROPPED_LIMIT) return;
        dropped += 1;
      }
      steps.push({ address, header, headerIndex, verdict, rule, ...(to === undefined ? {} : { to }) });
    },
  };
}
