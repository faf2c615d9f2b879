// Requests of all kinds to all routes with all kinds of keys, over bare sockets, and what must be true of each answer and
// of the server afterwards.
import fc from 'fast-check';
import { expect } from 'vitest';
import { assertAlive } from '../http/requests.ts';
import { findUsageDifferences, readLedger } from '../usage-rows.ts';
import { createArbitraryRequest, type FuzzedRequest } from './arbitrary-fuzzed-request.ts';
import { type FuzzedDocument, listOperations } from './list-operations.ts';
import { type Delivery, type RawAnswer, sendRaw } from './send-raw.ts';
import { type FuzzedApp, fuzzedModels, scriptedCodes, startFuzzedApp } from './start-fuzzed-app.ts';
import { KnownIds, writeRequest } from './write-request.ts';

export interface FuzzOptions {
  readonly requests: number;
  /** Requests at the same time. */
  readonly clients: number;
  readonly seed: number;
}

export interface FuzzReport {
  /** How many answers had this status; `closed`, `left` and `hung` are those without one. */
  readonly counts: Readonly<Record<string, number>>;
  /** Routes that gave an answer of 200 to 299. */
  readonly servedRoutes: number;
  readonly ledgerRows: number;
  /** What was wrong, each with the request. */
  readonly faults: readonly string[];
}

/** Requests that are made up at once. */
const batchSize = 500;

/** More faults than these are of few kinds. */
const faultsShownMax = 20;

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const fuzzed = await startFuzzedApp();
  try {
    return await run(fuzzed, options);
  } finally {
    await fuzzed.close();
  }
}

async function run(fuzzed: FuzzedApp, { requests, clients, seed }: FuzzOptions): Promise<FuzzReport> {
  const { app, keys } = fuzzed;
  const arbitrary = await createArbitrary(fuzzed);
  const tally = new Tally();
  const ids = new KnownIds();
  let next = 0;
  let batch: readonly FuzzedRequest[] = [];
  const work = async () => {
    while (next < requests) {
      const at = next;
      next += 1;
      // Made while the others wait for answers; the same seed gives the same requests.
      if (at % batchSize === 0) batch = fc.sample(arbitrary, { numRuns: batchSize, seed: seed + at });
      const request = batch[at % batchSize]!;
      const { bytes, title } = writeRequest(request, keys, ids);
      const delivery: Delivery = request.operation.isEndless
        ? { kind: 'leaves', bytes: 1 }
        : request.delivery;
      const answer = await sendUntilStoreAnswers(() => sendRaw(app.port, bytes, delivery));
      if (request.method === 'POST' && answer.status === 200) ids.note(answer.body);
      tally.note(request, answer, `${title} (seed ${seed}, request ${at}): ${toShown(bytes)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  const ledgerRows = await checkServer(fuzzed, tally);
  return { ...tally.report(), ledgerRows };
}

/** Times that a request is sent again whose key was not looked up in time, which happens on a busy machine. */
const repeatsMax = 20;

async function sendUntilStoreAnswers(send: () => Promise<RawAnswer>): Promise<RawAnswer> {
  for (let repeats = 0; ; repeats += 1) {
    const answer = await send();
    const isLate = answer.status === 503 && answer.body.includes('"store_unavailable"');
    if (!isLate || repeats === repeatsMax) return answer;
  }
}

async function createArbitrary({ app, keys }: FuzzedApp): Promise<fc.Arbitrary<FuzzedRequest>> {
  const answer = await fetch(`${app.url}/openapi.json`);
  const document: FuzzedDocument = JSON.parse(await answer.text());
  return createArbitraryRequest({
    operations: listOperations(document),
    schemas: document.components.schemas,
    keyNames: Object.keys(keys),
  });
}

/** Characters of a request that a fault shows. */
const shownCharactersMax = 2000;

function toShown(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1'))
    .replaceAll(/gx-[\w-]+/g, 'KEY')
    .slice(0, shownCharactersMax);
}

/** An answer to these costs something. */
const billedPath =
  /^\/v1\/(?:inference\/)?(?:chat\/completions|completions|responses(?:\/compact)?|messages|embeddings)$/;

/** What came, and what of it must not. */
class Tally {
  readonly #counts = new Map<string, number>();
  readonly #servedRoutes = new Set<string>();
  readonly #faults: string[] = [];
  /** Ids of requests that cost something. */
  readonly answeredIds: string[] = [];

  note({ method, operation }: FuzzedRequest, answer: RawAnswer, shown: string): void {
    const { status, end } = answer;
    const name = end === 'hung' || status === undefined ? end : String(status);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    const fault = findFault(answer, method);
    if (fault !== undefined) this.fail(`${fault} ${shown} -> ${answer.head}\n${answer.body.slice(0, 500)}`);
    if (status === undefined || status >= 300) return;
    this.#servedRoutes.add(`${operation.method} ${operation.path}`);
    const isBilled = billedPath.test(operation.path);
    const id = /\r\nx-request-id: (req_[0-9a-f]{32})/.exec(answer.head)?.[1];
    if (isBilled && method === 'POST' && status === 200 && id !== undefined) this.answeredIds.push(id);
  }

  fail(fault: string): void {
    this.#faults.push(fault);
  }

  report(): Omit<FuzzReport, 'ledgerRows'> {
    const faults = this.#faults.slice(0, faultsShownMax);
    const counts = Object.fromEntries([...this.#counts].sort());
    return { counts, servedRoutes: this.#servedRoutes.size, faults };
  }
}

/** What is wrong with an answer, as a word; undefined: nothing. */
function findFault({ end, status, head, body }: RawAnswer, method: string): string | undefined {
  if (end === 'hung') return 'A hang.';
  if (status === undefined) return undefined;
  if (!/\r\nx-request-id: /.test(head)) return 'An answer without an id.';
  if (status < 400 || end !== 'whole' || method === 'HEAD') return undefined;
  // People read the pages: one that is not there is a page, too.
  if (status === 404 && isPage(head, body)) return undefined;
  const error = readError(body);
  if (typeof error?.['message'] !== 'string' || error['message'] === '')
    return 'An error in no form of ours.';
  if (/\.[jt]s:\d+|node_modules/.test(error['message'])) return 'An error that shows our code.';
  if (status < 500) return undefined;
  const isScripted =
    scriptedCodes.has(error['code']) || scriptedCodes.has(`${error['type']}`.replace('_error', ''));
  const isOfUpstream = status === 502 && error['type'] === 'api_error';
  const isOfEngine = status === 503 && error['type'] === 'api_error';
  return isScripted || isOfUpstream || isOfEngine ? undefined : 'A failure of ours.';
}

function isPage(head: string, body: string): boolean {
  return /\r\ncontent-type: text\/html/i.test(head) && body.includes('<title>No such page · Gravix</title>');
}

function readError(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(body).error;
  } catch {
    return undefined;
  }
}

function isLateStore({ err }: Readonly<Record<string, unknown>>): boolean {
  return typeof err === 'object' && err !== null && 'isOutage' in err && err.isOutage === true;
}

/** How often each text is there: a client may choose the id of its request, and choose it again. */
function countEach(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The server is alive, works for nobody anymore, and wrote each request down once. */
async function checkServer({ app }: FuzzedApp, tally: Tally): Promise<number> {
  await assertAlive(app);
  const listRunning = () => Object.keys(fuzzedModels).filter((name) => app.backend(name).running() > 0);
  await expect.poll(listRunning, { timeout: 60_000, interval: 100 }).toEqual([]);
  const readOpen = () => app.database.queries.selectFrom('openRequests').select('number').execute();
  await expect.poll(readOpen, { timeout: 60_000, interval: 100 }).toEqual([]);
  // What only was refused has no row: its number is in the sums.
  const billed = app
    .usages()
    .filter(({ outcome, total }) => outcome === 'completed' || total.promptTokens > 0);
  const needed = [...billed.map(({ requestId }) => requestId), ...tally.answeredIds];
  const readIds = async () => (await readLedger(app.database)).map(({ requestId }) => requestId);
  const listMissing = async () => {
    const ids = new Set(await readIds());
    return needed.filter((id) => !ids.has(id));
  };
  await expect.poll(listMissing, { timeout: 60_000, interval: 200 }).toEqual([]);
  const rows = await readIds();
  const records = countEach(app.usages().map(({ requestId }) => requestId));
  for (const [id, count] of countEach(rows)) {
    if (count > (records.get(id) ?? 0)) tally.fail(`The ledger has ${id} more often than it was asked.`);
  }
  for (const difference of await findUsageDifferences(app.database)) tally.fail(JSON.stringify(difference));
  for (const line of app.logLines()) {
    // Of a store that was late, which a busy machine makes it, the answers say enough.
    if (Number(line['level']) >= 50 && !isLateStore(line)) tally.fail(JSON.stringify(line));
  }
  return rows.length;
}
