/** One line of a live conversation, secrets already masked and unprintables escaped. */
export interface TranscriptEntry {
  /** Rises by one for each entry of this process. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** One connection = one session, e.g. `pop3-3`, `smtp-12`. */
  readonly session: string;
  readonly protocol: "pop3" | "smtp";
  /** The account id for POP3; the server for SMTP. */
  readonly peer: string;
  /** `client` = we said it, `server` = they said it, `note` = about the connection. */
  readonly direction: "client" | "server" | "note";
  readonly text: string;
}

/** What protocol code hands to the tap; the tap numbers and stamps it. */
export type TranscriptLine = Omit<TranscriptEntry, "sequence" | "at">;
