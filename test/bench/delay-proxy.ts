/**
 * A mailbox far away: a TCP relay on loopback that holds back whatever passes, half of the round trip each way. The
 * bandwidth is not limited. A process of its own:
 *
 *     node test/bench/delay-proxy.ts LISTEN_PORT TARGET_PORT ROUND_TRIP_MILLISECONDS
 */
import { connect, createServer, type Socket } from "node:net";

const [listenPort = 0, targetPort = 0, roundTrip = 0] = process.argv.slice(2).map(Number);
const oneWay = roundTrip / 2;
/** Octets under way in one direction; more, and the sender has to wait. */
const ROOM = 64_000_000;

createServer((near) => {
  const far = connect(targetPort, "127.0.0.1");
  pass(near, far);
  pass(far, near);
}).listen(listenPort, "127.0.0.1");

interface Piece {
  readonly due: number;
  /** Null: the end. */
  readonly octets: Buffer | null;
}

function pass(from: Socket, to: Socket): void {
  let pieces: Piece[] = [];
  let held = 0;
  let waiting = false;
  const hold = (octets: Buffer | null): void => {
    pieces.push({ due: performance.now() + oneWay, octets });
    held += octets?.length ?? 0;
    if (held > ROOM) from.pause();
    if (!waiting) setTimeout(release, oneWay);
    waiting = true;
  };
  const release = (): void => {
    const now = performance.now();
    // A timer may be early by a part of a millisecond.
    const ready = pieces.filter(({ due }) => due <= now + 0.5);
    pieces = pieces.slice(ready.length);
    for (const { octets } of ready) {
      if (octets === null) to.end();
      else to.write(octets);
      held -= octets?.length ?? 0;
    }
    if (held <= ROOM) from.resume();
    const [next] = pieces;
    waiting = next !== undefined;
    if (next !== undefined) setTimeout(release, next.due - now);
  };
  from.setNoDelay(true);
  from.on("data", hold);
  from.on("end", () => hold(null));
  // One side that is gone takes the other with it.
  from.on("error", () => to.destroy());
}
