import { Alert, Stack, Text } from "@mantine/core";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Problem } from "../../core/model/problem.ts";

/** What happened, the other side's words, what to do; with a button where we can help. */
export function ProblemAlert({
  problem,
  severity = "error",
  children,
}: {
  readonly problem: Problem;
  readonly severity?: "error" | "warning";
  readonly children?: ReactNode;
}) {
  const Icon = severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <Alert
      role="alert"
      color={severity === "error" ? "red" : "yellow"}
      variant="light"
      icon={<Icon size={18} aria-hidden />}
      title={problem.what}
    >
      <Stack gap="xs">
        {problem.quote !== undefined && <pre className="efs-quote">{problem.quote}</pre>}
        <Text size="sm">{problem.cure}</Text>
        {children}
      </Stack>
    </Alert>
  );
}
