// A model whose deployments are of two kinds: the embedded engine, which takes grammars, and a remote server, which takes
// forms as they stand. A request is prepared once, and may go to either.
import { describe, expect, test } from 'vitest';
import type { BackendKind } from '../../../test/backend-kinds.ts';
import { createComposite, createDeployment } from '../../../test/create-deployment.ts';
import {
  createScriptedBackend,
  finish,
  refuse,
  type Script,
  started,
  toolCallDelta,
  toolCallStart,
} from '../../../test/scripted-backend.ts';
import {
  bad,
  good,
  inTurn,
  prepare,
  readAll,
  toRequest,
  toSchemaFormat,
} from '../../../test/scripted-chat.ts';
import { createScriptedRemoteBackend } from '../../../test/scripted-remote-backend.ts';
import { BackendError } from '../../backend/backend-error.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import { systemClock } from '../../gateway/clock.ts';

const broken = refuse(new BackendError('upstream_error', 'It failed.'));

/** The engine and a remote server, the first of which fails; the second answers. */
function prepareMixed(answering: 'engine' | 'remote', script: Script, isStreamed = false) {
  const engine = createScriptedBackend(answering === 'engine' ? script : broken);
  const remote = createScriptedRemoteBackend(answering === 'remote' ? script : broken);
  const kind: BackendKind = {
    name: 'composite',
    create: () => {
      const deployments = [
        createDeployment('engine', engine, { priority: answering === 'engine' ? 1 : 0 }),
        createDeployment('remote', remote, { priority: answering === 'remote' ? 1 : 0 }),
      ];
      const { requests, endings, running, setState } = engine;
      const composite = createComposite(deployments, systemClock, { failuresMax: 100 });
      return Object.assign(composite, { requests, endings, running, setState });
    },
    takesGrammar: true,
    makesChoices: false,
    toSeen: (events) => events,
  };
  return { engine, remote, ...prepare(script, { kind, isStreamed }) };
}

const format = toSchemaFormat({ 'x-checked-afterwards': ['a'] });

describe.each(['engine', 'remote'] as const)(
  'where the %s answers after the other one failed',
  (answering) => {
    test('each gets the form in its own way', async () => {
      const { engine, remote, start } = prepareMixed(answering, inTurn(good));
      const { text, error } = await readAll(await start(toRequest({ outputFormat: format })));
      expect({ text, error }).toEqual({ text: '{"a":1}', error: undefined });
      expect(engine.requests).toMatchObject([{ outputFormat: format, grammar: expect.any(String) }]);
      expect(remote.requests).toMatchObject([{ outputFormat: format, grammar: undefined }]);
      // The schema is shown to both: the conversation is prepared once.
      expect(remote.requests[0]?.prompt).toEqual(engine.requests[0]?.prompt);
    });

    test('its whole answer is checked, and made again where it is invalid', async () => {
      const { start } = prepareMixed(answering, inTurn(bad, good));
      const { text, error } = await readAll(await start(toRequest({ outputFormat: format })));
      expect({ text, error }).toEqual({ text: '{"a":1}', error: undefined });
    });

    test('its stream does not finish where it is invalid', async () => {
      const { start } = prepareMixed(answering, inTurn(bad), true);
      const { events, error } = await readAll(await start(toRequest({ outputFormat: format })));
      expect(error).toMatchObject({ code: 'invalid_structured_output' });
      expect(events.some(({ type }) => type === 'finish')).toBe(false);
    });

    test('strict tools have grammars for the engine alone, and their calls are checked', async () => {
      const toolUse: NonNullable<GenerationRequest['toolUse']> = {
        tools: [{ name: 'f', description: undefined, parameters: { type: 'object' }, isStrict: true }],
        choice: 'required',
        callableNames: ['f'],
        isParallel: false,
      };
      const call = (text: string) => [
        started,
        toolCallStart(0, 'f'),
        toolCallDelta(0, text),
        finish(3, 'tool-calls'),
      ];
      const { engine, remote, start } = prepareMixed(answering, inTurn(call('{"a":'), call('{"a":1}')));
      const { events, error } = await readAll(await start(toRequest({ outputFormat: undefined, toolUse })));
      expect(error).toBeUndefined();
      expect(events).toContainEqual(toolCallDelta(0, '{"a":1}'));
      expect(engine.requests[0]?.toolUse?.tools[0]?.argumentsGrammars).toBeDefined();
      expect(remote.requests[0]?.toolUse).toEqual(toolUse);
    });
  },
);
