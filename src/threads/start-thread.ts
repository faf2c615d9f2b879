import { Worker, type WorkerOptions } from 'node:worker_threads';

export interface ThreadProgram {
  /** `import.meta.url` of a file in the program's folder. */
  readonly besideUrl: string;
  /** The program's file name, without its extension. */
  readonly fileName: string;
}

/**
 * Starts a thread: from source through tsx, as the engine process is, and from dist/ as it stands. It gets no environment,
 * because no secret belongs into it, and none of this process's flags.
 */
export function startThread({ besideUrl, fileName }: ThreadProgram, options: WorkerOptions): Worker {
  const isSource = besideUrl.endsWith('.ts');
  const entry = new URL(`./${fileName}.${isSource ? 'ts' : 'js'}`, besideUrl);
  return new Worker(isSource ? toSourceStart(entry) : entry, { ...options, env: {}, execArgv: [] });
}

/** Node 20 loads the modules of `--import` in the main thread only, so the thread asks for tsx itself. */
function toSourceStart(entry: URL): URL {
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import { register } from ${tsx}; register(); await import(${JSON.stringify(entry.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
