/** Plans and pulls from servers that speak as the registries do. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createHuggingFaceServer,
  type HuggingFaceRepository,
  sampleCommit,
  toSha256,
} from '../../../test/catalog/hugging-face-server.ts';
import { createOllamaRegistry, type OllamaLayer } from '../../../test/catalog/ollama-registry.ts';
import { createSampleContent, createTestFolder } from '../../../test/catalog/sample-model.ts';
import { createPullPlan } from '../create-pull-plan.ts';
import { defaultHttpLimits } from '../download/http-limits.ts';
import { createModelLibrary, type ModelLibrary } from '../model-library.ts';
import { parseModelReference } from '../model-reference.ts';
import { PullError } from '../pull-error.ts';
import { pullModel } from '../pull-model.ts';
import { createHuggingFaceAuthorize } from './hugging-face-token.ts';
import type { PlanSettings } from './plan-settings.ts';

const content = createSampleContent(300_000);
const other = createSampleContent(50_000);
const limits = { ...defaultHttpLimits, attemptsMax: 2, backoffMs: 5, pieceBytes: 64_000 };
const token = 'hf_secret';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;
let closers: (() => Promise<void>)[];

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: folder.path });
  closers = [];
});
afterEach(async () => {
  await Promise.all(closers.map((close) => close()));
  await folder.close();
});

const signal = new AbortController().signal;

async function startHuggingFace(
  repository: HuggingFaceRepository,
  sentToken: string | undefined = undefined,
) {
  const server = await createHuggingFaceServer({ 'some/repo': repository });
  closers.push(server.close);
  const huggingFaceEndpoint = server.endpoint;
  const authorize = createHuggingFaceAuthorize(sentToken, huggingFaceEndpoint);
  const settings = { huggingFaceEndpoint, ollamaEndpoint: 'http://127.0.0.1:1', authorize, signal, limits };
  return { server, settings };
}

async function startOllama(layers: readonly OllamaLayer[]) {
  const server = await createOllamaRegistry({ 'library/tiny:latest': layers });
  closers.push(server.close);
  const { endpoint: ollamaEndpoint } = server;
  const authorize = () => undefined;
  return {
    server,
    settings: { huggingFaceEndpoint: 'http://127.0.0.1:1', ollamaEndpoint, authorize, signal, limits },
  };
}

function plan(text: string, settings: PlanSettings) {
  return createPullPlan(parseModelReference(text), settings);
}

async function pull(text: string, settings: PlanSettings) {
  const { authorize } = settings;
  return pullModel({ plan: await plan(text, settings), library, authorize, httpLimits: limits });
}

async function expectRefusal(
  text: string,
  settings: PlanSettings,
  words: string,
  isWrongName = false,
): Promise<void> {
  const error = await plan(text, settings).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PullError);
  expect((error as PullError).message).toContain(words);
  expect((error as PullError).isWrongName).toBe(isWrongName);
}

test("a model of Ollama's registry: weights and parameters are installed, its template is left out and said", async () => {
  const layers = [
    { kind: 'model', content },
    { kind: 'template', content: Buffer.from('{{ .Prompt }}') },
    {
      kind: 'params',
      content: Buffer.from('{"temperature":0.5,"stop":["<end>"],"num_ctx":4096,"mirostat":1}'),
    },
    { kind: 'system', content: Buffer.from('Be kind.') },
    { kind: 'license', content: Buffer.from('Do as you like.') },
  ];
  const { server, settings } = await startOllama(layers);
  expect((await plan('ollama:tiny', settings)).notes).toEqual([
    "Its chat template is written for Ollama and is not used: the model file's own is, or ChatML where the file has none.",
  ]);
  const installed = await pull('ollama:tiny', settings);
  expect(installed.name).toBe('ollama:tiny:latest');
  expect((await readFile(installed.path)).equals(content)).toBe(true);
  expect(installed.files.map(({ role }) => role)).toEqual(['weights', 'parameters', 'system', 'license']);
  expect(installed).toMatchObject({
    parameters: { temperature: 0.5, stop: ['<end>'] },
    unusedNames: ['num_ctx', 'mirostat'],
    systemText: 'Be kind.',
  });
  const ranges = server.storage.requests.map(({ headers }) => headers.range).filter(Boolean);
  expect(ranges.length).toBe(Math.ceil(content.length / limits.pieceBytes));
  const askedBefore = server.storage.requests.length;
  await pull('ollama:tiny', settings);
  expect(server.storage.requests.length).toBe(askedBefore);
  expect(await library.check()).toEqual({ models: [installed.name], problems: [], leftovers: [] });
});

test('what Ollama has in a form that is not ours is refused in words', async () => {
  const { settings } = await startOllama([{ kind: 'adapter', content }]);
  await expectRefusal('ollama:tiny', settings, 'an unsupported kind (application/vnd.ollama');
  await expectRefusal('ollama:nobody', settings, 'the file does not exist there (status 404)', true);
});

test('a file of Hugging Face comes at the commit that was described, with its licence', async () => {
  const files = { 'a-Q4_K_M.gguf': content, 'README.md': Buffer.from('x') };
  const { server, settings } = await startHuggingFace({ files, license: 'apache-2.0' });
  const installed = await pull('hf:some/repo/a-Q4_K_M.gguf', settings);
  expect((await readFile(installed.path)).equals(content)).toBe(true);
  expect(installed.license).toBe('apache-2.0');
  expect(installed.origin).toBe(`Hugging Face some/repo at ${sampleCommit.slice(0, 12)}`);
  expect(server.requests.map(({ url }) => url)).toContain(`/some/repo/resolve/${sampleCommit}/a-Q4_K_M.gguf`);
});

test('a file that another model has is not fetched again', async () => {
  const { server, settings } = await startHuggingFace({ files: { 'a.gguf': content, 'b.gguf': content } });
  await pull('hf:some/repo/a.gguf', settings);
  const askedBefore = server.storage.requests.length;
  await pull('hf:some/repo/b.gguf', settings);
  expect(server.storage.requests.length).toBe(askedBefore);
  expect((await library.list()).map(({ name }) => name)).toEqual([
    'hf:some/repo/a.gguf',
    'hf:some/repo/b.gguf',
  ]);
});

test('without a listing of checksums the linked headers tell them', async () => {
  const { settings } = await startHuggingFace({ files: { 'a.gguf': content }, isTerse: true });
  const { files } = await plan('hf:some/repo', settings);
  expect(files).toMatchObject([{ sha256: toSha256(content), sizeBytes: content.length }]);
});

test('quantizations are chosen by name, the usual one by itself, and doubt is told', async () => {
  const files = {
    'm-Q4_K_M.gguf': content,
    'm-Q4_K.gguf': other,
    'm-Q8_0.gguf': other,
    'mmproj-F16.gguf': other,
  };
  const { settings } = await startHuggingFace({ files });
  expect((await plan('hf:some/repo:q4_k', settings)).files[0]?.fileName).toBe('m-Q4_K.gguf');
  const usual = await plan('hf:some/repo', settings);
  expect(usual.files[0]?.fileName).toBe('m-Q4_K_M.gguf');
  expect(usual.notes).toEqual(['Of its 3 model files m-Q4_K_M.gguf was chosen.']);
  await expectRefusal(
    'hf:some/repo:Q2_K',
    settings,
    'Q2_K fits none of its model files; name one of them: m-Q4_K_M',
    true,
  );
});

test('all parts of a split model are planned, and a missing one is told', async () => {
  const part = (number: number) => `m-Q8_0-0000${number}-of-00003.gguf`;
  const files = { [part(1)]: content, [part(2)]: other, [part(3)]: other };
  const { settings } = await startHuggingFace({ files });
  const planned = await plan(`hf:some/repo/${part(2)}`, settings);
  expect(planned.files.map(({ fileName }) => fileName)).toEqual([part(1), part(2), part(3)]);
  expect((await plan('hf:some/repo:Q8_0', settings)).files.length).toBe(3);
  const { settings: broken } = await startHuggingFace({ files: { [part(1)]: content } });
  await expectRefusal(`hf:some/repo/${part(1)}`, broken, `the file ${part(2)} is not there`);
});

test('the token goes to Hugging Face and not along the redirect to its storage', async () => {
  const { server, settings } = await startHuggingFace({ files: { 'a.gguf': content }, token }, token);
  await pull('hf:some/repo/a.gguf', settings);
  expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true);
  expect(server.storage.requests.length).toBeGreaterThan(0);
  expect(server.storage.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

test('without the right token there is a sentence with the way out, and without the token', async () => {
  const { settings } = await startHuggingFace({ files: { 'a.gguf': content }, token }, 'hf_wrong');
  const error = await plan('hf:some/repo/a.gguf', settings).catch((reason: unknown) => reason);
  expect(String(error)).toContain('needs an account (status 401)');
  expect(String(error)).toContain('HF_TOKEN holds its token');
  expect(String(error)).not.toContain('hf_wrong');
});

test('the token is never sent in the clear to another machine', () => {
  const authorize = createHuggingFaceAuthorize(token, 'http://mirror.example/');
  expect(() => authorize(new URL('http://mirror.example/api'))).toThrow('is not sent to an address');
  expect(authorize(new URL('http://other.example/api'))).toBeUndefined();
});
