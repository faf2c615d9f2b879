import { Worker } from 'node:worker_threads';

/** Megabytes of stack: the code generator goes down once for each level of a schema. */
const stackMb = 16;

/** Megabytes of the heap for what lives shortly. */
const youngMb = 16;

/** Starts the thread: from source through tsx, as the engine process is, and from dist/ as it stands. */
export function startGrammarThread(memoryMbMax: number): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = new URL(`./grammar-thread.${isSource ? 'ts' : 'js'}`, import.meta.url);
  return new Worker(isSource ? toSourceStart(entry) : entry, {
    name: 'grammar',
    // No secret belongs into it.
    env: {},
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: memoryMbMax,
      maxYoungGenerationSizeMb: youngMb,
      stackSizeMb: stackMb,
    },
  });
}

/** Node 20 loads the modules of `--import` in the main thread only, so the thread asks for tsx itself. */
function toSourceStart(entry: URL): URL {
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import { register } from ${tsx}; register(); await import(${JSON.stringify(entry.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
