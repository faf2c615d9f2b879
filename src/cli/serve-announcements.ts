import type { AppOutput } from '../app/app-output.ts';
import { type CommandName, nameCommands } from '../app/command-name.ts';
import { openKeyFile } from '../app/local-keys.ts';
import { toPagesAccess } from '../app/to-pages-access.ts';
import { readVersion } from '../app/version.ts';
import type { App } from '../app.ts';
import type { SizedModel } from '../catalog/list-sized-models.ts';
import type { Config } from '../config/config.ts';
import { toMegabytes } from './doctor-check.ts';
import { toServedWords } from './to-served-words.ts';

export type Announcer = AppOutput['announcer'];
type Announcement = Parameters<Announcer['tell']>[0];

/** Only the text for a terminal contains the key, so that the key never ends up in a log. */
export function toFirstKeyAnnouncement(
  { firstKey, url }: App,
  config: Config,
  commandName: CommandName,
): Announcement | undefined {
  switch (firstKey.kind) {
    case 'created': {
      const keyFile = openKeyFile(config).path;
      return {
        text: `\nYour API key, shown only this once:\n\n  ${firstKey.key}\n\nTry it:\n\n${toCurl(url, firstKey.key, config.model)}\n\n`,
        message: 'created the first API key; it is in the key file',
        fields: { keyFile },
      };
    }
    case 'restored':
    case 'file-unusable':
    case 'file-missing':
    case 'postponed': {
      const message = nameCommands(firstKey.notice, commandName);
      return { text: `${message}\n`, message, fields: {} };
    }
    case 'environment':
    case 'kept':
      return undefined;
  }
}

function toCurl(url: string, key: string, model: string): string {
  // A question that the default model answers correctly. To a bare "Hello" it rambles.
  const messages = [
    { role: 'system', content: 'You answer in one short sentence.' },
    { role: 'user', content: 'What is the capital of France?' },
  ];
  const body = JSON.stringify({ model, messages });
  return `curl ${url}/v1/inference/chat/completions -H "Content-Type: application/json" -H "Authorization: Bearer ${key}" -d '${body}'`;
}

export interface ReadyWords {
  /** The installed model that is in memory. Undefined: others serve. */
  readonly model: string | undefined;
  /** A larger model that fits into memory. */
  readonly larger: SizedModel | undefined;
  /** Opens the console without a key, once; shown on a terminal only. Undefined: there is no console. */
  readonly signInUrl?: string | undefined;
  readonly commandName: CommandName;
}

/**
 * The next steps, and the address as the last line. `larger` is a model that would fit; it is shown on a
 * terminal only.
 */
export function toReadyAnnouncement(
  { url, addresses, firstKey }: App,
  config: Config,
  { model, larger, signInUrl, commandName }: ReadyWords,
): Announcement {
  const hasKeyFile = firstKey.kind !== 'environment' && firstKey.kind !== 'file-missing';
  const keyFile = hasKeyFile ? openKeyFile(config).path : undefined;
  const others = addresses.map((address) => address.url).filter((other) => other !== url);
  // A browser can't send a key.
  const hasPages = toPagesAccess(config) === 'open';
  const rows = [
    ...(signInUrl === undefined ? [] : [['console', `${signInUrl} (signs in once, for 10 minutes)`]]),
    ['chat', `${commandName} chat, in another terminal${commandName === 'gravix' ? '' : ' in the clone'}`],
    ...(hasPages
      ? [
          ['models', `${url}/models`],
          ['API reference', `${url}/docs`],
        ]
      : [['pages', 'need a key; --pages open shows them to everyone']]),
    ['base URL for clients', `${url}/v1`],
    ...others.map((other) => ['from other machines', `${other}/v1`]),
    ['key', keyFile ?? toKeyWords(firstKey.kind, commandName)],
    ['stop', 'Ctrl-C'],
  ];
  const widthMax = Math.max(...rows.map(([name = '']) => name.length));
  const lines = rows.map(([name = '', value]) => `  ${name.padEnd(widthMax)}  ${value}\n`).join('');
  const message = `listening on ${url}`;
  return {
    text: `\nGravix ${readVersion()} serves ${toServedWords(config, model)}.\n\n${lines}${toSuggestion(larger, commandName)}\n${message}\n`,
    message,
    fields: {
      url,
      model: model ?? config.model,
      version: readVersion(),
      keyFile,
      addresses: addresses.map((address) => address.url),
    },
  };
}

function toSuggestion(larger: SizedModel | undefined, commandName: CommandName): string {
  if (larger?.sizeBytes === undefined) return '';
  const { name, sizeBytes, isSizeEstimated } = larger;
  const size = `${isSizeEstimated ? 'about ' : ''}${toMegabytes(sizeBytes)}`;
  return `\n  A larger model fits this machine: ${commandName} pull ${name} (${size}), then ${commandName} serve --model ${name}\n`;
}

function toKeyWords(kind: App['firstKey']['kind'], commandName: CommandName): string {
  return kind === 'environment' ? 'in GRAVIXLAYER_API_KEY' : `create one with ${commandName} keys create`;
}

/** Announces the requests that the shutdown waits for. */
export function toStoppingAnnouncement(runningRequests: number, drainMsMax: number): Announcement {
  const requests = `${runningRequests} running ${runningRequests === 1 ? 'request' : 'requests'}`;
  const text =
    runningRequests === 0
      ? 'Stopping.\n'
      : `Stopping: waiting up to ${drainMsMax / 1000} s for ${requests}. Press Ctrl-C again to stop immediately.\n`;
  return { text, message: 'stopping', fields: { runningRequests, drainMsMax } };
}
