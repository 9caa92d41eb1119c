/**
 * An office for tests of the pages: an embedded mailbox and mail server, and `efs serve` as a process of its own, as
 * users run it. Can be restarted on its port.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DemoOffice, openOffice } from "../demo/office.ts";
import { serveEfs } from "../support/serve-efs.ts";

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
  let gateway = await serveEfs(dataDirectory);
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
      gateway = await serveEfs(dataDirectory, { port: Number(new URL(origin).port) });
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
