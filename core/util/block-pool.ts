/**
 * Blocks of memory for large messages that stream through. Made anew for each message they would stay behind as dead
 * memory until the engine looks for it: 40 MB after 20 messages of 25 MB.
 */
export const BLOCK = 262_144;
/** What several messages on their way at once need; more is given back to the engine. */
const MOST = 16;

const free: Buffer[] = [];

/** `BLOCK` octets, with anything in them. */
export function takeBlock(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(BLOCK);
}

/** Nobody reads or writes it any more. */
export function giveBlock(block: Buffer): void {
  if (free.length < MOST) free.push(block);
}
