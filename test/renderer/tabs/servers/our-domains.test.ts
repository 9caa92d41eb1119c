import { expect, test } from "vitest";
import { isOurAddress } from "../../../../renderer/tabs/servers/our-domains.ts";

const domains = {
  primary: "example.com",
  secondary: ["Example.org", "*.example.net"],
  virtualAlias: "office.local",
};

test.each([
  ["postmaster@example.com", true],
  ["Postmaster@EXAMPLE.COM ", true],
  ["a@example.org", true],
  ["a@mail.example.net", true],
  ["a@example.net", false],
  ["a@notexample.net", false],
  ["a@office.local", true],
  ["a@sub.example.com", false],
  ["a@b@example.com", true],
  ["", true],
  ["postmaster", true],
  ["postmaster@", true],
])("%o: %o", (address, ours) => {
  expect(isOurAddress(address, domains)).toBe(ours);
});

test("without a virtual alias only the listed ones", () => {
  expect(isOurAddress("a@office.local", { ...domains, virtualAlias: null })).toBe(false);
});
