/** How kept, replaced and left out look: each by its own icon and line, never by colour alone. */
import { CircleCheck, CircleSlash, type LucideIcon, Replace } from "lucide-react";
import type { CSSProperties } from "react";
import type { Verdict } from "./header-marks.ts";

export const VERDICTS: readonly Verdict[] = ["kept", "mapped", "dropped"];

interface VerdictLook {
  readonly icon: LucideIcon;
  readonly color: string;
  readonly mark: CSSProperties;
}

const tint = (color: string): string => `color-mix(in srgb, ${color} 16%, transparent)`;
const MAPPED = "light-dark(var(--mantine-color-calm-8), var(--mantine-color-calm-3))";

export const VERDICT_LOOKS: Readonly<Record<Verdict, VerdictLook>> = {
  kept: {
    icon: CircleCheck,
    color: "var(--efs-good)",
    mark: { background: tint("var(--efs-good)"), borderBottom: "2px solid var(--efs-good)", fontWeight: 600 },
  },
  mapped: {
    icon: Replace,
    color: MAPPED,
    mark: { background: tint(MAPPED), borderBottom: `2px dashed ${MAPPED}` },
  },
  dropped: {
    icon: CircleSlash,
    color: "var(--efs-bad)",
    mark: {
      background: "transparent",
      borderBottom: "2px dotted var(--efs-bad)",
      textDecoration: "line-through",
    },
  },
};
