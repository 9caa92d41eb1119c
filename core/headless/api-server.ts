/**
 * The local API of the process that owns the data: `POST /api/call/<command>`, JSON in, JSON out.
 *
 * 1. Listens on loopback only.
 * 2. Every request needs the token of `api-token` (compared in constant time), a Host header that names this
 *    address (a page that resolves its own name to 127.0.0.1 gets nowhere) and, where a browser sends an
 *    Origin, our own. No CORS headers: other pages read nothing.
 * 3. Bodies are bounded and JSON only; answers are `{ok}` or `{error}`.
 * 4. A fault of the program becomes an answer without details; they go to the log.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { type Dispatch, programFault } from "../api/commands.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { errorCode } from "../util/file-system.ts";
import { removeEndpoint, writeEndpoint, writeToken } from "./endpoint-file.ts";
import { hostInUrl, isLoopback } from "./loopback.ts";

/** Settings of 8 MiB as a JSON string. */
const BODY_BYTES = 24 * 1_048_576;

export interface ApiServerOptions {
  readonly dataDirectory: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly version: string;
  readonly dispatch: Dispatch;
  readonly onFault: (error: unknown, doing: string) => void;
}

export interface ApiServer {
  /** `http://127.0.0.1:7025` */
  readonly address: string;
  /** From now on commands are refused; those that run are finished. */
  refuse(): void;
  close(): Promise<void>;
}

/** Rejects with ProblemError `usage-host` (not loopback), `port-in-use`, `api-failed`. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDirectory, host, version } = options;
  if (!isLoopback(host)) throw new ProblemError(notLoopback(host));
  const token = await writeToken(dataDirectory);
  let allowed: ReadonlySet<string> = new Set();
  let stopping = false;

  const app = fastify({ bodyLimit: BODY_BYTES, logger: false, forceCloseConnections: "idle" });
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", async (request, reply) => {
    const refusal = refuseRequest(request, token, allowed);
    if (refusal !== null) return reply.code(refusal.status).send({ error: refusal.problem });
    return undefined;
  });
  app.post<{ Params: { name: string } }>("/api/call/:name", async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (stopping) return reply.code(503).send({ error: stoppingProblem() });
    return options.dispatch(request.params.name, request.body ?? {});
  });
  answerOtherwise(app, options.onFault);

  try {
    await app.listen({ host, port: options.port });
  } catch (error) {
    await app.close();
    await removeEndpoint(dataDirectory);
    throw new ProblemError(listenProblem(host, options.port, error), { cause: error });
  }
  const { port } = app.server.address() as AddressInfo;
  allowed = new Set(["localhost", "127.0.0.1", "[::1]", hostInUrl(host)].map((name) => `${name}:${port}`));
  await writeEndpoint(dataDirectory, { version, host, port, pid: process.pid });

  return {
    address: `http://${hostInUrl(host)}:${port}`,
    refuse() {
      stopping = true;
    },
    async close() {
      stopping = true;
      await removeEndpoint(dataDirectory);
      await app.close();
    },
  };
}

interface Refusal {
  readonly status: number;
  readonly problem: Problem;
}

function refuseRequest(request: FastifyRequest, token: string, allowed: ReadonlySet<string>): Refusal | null {
  const { host, origin, authorization } = request.headers;
  if (host === undefined || !allowed.has(host.toLowerCase())) {
    return { status: 421, problem: denied("The request was for another host.") };
  }
  if (origin !== undefined && ![...allowed].some((name) => origin === `http://${name}`)) {
    return { status: 403, problem: denied("The request came from a page of another origin.") };
  }
  if (!sameText(authorization ?? "", `Bearer ${token}`)) {
    return { status: 401, problem: denied("The request had no valid token.") };
  }
  return null;
}

/** Hashes have one length, so that the comparison tells nothing about it either. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function answerOtherwise(app: FastifyInstance, onFault: ApiServerOptions["onFault"]): void {
  app.setNotFoundHandler((_request: FastifyRequest, reply: FastifyReply) =>
    reply.code(404).send({ error: denied("There is nothing at this address.") }),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return reply.code(status).send({ error: denied(`The request cannot be read (${error.message}).`) });
    }
    onFault(error, "answering a request");
    return reply.code(500).send({ error: programFault() });
  });
}

function denied(what: string): Problem {
  return { code: "request-denied", what, cure: "Use a viewer of the same version, on this computer." };
}

function stoppingProblem(): Problem {
  return { code: "owner-stopping", what: "The gateway is just stopping.", cure: "Try again in a moment." };
}

function notLoopback(host: string): Problem {
  return {
    code: "usage-host",
    what: `The gateway does not listen on ${escapeUnprintable(host)}: only on an address of this computer itself.`,
    cure: "Use --host 127.0.0.1, or leave it out.",
  };
}

function listenProblem(host: string, port: number, error: unknown): Problem {
  const inUse = errorCode(error) === "EADDRINUSE";
  return {
    code: inUse ? "port-in-use" : "api-failed",
    what: `The gateway cannot listen on ${hostInUrl(host)}:${port}${inUse ? ": another program does" : ""}.`,
    cure: "Choose another port with --port, or 0 for any that is free.",
    ...(inUse ? {} : { quote: escapeUnprintable(error instanceof Error ? error.message : String(error)) }),
  };
}
