/**
 * How the fuzz tests run: a few thousand cases in `npm test`, a million altogether with EFS_LONG=1
 * (`npm run test:long`). Each run takes a seed of its own; a failure prints it with the path to the smallest case
 * (`{ seed: ..., path: "..." }`), and EFS_SEED=seed repeats it.
 */
import fc from "fast-check";
import { afterAll } from "vitest";

export const LONG = process.env["EFS_LONG"] === "1";
/** Every suite's number in `npm test`, times this, is its number in the long form. */
const FACTOR = 20;
const seed = Number(process.env["EFS_SEED"] ?? Date.now() % 2_147_483_647);

/** Milliseconds that a suite may take. */
export const PATIENCE = { timeout: LONG ? 3_600_000 : 60_000 };

/** Of this file: those that were gone through to the end. */
let ran = 0;
if (LONG) afterAll(() => process.stdout.write(`fuzz: ${ran} cases, seed ${seed}\n`));

export function fuzz<T>(cases: number, given: fc.Arbitrary<T>, holds: (value: T) => void): void {
  const property = fc.property(given, (value) => {
    holds(value);
    ran += 1;
  });
  fc.assert(property, { numRuns: LONG ? cases * FACTOR : cases, seed });
}

export function fuzzLater<T>(
  cases: number,
  given: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(given, async (value) => {
    await holds(value);
    ran += 1;
  });
  return fc.assert(property, { numRuns: LONG ? cases * FACTOR : cases, seed });
}

/** Text of these pieces and of anything else. */
export function soup(pieces: readonly string[], most = 40): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
    { weight: 1, arbitrary: fc.stringMatching(/^[\x00-\xff]{0,4}$/) },
  );
  return fc.array(piece, { maxLength: most }).map((parts) => parts.join(""));
}

/** Octets as they come from the network, cut into pieces. */
export function cut(octets: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0, turn = 0; from < octets.length; turn += 1) {
    const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
    pieces.push(octets.subarray(from, from + length));
    from += length;
  }
  return pieces;
}

export const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
