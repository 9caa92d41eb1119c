/** What GNU time is asked to write, and how that is read. */

export const TIME_FORMAT = "user %U s, system %S s, peak %M KB";

export interface TimeOutput {
  /** Seconds of the process and of all its children. */
  readonly cpu: number;
  /** Octets of the largest process. */
  readonly peak: number;
}

/** Whatever else is in the text (such as "Command terminated by signal 9"); null: not what was asked for. */
export function parseTimeOutput(text: string): TimeOutput | null {
  const found = /^user ([\d.]+) s, system ([\d.]+) s, peak (\d+) KB$/m.exec(text);
  if (found === null) return null;
  const [user = 0, system = 0, peak = 0] = found.slice(1).map(Number);
  return { cpu: user + system, peak: peak * 1_024 };
}
