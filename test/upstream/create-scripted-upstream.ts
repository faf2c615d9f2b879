import { onTestFinished } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { BackendError } from '../../src/backend/backend-error.ts';
import { createUpstream } from '../../src/upstream/create-upstream.ts';
import { createRequest } from '../create-request.ts';
import type { Script, ScriptStep } from '../scripted-backend.ts';
import { chunk, done, events, roleChunk, sseHead } from './answer-texts.ts';
import { type Behaviour, startFaultyUpstream } from './faulty-upstream.ts';
import { toDeploymentOptions } from './upstream-setup.ts';

/** A remote server that says what a script says, and the backend for it. Both end with the test. */
export async function createScriptedUpstream(script: Script): Promise<Backend> {
  const server = await startFaultyUpstream({ behaviours: { m: toBehaviour(script) } });
  const upstream = createUpstream({
    baseUrl: server.baseUrl,
    kind: 'vllm',
    apiKey: undefined,
    mode: 'single',
  });
  onTestFinished(async () => {
    await upstream.close();
    await server.close();
  });
  return upstream.createBackend(toDeploymentOptions('m'));
}

function toBehaviour(script: Script): Behaviour {
  return ({ response }) => {
    for (const step of script(createRequest('Hi'))) {
      if (step.type === 'wait-for-abort') return;
      if (step.type === 'fail') {
        const isBusy = step.error instanceof BackendError && step.error.code === 'overloaded';
        response.writeHead(isBusy ? 503 : 500, { 'content-type': 'application/json' });
        response.end('{"error":{"message":"Busy.","type":"server_error","code":null}}');
        return;
      }
      if (!response.headersSent) response.writeHead(200, sseHead);
      response.write(toEvents(step));
    }
    response.end(done);
  };
}

function toEvents(step: ScriptStep): string {
  switch (step.type) {
    case 'started':
      return events(roleChunk);
    case 'text-delta':
      return events(chunk({ delta: { content: step.text } }));
    case 'finish': {
      const { promptTokens, completionTokens } = step.usage;
      const usage = {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
      };
      return events(chunk({ delta: {}, finish_reason: 'stop' }), chunk(undefined, { usage }));
    }
    default:
      throw new Error(`A remote server does not say ${step.type}.`);
  }
}
