import type { EngineClient } from '../src/engine/engine-client.ts';
import { createRequest } from './create-request.ts';
import { startEngine } from './start-engine.ts';

/** Loads a model into an engine of its own, asks it one thing without any chance, and ends the engine. */
export async function generateOnce(
  modelPath: string,
  text: string,
): Promise<{ readonly text: string; readonly completionTokens: number }> {
  const engine = await startEngine(modelPath, { slots: 1, contextLength: 512 });
  try {
    return await collect(engine, text);
  } finally {
    await engine.close(1_000);
  }
}

async function collect(engine: EngineClient, text: string) {
  const { events } = engine.generate(createRequest(text, { maxTokens: 8 }), new AbortController().signal);
  const answer = { text: '', completionTokens: 0 };
  for await (const event of events) {
    if (event.type === 'text-delta') answer.text += event.text;
    if (event.type === 'finish') answer.completionTokens = event.usage.completionTokens;
  }
  return answer;
}
