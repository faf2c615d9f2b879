import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { createEngineInspector, EngineInspectionError } from './engine-inspector.ts';

const environment = { PATH: process.env['PATH'] };

it('tells what engine this machine loads', { timeout: 60_000 }, async () => {
  const runtime = await createEngineInspector({ environment }).inspectRuntime();
  expect(runtime.release).not.toBe('');
  expect(runtime.systemInfo).toContain('CPU');
  expect(runtime.mathCores).toBeGreaterThan(0);
});

it('says that a file is no model', async () => {
  const modelPath = join(createTemporaryFolder(), 'm.gguf');
  writeFileSync(modelPath, 'GGUFbad!');
  const options = { modelPath, slots: 1, contextLength: undefined, threads: undefined };
  const asked = createEngineInspector({ environment }).inspectMemory({
    ...options,
    flashAttention: true,
    batchTokensMax: 512,
    stepMsTarget: 100,
    draftTokensMax: 15,
  });
  await expect(asked).rejects.toThrow(EngineInspectionError);
});

it('ends a process that takes too long', async () => {
  const inspector = createEngineInspector({ environment, answerMsMax: 20 });
  await expect(inspector.inspectRuntime()).rejects.toThrow('gave no answer within 0.02 seconds');
});

it('quotes a process that ends without an answer', async () => {
  const crash = `data:text/javascript,console.error('no%20luck');process.kill(process.pid,'SIGSEGV')`;
  const inspector = createEngineInspector({
    environment: { ...environment, NODE_OPTIONS: `--import=${crash}` },
  });
  await expect(inspector.inspectRuntime()).rejects.toThrow(
    'The engine process ended without an answer (signal SIGSEGV): no luck',
  );
});
