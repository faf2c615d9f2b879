// All kinds of backend, for tests of what stands above them: `describe.each(backendKinds)`.
import type { Backend } from '../src/backend/backend.ts';
import type { GenerationEvent } from '../src/backend/generation-event.ts';
import { systemClock } from '../src/gateway/clock.ts';
import { createComposite, createDeployment } from './create-deployment.ts';
import { createScriptedBackend, type Script, type ScriptedBackend } from './scripted-backend.ts';
import { createScriptedRemoteBackend } from './scripted-remote-backend.ts';

export interface BackendKind {
  readonly name: 'embedded' | 'remote' | 'composite';
  /** A scripted backend of this kind. */
  create(script: Script): Backend & Pick<ScriptedBackend, 'requests' | 'endings' | 'running' | 'setState'>;
  /** Forms of answers reach it as grammars; otherwise as they stand. */
  readonly takesGrammar: boolean;
  /** It is asked once for several choices. */
  readonly makesChoices: boolean;
  /** What a reader sees of a script's events. */
  toSeen(events: readonly GenerationEvent[]): readonly GenerationEvent[];
}

export const embeddedKind: BackendKind = {
  name: 'embedded',
  create: createScriptedBackend,
  takesGrammar: true,
  makesChoices: false,
  toSeen: (events) => events,
};

export const remoteKind: BackendKind = {
  name: 'remote',
  create: createScriptedRemoteBackend,
  takesGrammar: false,
  makesChoices: true,
  toSeen: (events) => events.map((event) => (event.type === 'started' ? { type: 'started' } : event)),
};

/** The embedded engine as the only deployment of a model: a router, so that what it refuses goes to the client at once. */
export const compositeKind: BackendKind = {
  name: 'composite',
  create: (script) => {
    const { requests, endings, running, setState, ...backend } = createScriptedBackend(script);
    const composite = createComposite([createDeployment('one', backend, { mode: 'router' })], systemClock);
    return Object.assign(composite, { requests, endings, running, setState });
  },
  takesGrammar: true,
  makesChoices: false,
  toSeen: (events) =>
    events.map((event) => (event.type === 'started' ? { ...event, servedBy: 'one' } : event)),
};

export const backendKinds: readonly BackendKind[] = [embeddedKind, remoteKind, compositeKind];
