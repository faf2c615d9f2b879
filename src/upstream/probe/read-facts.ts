import { tryParseJson } from '../../json/try-parse-json.ts';
import { readUpstreamMetrics } from '../../protocol/openai/upstream/read-upstream-metrics.ts';
import {
  readPropsContextLength,
  readShowContextLength,
  readUpstreamModels,
  readUpstreamVersion,
} from '../../protocol/openai/upstream/read-upstream-models.ts';
import type { UpstreamBody } from '../../protocol/openai/upstream/to-upstream-request.ts';
import type { UpstreamKind } from '../../upstream-rules/upstream-kinds.ts';
import type { UpstreamFacts } from './upstream-facts.ts';

/** Asks the server for a path; a failure to ask is thrown. */
export type AskPath = (question: Question) => Promise<{ readonly status: number; readonly text: string }>;

export interface Question {
  /** Below the base URL, or below the root of the server. */
  readonly below: 'base' | 'root';
  readonly path: string;
  /** Sent as JSON with POST; absent: GET. */
  readonly body?: UpstreamBody;
}

export interface ProbedServer {
  readonly kind: UpstreamKind;
  /** What stands behind a router is not one server: it has no figures of its own. */
  readonly isRouter: boolean;
  /** The models that deployments use. */
  readonly usedModels: ReadonlySet<string>;
}

/** The server answered, and can't serve: it is down, or refuses our key. */
export class ProbeError extends Error {
  constructor(status: number) {
    super(`The upstream answered the question for its models with the status ${status}.`);
    this.name = 'ProbeError';
  }
}

const versionPaths: Readonly<Record<UpstreamKind, string | undefined>> = {
  'openai-compatible': '/version',
  vllm: '/version',
  sglang: '/get_server_info',
  'llama-server': undefined,
  ollama: '/api/version',
  openai: undefined,
  litellm: undefined,
  gravix: undefined,
};

const kindsWithMetrics: ReadonlySet<UpstreamKind> = new Set([
  'openai-compatible',
  'vllm',
  'sglang',
  'llama-server',
]);

/**
 * Everything that the server says of itself. Only its list of models must be answered; the rest is absent where it fails.
 *
 * @throws {ProbeError} and whatever `ask` throws
 */
export async function readFacts(ask: AskPath, server: ProbedServer): Promise<UpstreamFacts> {
  const { kind, isRouter, usedModels } = server;
  const list = await ask({ below: 'base', path: '/models' });
  if (list.status >= 500 || list.status === 401 || list.status === 403) throw new ProbeError(list.status);
  const askJson = async (question: Question | undefined): Promise<unknown> => {
    const answer = question && (await ask(question).catch(() => undefined));
    return answer?.status === 200 ? tryParseJson(answer.text) : undefined;
  };
  const versionPath = versionPaths[kind];
  const [version, props, metrics, ...shown] = await Promise.all([
    askJson(versionPath === undefined ? undefined : { below: 'root', path: versionPath }),
    askJson(kind === 'llama-server' ? { below: 'root', path: '/props' } : undefined),
    !isRouter && kindsWithMetrics.has(kind)
      ? ask({ below: 'root', path: '/metrics' }).catch(() => undefined)
      : undefined,
    ...(kind === 'ollama' ? [...usedModels] : []).map(async (model) => ({
      model,
      length: readShowContextLength(await askJson({ below: 'root', path: '/api/show', body: { model } })),
    })),
  ]);
  return {
    models: list.status === 200 ? readUpstreamModels(tryParseJson(list.text)) : undefined,
    version: readUpstreamVersion(version) ?? readUpstreamVersion(props),
    contextLengths: new Map(
      shown.flatMap(({ model, length }) => (length === undefined ? [] : [[model, length] as const])),
    ),
    contextLength: readPropsContextLength(props),
    metrics: metrics?.status === 200 ? readUpstreamMetrics(metrics.text) : undefined,
  };
}
