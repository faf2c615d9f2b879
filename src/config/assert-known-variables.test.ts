import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';

function load(environment: Record<string, string>) {
  return loadConfig({ environment: { GRAVIX_HOME: '/nowhere', ...environment }, flags: {} });
}

test.each([
  ['GRAVIX_SLOT', 'GRAVIX_SLOTS is one'],
  ['GRAVIX_SLOTZ', 'GRAVIX_SLOTS is one'],
  ['gravix_slots', 'GRAVIX_SLOTS is one'],
  ['GRAVIX_LOGLEVEL', 'GRAVIX_LOG_LEVEL is one'],
  ['GRAVIX_CONTEXT_LENGHT', 'GRAVIX_CONTEXT_LENGTH is one'],
  ['GRAVIX_PORT', 'it is called PORT'],
  ['GRAVIX_SOMETHING_ELSE', '`gravix serve --help` lists all'],
])('%s is refused: %s', (name, words) => {
  expect(() => load({ [name]: '8' })).toThrow(ConfigError);
  expect(() => load({ [name]: '8' })).toThrow(`The environment has ${name}, which is no setting; ${words}.`);
});

test('what Kubernetes adds for a service of this name, and what belongs to others, is left alone', () => {
  const environment = {
    GRAVIX_SERVICE_HOST: '10.0.0.1',
    GRAVIX_SERVICE_PORT: '80',
    GRAVIX_SERVICE_PORT_HTTP: '80',
    GRAVIX_PORT: 'tcp://10.0.0.1:80',
    GRAVIX_PORT_80_TCP: 'tcp://10.0.0.1:80',
    GRAVIX_PORT_80_TCP_ADDR: '10.0.0.1',
    GRAVIX_CHAT_SERVICE_HOST: '10.0.0.2',
    GRAVIX_CHAT_PORT_80_TCP_PROTO: 'tcp',
    GRAVIXLAYER_API_KEY: 'gl_key',
    MY_GRAVIX_SLOT: '3',
    GRAVIX_SLOTS: '3',
  };
  expect(load(environment).slots).toBe(3);
});
