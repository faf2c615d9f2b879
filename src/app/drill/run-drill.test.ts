import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../../test/listen-on-loopback.ts';
import { createSuiteFolder } from '../../../test/temporary-folder.ts';
import type { Backend } from '../../backend/backend.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { noUsage } from '../../backend/generation-event.ts';
import { loadConfig } from '../../config/load-config.ts';
import { askOnce } from './ask-once.ts';
import { faults } from './faults.ts';
import { findDrilled } from './find-drilled.ts';
import { openCopy } from './open-copy.ts';
import { type DrillReport, runDrill } from './run-drill.ts';

function load(text: string) {
  const home = createSuiteFolder();
  writeFileSync(join(home, 'config.yaml'), text);
  const environment = { GRAVIX_HOME: home, GPU1_KEY: 'sk-secret' };
  return loadConfig({ environment, flags: {} });
}

const smallest = load(`
upstreams:
  gpu1:
    kind: vllm
    baseUrl: "http://127.0.0.1:1/some/v1"
    apiKeyEnv: GPU1_KEY
    timeouts: { betweenChunksMs: 500, totalMs: 2s }
models:
  - name: llama
    deployments: [{ upstream: gpu1, model: meta/llama }]
`);

/** The faults of which a request of this form broke a promise. */
function listBroken({ faults: all }: DrillReport, form: 'streamed' | 'plain'): readonly string[] {
  return all.filter((one) => one[form]?.isHeld === false).map(({ fault }) => fault);
}

/** A backend that does something else with the events of a good one. */
function withEvents(
  backend: Backend,
  change: (events: AsyncIterable<GenerationEvent>) => AsyncIterable<GenerationEvent>,
): Backend {
  return {
    capabilities: backend.capabilities,
    describe: () => backend.describe(),
    state: () => backend.state(),
    load: () => backend.load(),
    close: (drainTimeoutMs) => backend.close(drainTimeoutMs),
    generate: (request, signal) => {
      const { events, settled } = backend.generate(request, signal);
      return { events: change(events), settled };
    },
  };
}

it('finds a backend that lets failed answers look whole', async () => {
  const report = await runDrill(findDrilled(smallest, 'llama'), smallest, async (...parts) => {
    const { backend, close } = await openCopy(...parts);
    const hideFailures = async function* (events: AsyncIterable<GenerationEvent>) {
      try {
        yield* events;
      } catch {
        yield { type: 'finish', reason: 'stop', usage: noUsage } as const;
      }
    };
    return { backend: withEvents(backend, hideFailures), close };
  });
  const failing = faults.filter(({ promise }) => promise.end !== 'whole').map(({ name }) => name);
  expect(listBroken(report, 'streamed')).toEqual(failing);
  expect(listBroken(report, 'plain')).toEqual(failing);
  expect(report.faults[0]?.streamed).toMatchObject({
    outcome: '200 stop',
    problems: ['the answer looks whole'],
  });
  expect(report.brokenCount).toBe(2 * failing.length);
});

it('finds a backend that begins a broken stream again', async () => {
  const report = await runDrill(findDrilled(smallest, 'llama'), smallest, async (...parts) => {
    const { backend, close } = await openCopy(...parts);
    const again: Backend = {
      ...withEvents(backend, (events) => events),
      generate: (request, signal) => {
        const first = backend.generate(request, signal);
        const events = async function* () {
          try {
            yield* first.events;
          } catch {
            yield* backend.generate(request, signal).events;
          }
        };
        return { events: events(), settled: first.settled };
      },
    };
    return { backend: again, close };
  });
  const cut = report.faults.find(({ fault }) => fault === 'breaks the connection in the middle');
  expect(cut?.streamed.problems).toEqual([
    'the text before the failure is "Hello Hello " in place of "Hello "',
    'it was tried again after content: 2 requests reached the upstream',
  ]);
});

it('asks at another address, below the same path, without the key', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(500).end();
  });
  const listening = await listenOnLoopback(server);
  onTestFinished(listening.close);
  const { backend, close } = await openCopy(
    findDrilled(smallest, 'gpu1/meta/llama'),
    smallest,
    listening.port,
    true,
  );
  await askOnce(backend, true, 5000);
  await close();
  expect(seen).toContain('POST /some/v1/chat/completions undefined');
  expect(seen.filter((line) => !line?.endsWith(' undefined'))).toEqual([]);
});

const several = load(`
upstreams:
  gpu1: { kind: vllm, baseUrl: "http://127.0.0.1:1/v1" }
  list: { kind: ollama, baseUrl: "http://127.0.0.1:1/v1", discover: true }
models:
  - name: one
    deployments: [{ upstream: gpu1, model: m }]
  - name: two
    deployments: [{ upstream: gpu1, model: m, weight: 2 }, { upstream: list, model: m }, embedded]
  - name: vectors
    deployments: [{ upstream: gpu1, model: v, capabilities: { embeddings: true } }]
aliases: { alias: one }
`);

it('finds a deployment by its name, its model or an alias', () => {
  const find = (wanted: string, modelName?: string) => {
    const { name, model, deployment } = findDrilled(several, wanted, modelName);
    return [name, model.name, deployment.weight];
  };
  expect(find('one')).toEqual(['gpu1/m', 'one', 1]);
  expect(find('alias')).toEqual(['gpu1/m', 'one', 1]);
  expect(find('gpu1/m', 'two')).toEqual(['gpu1/m', 'two', 2]);
  expect(find('list/m')).toEqual(['list/m', 'two', 1]);
  expect(find('list/any:8b')).toEqual(['list/any:8b', 'any:8b', 1]);
});

it.each([
  ['gpu1/m', undefined, 'Several models have the deployment gpu1/m: one, two. Add --model with one of them.'],
  [
    'two',
    undefined,
    'The model two has several deployments: gpu1/m, list/m, embedded/two. Write one of them.',
  ],
  [
    'embedded/two',
    undefined,
    'embedded/two is the embedded engine; a drill is for the deployments of upstreams.',
  ],
  ['vectors', undefined, 'gpu1/v makes embeddings; a drill is for deployments that generate text.'],
  [
    'gpu1/other',
    'one',
    'There is no deployment gpu1/other of the model one. The deployments in config.yaml are gpu1/m, list/m, embedded/two, gpu1/v.',
  ],
])('refuses %s', (wanted, modelName, sentence) => {
  expect(() => findDrilled(several, wanted, modelName)).toThrow(sentence);
});
