// The chat service over a scripted backend and a scripted compiler, for the tests of what it does with both.

import type { GenerationEvent } from '../src/backend/generation-event.ts';
import { type GenerationRequest, neutralSampling } from '../src/backend/generation-request.ts';
import type { ModelFacts } from '../src/backend/model-facts.ts';
import type { JsonSchemaFormat, OutputFormat } from '../src/backend/output-format.ts';
import type { RequestedGeneration } from '../src/backend/requested-generation.ts';
import { type ChatRun, type ChatServiceOptions, createChatService } from '../src/service/chat/chat.ts';
import type { UsageRecord } from '../src/service/usage/usage-record.ts';
import type { UseCase } from '../src/service/usage/use-case.ts';
import { type BackendKind, embeddedKind } from './backend-kinds.ts';
import { createRequest } from './create-request.ts';
import { createRouterOf } from './create-routed-model.ts';
import { finish, type Script, type ScriptStep, started, textDelta } from './scripted-backend.ts';
import { createScriptedOutputCompiler, type ScriptedSchema } from './scripted-output-compiler.ts';
import { openTestUseCase } from './use-case.ts';

export const jsonObject: OutputFormat = { kind: 'json-object' };

export function toSchemaFormat(
  schema: ScriptedSchema & object,
  more: Partial<JsonSchemaFormat> = {},
): OutputFormat {
  return { kind: 'json-schema', name: 'a', description: undefined, schema, strict: true, ...more };
}

export function toRequest(more: Partial<GenerationRequest> = {}): GenerationRequest {
  return createRequest('Hello', {
    id: 'chatcmpl-1',
    sampling: { ...neutralSampling, temperature: 0, seed: 7 },
    maxTokens: undefined,
    outputFormat: jsonObject,
    ...more,
  });
}

/** Plays one script after the other, one for each attempt. */
export function inTurn(...scripts: readonly (readonly ScriptStep[])[]): Script {
  let turn = 0;
  return () => {
    const script = scripts[turn];
    turn += 1;
    if (script === undefined) throw new Error('There was one attempt more than scripts.');
    return script;
  };
}

export const bad = [started, textDelta('{"a":'), finish(3)];
export const good = [started, textDelta('{"a"'), textDelta(':1}'), finish(5)];

export interface ChatSetup extends Partial<ChatServiceOptions> {
  readonly isStreamed?: boolean;
  readonly choiceCount?: number;
  readonly facts?: ModelFacts;
  /** Default: embedded. */
  readonly kind?: BackendKind;
  readonly requestMsMax?: number;
}

export function prepare(script: Script, setup: ChatSetup = {}) {
  const { isStreamed = false, choiceCount = 1, facts, requestMsMax, kind = embeddedKind, ...options } = setup;
  const backend = kind.create(script);
  const compiler = createScriptedOutputCompiler();
  const service = createChatService({
    router: createRouterOf('m', backend, facts),
    compiler,
    showSchema: true,
    structuredAttemptsMax: 3,
    ...options,
  });
  const controller = new AbortController();
  const { signal } = controller;
  const useCases: UseCase[] = [];
  const openUseCase = (model: string) => {
    const useCase = openTestUseCase({ model, signal, isStreamed, requestMsMax, usages });
    useCases.push(useCase);
    return useCase;
  };
  const usages: UsageRecord[] = [];
  const start = (request: RequestedGeneration = toRequest(), model = 'm') =>
    service.start(openUseCase(model), request, {
      choiceCount,
    });
  return { backend, compiler, controller, start, usages, useCases };
}

export interface Outcome {
  readonly events: readonly GenerationEvent[];
  readonly text: string;
  readonly error: unknown;
}

export async function readAll(run: ChatRun): Promise<Outcome> {
  const events: GenerationEvent[] = [];
  let error: unknown;
  try {
    for await (const { event } of run.events) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  return { events, text, error };
}
