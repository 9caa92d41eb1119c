/**
 * An office for tests of the pages: an embedded mailbox and mail server, and `efs serve` as a process of its own, as
 * users run it. Can be restarted on its port.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DemoOffice, openOffice } from "../demo/office.ts";

const EFS = fileURLToPath(new URL("../../core/headless/efs.ts", import.meta.url));
const CACHE = join(tmpdir(), `efs-test-compiled-${process.getuid?.() ?? 0}`);

export interface PagesOfficeOptions {
  /** Sample messages in the mailbox; three of them are for people whom the mail server does not know. */
  readonly messages?: number;
  /** Laid over the office's settings, section by section; null: no settings at all (the first run). */
  readonly settings?: Readonly<Record<string, unknown>> | null;
  /** Called with the data folder before the gateway starts. */
  readonly prepare?: (dataDirectory: string) => Promise<void>;
}

export interface PagesOffice extends Pick<DemoOffice, "mailbox" | "mailServer" | "addMail" | "samples"> {
  readonly dataDirectory: string;
  /** The office's settings, as `efs import` takes them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** `http://127.0.0.1:12345` */
  readonly origin: string;
  /** With a token that has not been used; only for the first page. */
  readonly signInAddress: string;
  /** It is being closed: what pages that are still open say of a lost connection is no trouble. */
  readonly closing: boolean;
  /** Ends the gateway (SIGTERM) and starts it again on the same port. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openPagesOffice(options: PagesOfficeOptions = {}): Promise<PagesOffice> {
  const office = await openOffice(options.messages ?? 20, "pages");
  const dataDirectory = await mkdtemp(join(tmpdir(), "efs-pages-"));
  const settings = { ...office.settings, ...options.settings };
  if (options.settings !== null) {
    await writeFile(join(dataDirectory, "settings.json"), JSON.stringify({ version: 1, ...settings }));
  }
  await options.prepare?.(dataDirectory);
  let gateway = await serve(dataDirectory, 0);
  const { origin, signInAddress } = gateway;
  let closing = false;
  return {
    ...office,
    dataDirectory,
    settings,
    origin,
    signInAddress,
    async restart(whileDown) {
      await gateway.end();
      await whileDown?.();
      gateway = await serve(dataDirectory, Number(new URL(origin).port));
    },
    get closing() {
      return closing;
    },
    async close() {
      closing = true;
      await gateway.end();
      await office.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

interface Served {
  readonly origin: string;
  readonly signInAddress: string;
  end(): Promise<void>;
}

async function serve(dataDirectory: string, port: number): Promise<Served> {
  const child = spawn(process.execPath, [EFS, "serve", "--data", dataDirectory, "--port", String(port)], {
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE, EFS_DATA: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const orphaned = (): boolean => child.kill("SIGKILL");
  process.once("exit", orphaned);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const signInAddress = await firstAddress(child);
  return {
    signInAddress,
    origin: new URL(signInAddress).origin,
    async end() {
      child.kill("SIGTERM");
      await ended;
      process.off("exit", orphaned);
    },
  };
}

function firstAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = "";
    const look = (text: string): void => {
      told += text;
      const found = /https?:\/\/\S+token=[\w-]+/.exec(told)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.setEncoding("utf8").on("data", look);
    child.stderr?.setEncoding("utf8").on("data", look);
    child.once("close", () => reject(new Error(`efs serve ended: ${told}`)));
  });
}
