import type { ByteSink } from "../../core/model/ports.ts";

/** A sink that keeps what it gets; `pause` makes each write wait for it. */
export class MemorySink implements ByteSink {
  readonly chunks: Buffer[] = [];
  readonly #pause: (() => Promise<void> | undefined) | undefined;

  constructor(pause?: () => Promise<void> | undefined) {
    this.#pause = pause;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    this.chunks.push(chunk);
    return this.#pause?.();
  }

  get content(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.content.toString("latin1");
  }
}
