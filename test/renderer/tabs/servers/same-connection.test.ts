import { expect, test } from "vitest";
import { isSameConnection } from "../../../../renderer/tabs/servers/same-connection.ts";

const stored = { scheme: "stored", value: "" };
const tested = {
  host: "pop.example.net",
  port: 995,
  security: "tls",
  acceptedCertificate: null,
  username: "anna",
  password: "typed",
};

test.each([
  ["nothing changed", tested, {}, true],
  ["the password was saved", tested, { password: stored }, true],
  [
    "a stored one is still the stored one",
    { ...tested, password: { ...stored } },
    { password: stored },
    true,
  ],
  ["there is none", { ...tested, password: null }, { password: null }, true],
  ["something else of the account", tested, { name: "Office" }, true],
  ["another password", tested, { password: "other" }, false],
  ["a new one in place of the stored one", { ...tested, password: stored }, {}, false],
  ["the password was taken away", tested, { password: null }, false],
  ["another host", tested, { host: "pop.example.org" }, false],
  ["another port", tested, { port: 110 }, false],
  ["another security", tested, { security: "none" }, false],
  ["a certificate was accepted", tested, { acceptedCertificate: "ab" }, false],
  ["another user", tested, { username: "bert" }, false],
])("%s", (_, before, change, same) => {
  expect(isSameConnection(before, { ...tested, ...change })).toBe(same);
});
