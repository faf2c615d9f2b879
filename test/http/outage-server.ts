// Servers over a database that tests stop, with what they ask of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import { type StoreState, StoreWatch } from '../../src/store/store-watch.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { chatBody, postChat } from './requests.ts';

/** For what follows when a database answers again. */
export const isOver = { timeout: 15_000, interval: 50 };

/** From this age on, a key that is known waits for the store. */
export const waitForStaleKeys = () => sleep(1600);

/**
 * How long requests to a database that hangs waited: the first one and the median of later ones, each the shortest of some
 * rounds. A machine that stands still for a moment says nothing of the server, so add rounds until these are short.
 */
export class ShortestWaits {
  #firstMs = Number.POSITIVE_INFINITY;
  #laterMs = Number.POSITIVE_INFINITY;

  add([firstMs = 0, ...laterMs]: readonly number[]): void {
    const median = laterMs.toSorted((a, b) => a - b)[Math.floor(laterMs.length / 2)] ?? 0;
    this.#firstMs = Math.min(this.#firstMs, firstMs);
    this.#laterMs = Math.min(this.#laterMs, median);
  }

  /** 100 ms for the store in the first, none in later ones, and what a busy machine takes for a request. */
  areShort(): boolean {
    return this.#firstMs < 250 && this.#laterMs < 80;
  }
}

export function createWatch() {
  const states: StoreState[] = [];
  const watch = new StoreWatch({ onChange: (state) => states.push(state) });
  onTestFinished(() => watch.close());
  return { watch, states };
}

export async function startApp(options: Partial<TestAppOptions>): Promise<TestApp> {
  const app = await startTestApp({ models: { good: sayTexts('Hi') }, ...options });
  onTestFinished(() => app.close());
  return app;
}

export async function startOnPostgres(url: string, options: Partial<TestAppOptions> = {}) {
  const { watch, states } = createWatch();
  const openStore = () => openPostgres(url, { connectionsMax: 4, watch });
  return { app: await startApp({ ...options, openStore, watch }), states };
}

export function chat(
  app: TestApp,
  key: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return postChat(app, chatBody('good', more), { headers: { authorization: `Bearer ${key}`, ...headers } });
}

/** Such as `200`, or `429 rate_limit_exceeded`. */
export async function readStatus(answering: Promise<Response>): Promise<number | string> {
  const answer = await answering;
  const { error } = (await answer.json()) as { error?: { code?: string } };
  return error?.code === undefined ? answer.status : `${answer.status} ${error.code}`;
}

export async function readReady({ url }: TestApp): Promise<readonly unknown[]> {
  const answer = await fetch(`${url}/ready`);
  return [answer.status, await answer.json()];
}
