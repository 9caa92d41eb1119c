/**
 * One window's page as a viewer of the gateway. Knows nothing of Electron.
 *
 * 1. A page that begins (a load, a reload after a crash) gets a session of its own; the earlier one's is closed.
 * 2. At most 16 messages are on their way to a page: one that hangs gets no more, and finds a gap when it goes on.
 */
import type { ViewerSession } from "../core/api/viewer-session.ts";
import type { GatewaySource } from "./gateway-source.ts";
import type { FromPage, ToPage } from "./page-messages.ts";

const ON_THE_WAY = 16;

export interface PageSessionOptions {
  readonly source: Pick<GatewaySource, "openViewer" | "connection">;
  readonly send: (message: ToPage) => void;
  /** It sent what is no message. */
  readonly onBroken: (reason: string) => void;
}

export interface PageSession {
  /** Not trusted. */
  receive(message: unknown): void;
  /** The page is gone; another may begin. */
  pageGone(): void;
  close(): void;
}

export function createPageSession({ source, send, onBroken }: PageSessionOptions): PageSession {
  let session: ViewerSession | null = null;
  let onTheWay = 0;

  const pageGone = (): void => {
    session?.close();
    session = null;
  };
  const begin = (): void => {
    pageGone();
    onTheWay = 0;
    session = source.openViewer({
      send(message) {
        onTheWay += 1;
        send(message);
      },
      ready: () => onTheWay < ON_THE_WAY,
      onEnd(reason) {
        session = null;
        onBroken(reason);
      },
    });
    send({ connection: source.connection.current() });
  };
  const leave = source.connection.onChange((connection) => {
    if (session !== null) send({ connection });
  });

  return {
    receive(message) {
      if (is(message, "begin")) begin();
      else if (!is(message, "taken")) session?.receive(message);
      else if (onTheWay > 0) {
        onTheWay -= 1;
        session?.drained();
      }
    },
    pageGone,
    close() {
      leave();
      pageGone();
    },
  };
}

type Plain = Extract<FromPage, { begin: true } | { taken: true }>;

function is(message: unknown, kind: "begin" | "taken"): message is Plain {
  return typeof message === "object" && message !== null && kind in message;
}
