import type { Client } from '../client.ts';

/** Cline's command line: https://docs.cline.bot. Its own command writes its file, which has the key itself. */
export const cline: Client = {
  name: 'cline',
  title: 'Cline',
  contextTokensMin: 32_768,
  setUp: ({ openaiUrl, model, keyVariable }) => ({
    files: [],
    commands: [
      {
        kind: 'run',
        words: [
          ...['cline', 'auth', '--provider', 'openai-compatible', '--modelid', model],
          ...['--baseurl', openaiUrl, '--apikey', { variable: keyVariable }],
        ],
      },
      { kind: 'run', words: ['cline'] },
    ],
    notes: [
      'Cline takes no name of a variable: its command stores the key itself, in ~/.cline/data/settings/providers.json. In VS Code, enter the same values for the provider "OpenAI Compatible".',
    ],
  }),
};
