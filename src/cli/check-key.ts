import { inspectLocalKey } from '../app/local-keys.ts';
import type { Config } from '../config/config.ts';
import type { CheckFinding } from './doctor-check.ts';

export async function checkKey(config: Config): Promise<CheckFinding> {
  const { source, isAccepted, keyFilePath } = await inspectLocalKey(config);
  switch (source) {
    case 'environment':
      return { status: 'ok', message: 'GRAVIXLAYER_API_KEY is set; a server started with it accepts it.' };
    case 'none':
      return {
        status: 'warn',
        message: `There is no key for local commands: GRAVIXLAYER_API_KEY is not set and ${keyFilePath} does not exist.`,
        wayOut: 'The first `gravix serve` creates one. After that, use `gravix keys create`.',
      };
    case 'file':
      return isAccepted
        ? { status: 'ok', message: `The key in ${keyFilePath} is accepted.` }
        : {
            status: 'fail',
            message: `The key in ${keyFilePath} is not accepted: it is unknown, expired or revoked.`,
            wayOut: `Make one with \`gravix keys create\`, and write it to that file or set GRAVIXLAYER_API_KEY to it.`,
          };
  }
}
