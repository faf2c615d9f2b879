import { z } from 'zod';
import { tryParseJson } from '../json/try-parse-json.ts';

/** A small request that an agent depends on, and how to recognize the right answer. */
export interface AgentProbe {
  readonly name: AgentProbeName;
  /** Below `/v1`. */
  readonly path: string;
  toBody(model: string): object;
  /** Undefined: the answer is right. Otherwise a part of a sentence: `the answer …`. */
  findFault(body: unknown): string | undefined;
}

export type AgentProbeName = 'chat' | 'calls' | 'json' | 'messages' | 'responses';

/** Tokens of an answer: enough for a small call, and no more. */
const answerTokensMax = 100;

const prompt = 'Look at the file a.txt.';
const path = { type: 'object', properties: { path: { enum: ['a.txt', 'b.txt'] } }, required: ['path'] };
const argumentsSchema = z.object({ path: z.enum(['a.txt', 'b.txt']) });

const messageSchema = z.object({
  content: z.string().nullable(),
  tool_calls: z
    .array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) }))
    .optional(),
});
const completionSchema = z.object({ choices: z.tuple([z.object({ message: messageSchema })]) });

export const agentProbes: readonly AgentProbe[] = [
  {
    name: 'chat',
    path: '/chat/completions',
    toBody: (model) => ({ model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8 }),
    findFault: (body) => (completionSchema.safeParse(body).success ? undefined : 'has no message'),
  },
  {
    name: 'calls',
    path: '/chat/completions',
    toBody: (model) => ({
      model,
      messages: [{ role: 'user', content: prompt }],
      max_tokens: answerTokensMax,
      temperature: 0,
      tools: [{ type: 'function', function: { name: 'read_file', parameters: path, strict: true } }],
      tool_choice: 'required',
    }),
    findFault: (body) => {
      const call = readMessage(body)?.tool_calls?.[0]?.function;
      if (call?.name !== 'read_file') return 'has no call of the tool';
      return findJsonFault(call.arguments);
    },
  },
  {
    name: 'json',
    path: '/chat/completions',
    toBody: (model) => ({
      model,
      messages: [{ role: 'user', content: prompt }],
      max_tokens: answerTokensMax,
      temperature: 0,
      response_format: { type: 'json_schema', json_schema: { name: 'file', strict: true, schema: path } },
    }),
    findFault: (body) => findJsonFault(readMessage(body)?.content ?? ''),
  },
  {
    name: 'messages',
    path: '/messages',
    toBody: (model) => ({ model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8 }),
    findFault: (body) =>
      z.object({ type: z.literal('message') }).safeParse(body).success ? undefined : 'is no message',
  },
  {
    name: 'responses',
    path: '/responses',
    toBody: (model) => ({ model, input: 'Hello', max_output_tokens: 16, store: false }),
    findFault: (body) =>
      z.object({ object: z.literal('response') }).safeParse(body).success ? undefined : 'is no response',
  },
];

function readMessage(body: unknown): z.infer<typeof messageSchema> | undefined {
  return completionSchema.safeParse(body).data?.choices[0].message;
}

function findJsonFault(text: string): string | undefined {
  const value = tryParseJson(text);
  if (value === undefined) return 'is no JSON';
  return argumentsSchema.safeParse(value).success ? undefined : 'does not match the schema';
}
