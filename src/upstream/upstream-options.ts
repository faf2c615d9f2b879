import type { BackendCapabilities } from '../backend/backend-capabilities.ts';
import type { UpstreamKind } from '../upstream-rules/upstream-kinds.ts';

/** One server, or a URL that stands for several. */
export interface UpstreamEndpoint {
  /** Up to and with `/v1`. */
  readonly baseUrl: URL;
  readonly kind: UpstreamKind;
  /** Sent to this upstream only. undefined: it wants none. */
  readonly apiKey: string | undefined;
  /** `router`: it balances by itself, and is told whose requests are whose. */
  readonly mode: 'single' | 'router' | 'replica';
  /** The header that tells a router the project of a request; default: `projectHeaderDefault`. */
  readonly projectHeader?: string | undefined;
  /** Time between two probes, in milliseconds; default: `probeMsDefault`. */
  readonly probeMs?: number | undefined;
}

/** How long parts of a request may take, in milliseconds; by default `timeoutDefaults`. */
export interface UpstreamTimeouts {
  /** To open a connection, with TLS. Default: 5 s. */
  readonly connectMs?: number | undefined;
  /**
   * From the request to the first text, reasoning or call. Default: 2 minutes for streamed answers, and no more than
   * `totalMs` for plain ones. With a value of its own, the upstream is asked for plain answers as streams too.
   */
  readonly firstTokenMs?: number | undefined;
  /** Between two pieces of an answer. Default: 1 minute. */
  readonly betweenChunksMs?: number | undefined;
  /** For the whole answer. Default: 10 minutes. */
  readonly totalMs?: number | undefined;
}

/** A model of an upstream. */
export interface UpstreamDeploymentOptions {
  /** The upstream's name of the model. */
  readonly model: string;
  readonly timeouts: UpstreamTimeouts;
  /** What the operator knows better than the preset of the kind, and allows: no preset has `imageAddresses`. */
  readonly capabilities: Partial<BackendCapabilities>;
  /** Names of the client's own fields that go to the upstream. */
  readonly passParameters: readonly string[];
  /** Tokens that prompt and completion may have together; undefined: as the upstream says. */
  readonly contextLength?: number | undefined;
  /** The model makes embeddings. Default: false. */
  readonly makesEmbeddings?: boolean | undefined;
}
