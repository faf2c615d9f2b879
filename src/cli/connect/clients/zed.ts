import { join } from 'node:path';
import type { Client, Connection } from '../client.ts';
import { toConfigFolder, toRoamingFolder } from '../places.ts';
import { contextTokensAssumed, providerId } from '../provider-name.ts';

/**
 * Zed: https://zed.dev/docs/ai/llm-providers. It takes the key from the variable that has the name of the provider, in
 * capitals, with `_API_KEY` behind it.
 */
export const zed: Client = {
  name: 'zed',
  title: 'Zed',
  contextTokensMin: 32_768,
  setUp: (connection, places) => {
    const { openaiUrl, model, keyVariable } = connection;
    const provider = toProvider(keyVariable);
    const variable = `${provider.toUpperCase()}_API_KEY`;
    return {
      files: [
        {
          path:
            places.platform === 'win32'
              ? join(toRoamingFolder(places), 'Zed', 'settings.json')
              : join(toConfigFolder(places), 'zed', 'settings.json'),
          format: 'json',
          changes: [
            { path: ['language_models', 'openai_compatible', provider, 'api_url'], value: openaiUrl },
            {
              path: ['language_models', 'openai_compatible', provider, 'available_models'],
              itemKeys: ['name'],
              value: toModel(connection),
            },
            { path: ['agent', 'default_model'], value: { provider, model } },
          ],
        },
      ],
      commands: [
        ...(variable === keyVariable ? [] : [{ kind: 'copy' as const, variable, from: keyVariable }]),
        { kind: 'run', words: ['zed'] },
      ],
      notes: [
        `A Zed that was not started from a terminal does not see ${variable}. Enter the key in its settings, AI, LLM Providers; it goes into the keychain.`,
      ],
    };
  },
};

function toProvider(keyVariable: string): string {
  return /^([A-Z][A-Z0-9_]*)_API_KEY$/.exec(keyVariable)?.[1]?.toLowerCase() ?? providerId;
}

function toModel({ model, contextLength, answerTokens, callsTools }: Connection) {
  return {
    name: model,
    display_name: model,
    max_tokens: contextLength ?? contextTokensAssumed,
    max_output_tokens: answerTokens,
    capabilities: { tools: callsTools, images: false, parallel_tool_calls: false, prompt_cache_key: false },
  };
}
