import { expect, test } from "vitest";
import { POP3_PORTS, portFor, SMTP_PORTS } from "../../../../renderer/tabs/servers/ports.ts";

test.each([
  [POP3_PORTS, 110, "none", "tls", 995],
  [POP3_PORTS, 995, "tls", "starttls", 110],
  [POP3_PORTS, 1_110, "none", "tls", 1_110],
  [POP3_PORTS, 110, "tls", "none", 110],
  [SMTP_PORTS, 25, "opportunistic", "tls", 465],
  [SMTP_PORTS, 465, "tls", "none", 25],
  [SMTP_PORTS, 587, "starttls", "tls", 587],
  [SMTP_PORTS, "", "none", "tls", ""],
])("of %o, port %o from %s to %s is %o", (usual, port, from, to, expected) => {
  expect(portFor(usual, port, from, to)).toBe(expected);
});
