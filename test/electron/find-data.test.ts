import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { dataPath, machineDataPath } from "../../core/headless/data-path.ts";
import { writeEndpoint } from "../../core/headless/endpoint-file.ts";
import { findData } from "../../electron/find-data.ts";
import { startPages } from "../support/pages-kit.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("whose data it is", () => {
  test("nobody's: the last folder is ours", async () => {
    const [machine, own] = [await temporaryFolder(), await temporaryFolder()];
    expect(await findData([join(machine, "missing"), own])).toEqual({ kind: "free", dataDirectory: own });
  });

  test("the machine's owner comes before the user's", async () => {
    const [machine, own] = [await startPages({ realTime: true }), await startPages({ realTime: true })];
    const both = [machine.folder, own.folder];
    expect(await findData(both)).toEqual({ kind: "owner", dataDirectory: machine.folder });
    expect(await findData([await temporaryFolder(), own.folder])).toEqual({
      kind: "owner",
      dataDirectory: own.folder,
    });
  });

  test("an owner whose token we may not read is only for a browser", async () => {
    const server = createServer((_request, response) => response.writeHead(401).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const [machine, own] = [await temporaryFolder(), await temporaryFolder()];
    await writeEndpoint(machine, { version: "1.2.3", host: "127.0.0.1", port, pid: 1 });
    expect(await findData([machine, own])).toEqual({ kind: "browser", address: `http://127.0.0.1:${port}/` });
  });

  test("what a process has left behind counts for nothing", async () => {
    const [machine, own] = [await temporaryFolder(), await temporaryFolder()];
    await writeEndpoint(machine, { version: "1.2.3", host: "127.0.0.1", port: 1, pid: 1 });
    expect(await findData([machine, own])).toEqual({ kind: "free", dataDirectory: own });
  });
});

test("the machine's folder is not the user's", () => {
  const environment = { ProgramData: "D:\\Data", LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local" };
  const places = (["linux", "darwin", "win32"] as const).map((platform) => ({
    machine: machineDataPath({ environment, platform }).replaceAll("\\", "/"),
    user: dataPath({ option: undefined, environment, platform, home: "/home/a" }).replaceAll("\\", "/"),
  }));
  expect(places).toEqual([
    { machine: "/var/lib/efs", user: "/home/a/.local/share/efs-mail-gateway" },
    {
      machine: "/Library/Application Support/EFS Mail Gateway",
      user: "/home/a/Library/Application Support/EFS Mail Gateway",
    },
    { machine: "D:/Data/EFS Mail Gateway", user: "C:/Users/a/AppData/Local/EFS Mail Gateway" },
  ]);
});
