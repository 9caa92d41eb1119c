import { Box, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "../state/use-title.ts";

/** The frame of a page's content: its name, one sentence about it, and on the right what can be done. */
export function Page({
  title,
  lead,
  actions,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly actions?: ReactNode;
  /** Lists take the full width; everything else at most 1,200 px. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}) {
  useTitle(title);
  return (
    <Stack gap="md" p="lg" maw={wide ? undefined : 1_200} h={wide ? "100%" : undefined}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Box>
          <Title order={1}>{title}</Title>
          {lead !== undefined && (
            <Text size="sm" c="dimmed" mt={4} maw={720}>
              {lead}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

/** A group of fields under a short heading, at most 640 px wide, help beside it. */
export function Section({
  title,
  help,
  children,
}: {
  readonly title: string;
  readonly help?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Box component="section" className="efs-section">
      <Stack gap="sm">
        <Title order={2}>{title}</Title>
        {children}
      </Stack>
      {help === undefined ? null : (
        <Text component="div" size="sm" c="dimmed" className="efs-section-help">
          {help}
        </Text>
      )}
    </Box>
  );
}

/** What will appear here, and when. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <Stack align="center" justify="center" gap="xs" py={64} ta="center">
      {icon}
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" c="dimmed" maw={440}>
          {children}
        </Text>
      )}
    </Stack>
  );
}
