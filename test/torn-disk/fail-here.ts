/**
 * Makes any single operation on files fail, whoever asks for it: to be imported before anything of the program, whose
 * modules then have these functions in place of Node's. Only what lies below `failHere.below` is counted; SQLite's own
 * files are not seen (real-limits has those).
 */
import fs from "node:fs";
import fsPromises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

type Method = (this: unknown, ...values: unknown[]) => unknown;

export const failHere = {
  /** A folder; "": nothing is counted. */
  below: "",
  count: 0,
  /** Which one fails; 0: none. */
  at: 0,
  code: "",
  /** What failed. */
  failed: "",
};

/** An error for this operation, when it is the one. */
function fault(operation: string, path: unknown): Error | null {
  if (failHere.below === "" || typeof path !== "string" || !path.startsWith(failHere.below)) return null;
  failHere.count += 1;
  if (failHere.count !== failHere.at) return null;
  failHere.failed = `${operation} ${path.slice(failHere.below.length)}`;
  const { code } = failHere;
  return Object.assign(new Error(`${code}: injected, ${operation} '${path}'`), { code, path });
}

/** Puts another function in place of a method; what hangs on the old one (its promisified form) stays. */
function wrap(owner: object, name: string, make: (original: Method) => Method): void {
  const original = Reflect.get(owner, name) as Method;
  const made = make(original);
  Object.defineProperties(made, Object.getOwnPropertyDescriptors(original));
  Reflect.set(owner, name, made);
}

const paths = new Map<unknown, string>();
const pathOf = (value: unknown): unknown => (typeof value === "number" ? paths.get(value) : value);

for (const name of [
  ...[
    "open",
    "read",
    "write",
    "fsync",
    "close",
    "fstat",
    "readFile",
    "writeFile",
    "appendFile",
    "stat",
    "lstat",
  ],
  ...["rename", "unlink", "link", "chmod", "truncate", "mkdir", "readdir", "realpath", "access"],
]) {
  wrap(
    fs,
    `${name}Sync`,
    (run) =>
      function (...values) {
        const error = fault(name, pathOf(values[0]));
        // What cannot be closed is closed all the same.
        if (error !== null && name === "close") run.apply(this, values);
        if (error !== null) throw error;
        const result = run.apply(this, values);
        if (name === "open") paths.set(result, String(values[0]));
        if (name === "close") paths.delete(values[0]);
        return result;
      },
  );
}
for (const name of ["open", "read", "write", "fsync", "close", "fstat", "stat", "unlink"]) {
  wrap(
    fs,
    name,
    (run) =>
      function (...values) {
        const error = fault(name, pathOf(values[0]));
        const done = values.pop() as Method;
        if (error !== null && name !== "close") return void process.nextTick(done, error);
        run.call(this, ...values, (failure: unknown, ...rest: unknown[]) => {
          if (name === "open" && failure === null) paths.set(rest[0], String(values[0]));
          if (name === "close") paths.delete(values[0]);
          done(failure ?? error, ...rest);
        });
      },
  );
}
for (const name of [
  ...["readFile", "writeFile", "appendFile", "stat", "lstat", "rename", "unlink", "link", "chmod", "mkdir"],
  ...["readdir", "realpath", "access", "truncate", "rm", "open"],
]) {
  wrap(
    fsPromises,
    name,
    (run) =>
      async function (...values) {
        const error = fault(name, values[0]);
        if (error !== null) throw error;
        const result = await run.apply(this, values);
        return name === "open" ? watched(result as FileHandle, String(values[0])) : result;
      },
  );
}

function watched(handle: FileHandle, path: string): FileHandle {
  for (const name of [
    "read",
    "readFile",
    "write",
    "writeFile",
    "appendFile",
    "sync",
    "stat",
    "chmod",
    "close",
  ]) {
    const run = Reflect.get(handle, name) as Method;
    Reflect.set(handle, name, async (...values: unknown[]) => {
      const error = fault(name, path);
      if (error !== null && name === "close") await run.apply(handle, values);
      if (error !== null) throw error;
      return run.apply(handle, values);
    });
  }
  return handle;
}

syncBuiltinESMExports();
