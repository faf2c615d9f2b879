import type { Backend } from '../../src/backend/backend.ts';
import type { Generation } from '../../src/backend/generation.ts';
import { createUpstream, type Upstream } from '../../src/upstream/create-upstream.ts';
import type { UpstreamDeploymentOptions, UpstreamEndpoint } from '../../src/upstream/upstream-options.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type Behaviour, type FaultyUpstream, startFaultyUpstream } from './faulty-upstream.ts';

/** A server that behaves as told, backends for its models, and apps in front of them. */
export interface UpstreamSetup {
  readonly server: FaultyUpstream;
  createBackend(
    model: string,
    options?: Partial<UpstreamDeploymentOptions>,
    endpoint?: Partial<UpstreamEndpoint>,
  ): Backend;
  startApp(backends: Readonly<Record<string, Backend>>): Promise<TestApp>;
  close(): Promise<void>;
}

export async function startUpstreamSetup(
  behaviours: Readonly<Record<string, Behaviour>>,
): Promise<UpstreamSetup> {
  const server = await startFaultyUpstream({ behaviours });
  const upstreams: Upstream[] = [];
  const apps: TestApp[] = [];
  return {
    server,
    createBackend: (model, options = {}, endpoint = {}) => {
      const upstream = createUpstream({
        baseUrl: server.baseUrl,
        kind: 'vllm',
        apiKey: 'sk-up',
        mode: 'single',
        ...endpoint,
      });
      upstreams.push(upstream);
      return upstream.createBackend(toDeploymentOptions(model, options));
    },
    startApp: async (backends) => {
      const app = await startTestApp({ models: {}, backends });
      apps.push(app);
      return app;
    },
    close: async () => {
      for (const app of apps) await app.close();
      for (const upstream of upstreams) await upstream.close();
      await server.close();
    },
  };
}

/** A deployment of this model, with nothing special about it. */
export function toDeploymentOptions(
  model: string,
  changes: Partial<UpstreamDeploymentOptions> = {},
): UpstreamDeploymentOptions {
  return {
    model,
    timeouts: { totalMs: 10_000 },
    capabilities: {},
    passParameters: [],
    ...changes,
  };
}

export async function readText({ events }: Generation): Promise<string> {
  let text = '';
  for await (const event of events) if (event.type === 'text-delta') text += event.text;
  return text;
}
