import type { GatewayEvent } from "../../core/model/event.ts";

export interface EventSource {
  /** As a gateway's. */
  subscribe(listener: (event: GatewayEvent) => void): () => void;
  tell(event: GatewayEvent): void;
  /** So many lines of the live conversation, numbered in their text. */
  tellLines(from: number, to: number, text?: string): void;
  readonly listeners: number;
}

/** Events as a gateway tells them, whenever a test wants. */
export function createEventSource(): EventSource {
  const listeners = new Set<(event: GatewayEvent) => void>();
  const tell = (event: GatewayEvent): void => {
    for (const listener of listeners) listener(event);
  };
  return {
    tell,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tellLines(from, to, text = "") {
      for (let number = from; number <= to; number += 1) tell(transcriptLine(number, text));
    },
    get listeners() {
      return listeners.size;
    },
  };
}

export function transcriptLine(number: number, text = ""): Extract<GatewayEvent, { kind: "transcript" }> {
  return {
    kind: "transcript",
    entry: {
      sequence: number,
      at: 0,
      session: "smtp-1",
      protocol: "smtp",
      peer: "mail",
      direction: "server",
      text: `${number}${text}`,
    },
  };
}
