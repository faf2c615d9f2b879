import { join } from 'node:path';
import type { Client, ClientPlaces } from '../client.ts';
import { toConfigFolder, toRoamingFolder } from '../places.ts';
import { providerId } from '../provider-name.ts';

/** The command `llm`: https://llm.datasette.io/en/stable/other-models.html */
export const llm: Client = {
  name: 'llm',
  title: 'LLM',
  contextTokensMin: 0,
  setUp: ({ openaiUrl, model, keyVariable, callsTools }, places) => ({
    files: [
      {
        path: join(toFolder(places), 'extra-openai-models.yaml'),
        format: 'yaml',
        changes: [
          {
            path: [],
            itemKeys: ['model_id'],
            value: {
              model_id: `${providerId}/${model}`,
              model_name: model,
              api_base: openaiUrl,
              api_key_name: providerId,
              supports_tools: callsTools,
              supports_schema: true,
            },
          },
        ],
      },
    ],
    commands: [
      {
        kind: 'run',
        words: ['llm', '-m', `${providerId}/${model}`, '--key', { variable: keyVariable }, 'Say hello.'],
      },
    ],
    notes: [
      `LLM takes no name of a variable. \`llm keys set ${providerId}\` stores the key in its file keys.json; then leave --key out.`,
    ],
  }),
};

/** As Click chooses it. */
function toFolder(places: ClientPlaces): string {
  const name = 'io.datasette.llm';
  const { home, environment, platform } = places;
  if (environment['LLM_USER_PATH']) return environment['LLM_USER_PATH'];
  switch (platform) {
    case 'win32':
      return join(toRoamingFolder(places), name);
    case 'darwin':
      return join(home, 'Library', 'Application Support', name);
    default:
      return join(toConfigFolder(places), name);
  }
}
