/** What the trials showed, in a line each; null: not tried with these values, or it did not work. */
import { useTranslation } from "react-i18next";
import { formatNumber, formatSize } from "../state/format.ts";
import type { Assistant } from "./use-assistant.ts";
import { judge, type TrialResult, type TriedStep } from "./verdict.ts";

export function useFacts({ current, draft }: Assistant): {
  readonly mailbox: string | null;
  readonly server: string | null;
} {
  const { t } = useTranslation();
  const shown = (step: TriedStep): TrialResult | null => {
    const trial = current(step);
    return trial === null || judge(step, trial.result).kind === "failed" ? null : trial.result;
  };
  const mailbox = shown("mailbox");
  const facts = mailbox !== null && "test" in mailbox ? mailbox.test.mailbox : null;
  return {
    mailbox:
      facts === null
        ? mailbox === null
          ? null
          : t("assistant.mailbox.answers")
        : facts.messages === 0
          ? t("assistant.mailbox.empty")
          : t("assistant.mailbox.works", {
              count: facts.messages,
              number: formatNumber(facts.messages),
              size: formatSize(facts.size),
            }),
    server: shown("server") === null ? null : t("assistant.server.works", { host: draft.smtp.host }),
  };
}
