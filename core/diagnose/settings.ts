import { Checklist } from "./checklist.ts";
import { contradictions } from "./contradictions.ts";
import type { CheckContext } from "./ports.ts";

export async function checkSettings({ settings, report }: CheckContext): Promise<void> {
  const list = new Checklist({ prefix: "settings", subject: "Settings", report });
  const found = contradictions(settings);
  for (const { id, title, ...finding } of found) list.warn(id, finding, title);
  if (found.length === 0)
    list.pass("consistent", { cause: "They do not contradict each other." }, "Settings");
}
