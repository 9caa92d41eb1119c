/**
 * The bytes of a test message: whole, or made chunk by chunk each time they are asked for (so that 20 messages
 * of 25 MB, or one of 150 MB, never have to be in memory).
 */
import { createHash } from "node:crypto";

export interface LazyContent {
  /** Octets in all chunks together. */
  readonly size: number;
  /** The same chunks at every call. */
  chunks(): Iterable<Buffer>;
}

export type MessageContent = Buffer | LazyContent;

export function contentSize(content: MessageContent): number {
  return Buffer.isBuffer(content) ? content.length : content.size;
}

const SLICE = 65_536;

export function* contentChunks(content: MessageContent): Iterable<Buffer> {
  if (!Buffer.isBuffer(content)) {
    yield* content.chunks();
    return;
  }
  for (let start = 0; start < content.length; start += SLICE) yield content.subarray(start, start + SLICE);
}

export function contentBytes(content: MessageContent): Buffer {
  return Buffer.isBuffer(content) ? content : Buffer.concat([...content.chunks()]);
}

export function contentHash(content: MessageContent): string {
  const hash = createHash("sha256");
  for (const chunk of contentChunks(content)) hash.update(chunk);
  return hash.digest("hex");
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
