import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { autostartFile } from "../../electron/autostart-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("is there when the app starts at login, and only then", async () => {
  const path = join(await temporaryFolder(), "autostart", "efs.desktop");
  const item = autostartFile(path, "/opt/EFS Mail Gateway/efs-mail-gateway", "--hidden");
  item.set(false);
  expect(item.current()).toBe(false);
  item.set(true);
  item.set(true);
  expect(item.current()).toBe(true);
  expect(await readFile(path, "utf8")).toBe(
    [
      "[Desktop Entry]",
      "Type=Application",
      "Name=EFS Mail Gateway",
      'Exec="/opt/EFS Mail Gateway/efs-mail-gateway" --hidden',
      "Terminal=false",
      "",
    ].join("\n"),
  );
  item.set(false);
  expect([item.current(), existsSync(path)]).toEqual([false, false]);
});

test("whatever the program's path is, it stays one argument", async () => {
  const path = join(await temporaryFolder(), "efs.desktop");
  autostartFile(path, '/opt/$x`"\\100%/efs', "--hidden").set(true);
  const text = await readFile(path, "utf8");
  // Each is escaped for the quotes, and each backslash once more for the file.
  expect(/^Exec=(.*)$/m.exec(text)?.[1]).toBe('"/opt/\\\\$x\\\\`\\\\"\\\\\\\\100%%/efs" --hidden');
});
