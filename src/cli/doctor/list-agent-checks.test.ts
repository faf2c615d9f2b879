import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { installSampleModel } from '../../../test/catalog/install-sample-model.ts';
import { runCommand } from '../../../test/cli/command-line-process.ts';
import { chatCapabilities } from '../../../test/create-routed-model.ts';
import { callTools, type Script, sayTexts } from '../../../test/scripted-backend.ts';
import { startTestApp, type TestApp } from '../../../test/start-test-app.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openKeyService } from '../../app/local-keys.ts';
import { loadConfig } from '../../config/load-config.ts';
import { findAgentSubject } from './agent-subject.ts';
import { listAgentChecks } from './list-agent-checks.ts';

const right = '{"path":"a.txt"}';

const able: Script = (request) => {
  if (request.toolUse?.choice === 'required') return callTools(['read_file', right])(request);
  return sayTexts(request.grammar === undefined ? 'Hello' : right)(request);
};

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: { able, silent: sayTexts('no'), mute: sayTexts('no') },
    facts: { mute: { capabilities: { ...chatCapabilities, tools: false } } },
  });
});

afterAll(() => app.close());

async function examine(options: {
  readonly key?: string;
  readonly url?: string;
  readonly flags?: { readonly model: string };
}) {
  const { key, url = app.url, flags } = options;
  const environment = {
    GRAVIX_HOME: createTemporaryFolder(),
    ...(key === undefined ? {} : { GRAVIXLAYER_API_KEY: key }),
  };
  const subject = await findAgentSubject(loadConfig({ environment, flags: { ...flags } }), url, flags?.model);
  const found: Record<string, string> = {};
  for (const { name, run } of listAgentChecks(subject)) {
    const { status, message, wayOut = '' } = await run();
    found[name] = `${status} ${message} ${wayOut}`.trim();
  }
  return found;
}

it('a server and a model that do everything', async () => {
  expect(await examine({ key: app.key, flags: { model: 'able' } })).toEqual({
    server: `ok A Gravix server answers at ${app.url}.`,
    key: 'ok GRAVIXLAYER_API_KEY is set. The requests below show whether it is right.',
    model: 'ok able is served.',
    template: 'ok The model calls tools. Its template is on another server.',
    // The context of the scripted models.
    context:
      'fail A request has up to 2,048 tokens. Agents start with 8,000 to 23,000. Serve it with a context of 32,768 tokens or more.',
    chat: 'ok /v1/chat/completions answers, for opencode, aider and most others.',
    calls: 'ok A forced call of a tool has the arguments of its schema.',
    json: 'ok An answer in a form matches its schema.',
    messages: 'ok /v1/messages answers, for Claude Code.',
    responses: 'ok /v1/responses answers, for Codex.',
  });
});

it('a model that neither calls nor keeps a form', async () => {
  const { chat, calls, json, messages, responses } = await examine({
    key: app.key,
    flags: { model: 'silent' },
  });
  expect([chat, messages, responses].map((text) => text?.slice(0, 2))).toEqual(['ok', 'ok', 'ok']);
  expect(calls).toMatch(/^fail /);
  expect(json).toMatch(/^fail .*status 502: /);
  const { template } = await examine({ key: app.key, flags: { model: 'mute' } });
  expect(template).toBe("fail The model can't call tools. Choose another model with --model.");
});

it('a wrong key, no key, and a model that is not there', async () => {
  const wrong = await examine({ key: 'gx-wrong', flags: { model: 'able' } });
  expect(wrong['chat'] ?? wrong['server']).toMatch(/^fail .*status 401/);
  const { model, ...others } = await examine({ key: app.key, flags: { model: 'none' } });
  expect(model).toBe('fail The server has no model none. Choose one with --model.');
  expect(others).not.toHaveProperty('chat');
});

it('the settings, where no server runs', { timeout: 180_000 }, async () => {
  const home = createTemporaryFolder();
  await installSampleModel(home, 'm');
  const flags = ['doctor', '--for', 'agents', '--port=1', '--model=m', '--json'];
  const { exitCode, stdout } = await runCommand(flags, { home });
  const { isHealthy, checks } = JSON.parse(stdout);
  expect({ exitCode, isHealthy }).toEqual({ exitCode: 1, isHealthy: false });
  const statuses = checks.map(({ name, status }: Record<string, string>) => `${name} ${status}`);
  expect(statuses).toEqual([
    'server warn',
    'key warn',
    'model ok',
    'template warn',
    'context fail',
    'slots ok',
  ]);
  const lines = await runCommand(['doctor', '--for', 'agents', '--port=1', '--slots=1'], { home });
  expect(lines.stdout).toMatch(/^warn {2}server {4}No server answers at http:\/\/127\.0\.0\.1:1\. /);
  expect(lines.stdout).toMatch(/^fail {2}model {5}.+ `npx gravix pull /m);
  expect(lines.stdout).toMatch(/^warn {2}slots {5}The settings have 1 slot: /m);
});

it('refuses another use, and an address without one', { timeout: 180_000 }, async () => {
  const other = await runCommand(['doctor', '--for', 'music']);
  expect(other).toMatchObject({ exitCode: 1, stdout: '' });
  expect(other.stderr).toContain('Allowed choices are agents.');
  const alone = await runCommand(['doctor', '--url', 'http://127.0.0.1:1']);
  expect(alone).toMatchObject({ exitCode: 1, stdout: '' });
  expect(alone.stderr).toContain('--url needs --for agents.');
});

it('the key of the key file', async () => {
  const home = createTemporaryFolder();
  const config = loadConfig({ environment: { GRAVIX_HOME: home }, flags: { port: '1' } });
  const { close } = await openKeyService(config);
  onTestFinished(close);
  const subject = await findAgentSubject(config, 'http://127.0.0.1:1');
  const check = listAgentChecks(subject).find(({ name }) => name === 'key');
  expect(await check?.run()).toMatchObject({ status: 'warn', message: expect.stringContaining('no key') });
});
