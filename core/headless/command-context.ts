import type { OpenGateway } from "../model/gateway.ts";
import type { OpenSetUp } from "../model/gateway-host.ts";
import type { Clock, Secrets } from "../model/ports.ts";
import type { Output } from "./output.ts";

/** What every command gets. */
export interface CommandContext {
  readonly dataDirectory: string;
  readonly json: boolean;
  readonly output: Output;
  /** For `efs import -`. */
  readonly stdin: AsyncIterable<Buffer>;
  readonly clock: Clock;
  /** Of this data folder. Throws ProblemError. */
  readonly openSecrets: (dataDirectory: string) => Secrets;
  readonly version: string;
  /** SIGINT or SIGTERM came: finish what is in flight. */
  readonly signal: AbortSignal;
  /** Loaded when it is needed only: other commands start faster. */
  readonly openGateway: OpenGateway;
  readonly openSetUp: OpenSetUp;
  /** A bug: details into log/efs.log. Never throws. */
  readonly onFault: (error: unknown, doing: string) => void;
}
