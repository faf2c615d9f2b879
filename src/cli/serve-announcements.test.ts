import { expect, test } from 'vitest';
import { suggestModel } from '../catalog/suggest-model.ts';
import { loadConfig } from '../config/load-config.ts';
import { toReadyAnnouncement } from './serve-announcements.ts';

const app = {
  url: 'http://127.0.0.1:4728',
  addresses: [{ url: 'http://127.0.0.1:4728', isLoopback: true }],
  firstKey: { kind: 'kept' },
  createSignInUrl: () => undefined,
  runningRequests: () => 0,
  loadModels: async () => {},
  reloadConfig: async () => {},
  close: async () => {},
} as const;

const config = loadConfig({ environment: { GRAVIX_HOME: '/home/someone/.gravix' }, flags: {} });

test('a larger model that fits is one line before the address, on a terminal only', () => {
  const { text, message, fields } = toReadyAnnouncement(app, config, {
    model: 'small',
    larger: suggestModel(16e9, []),
    commandName: 'npx gravix',
  });
  const line =
    'A larger model fits this machine: npx gravix pull llama3.1:8b-instruct-q4_K_M (about 4,850 MB), then npx gravix serve --model llama3.1:8b-instruct-q4_K_M';
  expect(text.split('\n').filter((one) => one.includes('fits this machine'))).toEqual([`  ${line}`]);
  expect(text.trimEnd().split('\n').at(-1)).toBe('listening on http://127.0.0.1:4728');
  expect(JSON.stringify([message, fields])).not.toContain('llama3.1');
});

test('without one there is no such line', () => {
  const words = { model: 'small', larger: undefined, commandName: 'gravix' } as const;
  const { text } = toReadyAnnouncement(app, config, words);
  expect(text).not.toContain('fits this machine');
  expect(text).toMatch(/chat +gravix chat, in another terminal\n/);
});

test('the link to the console is on a terminal only', () => {
  const signInUrl = 'http://127.0.0.1:4728/#link=a-secret';
  const words = { model: 'small', larger: undefined, signInUrl, commandName: 'gravix' } as const;
  const { text, message, fields } = toReadyAnnouncement(app, config, words);
  expect(text).toMatch(
    /console +http:\/\/127\.0\.0\.1:4728\/#link=a-secret \(signs in once, for 10 minutes\)\n/,
  );
  expect(JSON.stringify([message, fields])).not.toContain('a-secret');
});
