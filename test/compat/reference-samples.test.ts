// The samples of the reference at /docs, as they are printed but for the ids that stand in for the reader's own.
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstalledModel } from '../../src/catalog/library/installed-model.ts';
import { idleControls } from '../create-test-model-services.ts';
import { readOpenApi } from '../http/read-openapi.ts';
import { embeddingFacts } from '../http/scripted-models.ts';
import { pythonEnvironment } from '../python-environment.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type BatchLanguage, runSamplesAtOnce, type SampleEnd } from './run-samples-at-once.ts';

/** Making the Python environment may install packages, and then 70 samples run: as long as a slow line takes, in milliseconds. */
const batchMsMax = 300_000;

/** What has no end, and runs on its own elsewhere. */
const endless = ['watchModels'];

/** What the scripted app has nothing for: the sample reaches its route, which says so. */
const refusals: Readonly<Record<string, number>> = {
  // Only one in the background can be cancelled.
  cancelResponse: 400,
  // It was started without a file, an engine, upstreams and pulls.
  reloadConfig: 400,
  pinModel: 400,
  unpinModel: 400,
  drillDeployment: 400,
  cancelModelPull: 404,
};

let app: TestApp;
let adminKey: string;

beforeEach(async () => {
  app = await startTestApp({
    models: { small: sayTexts('Hi'), embedder: sayTexts('Hi') },
    defaultModel: 'small',
    facts: { embedder: embeddingFacts },
    controls: { ...idleControls, pull: async () => ({ name: 'small' }) as InstalledModel },
  });
  const scopes = ['inference', 'admin', 'metrics'] as const;
  adminKey = (await app.keys.create({ name: 'operator', scopes })).key;
});

afterEach(() => app.close());

const programs: Readonly<Record<BatchLanguage, () => Promise<string | undefined>>> = {
  cURL: async () => (spawnSync('curl', ['--version']).status === 0 ? 'bash' : undefined),
  JavaScript: async () => process.execPath,
  Python: pythonEnvironment,
};

test.each(['cURL', 'JavaScript', 'Python'] as const)(
  'each sample runs, in %s',
  async (language) => {
    const program = await programs[language]();
    if (program === undefined) return expect.soft(program, `${language} is not installed`).toBeUndefined();
    const samples = await readSamples(language);
    expect(samples.length).toBeGreaterThan(60);
    const ends = await runSamplesAtOnce(language, program, samples, adminKey);
    const failed = [...ends].filter(([name, end]) => !isExpected(name, end));
    expect(failed).toEqual([]);
  },
  batchMsMax,
);

function isExpected(name: string, end: SampleEnd): boolean {
  const refusal = refusals[name];
  return refusal === undefined ? typeof end === 'number' && end >= 200 && end < 300 : end === refusal;
}

async function readSamples(language: BatchLanguage) {
  const { paths } = await readOpenApi(app);
  const operations = Object.entries(paths)
    .filter(([path]) => !path.startsWith('/v1/inference/'))
    .flatMap(([, methods]) => Object.values(methods))
    .filter(({ operationId }) => !endless.includes(operationId.replace('UnderV1', '')));
  const samples = [];
  for (const { operationId, 'x-codeSamples': printed } of operations) {
    const source = printed.find(({ label }) => label === language)?.source;
    if (source === undefined) throw new Error(`${operationId} has no sample in ${language}.`);
    samples.push({ name: operationId.replace('UnderV1', ''), source: await withRealIds(source) });
  }
  return samples;
}

/** The ids of a sample are the reader's own: each sample gets something fresh, which it may delete. */
async function withRealIds(source: string): Promise<string> {
  let text = source.replaceAll('YOUR_EMBEDDING_MODEL', 'embedder');
  for (const [placeholder, create] of Object.entries(creators))
    if (text.includes(placeholder)) text = text.replaceAll(placeholder, await create());
  return text;
}

const creators = {
  'chatcmpl-ID': () => create('/v1/chat/completions', { ...toChat(), store: true }),
  resp_ID: () => create('/v1/responses', { model: 'small', input: 'Hello!' }),
  key_ID: () => create('/v1/admin/keys', { name: `key ${Math.random()}` }),
  proj_ID: () => create('/v1/admin/projects', { name: `project ${Math.random()}` }),
} as const;

function toChat() {
  return { model: 'small', messages: [{ role: 'user', content: 'Hello!' }] };
}

async function create(path: string, body: object): Promise<string> {
  const answer = await fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminKey}` },
    body: JSON.stringify(body),
  });
  const { id } = (await answer.json()) as { readonly id: string };
  return id;
}
