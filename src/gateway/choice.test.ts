// Which of several places a request goes to.
import { describe, expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest, untouched } from '../../test/create-request.ts';
import { createFakeClock, letSettle } from '../../test/fake-clock.ts';
import {
  createScriptedBackend,
  type ScriptedBackend,
  sayTexts,
  started,
} from '../../test/scripted-backend.ts';
import { createScriptedRemoteBackend } from '../../test/scripted-remote-backend.ts';
import type { BackendLoad } from '../backend/backend.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import { textContent } from '../backend/message-content.ts';
import type { CompositeBackend } from './create-composite-backend.ts';
import type { Deployment } from './deployment.ts';
import { mixHashes, toShare } from './hash.ts';

/** The same chances in every run. */
function createChances() {
  let turn = 0;
  return () => {
    turn += 1;
    return toShare(mixHashes(turn, 7)) % 1;
  };
}

const ask = (composite: CompositeBackend, request: GenerationRequest) =>
  readAnswer(composite.generate(request, untouched()));

/** The turns of a conversation: each one has the ones before it. */
function toTurn(conversation: number, turn: number, changes: Partial<GenerationRequest> = {}) {
  const history = Array.from({ length: turn }, (_, index) => [
    { role: 'assistant' as const, content: textContent(`Answer ${index}`) },
    { role: 'user' as const, content: textContent(`Question ${index}`) },
  ]).flat();
  return createRequest('', {
    prompt: {
      kind: 'chat',
      messages: [
        { role: 'system', content: textContent('You help.') },
        { role: 'user', content: textContent(`I am number ${conversation}.`) },
        ...history,
      ],
    },
    ...changes,
  });
}

const createReplicas = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`r${index}`, createScriptedBackend(sayTexts('a'))]),
  );

const countTurns = ({ requests }: ScriptedBackend, conversation: number) =>
  requests.filter(
    ({ prompt }) =>
      prompt.kind === 'chat' &&
      prompt.messages.some(
        ({ content }) => content[0]?.kind === 'text' && content[0].text === `I am number ${conversation}.`,
      ),
  ).length;

describe('conversations', () => {
  test.each([
    [2, 'one after the other', undefined],
    [2, 'at once', undefined],
    [4, 'at once', undefined],
    [2, 'at once', 'named'],
  ])('20 of 5 turns over %i replicas, %s, keep their place (%s)', async (count, order, named) => {
    const replicas = createReplicas(count);
    const composite = createComposite([createDeployment('one', replicas)], createFakeClock());
    for (let turn = 0; turn < 5; turn += 1) {
      const asked = Array.from(
        { length: 20 },
        (_, conversation) => () =>
          named === undefined
            ? ask(composite, toTurn(conversation, turn))
            : // The same beginning: the name alone tells them apart.
              ask(composite, createRequest('Hi', { cacheKey: `session ${conversation}` })),
      );
      if (order === 'at once') await Promise.all(asked.map((one) => one()));
      else for (const one of asked) await one();
    }
    const backends = Object.values(replicas);
    const homes = Array.from({ length: 20 }, (_, conversation) =>
      Math.max(
        ...backends.map((backend) =>
          named === undefined
            ? countTurns(backend, conversation)
            : backend.requests.filter(({ cacheKey }) => cacheKey === `session ${conversation}`).length,
        ),
      ),
    );
    expect(homes.reduce((sum, turns) => sum + turns, 0)).toBeGreaterThanOrEqual(90);
    // And each replica has some of them.
    for (const backend of backends) expect(backend.requests.length).toBeGreaterThan(5);
  });

  test('only the share of a replica that dies moves', async () => {
    const replicas = createReplicas(4);
    const composite = createComposite([createDeployment('one', replicas)], createFakeClock());
    const findHome = async (conversation: number) => {
      const before = Object.values(replicas).map(({ requests }) => requests.length);
      await ask(composite, toTurn(conversation, 0));
      return Object.keys(replicas).find((name, index) => replicas[name]?.requests.length !== before[index]);
    };
    const conversations = Array.from({ length: 60 }, (_, conversation) => conversation);
    const homes = [];
    for (const conversation of conversations) homes.push(await findHome(conversation));
    replicas['r1']?.setState('failed');
    for (const conversation of conversations) {
      const home = await findHome(conversation);
      if (homes[conversation] === 'r1') expect(home).not.toBe('r1');
      else expect(home).toBe(homes[conversation]);
    }
    expect(new Set(homes).size).toBe(4);
  });

  test('a replica gives way to a less busy one where its queue is longer', async () => {
    const replicas = createReplicas(2);
    const composite = createComposite([createDeployment('one', replicas)], createFakeClock());
    await ask(composite, toTurn(1, 0));
    const [home, other] = Object.values(replicas).sort((a, b) => b.requests.length - a.requests.length);
    const busy: BackendLoad = { running: 2, waiting: 3, slots: 2, cacheUse: 1 };
    Object.assign(home ?? {}, { load: () => busy });
    await ask(composite, toTurn(1, 1));
    expect([home?.requests.length, other?.requests.length]).toEqual([1, 1]);
    Object.assign(other ?? {}, { load: () => busy });
    await ask(composite, toTurn(1, 2));
    expect([home?.requests.length, other?.requests.length]).toEqual([2, 1]);
  });

  test('equal prompts at once are spread', async () => {
    const wait = () => [started, { type: 'wait-for-abort' as const }];
    const replicas = {
      a: createScriptedBackend(wait),
      b: createScriptedBackend(wait),
      c: createScriptedBackend(wait),
    };
    const composite = createComposite([createDeployment('one', replicas)], createFakeClock());
    const controller = new AbortController();
    const answers = Array.from({ length: 60 }, () =>
      readAnswer(composite.generate(createRequest('Hi'), controller.signal)),
    );
    await letSettle();
    const counts = Object.values(replicas).map(({ requests }) => requests.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(30);
    expect(composite.load().running).toBe(60);
    controller.abort(new Error('left'));
    await Promise.all(answers);
  });
});

describe('deployments', () => {
  const prepare = (changes: readonly Partial<Deployment>[], random?: () => number) => {
    const clock = createFakeClock(random);
    const backends = changes.map(() => createScriptedBackend(sayTexts('a')));
    const deployments = changes.flatMap((change, index) => {
      const backend = backends[index];
      return backend === undefined ? [] : [createDeployment(`d${index}`, backend, change)];
    });
    return { clock, backends, composite: createComposite(deployments, clock) };
  };
  const counts = (backends: readonly ScriptedBackend[]) => backends.map(({ requests }) => requests.length);

  test('of one priority share the requests by weight', async () => {
    const { backends, composite } = prepare([{ weight: 3 }, { weight: 1 }, { weight: 0 }], createChances());
    for (let index = 0; index < 400; index += 1) await ask(composite, createRequest('Hi'));
    const [first = 0, second = 0, third = 0] = counts(backends);
    expect(first).toBeGreaterThan(270);
    expect(first).toBeLessThan(330);
    expect([first + second, third]).toEqual([400, 0]);
  });

  test('share named conversations by weight, and keep each', async () => {
    const { backends, composite } = prepare([{ weight: 3 }, { weight: 1 }]);
    for (let index = 0; index < 400; index += 1) {
      await ask(composite, createRequest('Hi', { cacheKey: `session ${index % 100}` }));
    }
    const [first = 0] = counts(backends);
    expect(first % 4).toBe(0);
    expect(first).toBeGreaterThan(240);
    expect(first).toBeLessThan(360);
  });

  test('of a later priority wait for the ones before them', async () => {
    const { backends, composite } = prepare(
      [{ priority: 2 }, { priority: 1 }, { priority: 1 }],
      createChances(),
    );
    for (let index = 0; index < 20; index += 1) await ask(composite, createRequest('Hi'));
    expect(counts(backends)[0]).toBe(0);
    for (const backend of backends.slice(1)) backend.setState('failed');
    await ask(composite, createRequest('Hi'));
    expect(counts(backends)[0]).toBe(1);
  });

  test('take what another one would begin too late, and it takes it where none can', async () => {
    const { backends, composite } = prepare([{ spillOverMs: 2_000 }, { priority: 1 }]);
    const [first, second] = backends;
    const setFirstTokenMs = (firstTokenMs: number) =>
      Object.assign(first ?? {}, {
        load: () => ({ running: 4, waiting: 9, slots: 4, cacheUse: 1, firstTokenMs }),
      });
    setFirstTokenMs(1_900);
    await ask(composite, createRequest('Hi'));
    expect(counts(backends)).toEqual([1, 0]);
    setFirstTokenMs(2_100);
    await ask(composite, createRequest('Hi'));
    expect(counts(backends)).toEqual([1, 1]);
    second?.setState('failed');
    await ask(composite, createRequest('Hi'));
    expect(counts(backends)).toEqual([2, 1]);
    second?.setState('ready');
    setFirstTokenMs(0);
    first?.setState('starting');
    await ask(composite, createRequest('Hi'));
    first?.setState('unloaded');
    await ask(composite, createRequest('Hi'));
    expect(counts(backends)).toEqual([3, 2]);
  });

  test('take only what they can do', async () => {
    const embedded = createScriptedBackend(sayTexts('a'));
    const remote = createScriptedRemoteBackend(sayTexts('b'));
    const deployments = [
      createDeployment('engine', embedded),
      createDeployment('remote', remote, { priority: 1 }),
    ];
    const composite = createComposite(deployments, createFakeClock());
    expect(composite.capabilities).toMatchObject({ grammar: true, images: true, tokenPrompts: true });
    const image = {
      kind: 'image',
      source: { kind: 'address', url: 'https://x/y.png' },
      detail: undefined,
    } as const;
    const withImage = createRequest('', {
      prompt: { kind: 'chat', messages: [{ role: 'user', content: [image] }] },
    });
    expect((await ask(composite, withImage)).servedBy).toBe('remote');
    expect((await ask(composite, createRequest('Hi'))).servedBy).toBe('engine');
    // Each of the two can be done, and both together can not.
    const both = { ...withImage, continuesLastMessage: true };
    const { error } = await ask(composite, both);
    expect(error).toMatchObject({ code: 'invalid_request', isRetryable: false });
    expect([embedded.requests.length, remote.requests.length]).toEqual([1, 1]);
  });

  test('that take fields unknown to us get the requests that have them', async () => {
    const plain = createScriptedBackend(sayTexts('a'));
    const passing = {
      ...createScriptedBackend(sayTexts('b')),
      passedParameters: new Set(['guided', 'rank']),
    };
    const deployments = [createDeployment('one', plain), createDeployment('two', passing, { priority: 1 })];
    const composite = createComposite(deployments, createFakeClock());
    expect(composite.passedParameters).toEqual(new Set(['guided', 'rank']));
    const askWith = (passedParameters: Readonly<Record<string, unknown>>) =>
      ask(composite, createRequest('Hi', { passedParameters }));
    expect((await askWith({ rank: 1 })).servedBy).toBe('two');
    expect((await askWith({})).servedBy).toBe('one');
    // Nobody takes both of them: what is left out is no reason to refuse.
    expect((await askWith({ rank: 1, other: 2 })).servedBy).toBe('one');
  });
});
