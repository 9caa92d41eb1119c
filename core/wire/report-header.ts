import type { HeaderBlock } from "./header-block.ts";

/** Marks what this program writes to the postmaster; value: `<installation id> <queue id of the original>`. */
export const REPORT_HEADER = "X-EFS-Report";

export function formatReportHeader(installationId: string, queueId: string): string {
  return `${installationId} ${queueId}`;
}

/** Written by this installation. Anybody can write such a header, so it may only ever make us say less. */
export function isOwnReport(header: HeaderBlock, installationId: string): boolean {
  return header.all(REPORT_HEADER).some(({ unfolded }) => unfolded.startsWith(`${installationId} `));
}
