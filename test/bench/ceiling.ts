/**
 * The ceiling: what one POP3 and one SMTP connection let through when nothing is kept, read or decided. Not a gateway: no
 * disk, no limits, no errors, one fixed recipient. RETR and DELE are pipelined; MAIL, RCPT and DATA go out in one write
 * after the last 250; the octets are passed on as they are, since POP3 and SMTP stuff dots alike. DELE after the 250 only.
 *
 *     node test/bench/ceiling.ts POP3_PORT SMTP_PORT USER PASSWORD RECIPIENT
 */
import { connect, type Socket } from "node:net";

const [pop3Port, smtpPort, user, password, recipient] = process.argv.slice(2);
const WINDOW = 16;
const END = Buffer.from("\r\n.\r\n");

class Wire {
  readonly socket: Socket;
  readonly #pieces: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#pieces = this.socket[Symbol.asyncIterator]();
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#pieces.next();
    if (done === true) throw new Error("connection lost");
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value]);
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf(10);
      if (end >= 0) {
        const line = this.#held.toString("latin1", 0, end - 1);
        this.#held = this.#held.subarray(end + 1);
        return line;
      }
      await this.#more();
    }
  }

  /** The next reply, which has to begin so. */
  async reply(begin: string): Promise<string> {
    for (;;) {
      const line = await this.#line();
      if (!line.startsWith(begin)) throw new Error(`wanted ${begin}: ${line}`);
      if (line[3] !== "-") return line;
    }
  }

  /** To and with the line that is only a dot, in pieces as they come. */
  async *body(): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.#held.indexOf(END);
      if (end >= 0) {
        const last = this.#held.subarray(0, end + END.length);
        this.#held = this.#held.subarray(end + END.length);
        yield last;
        return;
      }
      // The end may be cut in two.
      const sure = this.#held.length - END.length + 1;
      if (sure > 0) {
        yield this.#held.subarray(0, sure);
        this.#held = this.#held.subarray(sure);
      }
      await this.#more();
    }
  }
}

const pop3 = new Wire(Number(pop3Port));
const smtp = new Wire(Number(smtpPort));
const drained = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once("drain", resolve));

await pop3.reply("+OK");
pop3.socket.write(`USER ${user}\r\nPASS ${password}\r\nSTAT\r\n`);
await pop3.reply("+OK");
await pop3.reply("+OK");
const count = Number((await pop3.reply("+OK")).split(" ")[1]);
await smtp.reply("220");
smtp.socket.write("EHLO ceiling.test\r\n");
await smtp.reply("250");

/** Commands whose answers have not come. */
const asked: ("RETR" | "DELE")[] = [];
let underWay = 0;
let next = 1;
let delivered: number[] = [];

function ask(): void {
  const commands = delivered.map((number) => `DELE ${number}\r\n`);
  asked.push(...delivered.map(() => "DELE" as const));
  delivered = [];
  for (; underWay < WINDOW && next <= count; next += 1, underWay += 1) {
    commands.push(`RETR ${next}\r\n`);
    asked.push("RETR");
  }
  if (commands.length > 0) pop3.socket.write(commands.join(""));
}

for (let number = 1; number <= count; number += 1) {
  if (underWay <= WINDOW / 2) ask();
  while (asked.shift() === "DELE") await pop3.reply("+OK");
  await pop3.reply("+OK");
  smtp.socket.write(`MAIL FROM:<bench@remote.test>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`);
  for (const code of ["250", "250", "354"]) await smtp.reply(code);
  for await (const piece of pop3.body()) if (!smtp.socket.write(piece)) await drained(smtp.socket);
  underWay -= 1;
  await smtp.reply("250");
  delivered.push(number);
}
ask();
for (const _ of asked) await pop3.reply("+OK");
pop3.socket.write("QUIT\r\n");
smtp.socket.write("QUIT\r\n");
await pop3.reply("+OK");
await smtp.reply("221");
pop3.socket.destroy();
smtp.socket.destroy();
