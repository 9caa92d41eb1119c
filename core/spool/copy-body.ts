/** Reading a stored message again: its header for the resolver, all of it for a copy. */
import { limits } from "../model/limits.ts";
import type { ReceivedBody } from "../model/message.ts";
import type { ReceivingBody } from "../model/ports.ts";
import { errorCode, type FileSystem } from "../util/file-system.ts";
import { MessageScanner } from "./message-scan.ts";
import { storageError } from "./spool-problem.ts";

/** As it was when the message was taken over; no more of the file is read than that takes. null: there is no file. */
export async function readHeader(fileSystem: FileSystem, path: string): Promise<Buffer | null> {
  const scanner = new MessageScanner(limits.headerBytes);
  try {
    for await (const part of fileSystem.read(path)) {
      scanner.push(part);
      if (scanner.headerComplete) break;
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw storageError(error, path, "could not be read");
  }
  return scanner.end().header;
}

/** The same octets in a temporary file, on the disk. null: there is no file to copy. */
export async function copyBody(
  fileSystem: FileSystem,
  path: string,
  receiving: ReceivingBody,
): Promise<ReceivedBody | null> {
  try {
    for await (const part of fileSystem.read(path)) await receiving.write(part);
  } catch (error) {
    await receiving.abort();
    if (errorCode(error) === "ENOENT") return null;
    throw storageError(error, path, "could not be copied");
  }
  return receiving.complete();
}
