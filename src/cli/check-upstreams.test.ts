import { expect, it } from 'vitest';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadConfig } from '../config/load-config.ts';
import { checkUpstreams } from './check-upstreams.ts';

it('names each upstream that does not answer, in sentences', async () => {
  const gone = (port: number) => ({ kind: 'vllm', baseUrl: `http://127.0.0.1:${port}/v1` });
  const config = loadConfig({
    environment: { GRAVIX_HOME: createTemporaryFolder() },
    flags: { upstreams: { one: gone(1), two: gone(2) } },
  });
  const { status, message } = await checkUpstreams(config);
  expect(status).toBe('warn');
  const sentences = message.split(/(?<=\.) (?=\w+: )/).toSorted();
  expect(sentences).toEqual([
    'one: connect ECONNREFUSED 127.0.0.1:1.',
    'two: connect ECONNREFUSED 127.0.0.1:2.',
  ]);
});
