import { useEffect, useState } from "react";

/** The time, ms since 1970, as often as given; for countdowns and "3 minutes ago". */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
