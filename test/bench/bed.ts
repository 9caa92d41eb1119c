/** The servers of a bench, all on loopback, with a temporary folder for everything that is written. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Dovecot, startDovecot } from "../servers/dovecot.ts";
import { freePort, startGuarded, untilListening } from "../servers/guarded-process.ts";
import { type SmtpSink, startSmtpSink } from "../servers/smtp-sink.ts";
import { buildShims, type Shims } from "./shims.ts";

export const USER = "catchall";

export interface Bed {
  readonly dovecot: Dovecot;
  readonly sink: SmtpSink;
  /** Acknowledges at once; null: without shims. */
  readonly quickSink: SmtpSink | null;
  /** A text: why there are none. */
  readonly shims: Shims | string;
  /** Messages that are still in the mailbox. */
  left(): number;
  /** The POP3 port, behind so many milliseconds of round trip. */
  pop3Port(roundTrip: number): Promise<number>;
  /** A new empty folder. */
  freshFolder(): string;
  drop(folder: string): void;
  close(): Promise<void>;
}

const DELAY_PROXY = fileURLToPath(new URL("delay-proxy.ts", import.meta.url));

export async function openBed(): Promise<Bed> {
  const folder = mkdtempSync(join(tmpdir(), "efs-bench-"));
  // Each folder below it in a part of the disk of its own (ext4), as different programs' folders are: otherwise making a
  // file there goes through the inodes of all that were deleted by the runs before. Elsewhere it is refused, and not needed.
  spawnSync("chattr", ["+T", folder], { stdio: "ignore" });
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.toReversed()) await each();
    rmSync(folder, { recursive: true, force: true });
  };
  const proxies = new Map<number, number>();
  let folders = 0;
  try {
    const shims = buildShims(folder);
    const dovecot = await startDovecot();
    closing.push(() => dovecot.close());
    const sink = await startSmtpSink();
    closing.push(() => sink.close());
    const quickSink = typeof shims === "string" ? null : await startSmtpSink({ preload: shims.quickAck });
    if (quickSink !== null) closing.push(() => quickSink.close());
    return {
      dovecot,
      sink,
      quickSink,
      shims,
      left: () => dovecot.count(USER),
      async pop3Port(roundTrip) {
        if (roundTrip === 0) return dovecot.port;
        const known = proxies.get(roundTrip);
        if (known !== undefined) return known;
        const port = await freePort();
        const args = [DELAY_PROXY, port, dovecot.port, roundTrip].map(String);
        const proxy = startGuarded(process.execPath, args);
        closing.push(() => proxy.stop());
        await untilListening(port, proxy);
        proxies.set(roundTrip, port);
        return port;
      },
      freshFolder() {
        folders += 1;
        const fresh = join(folder, String(folders));
        mkdirSync(fresh, { mode: 0o700 });
        return fresh;
      },
      drop: (old) => rmSync(old, { recursive: true, force: true }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
