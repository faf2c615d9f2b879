// The Vercel AI SDK over several turns, through its providers for responses (whose second turn refers to the items
// of the first), for chat completions, and for servers like OpenAI's.
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  generateObject,
  generateText,
  type LanguageModel,
  type ModelMessage,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';

const [baseURL = '', modelName = ''] = process.argv.slice(2);
const apiKey = process.env['GRAVIXLAYER_API_KEY'] ?? '';
const openai = createOpenAI({ baseURL, apiKey });
const compatible = { name: 'gravix', baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true };
const models: readonly LanguageModel[] = [
  openai.responses(modelName),
  openai.chat(modelName),
  createOpenAICompatible(compatible)(modelName),
];

const settings = { temperature: 0, maxRetries: 0 };
const question = { role: 'user', content: 'Tell me about the sea.' } as const;

function assert(isTrue: boolean, shown: unknown): void {
  if (!isTrue) throw new Error(JSON.stringify(shown));
}

const checks: Readonly<Record<string, (model: LanguageModel) => Promise<void>>> = {
  async chat(model) {
    const { text } = await generateText({ model, ...settings, maxOutputTokens: 20, messages: [question] });
    assert(text.trim() !== '', text);
  },
  async stream(model) {
    const { textStream } = streamText({ model, ...settings, maxOutputTokens: 20, messages: [question] });
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    assert(pieces.length > 5, pieces);
  },
  async tool(model) {
    const cities: string[] = [];
    const weather = tool({
      description: 'The weather of a city.',
      inputSchema: z.object({ city: z.enum(['Paris', 'Rome']) }),
      execute: ({ city }) => {
        cities.push(city);
        return { degrees: 18 };
      },
    });
    const { steps, text } = await generateText({
      model,
      ...settings,
      maxOutputTokens: 100,
      prompt: 'What is the weather in Paris?',
      tools: { get_weather: weather },
      stopWhen: stepCountIs(2),
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
    });
    assert(cities.length >= 1 && steps.length === 2 && text.trim() !== '', { cities, text });
  },
  async structured(model) {
    const schema = z.object({ name: z.string().max(20), mood: z.enum(['happy', 'sad']) });
    const prompt = 'Describe Tom, who is happy, in JSON.';
    const { object } = await generateObject({ model, ...settings, maxOutputTokens: 200, prompt, schema });
    assert(schema.safeParse(object).success, object);
  },
  async turns(model) {
    const messages: ModelMessage[] = [question];
    for (const next of ['Go on.', 'And then?']) {
      const { response, text } = await generateText({ model, ...settings, maxOutputTokens: 20, messages });
      assert(text.trim() !== '', text);
      messages.push(...response.messages, { role: 'user', content: next });
    }
    const { text } = await generateText({ model, ...settings, maxOutputTokens: 20, messages });
    assert(text.trim() !== '', text);
  },
};

for (const [check, run] of Object.entries(checks)) {
  let error: string | null = null;
  for (const [index, model] of models.entries()) {
    try {
      await run(model);
    } catch (raised) {
      const provider = ['responses', 'chat', 'openai-compatible'][index];
      error = `${error ?? ''}${provider}: ${raised instanceof Error ? raised.stack : String(raised)}\n`;
    }
  }
  process.stdout.write(`${JSON.stringify({ check, error })}\n`);
}
