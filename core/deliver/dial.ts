import { connect, type Socket } from "node:net";
import type { Clock } from "../model/ports.ts";
import type { Loss } from "./loss.ts";
import type { SmtpServer } from "./smtp-server.ts";

/** A name with a dead address (often IPv6) costs this long before its next address is tried. */
const ATTEMPT = 2_000;

/**
 * A TCP connection within one deadline over look-up and connecting. The system's own resolver is asked (hosts
 * file, search domains: office names are often known nowhere else), all addresses are tried in turn.
 */
export function dial(
  server: SmtpServer,
  milliseconds: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Socket | Loss> {
  return new Promise((resolve) => {
    const socket = connect({
      host: server.host,
      port: server.port,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT,
    });
    const done = (result: Socket | Loss): void => {
      disarm();
      signal?.removeEventListener("abort", onAbort);
      socket.removeAllListeners();
      if (result !== socket) {
        socket.on("error", () => {});
        socket.destroy();
      }
      resolve(result);
    };
    const lost = (cause: Loss["cause"], code: string | null): Loss => ({
      cause,
      phase: "connect",
      code,
      reply: null,
    });
    const onAbort = (): void => done(lost("cancelled", null));
    const disarm = clock.after(milliseconds, () => done(lost("timeout", null)));
    signal?.addEventListener("abort", onAbort);
    socket.once("connect", () => done(socket));
    socket.once("error", (error) => {
      const code = codeOf(error);
      done(lost(causeOf(code), code));
    });
    if (signal?.aborted) onAbort();
  });
}

/** Of several addresses that failed, the first one's reason. */
function codeOf(error: unknown): string | null {
  const { code, errors } = error as { code?: unknown; errors?: readonly { code?: unknown }[] };
  const found = code ?? errors?.[0]?.code;
  return typeof found === "string" ? found : null;
}

function causeOf(code: string | null): Loss["cause"] {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_NONAME":
    case "EAI_FAIL":
      return "unknown-host";
    case "ECONNREFUSED":
      return "refused";
    case "ECONNRESET":
      return "closed";
    case "ETIMEDOUT":
      return "timeout";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return "unreachable";
    default:
      return "system";
  }
}
