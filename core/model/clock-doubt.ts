/** The computer's clock was set by more than a day, or may have been: what is dated waits for a confirmation. */
export interface ClockDoubt {
  readonly kind: "forwards" | "backwards";
  /** The last time that is not in doubt, ms since 1970. */
  readonly before: number;
  /** What the clock showed when it was noticed, ms since 1970. */
  readonly after: number;
}
