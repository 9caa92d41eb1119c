/**
 * What the process that owns the data listens on.
 *
 * 1. The pages, for browsers (page-routes): at a loopback address, or where a password and TLS protect them.
 * 2. The calls of the command line (call-routes): at a loopback address always, without TLS. Where the pages have TLS
 *    they are at a port of their own; `endpoint.json` says which.
 * 3. Nothing is answered but to a Host and an Origin of ours (request-guard), and no CORS header is ever sent.
 */
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Dispatch } from "../api/commands.ts";
import type { Streams } from "../api/streams.ts";
import type { Clock } from "../model/ports.ts";
import { ProblemError } from "../model/problem.ts";
import type { WebSettings } from "../model/settings.ts";
import { hostInUrl } from "../util/loopback.ts";
import { openAccess } from "./access.ts";
import { addCallRoutes } from "./call-routes.ts";
import { removeEndpoint, writeEndpoint, writeToken } from "./endpoint-file.ts";
import { builtPages } from "./page-files.ts";
import { addPageRoutes } from "./page-routes.ts";
import { createWebApp } from "./web-app.ts";
import { type BindingChoice, bindWeb } from "./web-binding.ts";
import { listenProblem, stoppingProblem } from "./web-problems.ts";

export interface ApiServerOptions extends BindingChoice {
  readonly dataDirectory: string;
  readonly version: string;
  readonly clock: Clock;
  readonly dispatch: Dispatch;
  readonly streams: Streams;
  /** The settings in force: the password is looked up each time, everything else once. */
  readonly web: () => WebSettings;
  readonly onFault: (error: unknown, doing: string) => void;
  /** Folder of the built pages; default: where they are built to. */
  readonly pages?: string;
}

export interface ApiServer {
  /** Of the pages, like `http://127.0.0.1:7025`. */
  readonly address: string;
  /** The same with a token that signs in once, within ten minutes. */
  issueAddress(): string;
  /**
   * From now on commands are refused; those that run are finished. To be awaited before the data is given back: nobody
   * is told of this process any more, and the files that say so are the next one's.
   */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

/** Rejects with ProblemError: those of `bindWeb`, `port-in-use`, `api-failed`, `endpoint-unwritable`. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDirectory, version, clock, streams, web, onFault, pages = builtPages } = options;
  const binding = await bindWeb(web(), options);
  const stored = (): Exclude<WebSettings["password"], string> => {
    const { password } = web();
    // In clear it is only on its way into the settings.
    return typeof password === "string" ? null : password;
  };
  const access = await openAccess(dataDirectory, clock, stored);
  const token = await writeToken(dataDirectory);
  let stopping = false;
  const dispatch: Dispatch = async (name, input) =>
    stopping ? { error: stoppingProblem() } : options.dispatch(name, input);

  const { tls, names } = binding;
  const pageApp = createWebApp({ tls, names, onFault });
  const callApp = tls === null ? pageApp : createWebApp({ tls: null, names: ["localhost"], onFault });
  const apps = new Set([pageApp, callApp]);
  let address = "";
  const issueAddress = (): string => `${address}/?token=${access.tokens.issue()}`;
  addPageRoutes(pageApp, { access, dispatch, streams, clock, pages, encrypted: tls !== null });
  addCallRoutes(callApp, { token, access, dispatch, issueAddress });

  let leaving: Promise<void> | null = null;
  function refuse(): Promise<void> {
    stopping = true;
    leaving ??= removeEndpoint(dataDirectory);
    return leaving;
  }

  async function close(): Promise<void> {
    await refuse();
    for (const app of apps) await app.close();
    await access.flushed();
  }

  try {
    const port = await listen(pageApp, binding.host, binding.port);
    address = `${tls === null ? "http" : "https"}://${hostInUrl(binding.shown)}:${port}`;
    const local =
      callApp === pageApp
        ? { host: binding.host, port }
        : { host: "127.0.0.1", port: await listen(callApp, "127.0.0.1", 0) };
    await writeEndpoint(dataDirectory, { version, ...local, pid: process.pid });
  } catch (error) {
    await close();
    throw error;
  }

  return {
    address,
    issueAddress,
    refuse,
    close,
  };
}

/** Gives the port. */
async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new ProblemError(listenProblem(host, port, error), { cause: error });
  }
  return (app.server.address() as AddressInfo).port;
}
