/** The child's side of `server-process.ts`. */
import type { AnswerMessage, CallMessage } from "./server-process.ts";

export function serveCalls(calls: Readonly<Record<string, (...args: never[]) => Promise<unknown>>>): void {
  const answer = (message: AnswerMessage): void => {
    if (process.connected) process.send?.(message);
  };
  process.on("message", ({ id, name, args }: CallMessage) => {
    const call = calls[name];
    if (call === undefined) return answer({ id, error: `no call ${name}` });
    call(...(args as never[])).then(
      (value) => answer({ id, value }),
      (error: unknown) =>
        answer({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
