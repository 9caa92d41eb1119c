/**
 * Which notification alerts become.
 *
 * 1. Alerts of one moment become one notification: a line that is down concerns many accounts at once.
 * 2. Equal alerts (their cause) within an hour are shown once.
 */
import type { Alert } from "../core/model/event.ts";
import type { Clock } from "../core/model/ports.ts";
import type { Texts } from "./texts/texts.ts";

const MOMENT = 2_000;
const HOUR = 3_600_000;

export interface AlertNotice {
  readonly title: string;
  readonly body: string;
}

export interface AlertGroups {
  add(alert: Alert): void;
  stop(): void;
}

export function createAlertGroups(
  clock: Clock,
  texts: Texts,
  show: (notice: AlertNotice) => void,
): AlertGroups {
  const shownAt = new Map<string, number>();
  let waiting: Alert[] = [];
  let disarm: (() => void) | null = null;

  const flush = (): void => {
    disarm = null;
    const alerts = waiting;
    waiting = [];
    show(noticeOf(alerts, texts));
  };
  return {
    add(alert) {
      const now = clock.now();
      for (const [cause, at] of shownAt) if (now - at >= HOUR) shownAt.delete(cause);
      if (shownAt.has(alert.cause)) return;
      shownAt.set(alert.cause, now);
      waiting.push(alert);
      disarm ??= clock.after(MOMENT, flush);
    },
    stop: () => disarm?.(),
  };
}

export function noticeOf(alerts: readonly Alert[], texts: Texts): AlertNotice {
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1) {
    return { title: texts.product, body: `${first.problem.what} ${first.problem.cure}` };
  }
  return {
    title: texts.manyAlerts(alerts.length),
    body: alerts.map(({ problem }) => problem.what).join("\n"),
  };
}
