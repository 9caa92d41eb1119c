/**
 * For browsers: signing in and out, the pages' files, the WebSocket.
 *
 * 1. Whatever is asked for, without a session there is only the page that says how to sign in.
 * 2. `/?token=...` is good once: it becomes a cookie that no script can read and no other site can send, and a clean
 *    address. Asking for it with HEAD uses nothing up.
 * 3. The WebSocket needs the cookie and an Origin, before anything is upgraded.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import fastifyWebsocket from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Dispatch } from "../api/commands.ts";
import type { Streams } from "../api/streams.ts";
import type { Clock } from "../model/ports.ts";
import type { Access, SignIn } from "./access.ts";
import { locateFile, wantedFile } from "./page-files.ts";
import {
  goOnPage,
  noPagesPage,
  signInPage,
  tooOftenText,
  usedTokenText,
  wrongPasswordText,
} from "./plain-pages.ts";
import { denied } from "./request-guard.ts";
import { pagePolicy } from "./security-headers.ts";
import { newNonce, sendPlainPage } from "./send-plain-page.ts";
import { clearedCookie, readCookies, sessionCookie } from "./session-cookie.ts";
import { type PageSocket, serveViewer } from "./viewer-socket.ts";
import { BODY_BYTES, pathOf, SOCKET_PATH, tell } from "./web-app.ts";
import { signInNeeded } from "./web-problems.ts";

/** What index.html has in place of the nonce that its style elements need. */
const NONCE_MARK = "__CSP_NONCE__";
const FOR_EVER = 31_536_000_000;
/** Milliseconds that an open page gets to close its connection when the gateway stops. */
const FAREWELL = 1_000;

export interface PageRoutesOptions {
  readonly access: Access;
  readonly dispatch: Dispatch;
  readonly streams: Streams;
  readonly clock: Clock;
  /** Folder of the built pages. */
  readonly pages: string;
  readonly encrypted: boolean;
}

export function addPageRoutes(app: FastifyInstance, options: PageRoutesOptions): void {
  const { access, dispatch, streams, clock, pages, encrypted } = options;
  const sockets = new Set<PageSocket>();

  const cookies = (request: FastifyRequest): ReturnType<typeof sessionCookie> =>
    sessionCookie(request.raw.socket.localPort ?? 0, encrypted);
  const sessionOf = (request: FastifyRequest): string | null =>
    access.session(readCookies(request.headers.cookie, cookies(request).name));

  app.register(fastifyStatic, { serve: false, dotfiles: "ignore" });
  app.register(fastifyWebsocket, {
    options: { maxPayload: BODY_BYTES },
    errorHandler: (_error, socket) => (socket as PageSocket).terminate(),
    preClose(done: () => void) {
      for (const socket of sockets) {
        socket.close(1001, "the gateway stops");
        clock.after(FAREWELL, () => socket.terminate());
      }
      done();
    },
  });

  app.register(async (routes) => {
    routes.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );

    routes.get(
      SOCKET_PATH,
      {
        websocket: true,
        async onRequest(request, reply) {
          if (request.headers.origin === undefined) {
            return tell(request, reply, 403, denied("The request did not say which page it came from."));
          }
          if (sessionOf(request) === null) return tell(request, reply, 401, signInNeeded());
          return undefined;
        },
      },
      (opened, request) => {
        const socket = opened as PageSocket;
        const session = sessionOf(request);
        if (session === null) {
          socket.close(4401, "signed out");
          return;
        }
        sockets.add(socket);
        const isSignedIn = (): boolean => access.isGood(session);
        const refuse = serveViewer(socket, { dispatch, streams, clock, isSignedIn });
        const forget = access.onSignedOut((ended) => {
          if (ended === session) refuse();
        });
        socket.on("close", () => {
          sockets.delete(socket);
          forget();
        });
      },
    );

    // A page whose connection failed learns here why.
    routes.get("/api/session", async (request, reply) =>
      sessionOf(request) === null ? tell(request, reply, 401, signInNeeded()) : { ok: null },
    );

    routes.post("/sign-in", async (request, reply) => {
      const password = request.body instanceof URLSearchParams ? request.body.get("password") : null;
      if (!access.hasPassword() || password === null) return askToSignIn(reply);
      return answerSignIn(request, reply, await access.withPassword(password, request.ip), wrongPasswordText);
    });

    routes.post("/sign-out", async (request, reply) => {
      const session = sessionOf(request);
      if (session !== null) await access.signOut(session);
      return reply.header("set-cookie", clearedCookie(cookies(request))).redirect("/", 303);
    });

    routes.get<{ Params: { "*": string }; Querystring: Record<string, unknown> }>(
      "/*",
      async (request, reply) => {
        if (pathOf(request).startsWith("/api/")) return reply.callNotFound();
        const session = sessionOf(request);
        const { token } = request.query;
        if (typeof token === "string") {
          if (session !== null) return reply.redirect("/", 303);
          if (request.method === "HEAD") return askToSignIn(reply);
          return answerSignIn(request, reply, await access.withToken(token, request.ip), usedTokenText);
        }
        if (session === null) {
          if (request.headers["sec-fetch-site"] !== "cross-site") return askToSignIn(reply);
          const path = pathOf(request);
          return sendPlainPage(reply, goOnPage(wantedFile(path).kind === "index" ? path : "/"));
        }
        return sendFile(request, reply, `/${request.params["*"]}`);
      },
    );
  });

  function askToSignIn(reply: FastifyReply, told?: string): FastifyReply {
    return sendPlainPage(reply.code(401), signInPage(access.hasPassword(), told));
  }

  function answerSignIn(
    request: FastifyRequest,
    reply: FastifyReply,
    result: SignIn,
    wrong: string,
  ): FastifyReply {
    switch (result.kind) {
      case "in":
        reply.header("set-cookie", cookies(request).value(result.secret));
        // A link in another page: the redirect would count as that page's step, without our cookie.
        return request.headers["sec-fetch-site"] === "cross-site"
          ? sendPlainPage(reply, goOnPage("/"))
          : reply.redirect("/", 303);
      case "wrong":
        return askToSignIn(reply, wrong);
      case "wait":
        reply.code(429).header("retry-after", result.seconds);
        return sendPlainPage(reply, signInPage(access.hasPassword(), tooOftenText(result.seconds)));
    }
  }

  async function sendFile(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
    const wanted = wantedFile(path);
    const name = wanted.kind === "file" ? wanted.name : "index.html";
    const folder = wanted.kind === "none" ? null : await locateFile(pages, name);
    if (wanted.kind === "file" && folder !== null) {
      const { immutable } = wanted;
      reply.removeHeader("cache-control");
      return reply.sendFile(name, folder, { immutable, maxAge: immutable ? FOR_EVER : 0 });
    }
    if (wanted.kind !== "index") {
      return tell(request, reply, 404, denied("There is nothing at this address."));
    }
    if (folder === null) return sendPlainPage(reply.code(503), noPagesPage);
    const nonce = newNonce();
    const page = await readFile(join(folder, name), "utf8");
    const secrets = readCookies(request.headers.cookie, cookies(request).name);
    const secret = secrets.find((one) => access.session([one]) !== null);
    // Good for another 30 days from now on.
    if (secret !== undefined) reply.header("set-cookie", cookies(request).value(secret));
    return reply
      .header("content-security-policy", pagePolicy(nonce))
      .header("cache-control", "no-cache, private")
      .type("text/html; charset=utf-8")
      .send(page.replaceAll(NONCE_MARK, nonce));
  }
}
