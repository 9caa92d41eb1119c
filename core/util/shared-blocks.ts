/**
 * Memory that another thread sees too. It is given out again and again: nothing is copied on its way there, and no
 * message leaves a dead buffer behind, neither here nor there.
 */
const SMALLEST = 8_192;
/** Octets that are kept for later, in blocks of all sizes; more is given back to the engine. */
const KEPT = 1_048_576;

const free = new Map<number, Buffer[]>();
let kept = 0;

/** At least so many octets, with anything in them. */
export function takeShared(octets: number): Buffer {
  let size = SMALLEST;
  while (size < octets) size *= 2;
  const block = free.get(size)?.pop();
  if (block === undefined) return Buffer.from(new SharedArrayBuffer(size));
  kept -= size;
  return block;
}

/** Nobody reads or writes it any more. */
export function giveShared(block: Buffer): void {
  const size = block.length;
  if (kept + size > KEPT) return;
  kept += size;
  const same = free.get(size);
  if (same === undefined) free.set(size, [block]);
  else same.push(block);
}
