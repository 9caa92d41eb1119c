/**
 * The sample mail of a profile as files of a maildir, made once and kept in the temporary folder: same seed, same octets.
 * Names carry both sizes (`S` stored, `W` on the wire), as Dovecot's own delivery writes them; it need not read a message
 * then to know how long it is.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mailUser } from "../servers/dovecot.ts";
import { contentBytes } from "../support/message-content.ts";
import { makeSample, type SampleProfile } from "../support/sample-messages.ts";

export interface CachedMail {
  readonly folder: string;
  /** In order. */
  readonly names: readonly string[];
  /** On the wire, all together. */
  readonly octets: number;
}

const SEED = "bench";
const GENERATOR = [
  "sample-messages.ts",
  "sample-headers.ts",
  "sample-bodies.ts",
  "sample-text.ts",
  "random.ts",
];

/** The first so many of the profile. */
export function cachedMail(profile: SampleProfile, count: number): CachedMail {
  const root = join(tmpdir(), "efs-bench-mail");
  const folder = join(root, `${profile}-${generatorVersion()}`);
  const { uid, gid } = mailUser();
  for (const each of [root, folder]) {
    mkdirSync(each, { recursive: true, mode: 0o755 });
    chmodSync(each, 0o755);
  }
  const names = new Map(readdirSync(folder).map((name) => [numberOf(name), name]));
  for (let number = 0; number < count; number += 1) {
    if (names.has(number)) continue;
    const wire = contentBytes(makeSample(number, { seed: SEED, profile }).content);
    // As a delivery agent stores it.
    const stored = Buffer.from(wire.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
    const name = `1767600000.M${String(number).padStart(8, "0")}P1.bench,S=${stored.length},W=${wire.length}`;
    const unfinished = join(root, `unfinished-${process.pid}`);
    writeFileSync(unfinished, stored, { mode: 0o600 });
    chownSync(unfinished, uid, gid);
    renameSync(unfinished, join(folder, name));
    names.set(number, name);
  }
  const chosen = Array.from({ length: count }, (_, number) => names.get(number) ?? "");
  return { folder, names: chosen, octets: chosen.reduce((sum, name) => sum + wireSize(name), 0) };
}

function numberOf(name: string): number {
  return Number(/M(\d+)P/.exec(name)?.[1] ?? -1);
}

function wireSize(name: string): number {
  return Number(/,W=(\d+)/.exec(name)?.[1]);
}

/** Other code makes other mail. */
function generatorVersion(): string {
  const hash = createHash("sha256");
  for (const file of GENERATOR) hash.update(readFileSync(new URL(`../support/${file}`, import.meta.url)));
  return hash.digest("hex").slice(0, 8);
}
