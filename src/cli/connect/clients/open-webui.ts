import type { Client } from '../client.ts';

/** Open WebUI: https://docs.openwebui.com/getting-started/env-configuration. It has no file. */
export const openWebui: Client = {
  name: 'open-webui',
  title: 'Open WebUI',
  contextTokensMin: 0,
  setUp: ({ openaiUrl, keyVariable }) => ({
    files: [],
    commands: [
      { kind: 'set', variable: 'OPENAI_API_BASE_URL', value: openaiUrl },
      { kind: 'copy', variable: 'OPENAI_API_KEY', from: keyVariable },
      { kind: 'set', variable: 'ENABLE_OLLAMA_API', value: 'False' },
      { kind: 'run', words: ['open-webui', 'serve'] },
    ],
    notes: [
      'Open WebUI reads the variables at its first start and keeps them in its database. Later, change them in Admin Panel, Settings, Connections.',
      'In a container, 127.0.0.1 is the container itself: start the server with `gravix serve --host 0.0.0.0`, and use the address of this machine.',
    ],
  }),
};
