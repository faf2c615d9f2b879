import { join } from 'node:path';
import type { Client } from '../client.ts';

/** aider: https://aider.chat/docs/llms/openai-compat.html. It takes the key from this variable only. */
export const aider: Client = {
  name: 'aider',
  title: 'aider',
  contextTokensMin: 16_384,
  setUp: ({ openaiUrl, model, keyVariable, contextLength, answerTokens }, { home }) => ({
    files: [
      {
        path: join(home, '.aider.conf.yml'),
        format: 'yaml',
        changes: [
          { path: ['model'], value: `openai/${model}` },
          { path: ['openai-api-base'], value: openaiUrl },
        ],
      },
      ...(contextLength === undefined
        ? []
        : [
            {
              path: join(home, '.aider.model.metadata.json'),
              format: 'json' as const,
              changes: [
                {
                  path: [`openai/${model}`],
                  value: {
                    max_tokens: answerTokens,
                    max_input_tokens: contextLength,
                    max_output_tokens: answerTokens,
                    input_cost_per_token: 0,
                    output_cost_per_token: 0,
                    litellm_provider: 'openai',
                    mode: 'chat',
                  },
                },
              ],
            },
          ]),
    ],
    commands: [
      { kind: 'copy', variable: 'OPENAI_API_KEY', from: keyVariable },
      { kind: 'run', words: ['aider'] },
    ],
    notes: ['aider reads the same files in the folder of a project, and these come first.'],
  }),
};
