import { join } from 'node:path';
import type { Client } from '../client.ts';
import { toConfigFolder } from '../places.ts';
import { contextTokensAssumed, providerId, providerTitle } from '../provider-name.ts';

/** Crush: https://charm.land/crush.json. It also reads a script, `crushrc`, which can't be changed field by field. */
export const crush: Client = {
  name: 'crush',
  title: 'Crush',
  contextTokensMin: 32_768,
  setUp: ({ openaiUrl, model, keyVariable, contextLength, answerTokens, reasons }, places) => ({
    files: [
      {
        path: join(
          places.environment['CRUSH_GLOBAL_CONFIG'] || join(toConfigFolder(places), 'crush'),
          'crush.json',
        ),
        format: 'json',
        changes: [
          { path: ['$schema'], value: 'https://charm.land/crush.json', isDefault: true },
          {
            path: ['providers', providerId],
            value: {
              name: providerTitle,
              type: 'openai-compat',
              base_url: openaiUrl,
              api_key: `$${keyVariable}`,
            },
          },
          {
            path: ['providers', providerId, 'models'],
            itemKeys: ['id'],
            value: {
              id: model,
              name: model,
              context_window: contextLength ?? contextTokensAssumed,
              default_max_tokens: answerTokens,
              can_reason: reasons,
              supports_attachments: false,
            },
          },
          { path: ['models', 'large'], value: { provider: providerId, model } },
          { path: ['models', 'small'], value: { provider: providerId, model } },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['crush'] }],
    notes: [],
  }),
};
