import { isAbort, toErrorText } from '../api/api-error.ts';
import { sendRequest } from '../api/client.ts';
import { createStore } from '../api/create-store.ts';
import { readEventStream } from '../api/read-event-stream.ts';
import { showToast } from '../ui/toast.tsx';

/** A model that is being pulled, or whose pull has failed. */
export interface Pull {
  readonly model: string;
  readonly phase: string;
  readonly completedBytes: number;
  readonly totalBytes: number | undefined;
  readonly problem: string | undefined;
  readonly cancel: () => void;
}

interface PullEvent {
  readonly type?: 'progress' | 'done';
  readonly phase?: string;
  readonly completed_bytes?: number;
  readonly total_bytes?: number | null;
  readonly error?: { readonly message?: string };
}

export const pulls = createStore<readonly Pull[]>([]);

/** Pulls a model. What was downloaded stays, so that a second pull resumes one that was cut off. */
export async function startPull(model: string, onDone: () => void): Promise<void> {
  const abort = new AbortController();
  const pull = { model, phase: 'wait', completedBytes: 0, totalBytes: undefined, problem: undefined };
  setPull({ ...pull, cancel: () => abort.abort() });
  try {
    const body = { model, stream: true };
    const response = await sendRequest('/v1/models/pull', { method: 'POST', body, signal: abort.signal });
    await follow(model, response);
    pulls.set(pulls.get().filter((one) => one.model !== model));
    showToast(`${model} is here.`);
    onDone();
  } catch (error) {
    if (isAbort(error)) pulls.set(pulls.get().filter((one) => one.model !== model));
    else change(model, { problem: toErrorText(error) });
  }
}

async function follow(model: string, { body }: Response): Promise<void> {
  if (body === null) return;
  for await (const events of readEventStream(body)) {
    for (const text of events) take(model, text);
  }
}

function take(model: string, text: string): void {
  if (text === '[DONE]') return;
  const event = JSON.parse(text) as PullEvent;
  if (event.error !== undefined) throw new Error(event.error.message ?? 'The pull failed.');
  if (event.type !== 'progress') return;
  const { phase = 'download', completed_bytes: completedBytes = 0, total_bytes } = event;
  change(model, { phase, completedBytes, totalBytes: total_bytes ?? undefined });
}

function change(model: string, part: Partial<Pull>): void {
  pulls.set(pulls.get().map((one) => (one.model === model ? { ...one, ...part } : one)));
}

function setPull(pull: Pull): void {
  pulls.set([...pulls.get().filter(({ model }) => model !== pull.model), pull]);
}
