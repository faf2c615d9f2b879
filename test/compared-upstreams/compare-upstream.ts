import { isDeepStrictEqual } from 'node:util';
import { createTestHome, startServerProcess, writeConfig } from '../server-process.ts';
import { type ComparedCase, type ComparedKind, comparedCases } from './compared-cases.ts';
import { type Outcome, readOutcome } from './read-outcome.ts';

/** A real server, without `/v1`. */
export interface ComparedServer {
  readonly kind: ComparedKind;
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string;
}

/**
 * - `same`.
 * - `known`: it differs, and `reason` is what our guide says of it.
 * - `unsteady`: two direct answers differ already.
 * - `differs`: a fault, or a note is missing.
 */
export interface Comparison {
  readonly name: string;
  readonly isStreamed: boolean;
  readonly result: 'same' | 'known' | 'unsteady' | 'differs';
  readonly direct: Outcome;
  readonly through: Outcome;
  readonly reason?: string;
}

/** Time for one answer: the servers may share few cores, in milliseconds. */
const answerMsMax = 300_000;

/**
 * Asks the server everything twice: directly, and through a server of ours in front of it.
 *
 * @param onCompared hears of each answer at once: all of them take minutes
 */
export async function compareUpstream(
  server: ComparedServer,
  onCompared: (comparison: Comparison) => void,
): Promise<readonly Comparison[]> {
  const home = await createTestHome();
  await writeConfig(home, toConfig(server));
  const environment = server.key === undefined ? {} : { COMPARED_UPSTREAM: server.key };
  const ours = await startServerProcess({ home, flags: ['--log-level', 'error'], environment });
  try {
    const comparisons: Comparison[] = [];
    for (const compared of comparedCases) {
      for (const isStreamed of compared.path === '/embeddings' ? [false] : [false, true]) {
        const askDirect = () => ask(server, compared, isStreamed);
        const askOurs = () => ask({ ...server, url: ours.url, key: ours.key }, compared, isStreamed);
        const comparison = await compare(compared, isStreamed, server.kind, askDirect, askOurs);
        onCompared(comparison);
        comparisons.push(comparison);
      }
    }
    return comparisons;
  } finally {
    await ours.stop();
  }
}

function toConfig({ kind, url, key, model }: ComparedServer): string {
  const upstream = {
    kind,
    baseUrl: `${url}/v1`,
    ...(key === undefined ? {} : { apiKeyEnv: 'COMPARED_UPSTREAM' }),
  };
  const deployments = [{ upstream: 'compared', model }];
  return JSON.stringify({ upstreams: { compared: upstream }, models: [{ name: model, deployments }] });
}

async function ask(
  { url, key, model }: Pick<ComparedServer, 'url' | 'key' | 'model'>,
  { path, body }: ComparedCase,
  isStreamed: boolean,
): Promise<Outcome> {
  const { stream_options: options = { include_usage: true }, ...plain } = body;
  const streamed = { stream: true, stream_options: options };
  const answer = await fetch(`${url}/v1${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model, ...plain, ...(isStreamed ? streamed : {}) }),
    signal: AbortSignal.timeout(answerMsMax),
  });
  return await readOutcome(answer);
}

async function compare(
  { name, differs = {} }: ComparedCase,
  isStreamed: boolean,
  kind: ComparedKind,
  askDirect: () => Promise<Outcome>,
  askOurs: () => Promise<Outcome>,
): Promise<Comparison> {
  const direct = await askDirect();
  const through = await askOurs();
  const compared = { name, isStreamed, direct, through };
  if (isDeepStrictEqual(direct, through)) return { ...compared, result: 'same' };
  const reason = differs[kind];
  if (reason !== undefined) return { ...compared, result: 'known', reason };
  const again = await askDirect();
  const isUnsteady = !isDeepStrictEqual(direct, again);
  return { ...compared, result: isUnsteady ? 'unsteady' : 'differs' };
}
