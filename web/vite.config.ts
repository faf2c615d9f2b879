import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressFiles } from './compress-files.ts';

/** The server that `npx vite web` passes requests of the API to. */
const serverUrl = 'http://127.0.0.1:4728';

/** What the browsers below have, and packages bring for older ones. */
const builtIn = [
  { find: '@ungap/structured-clone', replacement: join(import.meta.dirname, 'built-in-clone.ts') },
  { find: /^use-sync-external-store\/shim$/, replacement: 'react' },
];

/** Each file is compressed by itself, so what views share is in few of them (decision 0102). */
const sharedFiles = [
  // /models and /docs load these, and nothing else of the console.
  { name: 'everywhere', priority: 1, test: /preload-helper|\/src\/(?:ui\/search-words|app\/theme)\.ts$/ },
  {
    name: 'frame',
    test: /\/node_modules\/(?:react|react-dom|scheduler|@base-ui|@floating-ui|@tanstack|wouter|lucide-react)\/|\/src\/(?:api|app|ui)\/|\/src\/(?!pages\/|usage\/chart\b).*\.css$/,
  },
  {
    name: 'shared',
    minShareCount: 2,
    test: /\/src\/(?:keys|models|my-key|playground|upstreams|usage)\/(?!chart\b)/,
  },
];

export default defineConfig({
  base: '/console/',
  plugins: [react(), compressFiles()],
  resolve: { alias: builtIn },
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
      // No package does something when a property is read, or a name of the browser.
      treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
      output: { codeSplitting: { groups: sharedFiles } },
    },
    license: { fileName: 'licenses.md' },
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': serverUrl, '/openapi.json': serverUrl, '/health': serverUrl } },
});
