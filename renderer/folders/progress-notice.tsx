import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import i18next from "i18next";

/** What stands in a notification while something long goes on. */
export function ProgressNotice({
  words,
  part,
  onStop,
}: {
  readonly words: string;
  /** 0 to 1. */
  readonly part: number;
  readonly onStop: () => void;
}) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" className="efs-numbers">
          {words}
        </Text>
        <Button size="compact-xs" variant="default" onClick={onStop}>
          {i18next.t("messages.stop")}
        </Button>
      </Group>
      <Progress value={part * 100} size="sm" aria-label={words} />
    </Stack>
  );
}
