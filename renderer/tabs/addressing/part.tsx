import { Box, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A part of one of these pages: as wide as there is room, since "Try it" stands where other pages have help. */
export function Part({
  title,
  hint,
  children,
}: {
  readonly title: ReactNode;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <Stack component="section" gap="sm">
      <Box>
        <Title order={2}>{title}</Title>
        {hint !== undefined && (
          <Text size="sm" c="dimmed" mt={2} maw={640}>
            {hint}
          </Text>
        )}
      </Box>
      {children}
    </Stack>
  );
}
