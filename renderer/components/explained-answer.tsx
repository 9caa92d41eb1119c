/** A server's answer, quoted exactly, and beside it what it means and who has to act. */
import { Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { CircleHelp, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCall } from "../state/calls.ts";

export function ExplainedAnswer({
  answer,
  quoted = true,
}: {
  readonly answer: string;
  readonly quoted?: boolean;
}) {
  return (
    <Stack gap={6}>
      {quoted && <pre className="efs-quote">{answer}</pre>}
      <ExplanationOf answer={answer} />
    </Stack>
  );
}

function ExplanationOf({ answer }: { readonly answer: string }) {
  const { t } = useTranslation();
  const { data } = useCall(
    "explain",
    { answer: answer.slice(0, 4_000) },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  if (data === undefined) return <Skeleton height={36} />;
  const { meaning, cure, who, permanent } = data;
  return (
    <Stack gap={4}>
      <Text size="sm">{meaning}</Text>
      <Text size="sm" c="dimmed">
        {cure}
      </Text>
      <Group gap="xs">
        <Badge
          variant="light"
          color="gray"
          tt="none"
          c="var(--mantine-color-text)"
          leftSection={<UserRound size={12} aria-hidden />}
        >
          {t(`explained.who.${who}`)}
        </Badge>
        {permanent !== null && (
          <Badge
            variant="light"
            color="gray"
            tt="none"
            c="var(--mantine-color-text)"
            leftSection={<CircleHelp size={12} aria-hidden />}
          >
            {t(permanent ? "explained.permanent" : "explained.temporary")}
          </Badge>
        )}
      </Group>
    </Stack>
  );
}
