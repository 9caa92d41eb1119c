/**
 * Joins the stream and the window: what comes is shown at most ten times a second. While paused, lines are taken in
 * and what is shown stays as it is.
 */
import { useEffect, useMemo, useRef, useState } from "react";
import { useTransport } from "../transport/transport-context.tsx";
import { NO_FILTER, type TranscriptFilter, TranscriptLines, type TranscriptRow } from "./transcript-lines.ts";

const EVERY = 100;

export interface Conversation {
  readonly rows: readonly TranscriptRow[];
  readonly filter: TranscriptFilter;
  readonly paused: boolean;
  /** Lines that came while paused. */
  readonly unseen: number;
  readonly lines: TranscriptLines;
  choose(filter: TranscriptFilter): void;
  pause(paused: boolean): void;
  clear(): void;
}

export function useTranscript(): Conversation {
  const transport = useTransport();
  const [lines] = useState(() => new TranscriptLines());
  const [rows, setRows] = useState(lines.shown);
  const [filter, setFilter] = useState(NO_FILTER);
  const [unseen, setUnseen] = useState(0);
  const [paused, setPaused] = useState(false);
  const isPaused = useRef(false);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let waiting = 0;
    const show = (): void => {
      timer = null;
      if (isPaused.current) setUnseen((before) => before + waiting);
      else setRows(lines.shown);
      waiting = 0;
    };
    const end = transport.subscribe("transcript", {
      recent: true,
      onItems(items) {
        lines.append(items);
        waiting += items.length;
        timer ??= setTimeout(show, EVERY);
      },
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [transport, lines]);

  return useMemo(() => {
    const show = (): void => setRows(lines.shown);
    return {
      rows,
      filter,
      paused,
      unseen,
      lines,
      choose(next) {
        lines.filter(next);
        setFilter(next);
        show();
      },
      pause(wanted) {
        isPaused.current = wanted;
        setPaused(wanted);
        setUnseen(0);
        if (!wanted) show();
      },
      clear() {
        lines.clear();
        setUnseen(0);
        show();
      },
    };
  }, [lines, rows, filter, paused, unseen]);
}
