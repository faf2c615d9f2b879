import type { LookupAddress } from 'node:dns';
import { writeJson } from '../../json/write-json.ts';
import { probeMsDefault, timeoutDefaults } from '../../upstream-rules/upstream-defaults.ts';
import { createProbe, type Probe, type ProbedState } from '../probe/create-probe.ts';
import { type Question, readFacts } from '../probe/read-facts.ts';
import { ask } from '../transport/ask.ts';
import { type Connections, createConnections } from '../transport/connections.ts';
import type { ExchangeRequest } from '../transport/exchange.ts';
import type { UpstreamCallListener } from '../upstream-call.ts';
import type { UpstreamEndpoint } from '../upstream-options.ts';

/** One server of an upstream: its connections, and what is known of it. Deployments share it. */
export interface UpstreamServer {
  readonly endpoint: UpstreamEndpoint;
  readonly connections: Connections;
  readonly probe: Probe;
  /** Of deployments: the probe asks for them by name where a server wants that. */
  readonly usedModels: Set<string>;
  readonly onCall: UpstreamCallListener | undefined;
  toRequest(question: ServerQuestion): ExchangeRequest;
  close(): Promise<void>;
}

export interface ServerQuestion extends Question {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly connectMs?: number;
}

export interface UpstreamServerOptions {
  /** Where to connect to, in place of what the name is looked up as. */
  readonly address?: LookupAddress | undefined;
  readonly onState?: ((state: ProbedState, error?: unknown) => void) | undefined;
  readonly onCall?: UpstreamCallListener | undefined;
}

/** One answer to a probe may take as long as the time between two, within these bounds, in milliseconds. */
const probeAnswerMsMin = 1000;
const probeAnswerMsMax = 5000;

/** Bytes of one answer to a probe: the metrics of a large server are some hundred kilobytes. */
const probeBytesMax = 4 * 1024 * 1024;

export function createUpstreamServer(
  endpoint: UpstreamEndpoint,
  { address, onState, onCall }: UpstreamServerOptions = {},
): UpstreamServer {
  const { baseUrl, apiKey, kind, mode, probeMs = probeMsDefault } = endpoint;
  const connections = createConnections(baseUrl, address);
  const usedModels = new Set<string>();
  const basePath = baseUrl.pathname.replace(/\/+$/, '');
  // The servers have their own paths beside those of OpenAI's API.
  const rootPath = basePath.replace(/\/v1(?:\/inference)?$/, '');
  const shared: Readonly<Record<string, string>> = {
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    'user-agent': 'gravix',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const withBody = { ...shared, 'content-type': 'application/json' };
  const toRequest = ({ below, path, body, headers, connectMs }: ServerQuestion): ExchangeRequest => ({
    method: body === undefined ? 'GET' : 'POST',
    path: `${below === 'base' ? basePath : rootPath}${path}`,
    headers: headers === undefined ? (body === undefined ? shared : withBody) : { ...withBody, ...headers },
    body: body === undefined ? undefined : writeJson(body),
    connectMs: connectMs ?? timeoutDefaults.connectMs,
  });
  const totalMs = Math.min(Math.max(probeMs, probeAnswerMsMin), probeAnswerMsMax);
  const probe = createProbe({
    probeMs,
    read: (signal) =>
      readFacts(
        (question) =>
          ask(connections, toRequest({ ...question, connectMs: totalMs }), {
            totalMs,
            answerBytesMax: probeBytesMax,
            signal,
          }),
        { kind, isRouter: mode === 'router', usedModels },
      ),
    ...(onState === undefined ? {} : { onChange: onState }),
  });
  return {
    endpoint,
    connections,
    probe,
    usedModels,
    onCall,
    toRequest,
    close: async () => {
      probe.close();
      await connections.close();
    },
  };
}
