/**
 * Twice the places that the engine gives its thread pool, where nobody has said otherwise. Messages' files are flushed
 * many at a time, and each flush takes a place until the disk has answered: the journal's, which sending waits for,
 * would queue behind them.
 */
const PLACES = "8";

/** Before anything uses the pool: it is made once. */
export function widenThreadPool(): void {
  process.env["UV_THREADPOOL_SIZE"] ??= PLACES;
}
