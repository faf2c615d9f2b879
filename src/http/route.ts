import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ToParam } from '../backend/request-place.ts';
import type { ShownSetting } from '../protocol/openai/admin/settings.ts';
import type { ChatService } from '../service/chat/chat.ts';
import type { StoredCompletionService } from '../service/chat/stored-completions.ts';
import type { ConfigReload } from '../service/config-reload.ts';
import type { EmbeddingService } from '../service/embeddings.ts';
import type { IdempotencyService } from '../service/idempotency/idempotency.ts';
import type { KeyIdentity } from '../service/keys/key-identity.ts';
import type { KeyService } from '../service/keys/keys.ts';
import type { KeyUse } from '../service/limits/key-use.ts';
import type { ModelInventory } from '../service/models/model-inventory.ts';
import type { ModelManagement } from '../service/models/model-management.ts';
import type { ModelPulls } from '../service/models/model-pulls.ts';
import type { ModelService } from '../service/models/models.ts';
import type { TokenService } from '../service/tokens.ts';
import type { UpstreamOverview } from '../service/upstream-overview.ts';
import type { UsageEndpoint, UsageRecord } from '../service/usage/usage-record.ts';
import type { UsageReports } from '../service/usage/usage-reports.ts';
import type { UseCaseFrame } from '../service/usage/use-case.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Console } from './console/console.ts';
import type { ConsoleBuild } from './console/console-build.ts';
import type { KnownLimits } from './hooks/rate-limits.ts';
import type { DescribedRoute } from './openapi/create-openapi-document.ts';

export interface HttpServices {
  readonly frame: UseCaseFrame;
  readonly chat: ChatService;
  readonly stored: StoredCompletionService;
  readonly embeddings: EmbeddingService;
  readonly tokens: TokenService;
  readonly models: ModelService;
  readonly management: ModelManagement;
  readonly inventory: ModelInventory;
  readonly upstreams: UpstreamOverview;
  readonly pulls: ModelPulls;
  readonly idempotency: IdempotencyService;
  readonly keys: KeyService;
  readonly config: ConfigReload;
  /** The effective settings, without secrets. */
  readonly listSettings: () => readonly ShownSetting[];
  /** The state of the limits of keys. */
  readonly admissions: KnownLimits;
  /** The limits and budgets of a key, with their current use. */
  readonly readKeyUse: (key: KeyIdentity) => Promise<KeyUse>;
  readonly reports: UsageReports;
  /** The currency of all prices, as they are now: three capital letters. */
  readonly currency: () => string;
  /** Undefined: it is switched off, or was not built. */
  readonly console: Console | undefined;
  /** Undefined: web/ was not built. */
  readonly build: ConsoleBuild | undefined;
  readonly isStoreAnswering: () => boolean;
  readonly metrics: HttpMetrics;
  /** Undefined: requests are not traced. */
  readonly traces?: HttpTraces | undefined;
  readonly logger: Logger;
  /** Of this server, as its package has it. */
  readonly version: string;
  /** By which people start this program on its machine. */
  readonly commandName: string;
  /** Puts that name into the commands of a message. */
  readonly nameCommands: (text: string) => string;
}

/** The metrics of this server, in the text format of Prometheus, and what HTTP adds to them. */
export interface HttpMetrics {
  readonly contentType: string;
  readText(): Promise<string>;
  /** @param route the pattern of its URL, never the URL */
  noteAnswer(route: string, status: number): void;
}

export interface HttpTraces {
  /** @param traceparent the header as the client sent it */
  begin(traceparent: unknown): HttpTrace;
}

/** The trace of one request. */
export interface HttpTrace {
  /** For requests that are sent on because of this one. */
  readonly traceparent: string;
  end(request: EndedRequest): void;
}

export interface EndedRequest {
  readonly requestId: string;
  readonly method: string;
  /** The pattern of its URL. */
  readonly route: string;
  readonly status: number;
  /** On the clock of `performance.now()`. */
  readonly arrivedAtMs: number;
  readonly usage: UsageRecord | undefined;
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export interface Route extends DescribedRoute {
  readonly handler: Handler;
  /** The endpoint's names for places. A handler whose names depend on the body sets them itself. */
  readonly toParam?: ToParam;
  /** Its requests may carry an idempotency key: the endpoint that answers them again. */
  readonly replaysAs?: UsageEndpoint;
}
