/** The gateway's pages on a real port, with a browser of nothing but requests. */
import { scryptSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { request as requestTls } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Dispatch } from "../../core/api/commands.ts";
import type { GatewayMessage, ViewerMessage } from "../../core/api/contract.ts";
import { createStreams, type Streams } from "../../core/api/streams.ts";
import { type ApiServer, type ApiServerOptions, startApiServer } from "../../core/headless/api-server.ts";
import { readToken } from "../../core/headless/endpoint-file.ts";
import type { SealedSecret } from "../../core/model/ports.ts";
import type { WebSettings } from "../../core/model/settings.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { createEventSource, type EventSource } from "./event-source.ts";
import { FakeClock } from "./fake-clock.ts";
import { sampleSettings } from "./sample-settings.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface Pages {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly source: EventSource;
  readonly streams: Streams;
  readonly server: ApiServer;
  readonly port: number;
  /** Of the command line. */
  readonly apiToken: string;
  readonly faults: unknown[];
  /** May be changed while it runs. */
  web: WebSettings;
}

export interface PagesOptions extends Partial<Omit<ApiServerOptions, "web">> {
  readonly web?: Partial<WebSettings>;
  readonly clock?: FakeClock;
  /** The server goes by the real clock; `clock` stands still beside it. */
  readonly realTime?: boolean;
}

export const INDEX = `<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>`;
export const SCRIPT = "export const started = true;";

/** A folder as the pages' build leaves it. */
export async function builtPagesFolder(): Promise<string> {
  const folder = join(await temporaryFolder(), "renderer");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(join(folder, "index.html"), INDEX);
  await writeFile(join(folder, "icon.svg"), "<svg/>");
  await writeFile(join(folder, "assets", "index-B3x_-9.js"), SCRIPT);
  return folder;
}

export async function startPages({
  web = {},
  realTime = false,
  ...options
}: PagesOptions = {}): Promise<Pages> {
  const folder = options.dataDirectory ?? (await temporaryFolder());
  const clock = options.clock ?? new FakeClock();
  const source = createEventSource();
  const serverClock = realTime ? systemClock : clock;
  const streams = options.streams ?? createStreams({ clock: serverClock });
  streams.follow(source);
  const echo: Dispatch = async (name, input) => ({ ok: { name, input } });
  const faults: unknown[] = [];
  const settings = { ...sampleSettings().web, ...web };
  const pages = { folder, clock, source, streams, faults, web: settings };
  const server = await startApiServer({
    port: 0,
    version: "1.2.3",
    dispatch: echo,
    pages: await builtPagesFolder(),
    onFault: (error) => faults.push(error),
    ...options,
    dataDirectory: folder,
    clock: serverClock,
    streams,
    web: () => pages.web,
  });
  onTestFinished(() => server.close());
  const port = Number(new URL(server.address).port);
  return Object.assign(pages, { server, port, apiToken: (await readToken(folder)) ?? "" });
}

/** As an earlier program might have stored it: a hash carries its own cost, and tests ask often. */
export function cheapPasswordHash(password: string): SealedSecret {
  const salt = Buffer.from("salt of the test");
  const hash = scryptSync(password, salt, 32, { N: 256, r: 8, p: 1 });
  return {
    scheme: "scrypt",
    value: `scrypt$256$8$1$${salt.toString("base64url")}$${hash.toString("base64url")}`,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The certificate to be trusted; left out: no TLS. */
  readonly trusted?: string;
  readonly host?: string;
}

/** The path goes out exactly as it is given. */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body, trusted, host = "127.0.0.1" } = options;
  const common = { host, port, path, method, headers, agent: false as const, timeout: 10_000 };
  return new Promise((resolve, reject) => {
    const sent =
      trusted === undefined
        ? request(common)
        : requestTls({ ...common, ca: trusted, checkServerIdentity: () => undefined });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: "" });
    });
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.end(body);
  });
}

/** What a browser would send back. */
export function cookieOf({ headers }: Answer): string {
  return headers["set-cookie"]?.[0]?.split(";", 1)[0] ?? "";
}

/** With a printed address; gives the cookie. */
export async function signIn(
  { server, port }: Pick<Pages, "server" | "port">,
  options: AskOptions = {},
): Promise<string> {
  const { pathname, search } = new URL(server.issueAddress());
  return cookieOf(await ask(port, `${pathname}${search}`, options));
}

export function tryPassword(port: number, password: string, options: AskOptions = {}): Promise<Answer> {
  return ask(port, "/sign-in", {
    ...options,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...options.headers },
    body: new URLSearchParams({ password }).toString(),
  });
}

/** What a WebSocket's opening needs; `ask` with it shows how that is answered. */
export function upgradeHeaders(port: number, cookie: string, scheme = "http"): Record<string, string> {
  return {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    origin: `${scheme}://127.0.0.1:${port}`,
    cookie,
  };
}

export interface PageConnection {
  send(message: ViewerMessage): void;
  sendText(text: string): void;
  /** The next message. */
  next(): Promise<GatewayMessage>;
  readonly closed: Promise<number>;
  close(): void;
}

/** A page that reads at once what comes. */
export async function openPage(port: number, cookie: string): Promise<PageConnection> {
  const headers = { cookie, origin: `http://127.0.0.1:${port}` };
  // Node's WebSocket takes headers; the type is the browsers'.
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/socket`, { headers } as unknown as string[]);
  const waiting: ((message: GatewayMessage) => void)[] = [];
  const come: GatewayMessage[] = [];
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as GatewayMessage;
    const taker = waiting.shift();
    if (taker === undefined) come.push(message);
    else taker(message);
  });
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("The WebSocket was refused.")));
  });
  onTestFinished(() => socket.close());
  return {
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    sendText: (text) => socket.send(text),
    close: () => socket.close(),
    next() {
      const message = come.shift();
      if (message !== undefined) return Promise.resolve(message);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** An opened WebSocket as bare octets, for a page that reads when it wants to. */
export function openBarePage(port: number, cookie: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path: "/api/socket",
      headers: upgradeHeaders(port, cookie),
      agent: false,
    });
    sent.on("upgrade", (_response, socket) => {
      onTestFinished(() => {
        socket.destroy();
      });
      resolve(socket as Socket);
    });
    sent.on("error", reject);
    sent.on("response", ({ statusCode }) => reject(new Error(`answered ${statusCode}`)));
    sent.end();
  });
}

/** A text frame as a browser sends it: masked (with zeros). RFC 6455 section 5.2. */
export function clientFrame(message: ViewerMessage): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  if (text.length > 125) throw new Error("longer than a short frame");
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]);
}

/** Takes what a server sends, however it is cut, and gives the messages that are complete. */
export function createFrameReader(): (piece: Buffer) => readonly GatewayMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    const messages: GatewayMessage[] = [];
    for (let frame = readFrame(rest); frame !== null; frame = readFrame(rest)) {
      rest = rest.subarray(frame.end);
      if (frame.text !== null) messages.push(JSON.parse(frame.text) as GatewayMessage);
    }
    return messages;
  };
}

/** The frame at the beginning; `text` null: of another kind. */
function readFrame(octets: Buffer): { readonly end: number; readonly text: string | null } | null {
  if (octets.length < 2) return null;
  const short = octets.readUInt8(1) & 0x7f;
  const head = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (octets.length < head) return null;
  const long = short === 127 ? Number(octets.readBigUInt64BE(2)) : short;
  const end = head + (short === 126 ? octets.readUInt16BE(2) : long);
  if (octets.length < end) return null;
  const isText = (octets.readUInt8(0) & 0x0f) === 1;
  return { end, text: isText ? octets.toString("utf8", head, end) : null };
}
