import { randomInt } from "node:crypto";

/**
 * Hashes of one length, at least 8 octets. A `Set` of as many strings would need ten times the memory, and there may be
 * one for each of 100,000 listed messages. Where one stands is different in each set: a server may choose its ids so
 * that the hashes of all of them begin alike, and each look-up would go through all the others.
 */
export class HashSet {
  readonly #octets: number;
  #values: Buffer;
  /** Where in `#values` a hash is, from 1; 0: free. A power of two, at least half of them free. */
  #slots = new Uint32Array(1_024);
  #size = 0;
  readonly #factors = [oddNumber(), oddNumber()] as const;

  constructor(octets: number) {
    this.#octets = octets;
    this.#values = Buffer.alloc(512 * octets);
  }

  get size(): number {
    return this.#size;
  }

  add(hash: Buffer): void {
    const slot = this.#slotOf(hash);
    if (this.#slots[slot] !== 0) return;
    if ((this.#size + 1) * 2 > this.#slots.length) {
      this.#grow();
      this.add(hash);
      return;
    }
    hash.copy(this.#values, this.#size * this.#octets);
    this.#size += 1;
    this.#slots[slot] = this.#size;
  }

  has(hash: Buffer): boolean {
    return this.#slots[this.#slotOf(hash)] !== 0;
  }

  /** Where it is, or would be. */
  #slotOf(hash: Buffer): number {
    const mask = this.#slots.length - 1;
    const [one, other] = this.#factors;
    const mixed = Math.imul(hash.readUInt32LE(0), one) + Math.imul(hash.readUInt32LE(4), other);
    // The highest bits are those that all the others have come into.
    for (let slot = mixed >>> Math.clz32(mask); ; slot = (slot + 1) & mask) {
      const value = this.#slots[slot] as number;
      if (value === 0) return slot;
      const from = (value - 1) * this.#octets;
      if (hash.compare(this.#values, from, from + this.#octets) === 0) return slot;
    }
  }

  #grow(): void {
    this.#values = Buffer.concat([this.#values], 2 * this.#values.length);
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let value = 1; value <= this.#size; value += 1) {
      const from = (value - 1) * this.#octets;
      this.#slots[this.#slotOf(this.#values.subarray(from, from + this.#octets))] = value;
    }
  }
}

function oddNumber(): number {
  return randomInt(2 ** 31) * 2 + 1;
}
