import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installSampleModel } from '../../test/catalog/install-sample-model.ts';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { chatCapabilities } from '../../test/create-routed-model.ts';
import { listenOnLoopback } from '../../test/listen-on-loopback.ts';
import { sayTexts } from '../../test/scripted-backend.ts';
import { startTestApp } from '../../test/start-test-app.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';

/** Each starts a process of its own. */
const processes = { timeout: 180_000 };

it('lists the clients, and says which there are when there is no such one', processes, async () => {
  const list = await runCommand(['connect']);
  expect(list).toMatchObject({ exitCode: 0, stderr: '' });
  expect(list.stdout).toMatch(/^CLIENT {2,}NAME {2,}CONTEXT FROM\n/);
  expect(list.stdout).toMatch(/^claude-code +Claude Code +65,536$/m);
  expect(list.stdout).toMatch(/^open-webui +Open WebUI +-$/m);
  const unknown = await runCommand(['connect', 'emacs']);
  expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
  expect(unknown.stderr).toMatch(/^gravix: There is no client emacs\. There are: aider, claude-code, /);
});

it('describes a server that does not run by its settings', processes, async () => {
  const home = createTemporaryFolder();
  const missing = await runCommand(['connect', 'codex', '--model', 'm'], { home });
  expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^gravix: The model m is not installed\. `npx gravix pull m` installs it/);
  await installSampleModel(home, 'm');
  writeFileSync(join(home, 'key'), 'gx-secret');
  const environment = { GRAVIX_MODEL: 'm', GRAVIX_CONTEXT_LENGTH: '40000', PORT: '1' };
  const { exitCode, stdout, stderr } = await runCommand(['connect', 'codex'], { home, environment });
  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    'Warning: No server answers at http://127.0.0.1:1. The configuration is for a server that will run there.\n',
  );
  expect(stdout).toContain(`Codex reads ${join(home, '.codex', 'config.toml')}. It needs:

    model = "m"
    model_provider = "gravix"
    model_context_window = 40000
    model_auto_compact_token_limit = 31808

    [model_providers.gravix]
    name = "Gravix"
    base_url = "http://127.0.0.1:1/v1"
    env_key = "GRAVIXLAYER_API_KEY"
    wire_api = "responses"

In the terminal:

    export GRAVIXLAYER_API_KEY="$(cat ${join(home, 'key')})"
    codex
`);
  expect(stdout).toContain('`npx gravix connect codex --write`');
  expect(stdout + stderr).not.toContain('gx-secret');
  expect(readdirSync(home)).not.toContain('.codex');
});

it('asks a running server for its models', processes, async () => {
  const app = await startTestApp({
    models: { one: sayTexts('a'), two: sayTexts('a') },
    facts: { two: { capabilities: { ...chatCapabilities, tools: false } } },
  });
  onTestFinished(() => app.close());
  const environment = { KEY_OF_MINE: app.key };
  const flags = ['--url', `${app.url}/v1/inference`, '--key-env', 'KEY_OF_MINE', '--json'];
  const fit = await runCommand(['connect', 'opencode', '--model', 'one', ...flags], { environment });
  expect(fit.exitCode).toBe(0);
  const view = JSON.parse(fit.stdout);
  // The context of the scripted models.
  const isShort = expect.stringMatching(
    /^The context of \w+ has 2,048 tokens, and opencode needs 32,768 tokens or more\./,
  );
  expect(view).toMatchObject({ client: 'opencode', warnings: [isShort], commands: ['opencode'] });
  expect(fit.stderr).toBe(`Warning: ${view.warnings[0].replace('`gravix', '`npx gravix')}\n`);
  expect(JSON.parse(view.files[0].content)).toMatchObject({
    model: 'gravix/one',
    provider: {
      gravix: {
        options: { baseURL: `${app.url}/v1`, apiKey: '{env:KEY_OF_MINE}' },
        models: { one: { tool_call: true, limit: { context: 2048, output: 512 } } },
      },
    },
  });
  const short = await runCommand(['connect', 'opencode', '--model', 'two', ...flags], { environment });
  expect(short.exitCode).toBe(0);
  expect(JSON.parse(short.stdout).warnings).toEqual([
    isShort,
    "two can't call tools, so opencode can't work with files.",
  ]);
  const none = await runCommand(['connect', 'opencode', ...flags], { environment });
  expect(none).toMatchObject({ exitCode: 1, stdout: '' });
  expect(none.stderr).toMatch(/has no model smollm2:\S+\. It has one, two; choose one with --model\.\n$/);
});

it('does not guess at a server elsewhere that is not ours', processes, async () => {
  const other = createServer((_, response) => response.writeHead(404).end('{"detail":"Not Found"}'));
  const { port, close } = await listenOnLoopback(other);
  onTestFinished(close);
  const url = `http://127.0.0.1:${port}`;
  const { stderr, exitCode } = await runCommand(['connect', 'codex', '--url', url, '--model', 'x']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/The model x is not installed/);
});

it('writes after --yes only, and keeps what the file has', processes, async () => {
  const home = createTemporaryFolder();
  await installSampleModel(home, 'm');
  const environment = { GRAVIX_MODEL: 'm', PORT: '1', CODEX_HOME: home };
  const path = join(home, 'config.toml');
  const before = '# mine\nmodel = "o3" # fast\n\n[mcp_servers.x]\ncommand = "x"\n';
  writeFileSync(path, before);
  const write = ['connect', 'codex', '--write'];
  const asked = await runCommand(write, { home, environment });
  expect(asked.exitCode).toBe(1);
  expect(asked.stdout).toContain('-model = "o3" # fast\n+model = "m" # fast\n');
  expect(asked.stderr).toMatch(/gravix: Nothing was written: without a terminal to ask on, add --yes\.\n$/);
  expect(readFileSync(path, 'utf8')).toBe(before);

  const written = await runCommand([...write, '--yes'], { home, environment });
  expect(written.exitCode).toBe(0);
  expect(written.stdout).toMatch(/\nWrote \S+config\.toml; the file as it was is (\S+\.bak)\.\n/);
  const after = readFileSync(path, 'utf8');
  expect(after).toMatch(/^# mine\nmodel = "m" # fast\n/);
  expect(after).toContain('[mcp_servers.x]\ncommand = "x"\n');
  expect(after).toContain('env_key = "GRAVIXLAYER_API_KEY"');
  const [backup = ''] = readdirSync(home).filter((name) => name.endsWith('.bak'));
  expect(readFileSync(join(home, backup), 'utf8')).toBe(before);

  const again = await runCommand([...write, '--yes', '--json'], { home, environment });
  expect(JSON.parse(again.stdout).written).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe(after);

  writeFileSync(path, 'model = \n');
  const broken = await runCommand([...write, '--yes'], { home, environment });
  expect(broken.exitCode).toBe(1);
  expect(broken.stderr).toMatch(
    /Can't change \S+config\.toml: it is not valid TOML \(line 1\)\. Nothing was written\.\n$/,
  );
  expect(readFileSync(path, 'utf8')).toBe('model = \n');

  const noFile = await runCommand(['connect', 'open-webui', '--write'], { home, environment });
  expect(noFile.exitCode).toBe(1);
  expect(noFile.stderr).toMatch(/Open WebUI has no file to write\./);
});
