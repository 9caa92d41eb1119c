import { Text, Tooltip } from "@mantine/core";
import { formatRelative, formatTime } from "../state/format.ts";
import { useNow } from "../state/now.ts";

/** `3 minutes ago`, with the exact time on hover and for screen readers. */
export function When({ at }: { readonly at: number }) {
  const now = useNow(30_000);
  return (
    <Tooltip label={formatTime(at)}>
      <Text component="time" inherit dateTime={new Date(at).toISOString()}>
        {formatRelative(at, now)}
      </Text>
    </Tooltip>
  );
}
