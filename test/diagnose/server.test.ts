import { describe, expect, onTestFinished, test } from "vitest";
import type { DiagnosisPorts } from "../../core/diagnose/ports.ts";
import { timeIn } from "../../core/diagnose/server.ts";
import type { Settings } from "../../core/model/settings.ts";
import { sampleSettings } from "../support/sample-settings.ts";
import { type Moment, type ServerOptions, startScriptedServer } from "../support/scripted-smtp-server.ts";
import { makeTestCertificate } from "../support/test-certificate.ts";
import { diagnosed, frozenClock, NOW, systemError, type Told } from "./diagnosis-kit.ts";

type Input = Readonly<Record<string, unknown>>;

function settingsAt(port: number, smtp: Input = {}, changes: Input = {}): Settings {
  return sampleSettings({ accounts: [], smtp: { host: "127.0.0.1", port, ...smtp }, ...changes });
}

async function startServer(options: ServerOptions = {}) {
  const server = await startScriptedServer(options);
  onTestFinished(() => server.close());
  return server;
}

async function atServer(
  options: ServerOptions = {},
  smtp: Input = {},
  changes: Input = {},
  ports: Partial<DiagnosisPorts> = {},
) {
  const server = await startServer({ script: closedRelay, ...options });
  return { ...(await diagnosed(settingsAt(server.port, smtp, changes), ports)), server };
}

const UNKNOWN = "550 5.1.1 No such user";
const DENIED = "554 5.7.1 Relay access denied";

/** A good server for example.com: takes any name there, and nothing else. */
function closedRelay({ phase, recipient }: Moment): string | undefined {
  if (phase !== "rcpt") return undefined;
  return recipient.endsWith("@example.com") ? undefined : DENIED;
}

/** The same, with other answers for some recipients or senders. */
const answering =
  (rules: Readonly<Record<string, string>>) =>
  (moment: Moment): string | undefined => {
    const found = Object.entries(rules).find(([text]) => moment.line.includes(text));
    return found?.[1] ?? closedRelay(moment);
  };

test("a good server: everything is told, and DATA is never said", async () => {
  const { checks, server, verdicts } = await atServer();
  const mine = checks.filter(({ id }) => id.startsWith("server/"));
  expect(
    mine.map(({ id, verdict, cause, cure, quote }) => [id.slice(7), verdict, cause, cure, quote]),
  ).toEqual([
    ["name", "pass", "127.0.0.1 is an IP address; no name has to be looked up.", "", undefined],
    ["connection", "pass", `127.0.0.1 accepts connections on port ${server.port}.`, "", undefined],
    ["encryption", "pass", "Not encrypted, as the setting says.", "", undefined],
    ["greeting", "pass", "A mail server answers.", "", "220 test.example ESMTP"],
    ["login", "pass", "None is set; a server in the office often needs none.", "", undefined],
    [
      "size",
      "warn",
      "The server takes messages of up to 50 MB; the maximum here is 150 MB: what is between the two is collected and then refused.",
      "Set the maximum size here equal to the server's, or raise the server's.",
      "SIZE 52428800",
    ],
    [
      "report-sender",
      "pass",
      "The server takes mail from MAILER-DAEMON@example.com, the sender of our reports.",
      "",
      undefined,
    ],
    [
      "postmaster:postmaster@example.com",
      "pass",
      "The server takes mail for the postmaster, postmaster@example.com.",
      "",
      undefined,
    ],
    [
      "unknown-name",
      "pass",
      "The server takes mail for any name at example.com, also one that nobody has. It then answers for unknown users itself, as EFS recommends.",
      "",
      undefined,
    ],
    ["relay", "pass", "The server refuses mail for domains that are not its own.", "", DENIED],
  ]);
  expect(verdicts("second-server")).toEqual([]);
  const mail = "MAIL FROM:<MAILER-DAEMON@example.com>";
  expect(server.lines).toEqual([
    "EHLO gateway.office.test",
    mail,
    "RCPT TO:<postmaster@example.com>",
    "RSET",
    mail,
    "RCPT TO:<efs-trial-0123456789@example.com>",
    "RSET",
    mail,
    "RCPT TO:<efs-relay-test@example.net>",
    "RSET",
    "QUIT",
  ]);
  expect(server.messages).toEqual([]);
});

describe("recipients", () => {
  const domains = { primary: "example.com", secondary: ["example.net", "*.example.com", "example.org"] };

  test("each domain once, without those that stand for subdomains; the foreign one is nobody's", async () => {
    const { of, server, verdicts } = await atServer({}, {}, { domains });
    expect(server.lines.filter((line) => line.startsWith("RCPT"))).toEqual([
      "RCPT TO:<postmaster@example.com>",
      "RCPT TO:<postmaster@example.net>",
      "RCPT TO:<postmaster@example.org>",
      "RCPT TO:<efs-trial-0123456789@example.com>",
      "RCPT TO:<efs-relay-test@example.net>",
    ]);
    expect(verdicts("server").slice(-5)).toEqual([
      "postmaster:postmaster@example.com pass",
      "domain:example.net fail",
      "domain:example.org fail",
      "unknown-name pass",
      "relay pass",
    ]);
    expect(of("server/domain:example.org")).toEqual({
      verdict: "fail",
      cause: expect.stringMatching(
        /^The server does not take mail for postmaster@example\.org, which every mail domain has to have\. .+\.$/,
      ),
      cure: "Check the spelling of example.org; let the server take mail for it as for a domain of its own, with a postmaster.",
      quote: DENIED,
      place: "domains.secondary[2]",
    });
  });

  test("with VdA its domain is asked for, and no other", async () => {
    const { of, server } = await atServer({}, {}, { domains: { ...domains, virtualAlias: "office.lan" } });
    expect(server.lines.filter((line) => line.startsWith("RCPT"))).toEqual([
      "RCPT TO:<postmaster@example.com>",
      "RCPT TO:<postmaster@office.lan>",
      "RCPT TO:<efs-trial-0123456789@office.lan>",
      "RCPT TO:<efs-relay-test@example.net>",
    ]);
    expect(of("server/domain:office.lan")).toMatchObject({
      verdict: "fail",
      cure: "Check the virtual domain alias: the server has to take mail for office.lan as for a domain of its own, with a postmaster.",
      place: "domains.virtualAlias",
    });
  });

  test("more domains than a server bears", async () => {
    const secondary = Array.from({ length: 30 }, (_, index) => `d${index}.example.com`);
    const { of, server } = await atServer({}, {}, { domains: { primary: "example.com", secondary } });
    expect(server.lines.filter((line) => line.startsWith("RCPT"))).toHaveLength(22);
    expect(of("server/more-domains")).toEqual({
      verdict: "skipped",
      cause: "Only the first 20 of 31 domains were tried.",
      cure: "",
      place: "domains.secondary",
    });
  });

  test.each<[string, Readonly<Record<string, string>>, string, Told]>([
    [
      "the postmaster is refused",
      { "postmaster@": UNKNOWN },
      "postmaster:postmaster@example.com",
      {
        verdict: "fail",
        cause: expect.stringMatching(
          /^The server does not take mail for the postmaster, postmaster@example\.com: reports, and mail for nobody in particular, would go nowhere\. .+\.$/,
        ),
        cure: "Create this mailbox (or an alias of it) on the server, or choose another postmaster.",
        quote: UNKNOWN,
        place: "postmaster.address",
      },
    ],
    [
      "the postmaster later",
      { "postmaster@": "451 4.7.1 Greylisted" },
      "postmaster:postmaster@example.com",
      {
        verdict: "warn",
        cause: expect.stringMatching(
          /^The server does not say now whether it takes mail for postmaster@example\.com: "try again later"\. .+\.$/,
        ),
        cure: "Diagnose once more in a few minutes.",
        quote: "451 4.7.1 Greylisted",
        place: "postmaster.address",
      },
    ],
    [
      "unknown names are refused",
      { "efs-trial": UNKNOWN },
      "unknown-name",
      {
        verdict: "pass",
        cause:
          "The server refuses names at example.com that nobody has. That is fine, but mail for guessed or mistyped addresses then goes to Errors, and the postmaster gets a report of each.",
        cure: "To get fewer reports, keep a list of users here, or let the server take any name.",
        quote: UNKNOWN,
        place: null,
      },
    ],
    [
      "a relay",
      { "efs-relay-test": "250 2.1.5 fine" },
      "relay",
      {
        verdict: "fail",
        cause:
          "The server takes mail for other domains (example.net) without a login. If it does so for everybody, it is an open relay that sends spam for strangers.",
        cure: "Let the server relay only after a login, or only for the IP addresses that need it; this gateway does not.",
        quote: "250 2.1.5 fine",
        place: "smtp.host",
      },
    ],
    [
      "the sender of reports is refused: the rest is asked with the empty sender",
      { "MAILER-DAEMON": "550 5.7.60 Cannot send as this sender" },
      "report-sender",
      {
        verdict: "fail",
        cause: expect.stringMatching(
          /^The server does not take mail from MAILER-DAEMON@example\.com, the sender of our reports\. .+\.$/,
        ),
        cure: "Exempt this computer's IP address from the server's check of senders, so that reports reach the postmaster.",
        quote: "550 5.7.60 Cannot send as this sender",
        place: "domains.primary",
      },
    ],
    [
      "the sender of reports later",
      { "MAILER-DAEMON": "451 4.1.8 DNS" },
      "report-sender",
      {
        verdict: "warn",
        cause: expect.any(String),
        cure: expect.any(String),
        quote: "451 4.1.8 DNS",
        place: "domains.primary",
      },
    ],
  ])("%s", async (_title, rules, id, expected) => {
    const { of, verdicts } = await atServer({ script: answering(rules) });
    expect(of(`server/${id}`)).toEqual(expected);
    // The others do not suffer.
    const others = ["report-sender", "postmaster:postmaster@example.com", "unknown-name", "relay"];
    expect(
      verdicts("server")
        .slice(-4)
        .filter((told) => !told.startsWith(id)),
    ).toEqual(others.filter((other) => other !== id).map((other) => `${other} pass`));
  });

  test("no sender is taken: recipients are skipped", async () => {
    const { of, verdicts } = await atServer({ script: answering({ "MAIL FROM": "550 5.7.1 no" }) });
    expect(verdicts("server").slice(-2)).toEqual(["report-sender fail", "recipients skipped"]);
    expect(of("server/recipients").cause).toBe("Not tried: what comes before it did not work.");
  });

  test.each<readonly [string, Input, Partial<DiagnosisPorts>]>([
    [
      "an alias of efsalias.txt",
      {},
      { listedAliases: () => ({ "boss@example.com": ["boss@elsewhere.test"] }) },
    ],
    ["an alias", { aliases: { "boss@example.com": "boss@elsewhere.test" } }, {}],
    ["the BCC address", { headers: { bccAll: "boss@elsewhere.test" } }, {}],
  ])("relaying that %s needs is a warning", async (_name, changes, ports) => {
    const open = { script: answering({ "efs-relay-test": "250 ok" }) };
    const { checks } = await atServer(open, {}, changes, ports);
    expect(checks.find(({ id }) => id === "server/relay")).toMatchObject({
      verdict: "warn",
      cause:
        "The server takes mail from this computer for other domains (example.net), too. Your settings or aliases need that, for boss@elsewhere.test; if it does so for everybody, it is an open relay that sends spam for strangers.",
    });
  });

  test("after a login relaying is usual", async () => {
    const { of } = await atServer(
      { script: answering({ "efs-relay-test": "250 ok" }), extensions: ["AUTH PLAIN"] },
      { username: "gateway", password: "s3cret" },
    );
    expect(of("server/relay").cause).toBe(
      "After the login the server takes mail for other domains (example.net), too, as servers usually do; a wrongly addressed message could leave the office again.",
    );
  });

  test.each(["close", "stay"] as const)(
    "421 (%s) fails that trial; the next one has a new connection",
    async (and) => {
      const script = (moment: Moment) =>
        moment.recipient.startsWith("efs-trial")
          ? { say: "421 4.7.0 Too many errors", ...(and === "close" ? { and } : {}) }
          : closedRelay(moment);
      const { of, verdicts, server } = await atServer({ script });
      expect(of("server/unknown-name")).toMatchObject({
        verdict: "warn",
        quote: "421 4.7.0 Too many errors",
      });
      expect(verdicts("server").at(-1)).toBe("relay pass");
      expect(server.connections).toBe(2);
    },
  );
});

describe("size", () => {
  const at20 = { control: { maxMessageBytes: 20_971_520 } };
  test.each<[string, readonly string[], Input, Partial<Told>]>([
    ["none", ["8BITMIME"], {}, { verdict: "pass", cause: "The server announces no maximum size." }],
    ["without a number", ["SIZE"], {}, { verdict: "pass", cause: "The server takes messages of any size." }],
    ["0", ["SIZE 0"], {}, { verdict: "pass", cause: "The server takes messages of any size." }],
    [
      "equal",
      ["SIZE 20971520"],
      at20,
      {
        verdict: "pass",
        cause: "The server takes messages of up to 20 MB; the maximum here is 20 MB.",
        place: "control.maxMessageBytes",
      },
    ],
    [
      "smaller than an account's",
      ["SIZE 20971520"],
      {
        ...at20,
        accounts: [
          { id: "a", host: "127.0.0.1", port: 1, username: "a", password: "p", maxMessageBytes: 31_457_280 },
        ],
      },
      {
        verdict: "warn",
        cause:
          "The server takes messages of up to 20 MB; the maximum here is 30 MB: what is between the two is collected and then refused.",
        place: "accounts[0].maxMessageBytes",
      },
    ],
  ])("%s", async (_title, extensions, changes, expected) => {
    const { of } = await atServer({ extensions }, {}, changes);
    expect(of("server/size")).toMatchObject(expected);
  });
});

describe("the way to it", () => {
  const certificate = makeTestCertificate({ notAfter: new Date(Date.UTC(2036, 0, 2)) });
  const facts = `certificate of "localhost", issued by "localhost", valid until 2036-01-02, SHA-256 ${certificate.fingerprint}`;

  test.each(["tls", "starttls"])("%s, not trusted: it is told what was shown", async (security) => {
    const { of, verdicts, server } = await atServer({ certificate, tls: security === "tls" }, { security });
    const told = of("server/encryption");
    expect(told).toMatchObject({ verdict: "fail", place: "smtp.security" });
    expect(told.cause).toBe(
      `The certificate of the local mail server 127.0.0.1:${server.port} cannot be trusted: it was signed by the server itself. It showed the ${facts}.`,
    );
    expect(verdicts("server")).toEqual([
      "name pass",
      "connection pass",
      ...(security === "tls" ? [] : ["greeting pass"]),
      "encryption fail",
      ...(security === "tls" ? ["greeting skipped"] : []),
      "login skipped",
      "size skipped",
      "report-sender skipped",
      "recipients skipped",
    ]);
  });

  test.each<[string, ServerOptions, Input, string]>([
    [
      "TLS, pinned",
      { certificate, tls: true },
      { security: "tls", acceptedCertificate: certificate.fingerprint },
      `${facts}, accepted by its fingerprint, as the settings say.`,
    ],
    [
      "opportunistic",
      { certificate },
      { security: "opportunistic" },
      `${facts}, not verified, as the setting says.`,
    ],
    [
      "opportunistic, not offered",
      {},
      { security: "opportunistic" },
      "Not encrypted: the server offers none.",
    ],
    [
      "none, offered",
      { certificate },
      {},
      "Not encrypted, as the setting says; the server offers encryption (STARTTLS).",
    ],
  ])("%s", async (_title, options, smtp, words) => {
    const { of, verdicts } = await atServer(options, smtp);
    expect(of("server/encryption").cause.endsWith(words)).toBe(true);
    expect(verdicts("server").filter((verdict) => / (?:fail|skipped)$/.test(verdict))).toEqual([]);
  });

  test("no such name", async () => {
    const { of, verdicts } = await diagnosed(settingsAt(25, { host: "mail.office.lan" }), {
      lookUp: () => Promise.reject(systemError("ENOTFOUND")),
    });
    expect(of("server/name")).toMatchObject({
      verdict: "fail",
      cause: 'No server of the name "mail.office.lan" is known here.',
      place: "smtp.host",
    });
    expect(
      verdicts("server")
        .slice(1)
        .every((verdict) => verdict.endsWith(" skipped")),
    ).toBe(true);
  });

  test("nobody listens; the second server is examined by itself", async () => {
    const gone = await startServer();
    await gone.close();
    const second = await startServer({ script: closedRelay });
    const settings = settingsAt(gone.port, { fallback: { host: "127.0.0.1", port: second.port } });
    const { of, verdicts } = await diagnosed(settings);
    expect(of("server/connection")).toEqual({
      verdict: "fail",
      cause: `The local mail server 127.0.0.1:${gone.port} refused the connection: nothing is listening on that port.`,
      cure: "Check that the mail server is running and that the port on the SMTP tab is right (usually 25).",
      quote: "ECONNREFUSED",
      place: "smtp.port",
    });
    expect(of("server/login").cause).toBe("Not tried: no connection was made.");
    expect(verdicts("second-server").filter((verdict) => verdict.endsWith(" pass"))).toHaveLength(9);
    expect(of("second-server/size").verdict).toBe("warn");
  });

  test("greeting refused", async () => {
    const script = ({ phase }: Moment) =>
      phase === "greeting" ? ({ say: "554 5.7.1 not you", and: "close" } as const) : undefined;
    const { of } = await atServer({ script });
    expect(of("server/greeting")).toMatchObject({ verdict: "fail", quote: "554 5.7.1 not you" });
  });

  test("only HELO is understood", async () => {
    const script = ({ phase }: Moment) => (phase === "ehlo" ? "502 5.5.1 what?" : undefined);
    const { of } = await atServer({ script });
    expect(of("server/greeting")).toEqual({
      verdict: "warn",
      cause:
        "A mail server answers, but it announces nothing that it can do: it does not understand EHLO, or a firewall keeps it from doing so.",
      cure: "Switch mail filtering (SMTP inspection, fixup) off in the firewall between this computer and the server.",
      quote: "220 test.example ESMTP",
      place: null,
    });
  });

  test("its clock is an hour off", async () => {
    const script = (moment: Moment) =>
      moment.phase === "greeting"
        ? "220 mail Microsoft ESMTP MAIL Service ready at Fri, 20 Nov 2026 14:00:00 +0100"
        : closedRelay(moment);
    const { of } = await atServer({ script });
    expect(of("server/greeting")).toMatchObject({
      verdict: "warn",
      cause: expect.stringMatching(
        /^A mail server answers, but its clock shows 2026-11-2\d \d\d:00 where this computer's shows 2026-11-2\d \d\d:00\.$/,
      ),
      cure: "Let both computers set their clocks by the network: wrong times make mail expire too early or too late.",
    });
    expect(timeIn("220 ready at Fri, 20 Nov 2026 13:00:00 +0100")).toBe(NOW);
    expect(timeIn("220 mail.example.com ESMTP Postfix")).toBeNull();
    expect(timeIn("220 99 Xxx 2026 99:99 +9999")).toBeNull();
  });

  test.each<[string, Input, Partial<Told>]>([
    [
      "refused",
      { password: "s3cret" },
      { verdict: "fail", quote: "535 5.7.8 wrong", place: "smtp.username" },
    ],
    [
      "the password is missing",
      { password: null },
      {
        verdict: "fail",
        cause: 'There is a user name ("gateway") but no password; no login was tried.',
        cure: "Enter the password again, or remove the user name when the server needs no login.",
        place: "smtp.password",
      },
    ],
    [
      "the password cannot be read",
      { password: { scheme: "elsewhere", value: "x" } },
      { verdict: "fail", cause: "The stored password cannot be read on this computer; no login was tried." },
    ],
  ])("login: %s", async (_title, login, expected) => {
    const script = ({ phase }: Moment) => (phase === "auth" ? "535 5.7.8 wrong" : undefined);
    const options = { script, extensions: ["AUTH PLAIN LOGIN"] };
    const { of, verdicts, server } = await atServer(options, { username: "gateway", ...login });
    expect(of("server/login")).toMatchObject(expected);
    expect(verdicts("server")).toContain("greeting pass");
    expect(verdicts("server")).toContain("recipients skipped");
    expect(JSON.stringify(server.lines)).not.toContain("RCPT");
    expect(server.lines.filter((line) => line.startsWith("AUTH")).length).toBeLessThan(2);
  });

  test("a login over the network in plain", async () => {
    const connection = {
      greeting: "220 hi",
      tls: null,
      extensions: new Map([["AUTH", "PLAIN"]]),
      usable: true,
      trial: async () => ({ kind: "accepted", reply: { code: 250, enhanced: null, text: "" } }) as const,
      quit: async () => undefined,
    };
    const { of } = await diagnosed(
      settingsAt(25, { host: "mail.office.lan", username: "gateway", password: "s3cret" }),
      { openServer: async () => ({ kind: "open", connection }) },
    );
    expect(of("server/login")).toEqual({
      verdict: "warn",
      cause: 'User "gateway" and the password are right, but they are sent unencrypted.',
      cure: "Choose STARTTLS or TLS as the encryption.",
      place: "smtp.security",
    });
  });
});

test("a server that says nothing costs its time and no more", async () => {
  const server = await startServer({ script: () => ({ and: "stall" }) });
  const timers: (() => void)[] = [];
  const clock = {
    ...frozenClock,
    // Every time limit, as soon as the server has been connected to.
    after(milliseconds: number, run: () => void) {
      const disarm = frozenClock.after(milliseconds, run);
      if (milliseconds === 60_000) timers.push(run);
      return disarm;
    },
  };
  const running = diagnosed(settingsAt(server.port), { clock });
  await server.until(() => server.connections === 1);
  while (timers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const run of timers) run();
  const { of } = await running;
  expect(of("server/greeting")).toMatchObject({
    verdict: "fail",
    cause: `The local mail server 127.0.0.1:${server.port} did not answer in time, before it greeted us.`,
  });
  await server.until(() => server.open === 0);
});
