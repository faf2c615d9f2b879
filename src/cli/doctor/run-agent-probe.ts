import type { AgentProbe } from '../../protocol/agent-probes.ts';
import { parseErrorBody } from '../../protocol/openai/shared/parse-error-body.ts';
import { askServer } from '../ask-server.ts';
import type { CheckFinding } from '../doctor-check.ts';
import type { AgentSubject } from './agent-subject.ts';

/** Time for one request. The first may load the model, in milliseconds. */
const probeMsMax = 180_000;

const rightSentences: Readonly<Record<AgentProbe['name'], string>> = {
  chat: '/v1/chat/completions answers, for opencode, aider and most others.',
  calls: 'A forced call of a tool has the arguments of its schema.',
  json: 'An answer in a form matches its schema.',
  messages: '/v1/messages answers, for Claude Code.',
  responses: '/v1/responses answers, for Codex.',
};

/** Sends one small request as an agent does. */
export async function runAgentProbe(
  { name, path, toBody, findFault }: AgentProbe,
  { serverUrl, key, model }: Pick<AgentSubject, 'serverUrl' | 'key' | 'model'>,
): Promise<CheckFinding> {
  const url = `${serverUrl}/v1${path}`;
  const answer = await askServer({ url, key, body: toBody(model?.id ?? ''), timeoutMs: probeMsMax });
  if (answer === undefined) {
    return { status: 'fail', message: `${url} did not answer within ${probeMsMax / 1000} seconds.` };
  }
  const { status, body } = answer;
  if (status !== 200) {
    const said = parseErrorBody(body)?.message ?? 'It gave no reason.';
    return {
      status: 'fail',
      message: `${url} answered with status ${status}: ${said}`,
      ...(status === 401 ? { wayOut: 'Set GRAVIXLAYER_API_KEY to a key of this server.' } : {}),
    };
  }
  const fault = findFault(body);
  return fault === undefined
    ? { status: 'ok', message: rightSentences[name] }
    : { status: 'fail', message: `The answer of ${url} ${fault}.` };
}
