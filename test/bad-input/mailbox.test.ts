/** What is wrong with a POP3 account: one sentence, exit 1, everything stays on the server. */
import { expect, test } from "vitest";
import { closedPort, expectPlain, type OfficeOrder, PATIENT, startOffice } from "./office.ts";

const ACCOUNT = 'account "main"';
const UNTRUSTED = `efs: The certificate of the POP3 server 127.0.0.1 (port PORT) of ${ACCOUNT} is not trusted; its SHA-256 fingerprint is FINGERPRINT. The answer was: "DEPTH_ZERO_SELF_SIGNED_CERT". Ask your provider whether this is its certificate; if it is, accept it with Test on the page POP3, or set "acceptedCertificate" of the account to this fingerprint.\n`;

const cases: readonly (readonly [string, OfficeOrder, string])[] = [
  [
    "a wrong password",
    { account: { password: "s3cret-but-old" } },
    `efs: The POP3 server 127.0.0.1 (port PORT) of ${ACCOUNT} refused the login of user "catchall". The answer was: "[AUTH] user name or password is wrong". Enter user name and password again in the account's settings.\n`,
  ],
  [
    "an unknown host",
    { account: { host: "pop.office.invalid" } },
    `efs: The POP3 server name "pop.office.invalid" of ${ACCOUNT} does not exist. The answer was: "getaddrinfo ENOTFOUND pop.office.invalid". Check the spelling of the server name in the account's settings.\n`,
  ],
  ["an untrusted certificate", { pop3: { security: "tls" }, account: { security: "tls" } }, UNTRUSTED],
  [
    "an untrusted certificate after STLS",
    { pop3: { security: "starttls" }, account: { security: "starttls" } },
    UNTRUSTED,
  ],
  [
    "encryption that the server does not have",
    { account: { security: "starttls" } },
    `efs: The POP3 server 127.0.0.1 (port PORT) of ${ACCOUNT} does not offer encryption on this port (STLS refused); no password was sent. The answer was: "TLS cannot be started now". Set the account's security to TLS with port 995, or to none if your provider has nothing better.\n`,
  ],
];

test.for(cases)("%s", PATIENT, async ([, order, sentence]) => {
  const office = await startOffice(order);
  const finished = await office.check();
  expect([finished.code, office.told(finished)]).toEqual([1, sentence]);
  expect(finished.stdout).toMatch(/^collected 0, delivered 0, deferred 0, errors 0, /);
  expectPlain(finished);
  expect(office.pop3.left()).toHaveLength(4);
});

test("a refused port, and with --json the same as data", PATIENT, async () => {
  const port = await closedPort();
  const office = await startOffice({ account: { port } });
  const finished = await office.check();
  expect([finished.code, finished.stderr]).toEqual([
    1,
    `efs: The server 127.0.0.1 of ${ACCOUNT} refuses connections on port ${port}. The answer was: "connect ECONNREFUSED 127.0.0.1:${port}". Check server name and port (110, or 995 for TLS) in the account's settings, and whether a firewall is in between.\n`,
  ]);
  const json = await office.check("--json");
  expect([json.code, json.stderr]).toEqual([1, ""]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    collected: 0,
    problems: [{ quote: `connect ECONNREFUSED 127.0.0.1:${port}` }],
  });
  office.expectNothingLost(0);
});

test("TLS on a port without, and no TLS on a port with", PATIENT, async () => {
  const plain = await startOffice({ account: { security: "tls", timeoutSeconds: 5 } });
  const first = await plain.check();
  expect(first.code).toBe(1);
  expect(plain.told(first)).toMatch(
    /^efs: No encrypted connection \(TLS\) could be made with the POP3 server 127\.0\.0\.1 \(port PORT\) of account "main"\. The answer was: "[^"\n]*wrong version number[^"\n]*"\. Check port and security in the account's settings: TLS belongs to port 995, STARTTLS and none to port 110\.\n$/,
  );
  plain.expectNothingLost(0);
  const encrypted = await startOffice({ pop3: { security: "tls" }, account: { timeoutSeconds: 5 } });
  const second = await encrypted.check();
  expect([second.code, encrypted.told(second)]).toEqual([
    1,
    `efs: Connecting to the POP3 server 127.0.0.1 (port PORT) of ${ACCOUNT} was not done within 5 seconds: it did not send its greeting. Check that the port is a POP3 port (port 995 needs the security TLS); it is tried again at the next check.\n`,
  ]);
  encrypted.expectNothingLost(0);
});

test("one bad account does not stop the others", PATIENT, async () => {
  const office = await startOffice();
  const good = { id: "good", host: "127.0.0.1", username: "catchall", password: "secret", firstUse: "all" };
  const broken = await startOffice({
    settings: {
      accounts: [
        { ...good, id: "bad", port: await closedPort() },
        { ...good, port: office.pop3.port },
      ],
    },
  });
  const finished = await broken.check();
  expect(finished.code).toBe(1);
  expect(finished.stdout).toMatch(/^collected 4, delivered 4, /);
  expect(finished.stderr).toContain('account "bad"');
  expect(finished.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(office.pop3.left()).toEqual([]);
});
