/** A pre or post check when another kind is chosen: what both kinds have is kept, the rest begins empty. Pure. */
import type { Settings } from "../../../core/model/settings.ts";

type PreCheck = Settings["preCheck"];
type PostCheck = Settings["postCheck"];

export function preCheckOf(kind: string, before: PreCheck): PreCheck {
  const { timeoutSeconds, waitSeconds, onlyIfSuccessful } = before;
  const kept = { timeoutSeconds, waitSeconds, onlyIfSuccessful };
  if (kind === before.kind) return before;
  if (kind === "program") return { kind, path: "", arguments: [], ...kept };
  if (kind === "reach") return { kind, host: "", port: null, ...kept };
  return { kind: "none", ...kept };
}

export function postCheckOf(kind: string, before: PostCheck): PostCheck {
  const { timeoutSeconds } = before;
  if (kind === before.kind) return before;
  return kind === "program"
    ? { kind, path: "", arguments: [], timeoutSeconds }
    : { kind: "none", timeoutSeconds };
}
