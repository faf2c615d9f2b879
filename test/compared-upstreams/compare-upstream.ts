import { isDeepStrictEqual } from 'node:util';
import { dialectNotes } from '../../src/protocol/openai/upstream/dialect-notes.ts';
import { createTestHome, startServerProcess, writeConfig } from '../server-process.ts';
import type { ComparedCase, ComparedKind, ComparedPath, KnownDifference } from './compared-case.ts';
import type { Outcome } from './outcome.ts';
import { readOutcome } from './read-outcome.ts';

/** A real server, without `/v1`. */
export interface ComparedServer {
  readonly kind: ComparedKind;
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string;
}

/**
 * - `same`.
 * - `known`: it differs, and `reason` is the parameter in the preset's table that says so.
 * - `unsteady`: two direct answers differ already.
 * - `differs`: a fault, or a note is missing.
 * - `failed`: there was no answer, for `reason`.
 */
export interface Comparison {
  readonly name: string;
  readonly isStreamed: boolean;
  readonly result: 'same' | 'known' | 'unsteady' | 'differs' | 'failed';
  readonly direct?: Outcome;
  readonly through?: Outcome;
  readonly reason?: string;
}

/** Time for one answer: the servers may share few cores, in milliseconds. */
const answerMsMax = 300_000;

export interface ComparingOptions {
  readonly cases: readonly ComparedCase[];
  /** Comparisons at the same time: a server that batches is done sooner. */
  readonly atOnce: number;
  /** Hears of each answer at once: all of them take minutes. */
  readonly onCompared: (comparison: Comparison) => void;
}

/**
 * Asks the server everything twice: directly, and through a server of ours in front of it.
 *
 * @throws {Error} before anything is asked, if a case names a note that the preset's table has not
 */
export async function compareUpstream(
  server: ComparedServer,
  { cases, atOnce, onCompared }: ComparingOptions,
): Promise<readonly Comparison[]> {
  assertNotes(cases, server.kind);
  const home = await createTestHome();
  await writeConfig(home, toConfig(server));
  const environment = server.key === undefined ? {} : { COMPARED_UPSTREAM: server.key };
  const ours = await startServerProcess({ home, flags: ['--log-level', 'error'], environment });
  const jobs = cases.flatMap((compared) =>
    (compared.path === '/embeddings' ? [false] : [false, true]).map((isStreamed) => ({
      compared,
      isStreamed,
    })),
  );
  const comparisons: Comparison[] = [];
  const left = jobs.entries();
  const work = async (): Promise<void> => {
    for (const [place, { compared, isStreamed }] of left) {
      const askDirect = () => ask(server, compared, isStreamed);
      const askOurs = () => ask({ ...server, url: ours.url, key: ours.key }, compared, isStreamed);
      const comparison = await compare(compared, isStreamed, server.kind, askDirect, askOurs).catch(
        (error: unknown): Comparison => {
          const { name } = compared;
          return { name, isStreamed, result: 'failed', reason: toReason(error) };
        },
      );
      onCompared(comparison);
      comparisons[place] = comparison;
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
    return comparisons;
  } finally {
    await ours.stop();
  }
}

function assertNotes(cases: readonly ComparedCase[], kind: ComparedKind): void {
  const noted = new Set(dialectNotes[kind].map(({ parameter }) => parameter));
  for (const { name, differs = {} } of cases) {
    const row = differs[kind]?.row;
    if (row !== undefined && !noted.has(row)) {
      throw new Error(`${name}: the table of ${kind} has no row '${row}'.`);
    }
  }
}

function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
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
  const streamed = { stream: true, ...(isCompletion(path) ? { stream_options: options } : {}) };
  const request = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model, ...plain, ...(isStreamed ? streamed : {}) }),
    signal: AbortSignal.timeout(answerMsMax),
  };
  const send = () => fetch(`${url}/v1${path}`, request);
  // Some servers close a connection behind an answer without a word, and the next request meets that.
  const answer = await send().catch((error: unknown) => {
    if (request.signal.aborted) throw error;
    return send();
  });
  return await readOutcome(answer, path);
}

function isCompletion(path: ComparedPath): boolean {
  return path === '/chat/completions' || path === '/completions';
}

async function compare(
  { name, path, differs = {} }: ComparedCase,
  isStreamed: boolean,
  kind: ComparedKind,
  askDirect: () => Promise<Outcome>,
  askOurs: () => Promise<Outcome>,
): Promise<Comparison> {
  const direct = await askDirect();
  const through = await askOurs();
  const compared = { name, isStreamed, direct, through };
  if (!hasOurErrorForm(through, path)) return { ...compared, result: 'differs' };
  const different = listDifferent(direct, through);
  if (different.length === 0) return { ...compared, result: 'same' };
  const known = differs[kind];
  if (known !== undefined && isKnown(different, known)) {
    return { ...compared, result: 'known', reason: known.row };
  }
  const again = await askDirect();
  const isUnsteady = listDifferent(direct, again).length > 0;
  return { ...compared, result: isUnsteady ? 'unsteady' : 'differs' };
}

/** Servers have forms of errors of their own. */
function listDifferent(one: Outcome, other: Outcome): readonly (keyof Outcome)[] {
  const parts = [...new Set([...Object.keys(one), ...Object.keys(other)])] as (keyof Outcome)[];
  return parts.filter((part) => part !== 'errorForm' && !isDeepStrictEqual(one[part], other[part]));
}

function isKnown(different: readonly (keyof Outcome)[], { parts }: KnownDifference): boolean {
  if (different.includes('status')) return parts.includes('status');
  return different.every((part) => parts.includes(part));
}

/** Ours is always that of the API. */
function hasOurErrorForm({ status, errorForm }: Outcome, path: ComparedPath): boolean {
  return status === 200 || errorForm === (path === '/messages' ? 'anthropic' : 'openai');
}
