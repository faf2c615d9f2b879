import { expect, test } from 'vitest';
import { z } from 'zod';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';

const jsonSchema = z.toJSONSchema(chatCompletionRequestSchema, { io: 'input' });
const properties = jsonSchema.$defs?.['ChatCompletionRequest']?.properties ?? {};

test('the API reference has a description of every parameter', () => {
  expect(Object.keys(properties)).toEqual(Object.keys(chatCompletionRequestSchema.shape));
  for (const [name, property] of Object.entries(properties)) {
    expect(property, name).toMatchObject({ description: expect.stringMatching(/\.$/) });
  }
});

test('the API reference has the bounds of the schema', () => {
  expect(properties['messages']).toMatchObject({
    type: 'array',
    minItems: 1,
    maxItems: 20_000,
    items: { $ref: '#/$defs/ChatMessage' },
  });
});
