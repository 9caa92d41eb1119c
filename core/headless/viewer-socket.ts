/**
 * A viewer session over a WebSocket: one JSON text a message.
 *
 * 1. Back-pressure: nothing more is handed over while 1 MB waits for the page; it goes on when that has left.
 * 2. Liveness: a ping every 30 seconds; whoever has not answered the one before is cut off.
 * 3. Close codes: 4400 what came was no message, 4401 signed out (or the session ended), 1001 the gateway stops.
 */
import type { Dispatch } from "../api/commands.ts";
import type { Streams } from "../api/streams.ts";
import { createViewerSession } from "../api/viewer-session.ts";
import type { Clock } from "../model/ports.ts";

const FULL = 1_048_576;
const PING = 30_000;

/** What is used of the WebSocket of package ws, which brings no types along. */
export interface PageSocket {
  readonly bufferedAmount: number;
  send(data: string, sent: (error?: Error) => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: "pong" | "close", listener: () => void): unknown;
}

export interface PageSocketOptions {
  readonly dispatch: Dispatch;
  readonly streams: Streams;
  readonly clock: Clock;
  /** Asked at each ping: an open page is in use, and one that was signed out is closed. */
  readonly isSignedIn: () => boolean;
}

/** The returned function ends it because the viewer has no right any more. */
export function serveViewer(socket: PageSocket, options: PageSocketOptions): () => void {
  const { dispatch, streams, clock, isSignedIn } = options;
  let full = false;
  let answered = true;

  const session = createViewerSession({
    dispatch,
    streams,
    clock,
    ready() {
      full = socket.bufferedAmount >= FULL;
      return !full;
    },
    send(message) {
      socket.send(JSON.stringify(message), () => {
        if (full && socket.bufferedAmount < FULL) session.drained();
      });
    },
    onEnd: (reason) => socket.close(4400, reason),
  });

  socket.on("message", (data, isBinary) => {
    const message = isBinary ? undefined : readJson(data);
    session.receive(message);
  });
  socket.on("pong", () => {
    answered = true;
  });
  let disarm = clock.after(PING, beat);
  socket.on("close", () => {
    disarm();
    session.close();
  });

  function beat(): void {
    if (!answered) {
      socket.terminate();
    } else if (!isSignedIn()) {
      refuse();
    } else {
      answered = false;
      socket.ping();
      disarm = clock.after(PING, beat);
    }
  }
  function refuse(): void {
    session.close();
    socket.close(4401, "signed out");
  }
  return refuse;
}

/** undefined is no message of any contract. */
function readJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString("utf8"));
  } catch {
    return undefined;
  }
}
