/** A term of the trade, explained where it stands; reachable by keyboard. */
import { Text, Tooltip } from "@mantine/core";

export function Term({ children, meaning }: { readonly children: string; readonly meaning: string }) {
  return (
    <Tooltip label={meaning} events={{ hover: true, focus: true, touch: true }} withinPortal={false}>
      <Text
        component="button"
        type="button"
        inherit
        style={{
          appearance: "none",
          background: "none",
          border: 0,
          padding: 0,
          color: "inherit",
          cursor: "help",
          textDecoration: "underline dotted",
          textUnderlineOffset: 3,
        }}
      >
        {children}
      </Text>
    </Tooltip>
  );
}
