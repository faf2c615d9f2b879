import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';

function load(environment: Record<string, string>) {
  return loadConfig({ environment: { GRAVIX_HOME: '/nowhere', ...environment }, flags: {} });
}

test.each([
  ['GRAVIX_SLOT', 'Did you mean GRAVIX_SLOTS?'],
  ['GRAVIX_SLOTZ', 'Did you mean GRAVIX_SLOTS?'],
  ['gravix_slots', 'Did you mean GRAVIX_SLOTS?'],
  ['GRAVIX_LOGLEVEL', 'Did you mean GRAVIX_LOG_LEVEL?'],
  ['GRAVIX_CONTEXT_LENGHT', 'Did you mean GRAVIX_CONTEXT_LENGTH?'],
  ['GRAVIX_PORT', 'The setting is called PORT.'],
  ['GRAVIX_SOMETHING_ELSE', '`gravix serve --help` lists all settings.'],
])('%s is refused: %s', (name, words) => {
  expect(() => load({ [name]: '8' })).toThrow(ConfigError);
  expect(() => load({ [name]: '8' })).toThrow(`The environment variable ${name} is not a setting. ${words}`);
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
