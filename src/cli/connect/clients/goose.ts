import { join } from 'node:path';
import type { Client, ClientPlaces } from '../client.ts';
import { toConfigFolder, toRoamingFolder } from '../places.ts';
import { contextTokensAssumed, providerId, providerTitle } from '../provider-name.ts';

/** goose: https://block.github.io/goose/docs/getting-started/providers. A provider has a file of its own. */
export const goose: Client = {
  name: 'goose',
  title: 'goose',
  contextTokensMin: 32_768,
  setUp: ({ openaiUrl, model, keyVariable, contextLength }, places) => ({
    files: [
      {
        path: join(toFolder(places), 'custom_providers', `${providerId}.json`),
        format: 'json',
        changes: [
          {
            path: [],
            value: {
              name: providerId,
              engine: 'openai',
              display_name: providerTitle,
              description: 'Models of a Gravix server',
              api_key_env: keyVariable,
              base_url: `${openaiUrl}/chat/completions`,
              supports_streaming: true,
            },
          },
          {
            path: ['models'],
            itemKeys: ['name'],
            value: { name: model, context_limit: contextLength ?? contextTokensAssumed },
          },
        ],
      },
      {
        path: join(toFolder(places), 'config.yaml'),
        format: 'yaml',
        changes: [
          { path: ['GOOSE_PROVIDER'], value: providerId },
          { path: ['GOOSE_MODEL'], value: model },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['goose', 'session'] }],
    notes: [],
  }),
};

function toFolder(places: ClientPlaces): string {
  return places.platform === 'win32'
    ? join(toRoamingFolder(places), 'Block', 'goose', 'config')
    : join(toConfigFolder(places), 'goose');
}
