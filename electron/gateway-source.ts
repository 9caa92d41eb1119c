/** Where this app's gateway is: in this process, or in another one whose viewer the app then is. */
import type { Call, ConnectionState, GatewayMessage, StreamEntries } from "../core/api/contract.ts";
import type { ViewerSession } from "../core/api/viewer-session.ts";

/** One window, as a viewer. */
export interface ViewerPort {
  readonly send: (message: GatewayMessage) => void;
  readonly ready: () => boolean;
  /** It sent what is no message of the contract. */
  readonly onEnd: (reason: string) => void;
}

export interface GatewaySource {
  readonly kind: "own" | "owner";
  readonly dataDirectory: string;
  readonly call: Call;
  /** What happens from now on. The returned function ends it. */
  listen(listener: (event: StreamEntries["events"]) => void): () => void;
  openViewer(port: ViewerPort): ViewerSession;
  readonly connection: {
    current(): ConnectionState;
    onChange(listener: (state: ConnectionState) => void): () => void;
  };
  /** Our own: what is in flight is finished, the data folder is given back. */
  close(): Promise<void>;
}
