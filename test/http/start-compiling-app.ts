import { createGrammarWorker } from '../../src/grammar-worker/create-grammar-worker.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';

/** An app with the real compiler in its thread, which closes with it. */
export async function startCompilingApp(options: TestAppOptions): Promise<TestApp> {
  const compiler = createGrammarWorker();
  const app = await startTestApp({ ...options, compiler });
  return {
    ...app,
    close: async () => {
      await app.close();
      await compiler.close();
    },
  };
}
