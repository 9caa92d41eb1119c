/** The HTTP server that all routes hang on: limits, the guard, security headers, answers to what is wrong. */
import type { Socket } from "node:net";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { programFault } from "../api/commands.ts";
import type { Problem } from "../model/problem.ts";
import { problemPage } from "./plain-pages.ts";
import { denied, refuseRequest } from "./request-guard.ts";
import { commonHeaders } from "./security-headers.ts";
import { sendPlainPage } from "./send-plain-page.ts";

/** Of whoever has shown who he is: settings of 8 MiB as a JSON string. */
export const BODY_BYTES = 24 * 1_048_576;
/** Of all others: a form with a password. */
const SMALL_BODY_BYTES = 8_192;
/** Milliseconds in which a request has to have arrived. */
const ARRIVAL = 60_000;

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface WebAppOptions {
  readonly tls: TlsFiles | null;
  /** Names of this computer that a Host header may have, besides the address that was reached. */
  readonly names: readonly string[];
  readonly onFault: (error: unknown, doing: string) => void;
}

/** The one path that a WebSocket can be opened at. */
export const SOCKET_PATH = "/api/socket";

export function createWebApp({ tls, names, onFault }: WebAppOptions): FastifyInstance {
  const options = {
    bodyLimit: SMALL_BODY_BYTES,
    logger: false,
    forceCloseConnections: "idle",
    requestTimeout: ARRIVAL,
    frameworkErrors(_error: Error, request: FastifyRequest, reply: FastifyReply) {
      void reply.headers(commonHeaders);
      tell(request, reply, 400, denied("The address cannot be read."));
    },
  } as const;
  const app =
    tls === null
      ? fastify(options)
      : (fastify({ ...options, https: { ...tls, minVersion: "TLSv1.2" } }) as unknown as FastifyInstance);
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(commonHeaders);
    const { host, origin, upgrade } = request.headers;
    const { localAddress = "", localPort = 0 } = request.raw.socket as Socket;
    const guarded = { host, origin, encrypted: tls !== null, localAddress, localPort };
    const refusal = refuseRequest(guarded, names);
    if (refusal !== null) return tell(request, reply, refusal.status, refusal.problem);
    if (upgrade !== undefined && pathOf(request) !== SOCKET_PATH) {
      return tell(request, reply, 400, denied("There is no connection of another kind at this address."));
    }
    return undefined;
  });
  app.addHook("onResponse", async (request) => {
    // A connection that was to become another kind is nobody's once that is refused.
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon();
  });
  app.setNotFoundHandler((request, reply) =>
    tell(request, reply, 404, denied("There is nothing at this address.")),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return tell(request, reply, status, denied(`The request cannot be read (${error.message}).`));
    }
    onFault(error, "answering a request");
    return tell(request, reply, 500, programFault());
  });
  return app;
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? "";
}

/** To programs as JSON, to people as a page. */
export function tell(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  problem: Problem,
): FastifyReply {
  reply.code(status);
  return pathOf(request).startsWith("/api/")
    ? reply.send({ error: problem })
    : sendPlainPage(reply, problemPage(problem));
}
