/**
 * A small seeded generator (sfc32 over a hashed seed): the same seed gives the same mail on every machine.
 * Not for secrets.
 */
export interface Random {
  /** 0 <= n < 1 */
  next(): number;
  /** Whole number, both ends included. */
  integer(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Picks by weight; the weights need no particular sum. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** `count` different items, in random order. */
  sample<T>(items: readonly T[], count: number): T[];
  /** Log-normal: half of the values are below `median`. */
  logNormal(median: number, sigma: number): number;
  bytes(length: number): Buffer;
}

export function createRandom(seed: string | number): Random {
  const next = sfc32(...hashSeed(String(seed)));
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => at(items, integer(0, items.length - 1)),
    weighted(items) {
      const sum = items.reduce((total, [, weight]) => total + weight, 0);
      let rest = next() * sum;
      for (const [item, weight] of items) {
        rest -= weight;
        if (rest < 0) return item;
      }
      return at(items, items.length - 1)[0];
    },
    sample(items, count) {
      const left = [...items];
      const taken = [];
      while (taken.length < count && left.length > 0)
        taken.push(...left.splice(integer(0, left.length - 1), 1));
      return taken;
    },
    logNormal: (median, sigma) => median * Math.exp(sigma * gaussian(next)),
    bytes(length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let index = 0; index < length; index += 1) bytes[index] = Math.floor(next() * 256);
      return bytes;
    },
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** Box and Muller; 1 - next() is never 0. */
function gaussian(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Four 32-bit words from a text (FNV-1a, each word with a basis of its own). */
function hashSeed(text: string): [number, number, number, number] {
  const word = (basis: number): number => {
    let hash = basis;
    for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    return hash | 0;
  };
  return [word(0x811c9dc5), word(0x2f0b4a87), word(0x5bd1e995), word(0x1b873593)];
}

function sfc32(...seed: [number, number, number, number]): () => number {
  let [a, b, c, counter] = seed;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  // The first values still show the seed's own bits.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}
