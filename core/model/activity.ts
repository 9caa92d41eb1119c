/** What went through, for the home page's cards and graphs. Counted from the history; local time. */

export interface ActivityBucket {
  /** ms since 1970: the beginning of the hour or day. */
  readonly from: number;
  readonly collected: number;
  readonly delivered: number;
  /** Refused for good, expired, or to Junk. */
  readonly failed: number;
}

export interface DayCounts {
  readonly collected: number;
  readonly delivered: number;
  readonly errors: number;
  readonly junk: number;
}

export interface Activity {
  /** 24, the last of them the hour that runs. */
  readonly hours: readonly ActivityBucket[];
  /** 30, the last of them today. */
  readonly days: readonly ActivityBucket[];
  readonly today: DayCounts;
  readonly yesterday: DayCounts;
}
