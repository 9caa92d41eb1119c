/** Headers as providers of several kinds hand them over, by rule: the n-th message is always the same. */
export type ProviderShape =
  /** Postfix and Dovecot: X-Original-To of the recipient, Delivered-To of the mailbox, one line of its own. */
  | "original-to"
  /** cPanel and Exim: Envelope-to on top, `for` in none, two lines of its own. */
  | "envelope-to"
  /** A header of its own name between its two lines. */
  | "own-name"
  /** qmail: Delivered-To with the mailbox, `for` in the second line of three. */
  | "received-for"
  /** Nothing but To and Cc. */
  | "nothing"
  /** Nothing, and every sender forges envelope headers below the provider's line. */
  | "forged"
  /** A filter service in front of the provider's own server. */
  | "filter";

const PEOPLE = ["anna", "bob", "kim", "lee", "sales", "info"] as const;

export interface ProviderMail {
  readonly header: string;
  /** Whom it was for. */
  readonly recipient: string;
}

/** `visibleEvery`: To names the recipient in 2 of 3 messages; the others are blind copies and lists. */
export function providerMail(shape: ProviderShape, n: number, domain = "office.example"): ProviderMail {
  const recipient = `${PEOPLE[n % PEOPLE.length]}@${domain}`;
  const author = `sender${n}@remote${n % 7}.example`;
  const client = `mx${n % 5}.remote${n % 7}.example`;
  const date = `Fri, 20 Nov 2026 10:${String(n % 60).padStart(2, "0")}:00 +0000`;
  const line = (from: string, by: string, clause = ""): string =>
    `Received: from ${from} ([192.0.2.${n % 250}])\r\n\tby ${by} with ESMTP id ${n}${clause};\r\n\t${date}\r\n`;
  const outside = line(`ws${n}.inside.example`, client);
  const rest = [
    outside,
    `From: Sender ${n} <${author}>\r\n`,
    `To: ${n % 3 === 0 ? "undisclosed-recipients:;" : `${recipient}, other${n}@else.example`}\r\n`,
    `Reply-To: spoof@${domain}\r\nSubject: Message ${n}\r\nMessage-ID: <${n}@${domain}>\r\n`,
  ].join("");
  const forged = `Delivered-To: boss@${domain}\r\nX-Original-To: boss@${domain}\r\nX-Rcpt-To: boss@${domain}\r\n`;
  return { recipient, header: `Return-Path: <${author}>\r\n${top()}${rest}` };

  function top(): string {
    switch (shape) {
      case "original-to":
        return `X-Original-To: ${recipient}\r\nDelivered-To: catchall@${domain}\r\n${line(client, "mail.isp.example (Postfix)")}`;
      case "envelope-to":
        return `Envelope-to: ${recipient}\r\n${line("mx1.isp.example", `store${n % 4}.isp.example`)}${line(client, "mx1.isp.example")}`;
      case "own-name":
        return `${line("mx1.isp.example", "store.isp.example")}X-Pobox-Recipient: <${recipient}>\r\n${line(client, "mx1.isp.example")}`;
      case "received-for":
        return `Delivered-To: catchall@${domain}\r\nReceived: (qmail ${n} invoked by uid 89); ${date}\r\n${line("filter.isp.example", "mail2.isp.example", `\r\n\tfor <${recipient}>`)}${line(client, "filter.isp.example")}`;
      case "nothing":
        return line(client, "mail.isp.example");
      case "forged":
        return `${line(client, "mail.isp.example")}${forged}`;
      case "filter":
        return `X-Envelope-To: ${recipient}\r\n${line("out3.cleanmail.example", "mail.isp.example")}${line(client, `in${n % 3}.cleanmail.example`)}`;
    }
  }
}
