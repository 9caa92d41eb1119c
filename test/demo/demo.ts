/**
 * The whole way of mail on this computer alone: an embedded POP3 mailbox full of sample mail, an embedded mail server,
 * and the real gateway between them, with its pages at an address that is printed: `npm run demo`. What it can be told is
 * in demo-options.ts.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDispatch } from "../../core/api/commands.ts";
import { hostOf } from "../../core/api/gateway-host.ts";
import { createStreams } from "../../core/api/streams.ts";
import { openGateway } from "../../core/gateway.ts";
import { startApiServer } from "../../core/headless/api-server.ts";
import { hostFacts } from "../../core/headless/host-facts.ts";
import { openKeyFileSecrets } from "../../core/headless/key-file-secrets.ts";
import { createProgressLine, formatBytes, formatProgress } from "../../core/headless/progress-line.ts";
import type { RunSummary } from "../../core/model/event.ts";
import type { Gateway } from "../../core/model/gateway.ts";
import { describeProblem } from "../../core/model/problem.ts";
import { systemClock } from "../../core/util/system-clock.ts";
import { optionsOrExit } from "../support/script-options.ts";
import { parseDemoOptions, USAGE } from "./demo-options.ts";
import type { Comparison, DemoOffice } from "./office.ts";
import { DOMAIN, openOffice } from "./office.ts";

const EFS = fileURLToPath(new URL("../../core/headless/efs.ts", import.meta.url));
const NEW_MAIL_EVERY = 4_000;

const options = parseDemoOptions(process.argv.slice(2));
const { once, keep, messages: count } = optionsOrExit("demo", USAGE, options);

const stop = new AbortController();
process.on("SIGINT", () => stop.abort());
process.on("SIGTERM", () => stop.abort());
// The gateway's timers do not hold the process open.
const holdOpen = setInterval(() => undefined, 3_600_000);

const data = await mkdtemp(join(tmpdir(), "efs-demo-"));
const office = await openOffice(count);
let good = false;
try {
  introduce(office);
  await importSettings(office);
  const gateway = await openGateway({
    dataDirectory: data,
    secrets: openKeyFileSecrets(data),
    clock: systemClock,
    version: "demo",
  });
  const pages = await servePages(gateway);
  try {
    const summary = await check(gateway);
    const comparison = office.compare();
    await conclude(office, summary, comparison);
    good =
      comparison.faults.length === 0 && office.mailbox.left().length === 0 && summary.problems.length === 0;
    if (!once && !stop.signal.aborted) {
      console.log(`  The pages     ${pages.issueAddress()}\n`);
      await goOn(gateway, office);
    }
  } finally {
    await gateway.close();
    await pages.close();
  }
} finally {
  await office.close();
  clearInterval(holdOpen);
  if (keep) console.log(`\nThe data folder stays: ${data}`);
  else await rm(data, { recursive: true, force: true });
}
process.exitCode = good ? 0 : 1;

/** As `efs serve` does, at a port of the system's choice. */
function servePages(gateway: Gateway) {
  const streams = createStreams({ clock: systemClock });
  streams.follow(gateway);
  const onFault = (error: unknown, doing: string): void => console.error(`demo: ${doing}:`, error);
  const host = hostOf(gateway, hostFacts({ dataDirectory: data, version: "demo" }));
  return startApiServer({
    dataDirectory: data,
    port: 0,
    version: "demo",
    clock: systemClock,
    streams,
    web: () => gateway.settings().web,
    dispatch: createDispatch({ host, secrets: openKeyFileSecrets(data), onFault }),
    onFault,
  });
}

function introduce({ mailbox, mailServer, octets }: DemoOffice): void {
  console.log("\nEFS Mail Gateway: the demo\n");
  console.log(`  POP3 mailbox  ${mailbox.host}:${mailbox.port}  ${count} messages, ${formatBytes(octets)}`);
  console.log(`  Mail server   ${mailServer.host}:${mailServer.port}  of ${DOMAIN}`);
  console.log(`  Data folder   ${data}\n`);
}

/** By the command that an administrator uses. */
async function importSettings({ settings }: DemoOffice): Promise<void> {
  const file = join(data, "demo-settings.json");
  await writeFile(file, JSON.stringify(settings, null, 2), { mode: 0o600 });
  const { stdout } = await promisify(execFile)(process.execPath, [EFS, "import", file, "--data", data]);
  // It holds the password in clear.
  await rm(file);
  console.log(`  efs import    ${stdout.trim()}`);
}

async function check(gateway: Gateway): Promise<RunSummary> {
  const { stdout } = process;
  const line = stdout.isTTY
    ? createProgressLine({ columns: stdout.columns, write: (text) => stdout.write(text) }, systemClock)
    : null;
  const unsubscribe = gateway.subscribe((event) => {
    if (event.kind === "progress") line?.show(event.totals);
  });
  const summary = await gateway.check({ signal: stop.signal });
  unsubscribe();
  line?.clear();
  console.log(`  efs check     ${formatProgress(summary)}, in ${summary.seconds.toFixed(1)} s\n`);
  for (const problem of summary.problems) console.log(`  ${describeProblem(problem)}`);
  return summary;
}

async function conclude({ mailbox }: DemoOffice, summary: RunSummary, comparison: Comparison): Promise<void> {
  const { arrived, recipients, reported, refusal, faults } = comparison;
  const left = mailbox.left().length;
  const row = (amount: number, text: string): void => console.log(`${String(amount).padStart(7)} ${text}`);
  row(summary.collected, `left the POP3 mailbox; ${left === 0 ? "it is empty" : `${left} are still there`}`);
  row(
    arrived,
    `arrived at the mail server for ${recipients} recipients, each equal to what was sent, byte for byte`,
  );
  if (reported > 0) {
    row(
      reported,
      "were for people the mail server does not know; they are in Errors, and the postmaster got a report of each",
    );
    console.log(`        the mail server said: ${refusal}`);
  }
  for (const fault of faults.slice(0, 10)) console.log(`  WRONG  ${fault}`);
  if (faults.length > 10) console.log(`  WRONG  and ${faults.length - 10} more`);
  const errors = join(data, "mail", "Errors");
  console.log(`\n  Errors        ${errors} (${(await readdir(errors)).length} files)`);
  console.log(`  Mail log      ${join(data, "log", "mail.log")}\n`);
}

async function goOn(gateway: Gateway, { addMail, compare, mailServer }: DemoOffice): Promise<void> {
  console.log("New mail comes every few seconds. Ctrl+C ends the demo.\n");
  for (let round = 1; !stop.signal.aborted; round += 1) {
    await pause(NEW_MAIL_EVERY);
    if (stop.signal.aborted) return;
    // Somebody paused it on the pages.
    if (gateway.status().state === "paused") continue;
    addMail(1 + (round % 3));
    const { collected, delivered, seconds } = await gateway.check({ signal: stop.signal });
    const { faults } = compare();
    const verdict = faults.length === 0 ? "all equal" : `${faults.length} WRONG, first: ${faults[0]}`;
    console.log(
      `  ${new Date().toLocaleTimeString()}  collected ${collected}, delivered ${delivered} in ${seconds.toFixed(1)} s; the mail server has ${mailServer.messages.length} messages, ${verdict}`,
    );
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    stop.signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
