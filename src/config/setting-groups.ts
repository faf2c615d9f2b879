import type { Settings } from './config.ts';

/** What settings are about, in the order of the help and of docs/settings.md. */
export const settingGroups = [
  'Address and logs',
  'Models',
  'Engine',
  'Structured outputs',
  'Limits of requests',
  'Stored answers',
  'Where models come from',
] as const;

export type SettingGroup = (typeof settingGroups)[number];

/** The compiler asks for the group of a new setting. */
export const settingGroup: Readonly<Record<keyof Settings, SettingGroup>> = {
  host: 'Address and logs',
  port: 'Address and logs',
  trustedProxies: 'Address and logs',
  publicUrl: 'Address and logs',
  corsOrigins: 'Address and logs',
  logLevel: 'Address and logs',
  model: 'Models',
  aliases: 'Models',
  preload: 'Models',
  pinned: 'Models',
  keepAliveMs: 'Models',
  loadedModelsMax: 'Models',
  modelMemoryBytesMax: 'Models',
  loadMsMax: 'Models',
  slots: 'Engine',
  contextLength: 'Engine',
  threads: 'Engine',
  gpu: 'Engine',
  flashAttention: 'Engine',
  batchTokensMax: 'Engine',
  stepMsTarget: 'Engine',
  restartDelayMsMin: 'Engine',
  restartDelayMsMax: 'Engine',
  showSchema: 'Structured outputs',
  structuredAttemptsMax: 'Structured outputs',
  queueLengthMax: 'Limits of requests',
  queueWaitMsMax: 'Limits of requests',
  requestMsMax: 'Limits of requests',
  maxTokensDefault: 'Limits of requests',
  repetitionStop: 'Limits of requests',
  bodyBytesMax: 'Limits of requests',
  bodyMsMax: 'Limits of requests',
  connectionsMax: 'Limits of requests',
  pingMs: 'Limits of requests',
  drainMsMax: 'Limits of requests',
  storedCompletionsMax: 'Stored answers',
  storedCompletionsMbMax: 'Stored answers',
  storedCompletionsDaysMax: 'Stored answers',
  huggingFaceEndpoint: 'Where models come from',
  ollamaEndpoint: 'Where models come from',
  diskReserveBytes: 'Where models come from',
};
