import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { checkLayers } from "../../build/check-layers.ts";

const script = fileURLToPath(new URL("../../build/check-layers.ts", import.meta.url));

function project(files: Readonly<Record<string, string>>, dependencies: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "efs-layers-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const all = { "package.json": JSON.stringify({ dependencies }, null, 2), ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** `file:line imported` of each violation. */
const found = (files: Readonly<Record<string, string>>): string[] =>
  checkLayers(project(files)).map(({ file, line, imported }) => `${file}:${line} ${imported}`);

test("what is allowed is allowed", () => {
  expect(
    found({
      "core/model/a.ts": `import * as z from "zod";\nimport { b } from "../util/b.ts";`,
      "core/collect/pop3-client.ts": `import Pop3 from "node-pop3";\nimport { a } from "../model/a.ts";\nimport { c } from "./c.ts";\nimport { w } from "../wire/w.ts";`,
      "core/deliver/session.ts": `import S from "nodemailer/lib/smtp-connection";\nimport { createHash } from "node:crypto";`,
      "core/gateway.ts": `import { a } from "./collect/a.ts";\nimport { b } from "./spool/b.ts";\nimport { c } from "./gateway/c.ts";`,
      "core/headless/efs.ts": `import { openGateway } from "../gateway.ts";\nimport { Command } from "commander";`,
      "renderer/tabs/log.tsx": `import { useState } from "react";\nimport type { A } from "../../core/model/a.ts";\nimport { c } from "../../core/api/contract.ts";\nexport const x = <a />;`,
      "test/support/s.ts": `import { SMTPServer } from "smtp-server";\nimport { a } from "../../core/spool/a.ts";\nawait import(name);`,
      "build/x.ts": `import { parseSync } from "vite";`,
    }),
  ).toEqual([]);
});

test("a stage imports no other stage: not its types, not by export, import(), require() or import type", () => {
  expect(
    found({
      "core/collect/a.ts": [
        `// import { x } from "../deliver/in-a-comment.ts";`,
        `const text = 'import { x } from "../deliver/in-a-text.ts"';`,
        `import type { A } from "../spool/a.ts";`,
        `export { b } from "../deliver/b.ts";`,
        `export * from "../outcome/c.ts";`,
        `const d = await import("../policy/d.ts");`,
        `const e = require("../envelope/e.ts");`,
        `let f: import("../spool/f.ts").F;`,
        `import "../explain/g.ts";`,
        `const h = await import(text);`,
      ].join("\n"),
    }),
  ).toEqual([
    "core/collect/a.ts:3 ../spool/a.ts",
    "core/collect/a.ts:4 ../deliver/b.ts",
    "core/collect/a.ts:5 ../outcome/c.ts",
    "core/collect/a.ts:6 ../policy/d.ts",
    "core/collect/a.ts:7 ../envelope/e.ts",
    "core/collect/a.ts:8 ../spool/f.ts",
    "core/collect/a.ts:9 ../explain/g.ts",
    "core/collect/a.ts:10 a computed name",
  ]);
});

test("core knows no host; hosts know no stage; the pages know only model and contract", () => {
  expect(
    found({
      "core/gateway.ts": `import "./headless/efs.ts";\nimport "../electron/main.ts";\nimport "../renderer/x.ts";`,
      "core/util/u.ts": `import "../gateway.ts";`,
      "core/log/l.ts": `import "../headless/efs.ts";`,
      "core/headless/h.ts": `import "../spool/journal.ts";\nimport "../gateway/intake.ts";`,
      "electron/main.ts": `import "../core/collect/x.ts";`,
      "renderer/x.ts": `import "node:fs";\nimport "../core/api/commands.ts";\nimport "../core/gateway.ts";\nimport "fastify";`,
    }),
  ).toEqual([
    "core/gateway.ts:1 ./headless/efs.ts",
    "core/gateway.ts:2 ../electron/main.ts",
    "core/gateway.ts:3 ../renderer/x.ts",
    "core/headless/h.ts:1 ../spool/journal.ts",
    "core/headless/h.ts:2 ../gateway/intake.ts",
    "core/log/l.ts:1 ../headless/efs.ts",
    "core/util/u.ts:1 ../gateway.ts",
    "electron/main.ts:1 ../core/collect/x.ts",
    "renderer/x.ts:1 node:fs",
    "renderer/x.ts:2 ../core/api/commands.ts",
    "renderer/x.ts:3 ../core/gateway.ts",
    "renderer/x.ts:4 fastify",
  ]);
});

test("packages stay in their places; tools are imported nowhere; nothing leaves the project", () => {
  expect(
    found({
      "core/collect/collector.ts": `import Pop3 from "node-pop3";`,
      "core/deliver/d.ts": `import "smtp-server";\nimport "left-pad";\nimport "fs";\nimport "typescript";`,
      "core/wire/w.ts": `import "../../../elsewhere/x.ts";\nimport "../../node_modules/zod/index.js";\nimport "/etc/x.ts";\nimport "https://example.test/x.ts";`,
      "test/t.ts": `import "electron";\nimport "node-pop3";`,
      "core/novel/n.ts": `export {};`,
      "core/loose.ts": `export {};`,
    }),
  ).toEqual([
    "core/collect/collector.ts:1 node-pop3",
    "core/deliver/d.ts:1 smtp-server",
    "core/deliver/d.ts:2 left-pad",
    "core/deliver/d.ts:3 fs",
    "core/deliver/d.ts:4 typescript",
    "core/loose.ts:1 -",
    "core/novel/n.ts:1 -",
    "core/wire/w.ts:1 ../../../elsewhere/x.ts",
    "core/wire/w.ts:2 ../../node_modules/zod/index.js",
    "core/wire/w.ts:3 /etc/x.ts",
    "core/wire/w.ts:4 https://example.test/x.ts",
    "test/t.ts:1 electron",
  ]);
});

test("a package without a place is named with its line in package.json", () => {
  const root = project({}, { zod: "1", "left-pad": "1", "@types/react": "1" });
  expect(checkLayers(root)).toEqual([
    {
      file: "package.json",
      line: 4,
      imported: "left-pad",
      rule: "every package needs its place in build/layer-rules.ts",
    },
  ]);
});

test("the command prints file:line with the rule and exits 1", () => {
  const bad = project({ "core/policy/p.ts": `\nimport "../spool/s.ts";\n` });
  const { status, stdout } = spawnSync(process.execPath, [script, bad], { encoding: "utf8" });
  expect([status, stdout]).toEqual([
    1,
    "core/policy/p.ts:2: imports ../spool/s.ts\n    a stage imports only core/model, core/wire, core/util and itself, never another stage\n1 imports break the layers.\n",
  ]);
  const good = spawnSync(process.execPath, [script, project({})], { encoding: "utf8" });
  expect([good.status, good.stdout]).toEqual([0, "The layers are kept.\n"]);
});
