import { join } from 'node:path';
import type { Client } from '../client.ts';
import { toOwnFolder } from '../places.ts';
import { providerId, providerTitle } from '../provider-name.ts';

/** Codex: https://developers.openai.com/codex/config-reference. It speaks the Responses API. */
export const codex: Client = {
  name: 'codex',
  title: 'Codex',
  contextTokensMin: 32_768,
  setUp: ({ openaiUrl, model, keyVariable, contextLength, answerTokens }, places) => ({
    files: [
      {
        path: join(toOwnFolder(places, 'CODEX_HOME', '.codex'), 'config.toml'),
        format: 'toml',
        changes: [
          { path: ['model'], value: model },
          { path: ['model_provider'], value: providerId },
          ...(contextLength === undefined
            ? []
            : [
                { path: ['model_context_window'], value: contextLength },
                // Codex ends its work at a prompt that is too long. It compacts the conversation before, and an answer fits then.
                { path: ['model_auto_compact_token_limit'], value: contextLength - answerTokens },
              ]),
          {
            path: ['model_providers', providerId],
            value: {
              name: providerTitle,
              base_url: openaiUrl,
              env_key: keyVariable,
              wire_api: 'responses',
            },
          },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['codex'] }],
    notes: ['Codex warns that it has no metadata for the model. This is right: the file has what it needs.'],
  }),
};
