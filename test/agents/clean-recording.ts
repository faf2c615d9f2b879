// What an agent sent, without what belongs to its maker or to the machine: long texts are placeholders, names of folders,
// ids, keys and dates are the same in each recording. Fields, kinds of parts and schemas stay.
import type { IncomingHttpHeaders } from 'node:http';
import { tryParseJson } from '../../src/json/try-parse-json.ts';
import type { RecordedRequest } from './record-requests.ts';
import type { CleanRequest, Recording } from './recording.ts';

/** Characters of a text that stays as it is. */
const keptCharactersMax = 60;

/** Texts of these fields are read by programs. */
const readFields = new Set(['arguments', 'pattern', 'definition']);

/** Of the connection or of the machine. */
const droppedHeaders =
  /^(host|connection|content-length|accept-encoding|accept-language|sec-.*|x-stainless-(arch|os|runtime.*))$/;

const textRules: readonly (readonly [RegExp, string])[] = [
  [/\/[^\s"]*gravix-agent-\w+\//g, '/'],
  // A time in milliseconds.
  [/\b1\d{12}\b/g, '1000000000000'],
  [/gx-[\w-]+/g, 'KEY'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '00000000-0000-4000-8000-000000000000'],
  [/\b[0-9a-f]{32,}\b/g, '0'.repeat(32)],
  [/\b(ses|msg|prt)_\w{20,}/g, '$1_0'],
  [/\b20\d\d-\d\d-\d\d\b/g, '2026-01-01'],
];

/** Written by the agent's maker as a line of the prompt, and read by the server. */
const billingText = /^x-anthropic-billing-header:/;

export function toRecording(agent: string, requests: readonly RecordedRequest[]): Recording {
  const toolSets: unknown[] = [];
  const cleaned = requests.map((request) => toCleanRequest(request, toolSets));
  return {
    recorded: `${agent}; long texts are replaced, and names, ids and dates are the same.`,
    toolSets,
    requests: cleaned,
  };
}

function toCleanRequest({ method, path, headers, body }: RecordedRequest, toolSets: unknown[]): CleanRequest {
  const request = { method, path, headers: toCleanHeaders(headers) };
  if (body === '') return request;
  const { tools, ...fields } = toClean(JSON.parse(body)) as Record<string, unknown>;
  return { ...request, body: fields, ...(tools === undefined ? {} : { toolSet: placeOf(tools, toolSets) }) };
}

function placeOf(tools: unknown, toolSets: unknown[]): number {
  const text = JSON.stringify(tools);
  const known = toolSets.findIndex((set) => JSON.stringify(set) === text);
  return known >= 0 ? known : toolSets.push(tools) - 1;
}

function toCleanHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const kept = Object.entries(headers).filter(([name]) => !droppedHeaders.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      // Dates are parts of the names of versions here.
      const text = withRules(String(value), textRules.slice(0, -1));
      return [name, text.replace(/ ?\([^)]*\)/g, '')];
    }),
  );
}

function toClean(value: unknown, field = ''): unknown {
  if (typeof value === 'string') return toCleanText(value, field);
  if (Array.isArray(value)) return value.map((item) => toClean(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, toClean(own, name)]));
}

function toCleanText(value: string, field: string): string {
  const text = withRules(value, textRules);
  const isKept =
    text.length <= keptCharactersMax ||
    readFields.has(field) ||
    billingText.test(text) ||
    typeof tryParseJson(text) === 'object';
  return isKept ? text : `A text of ${Math.ceil(text.length / 100) * 100} characters at most.`;
}

function withRules(text: string, rules: typeof textRules): string {
  return rules.reduce((changed, [pattern, replacement]) => changed.replace(pattern, replacement), text);
}
