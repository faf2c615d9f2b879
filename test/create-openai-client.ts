import { OpenAI } from 'openai';
import type { TestApp } from './start-test-app.ts';

/** OpenAI's client for this server. What fails is not tried again, so that a test sees it. */
export function createOpenAiClient({ key, url }: Pick<TestApp, 'key' | 'url'>): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
}
