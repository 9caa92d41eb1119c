/**
 * Reads along what a client says on one SMTP connection. It counts a message as in flight from its final dot until that
 * of the next one: by then its outcome has to be on the client's disk.
 */
export interface FollowedMessage {
  /** Its X-Sample header; "" until that has passed. */
  uid: string;
  readonly recipients: string[];
}

export type FollowedEvent = "mail" | "final-dot";

export class SmtpFollower {
  readonly #onEvent: (event: FollowedEvent) => void;
  #rest = "";
  #inContent = false;
  #inHeader = false;
  /** From its MAIL on. */
  #begun: FollowedMessage | null = null;
  inFlight: FollowedMessage | null = null;

  constructor(onEvent: (event: FollowedEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("latin1")).split("\r\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (this.#inContent) {
      this.#content(line);
      return;
    }
    if (/^MAIL FROM:/i.test(line)) {
      this.#begun = { uid: "", recipients: [] };
      this.#onEvent("mail");
    }
    const recipient = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1];
    if (recipient !== undefined) this.#begun?.recipients.push(recipient);
    if (/^DATA$/i.test(line)) {
      this.#inContent = true;
      this.#inHeader = true;
    }
  }

  #content(line: string): void {
    if (line === ".") {
      this.#inContent = false;
      this.inFlight = this.#begun;
      this.#onEvent("final-dot");
    } else if (line === "") {
      this.#inHeader = false;
    } else if (this.#inHeader && this.#begun !== null) {
      const uid = /^X-Sample: (\S+)$/i.exec(line)?.[1];
      if (uid !== undefined) this.#begun.uid = uid;
    }
  }
}
