import { spawn } from 'node:child_process';
import { testModelPath } from '../test/test-model.ts';
import type { Target } from './chat-stream.ts';

export interface Reference {
  readonly target: Target;
  stop(): void;
}

/** llama.cpp's server on the test model, with its defaults except for sizes. `contextLength`: per slot. */
export async function startReference(
  path: string,
  { slots, contextLength }: { readonly slots: number; readonly contextLength: number },
): Promise<Reference> {
  const port = 20_000 + (process.pid % 10_000);
  const sizes = ['-np', String(slots), '-t', '2', '-c', String(slots * contextLength)];
  const child = spawn(path, ['-m', testModelPath(), ...sizes, '--port', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 120; attempt++) {
    const isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) {
      const target = { name: 'llama-server', baseUrl: `${url}/v1`, key: 'none', model: 'default' };
      return { target, stop: () => child.kill() };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  child.kill();
  throw new Error(`llama-server did not come up within a minute: ${path}`);
}
