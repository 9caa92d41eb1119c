/**
 * Preloaded into a process that is to die (`NODE_OPTIONS=--import`): it ends itself with SIGKILL at the named step,
 * `EFS_CRASH_AT=step[:n]`, the n-th time it comes there. The steps are seen where they leave the program, at files,
 * journal and sockets, so that nothing in the program has to know of them.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import { DatabaseSync } from "node:sqlite";
import type { CrashStep } from "./crash-steps.ts";

type Done = (error: unknown, ...rest: unknown[]) => void;
type Method = (this: unknown, ...values: unknown[]) => unknown;
/** Called as a method of whatever it replaces. */
type Wrapped = (this: never, ...values: unknown[]) => unknown;

const [wanted = "", count = "1"] = (process.env["EFS_CRASH_AT"] ?? "").split(":");
let left = Number(count);

function at(step: CrashStep): void {
  if (step !== wanted) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

/** Puts another function in place of a method; what hangs on the old one (its promisified form) stays. */
function wrap(owner: object, name: string, make: (original: Method) => Wrapped): void {
  const original = Reflect.get(owner, name) as Method;
  const made = make(original);
  Object.defineProperties(made, Object.getOwnPropertyDescriptors(original));
  Reflect.set(owner, name, made);
}

// --- files -----------------------------------------------------------------------------------------------

/** No conversation was begun yet: what is done to the spool is the start's reconciliation. */
let starting = true;
/** What the next COMMIT makes durable. */
let accepting = 0;
let answered = 0;
const paths = new Map<number, string>();

const isHalf = (path: string): boolean => path.includes(".temporary") && path.endsWith(".part");
const folderOf = (path: string): string => /mail[\\/](\w+)[\\/][^\\/]+\.eml$/.exec(path)?.[1] ?? "";
const isReport = (path: string): boolean => /[\\/]_report-[^\\/]+$/.test(path);

wrap(fs, "openSync", (open) => (...values: unknown[]) => {
  const descriptor = open(...values) as number;
  paths.set(descriptor, String(values[0]));
  return descriptor;
});
wrap(fs, "writeSync", (write) => (...values: unknown[]) => {
  const written = write(...values);
  if (isHalf(paths.get(Number(values[0])) ?? "")) at("written");
  return written;
});
for (const name of ["write", "fsync"]) {
  wrap(fs, name, (run) => (...values: unknown[]) => {
    const path = paths.get(Number(values[0])) ?? "";
    const done = values.pop() as Done;
    const heard: Done = (...results) => {
      if (isHalf(path)) at(name === "write" ? "written" : "flushed");
      else if (name === "fsync" && path.endsWith("Inbox")) at("folder flushed");
      done(...results);
    };
    run(...values, heard);
  });
}
wrap(fs, "renameSync", (rename) => (...values: unknown[]) => {
  const [from, to] = [String(values[0]), String(values[1])];
  const toErrors = folderOf(from) === "Inbox" && folderOf(to) === "Errors";
  if (toErrors) at(starting ? "before a move at the start" : "before the move to Errors");
  const result = rename(...values);
  if (toErrors) at(starting ? "behind a move at the start" : "behind the move to Errors");
  if (isHalf(from)) {
    accepting += 1;
    at(isReport(to) ? "report renamed" : "renamed");
  }
  return result;
});
wrap(fs, "unlink", (unlink) => (...values: unknown[]) => {
  const path = String(values[0]);
  const done = values.pop() as Done;
  const message = folderOf(path) === "Inbox";
  const half = isHalf(path) && starting;
  if (message) at(starting ? "before a removal at the start" : "before the removal");
  if (half) at("before half a file goes");
  const heard: Done = (...results) => {
    if (message) at(starting ? "behind a removal at the start" : "behind the removal");
    if (half) at("behind half a file");
    done(...results);
  };
  unlink(...values, heard);
});

// --- journal ---------------------------------------------------------------------------------------------

wrap(
  DatabaseSync.prototype,
  "exec",
  (exec) =>
    function (this: DatabaseSync, ...values: unknown[]) {
      const commit = String(values[0]) === "COMMIT";
      if (commit && starting) at("before a commit at the start");
      if (commit && accepting > 0) at("before the commit");
      if (commit && answered > 0) at("before the journal");
      exec.apply(this, values);
      if (!commit) return;
      if (starting) at("behind a commit at the start");
      if (accepting > 0) at("committed");
      if (answered > 0) at("journalled");
      accepting = 0;
      answered = 0;
    },
);

// --- sockets ---------------------------------------------------------------------------------------------

interface Talk {
  protocol: "pop3" | "smtp" | null;
  report: boolean;
  /** What the next answer is to. */
  waiting: "DELE" | "QUIT" | "final dot" | null;
}

const talks = new WeakMap<Socket, Talk>();

function talkOf(socket: Socket): Talk {
  let talk = talks.get(socket);
  if (talk === undefined) {
    if (wanted === "time" && starting) {
      setTimeout(() => process.kill(process.pid, "SIGKILL"), left).unref();
    }
    talk = { protocol: null, report: false, waiting: null };
    talks.set(socket, talk);
    starting = false;
  }
  return talk;
}

wrap(
  Socket.prototype,
  "push",
  (push) =>
    function (this: Socket, ...values: unknown[]) {
      const chunk = values[0] as Buffer | null;
      const text = chunk === null ? "" : chunk.toString("latin1");
      const talk = talkOf(this);
      talk.protocol ??= text.startsWith("+OK") ? "pop3" : text.startsWith("220") ? "smtp" : null;
      const { waiting } = talk;
      if (text !== "") talk.waiting = null;
      if (talk.protocol === "pop3") {
        if (text.endsWith("\r\n.\r\n") && text.length > 1_000) at("fetched");
        if (waiting === "DELE") at("DELE answered");
        if (waiting === "QUIT") at("QUIT answered");
      }
      const accepted = waiting === "final dot" && text.startsWith("250");
      if (accepted) {
        at(talk.report ? "before the report's 250" : "before the 250");
        answered += 1;
      }
      const result = push.apply(this, values);
      if (accepted) at(talk.report ? "behind the report's 250" : "behind the 250");
      return result;
    },
);
wrap(
  Socket.prototype,
  "write",
  (write) =>
    function (this: Socket, ...values: unknown[]) {
      const chunk = values[0] as Buffer | string;
      const text = typeof chunk === "string" ? chunk : chunk.toString("latin1");
      const talk = talkOf(this);
      if (talk.protocol === "pop3" && /^QUIT\r$/m.test(text)) at("before QUIT");
      const result = write.apply(this, values);
      if (talk.protocol === "pop3") {
        if (/^QUIT\r$/m.test(text)) {
          talk.waiting = "QUIT";
          at("QUIT");
        }
        // Those of one turn leave together.
        for (const _ of text.matchAll(/^DELE \d+\r$/gm)) {
          talk.waiting = "DELE";
          at("DELE");
        }
      } else if (talk.protocol === "smtp") {
        const sender = /^MAIL FROM:<([^>]*)>/m.exec(text)?.[1];
        if (sender !== undefined) {
          talk.report = sender.startsWith("MAILER-DAEMON@");
          at(talk.report ? "report's MAIL" : "MAIL");
        } else if (text.endsWith("\r\n.\r\n")) {
          talk.waiting = "final dot";
          at(talk.report ? "report's final dot" : "final dot");
        }
      }
      return result;
    },
);

syncBuiltinESMExports();
