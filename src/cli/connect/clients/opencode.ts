import { join } from 'node:path';
import type { Client, ClientPlaces } from '../client.ts';
import { toConfigFolder } from '../places.ts';
import { providerId, providerTitle } from '../provider-name.ts';

/** opencode: https://opencode.ai/docs/providers and https://opencode.ai/config.json */
export const opencode: Client = {
  name: 'opencode',
  title: 'opencode',
  contextTokensMin: 32_768,
  setUp: ({ openaiUrl, model, keyVariable, contextLength, answerTokens, callsTools, reasons }, places) => ({
    files: [
      {
        path: findFile(places),
        format: 'json',
        changes: [
          { path: ['$schema'], value: 'https://opencode.ai/config.json', isDefault: true },
          { path: ['model'], value: `${providerId}/${model}` },
          {
            path: ['provider', providerId],
            value: {
              npm: '@ai-sdk/openai-compatible',
              name: providerTitle,
              options: { baseURL: openaiUrl, apiKey: `{env:${keyVariable}}` },
              models: {
                [model]: {
                  name: model,
                  tool_call: callsTools,
                  reasoning: reasons,
                  ...(contextLength === undefined
                    ? {}
                    : { limit: { context: contextLength, output: answerTokens } }),
                },
              },
            },
          },
        ],
      },
    ],
    commands: [{ kind: 'run', words: ['opencode'] }],
    notes: [],
  }),
};

/** Of the two names of the file, the one that is there. */
function findFile(places: ClientPlaces): string {
  const folder = join(toConfigFolder(places), 'opencode');
  const withComments = join(folder, 'opencode.jsonc');
  return places.exists(withComments) ? withComments : join(folder, 'opencode.json');
}
