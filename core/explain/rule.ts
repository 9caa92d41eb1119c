import type { WordingName } from "./wordings.ts";

/** Which answers a wording is for: of each kind of condition that is given one has to hold. */
export interface Rule {
  readonly wording: WordingName;
  readonly text?: readonly RegExp[];
  /** Against the whole text with its links, in lower case. */
  readonly link?: readonly RegExp[];
  /** Enhanced codes, the class left out: `1.1` is 4.1.1 and 5.1.1. */
  readonly detail?: readonly string[];
  readonly codes?: readonly number[];
}

/** Reply codes that mean "not now". */
export const TEMPORARY: readonly number[] = [420, 421, 422, 431, 432, 441, 442, 450, 451, 452];
