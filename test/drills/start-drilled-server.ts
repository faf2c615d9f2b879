import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startScriptedOpenAiServer } from '../scripted-openai-server.ts';
import {
  type ServerProcess,
  type ServerProcessOptions,
  startServerProcess,
  writeConfig,
} from '../server-process.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** For what comes about by itself; generous for a busy machine. */
export const soon = { timeout: 60_000, interval: 100 };

/** The first key of the drilled servers, which has every scope. */
export const drillKey = 'sk-test-of-drills';

export interface DrilledServer extends ServerProcess {
  ask(method: string, path: string, body?: object, key?: string): Promise<DrilledAnswer>;
  /** Makes a key, and returns it. */
  createKey(policy: object): Promise<string>;
  /** One request for an answer of the model `m`. */
  chat(key?: string): Promise<DrilledAnswer>;
  /** How many of them were answered with 200. */
  answeredChats(): number;
  /** The lines of its log, as far as it is written, with this message. */
  findLines(message: string): readonly string[];
}

export interface DrilledAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each drill says what it expects in it.
  readonly body: any;
}

/** A data folder whose configuration serves the model `m` from a small upstream: no model is loaded. */
export async function createDrilledHome(): Promise<string> {
  const { baseUrl } = await startScriptedOpenAiServer();
  const home = join(createTemporaryFolder(), 'home');
  await mkdir(home);
  await writeConfig(
    home,
    `upstreams: { one: { kind: openai-compatible, baseUrl: "${baseUrl}" } }
models: [{ name: m, deployments: [{ upstream: one, model: m }] }]
`,
  );
  return home;
}

/** The built server as a process of its own, in front of an upstream. It ends with the test. */
export async function startDrilledServer(options: ServerProcessOptions = {}): Promise<DrilledServer> {
  const home = options.home ?? (await createDrilledHome());
  const environment = { GRAVIXLAYER_API_KEY: drillKey, ...options.environment };
  const server = await startServerProcess({ ...options, home, environment });
  onTestFinished(() => {
    server.process.kill('SIGKILL');
  });
  const ask: DrilledServer['ask'] = async (method, path, body, key = drillKey) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text.startsWith('{') ? JSON.parse(text) : text,
    };
  };
  let answered = 0;
  const messages = [{ role: 'user', content: 'Hi' }];
  return {
    ...server,
    ask,
    createKey: async (policy) =>
      (await untilStoreAnswers(() => ask('POST', '/v1/admin/keys', policy))).body.key,
    chat: async (key) => {
      const send = () => ask('POST', '/v1/chat/completions', { model: 'm', messages }, key);
      const answer = await untilStoreAnswers(send);
      if (answer.status === 200) answered += 1;
      return answer;
    },
    answeredChats: () => answered,
    findLines: (message) =>
      `${server.output()}${server.logs()}`.split('\n').filter((line) => line.includes(`"msg":"${message}`)),
  };
}

/** Again while the database takes too long for a key, which it may on a busy machine: nothing has begun then. */
async function untilStoreAnswers(send: () => Promise<DrilledAnswer>): Promise<DrilledAnswer> {
  const giveUpAtMs = performance.now() + soon.timeout / 2;
  for (;;) {
    const answer = await send();
    const isLate = answer.status === 503 && answer.body.error?.code === 'store_unavailable';
    if (!isLate || performance.now() > giveUpAtMs) return answer;
  }
}
