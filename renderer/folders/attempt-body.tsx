/** One attempt, or equal ones in a row: server, time, the answers quoted and in plain words. */
import { Group, Stack, Text } from "@mantine/core";
import type { TFunction } from "i18next";
import { CircleCheck, CircleHelp, CircleX, Minus, RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ExplainedAnswer } from "../components/explained-answer.tsx";
import { When } from "../components/when.tsx";
import { formatNumber } from "../state/format.ts";
import type { AttemptAnswer, WayStep } from "./way.ts";

type AttemptStep = Extract<WayStep, { kind: "attempts" }>;

export function attemptTitle({ first, count, answers }: AttemptStep, t: TFunction): string {
  if (first.state !== "finished") return t(`messages.attempt.${first.state}`);
  if (count > 1) return t("messages.attempt.several", { number: formatNumber(count) });
  const results = new Set(answers.map(({ result }) => result));
  const only = results.size === 1 ? [...results][0] : undefined;
  return t(`messages.attempt.${only ?? "mixed"}`);
}

export function AttemptBody({ step: { first, last, count, answers } }: { readonly step: AttemptStep }) {
  const { t } = useTranslation();
  const seconds = first.endedAt === null ? null : (first.endedAt - first.startedAt) / 1_000;
  return (
    <Stack gap="sm">
      <Text size="sm" component="div">
        <When at={first.startedAt} />
        {count > 1 && (
          <>
            {" "}
            {t("messages.attempt.until")} <When at={last.startedAt} />
          </>
        )}
        {first.relay !== null && first.relay !== "none" && <> · {first.relay}</>}
        {seconds !== null && seconds >= 0.05 && count === 1 && (
          <> · {t("messages.attempt.seconds", { seconds: rounded(seconds) })}</>
        )}
      </Text>
      {answers.map((answer) => (
        <Answer key={answer.addresses.join(",")} answer={answer} />
      ))}
    </Stack>
  );
}

const ICONS = {
  delivered: { icon: CircleCheck, colour: "var(--efs-good)" },
  deferred: { icon: RotateCw, colour: "var(--efs-warn)" },
  refused: { icon: CircleX, colour: "var(--efs-bad)" },
  unknown: { icon: CircleHelp, colour: "var(--efs-warn)" },
  "not-tried": { icon: Minus, colour: "var(--mantine-color-dimmed)" },
} as const;

function Answer({ answer: { result, addresses, answer, problem } }: { readonly answer: AttemptAnswer }) {
  const { t } = useTranslation();
  const { icon: Icon, colour } = ICONS[result];
  return (
    <Stack gap={4}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <Icon size={14} color={colour} aria-hidden style={{ flex: "none", marginTop: 3 }} />
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          <Text span fw={600}>
            {t(`messages.answer.${result}`)}
          </Text>
          {": "}
          {addresses.slice(0, 5).join(", ")}
          {addresses.length > 5 && ` ${t("messages.more", { number: formatNumber(addresses.length - 5) })}`}
        </Text>
      </Group>
      {answer !== null && result === "delivered" && <pre className="efs-quote">{answer}</pre>}
      {answer !== null && result !== "delivered" && <ExplainedAnswer answer={answer} />}
      {problem !== null && (
        <Stack gap={4}>
          {problem.quote !== undefined && <pre className="efs-quote">{problem.quote}</pre>}
          <Text size="sm">{problem.what}</Text>
          <Text size="sm" c="dimmed">
            {problem.cure}
          </Text>
        </Stack>
      )}
    </Stack>
  );
}

function rounded(seconds: number): string {
  return seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
}
