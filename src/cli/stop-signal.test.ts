import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCommandLine } from '../../test/cli/command-line-process.ts';
import { type ListeningServer, listenOnLoopback } from '../../test/listen-on-loopback.ts';
import { createStopSignal } from './stop-signal.ts';

let server: ListeningServer;
let endpoint: string;
let onAsked: () => void = () => undefined;

beforeAll(async () => {
  // It never answers, so that the pull goes on until it is stopped.
  server = await listenOnLoopback(createServer(() => onAsked()));
  endpoint = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a command that %s ends has the exit code %d', { timeout: 60_000 }, async (signal, exitCode) => {
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const pull = startCommandLine(['pull', 'hf:some/repo:Q4_K_M'], { environment: { HF_ENDPOINT: endpoint } });
  await asked;
  pull.signal(signal);
  expect(await pull.ended()).toBe(exitCode);
  expect(pull.stderr()).toContain(`Stopped by ${signal}.`);
});

it('SIGHUP stops a command, unless it means something else', () => {
  const stop = createStopSignal();
  process.emit('SIGHUP', 'SIGHUP');
  expect(stop.signal.aborted).toBe(true);
  stop.close();
  let hangUps = 0;
  const other = createStopSignal(() => {
    hangUps += 1;
  });
  process.emit('SIGHUP', 'SIGHUP');
  process.emit('SIGHUP', 'SIGHUP');
  expect(hangUps).toBe(2);
  expect(other.signal.aborted).toBe(false);
  process.emit('SIGTERM', 'SIGTERM');
  expect(other.signal.aborted).toBe(true);
  other.close();
});
