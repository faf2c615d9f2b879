import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressFiles } from './compress-files.ts';

/** The server that `npx vite web` passes requests of the API to. */
const serverUrl = 'http://127.0.0.1:4728';

export default defineConfig({
  base: '/console/',
  plugins: [react(), compressFiles()],
  build: {
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // A file as text in a style sheet or a script would be no file of this server, which the policy requires.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // By it the server finds what its own pages load.
    manifest: true,
    rolldownOptions: {
      input: ['index.html', 'src/pages/docs.ts', 'src/pages/models.ts'].map((path) =>
        join(import.meta.dirname, path),
      ),
    },
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': serverUrl, '/openapi.json': serverUrl, '/health': serverUrl } },
});
