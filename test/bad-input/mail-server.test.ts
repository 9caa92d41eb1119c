/** What is wrong with the local mail server, or with the domains: what was collected stays in the spool. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { accountFor, officeSettings, saveOfficeSettings } from "../support/office-folder.ts";
import { expectPlain, type OfficeOrder, PATIENT, startOffice } from "./office.ts";

const SERVER = "The local mail server 127.0.0.1:PORT";
const LOGIN = { user: "efs", password: "right" } as const;

const cases: readonly (readonly [string, OfficeOrder, string])[] = [
  [
    "an untrusted certificate",
    { smtp: { security: "tls" }, server: { security: "tls" } },
    `efs: The certificate of the local mail server 127.0.0.1:PORT cannot be trusted: it was signed by the server itself. The answer was: "DEPTH_ZERO_SELF_SIGNED_CERT". Install a valid certificate on the server, or accept this certificate explicitly on the SMTP tab.\n`,
  ],
  [
    "no STARTTLS where it is required",
    { server: { security: "starttls" } },
    `efs: ${SERVER} does not offer an encrypted connection (STARTTLS), but the settings require it. The answer was: "500 Error: command not recognized". Switch STARTTLS on at the mail server (it needs a certificate), or choose another security on the SMTP tab.\n`,
  ],
  [
    "a login that is missing",
    { smtp: { login: LOGIN } },
    `efs: ${SERVER} wants a login or an encrypted connection before it takes mail. The answer was: "530 Error: authentication Required". Let the server accept mail from this computer's IP address without a login, or set security, user name and password on the SMTP tab.\n`,
  ],
];

test.for(cases)("%s", PATIENT, async ([, order, sentence]) => {
  const office = await startOffice(order);
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([1, sentence]);
  expect(finished.stdout).toMatch(/^collected 4, delivered 0, deferred 4, errors 0, junk 0, /);
  expectPlain(finished);
  expect(office.arrived()).toEqual([]);
  expect(office.pop3.left()).toEqual([]);
});

test("a refused login, and all is well with the right password", PATIENT, async () => {
  const office = await startOffice({ smtp: { security: "tls", login: LOGIN } });
  const change = (password: string): Promise<void> =>
    saveOfficeSettings(
      office.data,
      officeSettings(
        { pop3: office.pop3.port, smtp: office.smtp.port },
        {
          accounts: [accountFor(office.pop3.port)],
          smtp: {
            host: "127.0.0.1",
            port: office.smtp.port,
            security: "tls",
            acceptedCertificate: office.smtp.certificate?.fingerprint,
            username: "efs",
            password,
          },
        },
      ),
    );
  await change("wr0ng");
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([
    1,
    `efs: ${SERVER} refused the login. The answer was: "535 5.7.8 User name or password is wrong". Check user name and password on the SMTP tab; a server in the office often needs none at all.\n`,
  ]);
  await change("right");
  const again = await office.check();
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(office.arrived()).toHaveLength(4);
});

test("nobody listens; then somebody does, and everything arrives", PATIENT, async () => {
  const office = await startOffice();
  await office.smtp.stop();
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([
    1,
    `efs: ${SERVER} refused the connection: nothing is listening on that port. The answer was: "ECONNREFUSED". Check that the mail server is running and that the port on the SMTP tab is right (usually 25).\n`,
  ]);
  expect(finished.stdout).toMatch(/^collected 4, delivered 0, deferred 4, /);
  await office.smtp.start();
  const again = await office.check();
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(office.arrived()).toHaveLength(4);
});

test("an unknown host", PATIENT, async () => {
  const office = await startOffice({ server: { host: "mail.office.invalid" } });
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([
    1,
    'efs: The local mail server mail.office.invalid:PORT was not found: no such name is known on this network. The answer was: "ENOTFOUND". Check the server\'s name on the SMTP tab, or enter its IP address instead.\n',
  ]);
  expect(finished.stdout).toMatch(/^collected 4, delivered 0, deferred 4, /);
});

test("a greeting that turns us away", PATIENT, async () => {
  const refusing = createServer((socket) => {
    socket.on("error", () => undefined).end("554 5.7.1 No mail from this address\r\n");
  });
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => refusing.close(() => resolve())));
  const { port } = refusing.address() as { port: number };
  const office = await startOffice({ server: { port } });
  const finished = await office.check();
  expect(finished.code).toBe(1);
  expect(finished.stderr).toMatch(
    new RegExp(
      `^efs: The local mail server 127\\.0\\.0\\.1:${port} .*"554 5\\.7\\.1 No mail from this address"\\. .*\\n$`,
    ),
  );
  expect(finished.stdout).toMatch(/^collected 4, delivered 0, deferred 4, errors 0, /);
  expectPlain(finished);
});

test(
  "a wrong domain here: nothing is lost, the postmaster gets it and the sentence names the domains",
  PATIENT,
  async () => {
    const office = await startOffice({ settings: { domains: { primary: "ofice.test" } } });
    const finished = await office.check();
    expect(finished.code).toBe(0);
    expect(finished.stderr).toMatch(
      /^efs: None of the 4 messages collected now is for a domain of the settings \(primary: ofice\.test\); they name addresses of office\.test[a-z0-9., ]* and were sent to the postmaster \(postmaster@office\.test\)\. Check the spelling of the domains in the settings, and add those that are missing\.\n$/,
    );
    expect(office.arrived().map(({ rcptTo }) => rcptTo)).toEqual(
      Array.from({ length: 4 }, () => ["postmaster@office.test"]),
    );
  },
);

test(
  "a domain that the server does not know: Errors, the report, and the server's words",
  PATIENT,
  async () => {
    const office = await startOffice({ smtp: { users: ["postmaster"] } });
    const finished = await office.check();
    expect(finished.code).toBe(1);
    expect(finished.stdout).toMatch(/^collected 4, delivered 0, deferred 0, errors 4, junk 0, /);
    expect(finished.stderr).toMatch(
      /^efs: 4 messages could not be delivered and went to Errors, the last one for \S+@office\.test\. The answer was: "550 5\.1\.1 No such user here"\. .+\n$/,
    );
    expect(office.smtp.messages.slice(0, 4).map(({ rcptTo }) => rcptTo)).toEqual(
      Array.from({ length: 4 }, () => ["postmaster@office.test"]),
    );
  },
);

test("mail that the server will take later", PATIENT, async () => {
  const office = await startOffice();
  office.smtp.policy.allRecipients = { code: 450, text: "4.2.1 Mailbox is busy" };
  const finished = await office.check();
  expect(finished.code).toBe(1);
  expect(finished.stdout).toMatch(/^collected 4, delivered 0, deferred 4, errors 0, /);
  expect(finished.stderr).toMatch(
    /^efs: 4 messages could not be delivered yet and wait in Inbox for another try, the last one for \S+@office\.test\. The answer was: "450 4\.2\.1 Mailbox is busy"\. .+\n$/,
  );
  office.smtp.policy.allRecipients = null;
  const again = await office.check("--send-now");
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(office.arrived()).toHaveLength(4);
});
