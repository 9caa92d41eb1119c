/**
 * The `Secrets` port for a host without a keychain: passwords are sealed with a key in `<data>/key`.
 *
 * 1. The key file is readable by its owner only, and made durably at the first seal. Two processes that make
 *    it at once end up with the same key.
 * 2. A damaged or unreadable key file is refused with a problem; a new key is never put in its place, since
 *    every stored password would be lost with the old one.
 * 3. AES-256-GCM, a random nonce for each secret, the scheme's name as associated data.
 * 4. Whatever cannot be opened (other scheme, other key, damaged) gives null; nothing is guessed.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { SealedSecret, Secrets } from "../model/ports.ts";
import { type Problem, ProblemError } from "../model/problem.ts";
import { escapeUnprintable } from "../model/reply.ts";
import { fileProblem } from "../util/file-problem.ts";
import { errorCode } from "../util/file-system.ts";

const SCHEME = "key-file-1";
const HEADER = "efs-key-1";
const NONCE = 12;
const TAG = 16;

/** Throws ProblemError `key-file-damaged` or `key-file-unreadable`; `seal` also `key-file-unwritable`. */
export function openKeyFileSecrets(dataDirectory: string): Secrets {
  const path = join(dataDirectory, "key");
  let key = readKey(path);
  return {
    scheme: SCHEME,
    seal(plain) {
      key ??= createKey(path);
      return seal(key, plain);
    },
    open(sealed) {
      // Another process may have made it meanwhile.
      key ??= readKey(path);
      return key === null ? null : open(key, sealed);
    },
  };
}

function seal(key: Buffer, plain: string): SealedSecret {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG }).setAAD(
    Buffer.from(SCHEME),
  );
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return { scheme: SCHEME, value: Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64") };
}

function open(key: Buffer, sealed: SealedSecret): string | null {
  if (sealed.scheme !== SCHEME) return null;
  const value = Buffer.from(sealed.value, "base64");
  if (value.length < NONCE + TAG) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, value.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(SCHEME))
      .setAuthTag(value.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(value.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

function readKey(path: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
    // A copy or a restore may have opened it to others.
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw new ProblemError(fileProblem("key-file-unreadable", "Reading the key file", path, error), {
      cause: error,
    });
  }
  const encoded = /^efs-key-1 ([A-Za-z0-9+/]{43}=)\s*$/.exec(text)?.[1];
  if (encoded === undefined) throw new ProblemError(damagedKey(path));
  return Buffer.from(encoded, "base64");
}

function createKey(path: string): Buffer {
  const key = randomBytes(32);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeSync(file, `${HEADER} ${key.toString("base64")}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    putInPlace(temporary, path);
    syncFolderNow(dirname(path));
    return key;
  } catch (error) {
    const made = errorCode(error) === "EEXIST" ? readKey(path) : null;
    if (made !== null) return made;
    throw new ProblemError(fileProblem("key-file-unwritable", "Writing the key file", path, error), {
      cause: error,
    });
  } finally {
    try {
      unlinkSync(temporary);
    } catch {
      // It was never made.
    }
  }
}

/** Never replaces a key that another process made meanwhile, as a rename would. */
function putInPlace(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    // Some file systems have no hard links.
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(errorCode(error)) || existsSync(path)) throw error;
    renameSync(temporary, path);
  }
}

function syncFolderNow(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function damagedKey(path: string): Problem {
  return {
    code: "key-file-damaged",
    what: `The key file ${escapeUnprintable(path)} is damaged, so that the stored passwords cannot be opened.`,
    cure: "Restore it from a backup; or move it away and enter all passwords again.",
  };
}
