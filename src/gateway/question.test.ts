// Failures that the content of a request may have provoked: a place is left if it fails everyone, and only then.
import { expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest, untouched } from '../../test/create-request.ts';
import { createFakeClock } from '../../test/fake-clock.ts';
import { createScriptedBackend, refuse, sayTexts } from '../../test/scripted-backend.ts';
import { BackendError } from '../backend/backend-error.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';

const malformed = new BackendError('upstream_error', 'No JSON.', { mayBeProvoked: true });

/** `isFailing`: which requests fail. */
function prepare(isFailing: (text: string) => boolean) {
  const clock = createFakeClock();
  const state = { isFailing };
  const texts: string[] = [];
  const backend = createScriptedBackend((request) => {
    const text = toText(request);
    texts.push(text);
    return state.isFailing(text) ? refuse(malformed)(request) : sayTexts('a')(request);
  });
  const composite = createComposite([createDeployment('one', backend)], clock);
  const ask = async (text: string) => {
    const answer = readAnswer(composite.generate(createRequest(text), untouched()));
    await clock.advance(1_000);
    return await answer;
  };
  return { clock, composite, state, texts, ask };
}

function toText({ prompt }: GenerationRequest): string {
  const [part] = prompt.kind === 'chat' ? (prompt.messages[0]?.content ?? []) : [];
  return part?.kind === 'text' ? part.text : '';
}

const isPoison = (text: string) => text === 'poison';
const questions = (texts: readonly string[]) => texts.filter((text) => text === 'Hi').length;

test('requests that provoke malformed answers take the only place away from no other', async () => {
  const { composite, texts, ask } = prepare(isPoison);
  for (let turn = 0; turn < 20; turn += 1) {
    expect((await ask('poison')).error).toBe(malformed);
    expect(await ask(`good ${turn}`)).toMatchObject({ text: 'a', error: undefined });
    expect(composite.state()).toBe('ready');
    expect(composite.load()).toMatchObject({ running: 0, waiting: 0 });
  }
  // Two failures in a row are a reason to ask.
  expect(questions(texts)).toBeLessThanOrEqual(20);
});

test('nor does a client that sends nothing else', async () => {
  const { texts, ask } = prepare(isPoison);
  for (let turn = 0; turn < 50; turn += 1) await ask('poison');
  expect(await ask('good')).toMatchObject({ text: 'a' });
  expect(questions(texts)).toBeLessThanOrEqual((texts.length - questions(texts)) / 2);
});

test('requests that come while the question is under way wait for its answer', async () => {
  const { clock, composite, state, ask } = prepare(isPoison);
  await ask('poison');
  state.isFailing = () => false;
  const answers = ['b', 'c', 'd'].map((text) =>
    readAnswer(composite.generate(createRequest(text), untouched())),
  );
  await clock.advance(1_000);
  expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(['a', 'a', 'a']);
});

test('a place that fails everyone is left, and only questions are sent there until it is well', async () => {
  const { clock, composite, state, texts, ask } = prepare(() => true);
  await ask('first');
  expect(composite.state()).toBe('failed');
  const before = texts.length;
  const waiting: string[] = [];
  for (let second = 0; second < 20; second += 1) {
    const text = `${second}`;
    void readAnswer(composite.generate(createRequest(text), untouched())).then(({ error }) =>
      waiting.push(error === undefined ? 'answered' : 'refused'),
    );
    await clock.advance(1_000);
  }
  // After 16 seconds, and not with the request of a client.
  expect(texts.slice(before)).toEqual(['Hi']);
  expect(waiting).toContain('refused');
  expect(waiting).not.toContain('answered');
  state.isFailing = () => false;
  await clock.advance(64_000);
  expect(await ask('later')).toMatchObject({ text: 'a' });
});

test('a question that takes too long is a failure', async () => {
  const clock = createFakeClock();
  const backend = createScriptedBackend((request) =>
    toText(request) === 'Hi' ? [{ type: 'wait-for-abort' }] : refuse(malformed)(request),
  );
  const composite = createComposite([createDeployment('one', backend)], clock);
  const first = readAnswer(composite.generate(createRequest('first'), untouched()));
  await clock.advance(1_000);
  expect((await first).error).toBe(malformed);
  const second = readAnswer(composite.generate(createRequest('second'), untouched()));
  await clock.advance(11_000);
  expect((await second).error).toMatchObject({ code: 'overloaded' });
  expect(backend.endings.filter(({ how }) => how === 'aborted')).toHaveLength(1);
  expect(composite.state()).toBe('failed');
});

test('a place that makes embeddings is asked for one', async () => {
  const clock = createFakeClock();
  const inputs: string[] = [];
  const { describe } = createScriptedBackend(sayTexts('a'));
  const backend = {
    ...createScriptedBackend(sayTexts('a')),
    describe: () => {
      const description = describe();
      return description && { ...description, task: 'embed' as const };
    },
    embed: async ({ inputs: [input] }: { readonly inputs: readonly { readonly kind: string }[] }) => {
      const text = input !== undefined && 'text' in input ? String(input.text) : '';
      inputs.push(text);
      if (isPoison(text)) throw malformed;
      return { vectors: [Float32Array.of(1)], promptTokens: 1 };
    },
  };
  const composite = createComposite([createDeployment('one', backend)], clock);
  const embed = async (text: string) => {
    const made = composite.embed?.({ id: text, inputs: [{ kind: 'text', text }] }, untouched());
    const ended = made?.then(
      ({ promptTokens }) => promptTokens,
      (error: unknown) => error,
    );
    await clock.advance(1_000);
    return await ended;
  };
  expect(await embed('poison')).toBe(malformed);
  expect(await embed('good')).toBe(1);
  expect(inputs).toContain('Hi');
});

test('a model whose last requests provoked failures is ready: without a next request nothing would ask', async () => {
  const { composite, ask } = prepare(isPoison);
  for (let turn = 0; turn < 6; turn += 1) {
    await ask('poison');
    expect(composite.state()).toBe('ready');
  }
});

test('a router that has no room for the question answers the next request itself, and is not asked again and again', async () => {
  const clock = createFakeClock();
  const busy = new BackendError('rate_limited', 'Too many requests.');
  const texts: string[] = [];
  const backend = createScriptedBackend((request) => {
    const text = toText(request);
    texts.push(text);
    return refuse(text === 'poison' ? malformed : busy)(request);
  });
  const composite = createComposite([createDeployment('one', backend, { mode: 'router' })], clock);
  const ask = async (text: string) => {
    const answer = readAnswer(composite.generate(createRequest(text), untouched()));
    await clock.advance(1_000);
    return (await answer).error;
  };
  for (let turn = 0; turn < 4; turn += 1) await ask('poison');
  const before = questions(texts);
  for (let turn = 0; turn < 10; turn += 1) expect(await ask('good')).toBe(busy);
  expect(questions(texts) - before).toBeLessThanOrEqual(1);
});
