import { join } from 'node:path';
import type { Client } from '../client.ts';
import { toOwnFolder } from '../places.ts';

/** Qwen Code: https://qwenlm.github.io/qwen-code-docs/en/users/configuration/model-providers */
export const qwenCode: Client = {
  name: 'qwen-code',
  title: 'Qwen Code',
  contextTokensMin: 32_768,
  setUp: ({ openaiUrl, model, keyVariable, contextLength }, places) => ({
    files: [
      {
        path: join(toOwnFolder(places, 'QWEN_HOME', '.qwen'), 'settings.json'),
        format: 'json',
        changes: [
          {
            path: ['modelProviders', 'openai'],
            itemKeys: ['id', 'baseUrl'],
            value: {
              id: model,
              name: model,
              baseUrl: openaiUrl,
              envKey: keyVariable,
              ...(contextLength === undefined
                ? {}
                : { generationConfig: { contextWindowSize: contextLength } }),
            },
          },
          { path: ['security', 'auth', 'selectedType'], value: 'openai' },
          { path: ['model', 'name'], value: model },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['qwen'] }],
    notes: [],
  }),
};
