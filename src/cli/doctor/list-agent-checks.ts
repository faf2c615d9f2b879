import { defaultModelName } from '../../catalog/catalog.ts';
import { agentProbes } from '../../protocol/agent-probes.ts';
import { checkKey } from '../check-key.ts';
import type { CheckFinding, DoctorCheck } from '../doctor-check.ts';
import type { AgentSubject } from './agent-subject.ts';
import { checkAgentContext } from './check-agent-context.ts';
import { runAgentProbe } from './run-agent-probe.ts';

/** The checks of `gravix doctor --for agents`, in their order. */
export function listAgentChecks(subject: AgentSubject): readonly DoctorCheck[] {
  const { model, served, isLocal, config } = subject;
  const probes = agentProbes.map((probe) => ({
    name: probe.name,
    run: () => runAgentProbe(probe, subject),
  }));
  return [
    { name: 'server', run: async () => checkServer(subject) },
    { name: 'key', run: () => checkAgentKey(subject) },
    { name: 'model', run: async () => checkAgentModel(subject) },
    { name: 'template', run: async () => checkTemplate(subject) },
    { name: 'context', run: () => checkAgentContext(subject) },
    ...(isLocal && config.loadsModel ? [{ name: 'slots', run: async () => checkSlots(subject) }] : []),
    // Without a server there is nothing to ask, and without the model each would say the same.
    ...(served === undefined || model === undefined ? [] : probes),
  ];
}

function checkServer({ serverUrl, status, served }: AgentSubject): CheckFinding {
  if (served !== undefined) return { status: 'ok', message: `A Gravix server answers at ${serverUrl}.` };
  if (status === undefined) {
    return {
      status: 'warn',
      message: `No server answers at ${serverUrl}. These checks are of the settings, without requests.`,
      wayOut: 'Start one with `gravix serve`, or name another with --url, and check again.',
    };
  }
  return {
    status: 'fail',
    message: `What answers at ${serverUrl} shows no models (status ${status}).`,
    wayOut: 'Is it a Gravix server, and is the key right?',
  };
}

async function checkAgentKey({ isLocal, config, key }: AgentSubject): Promise<CheckFinding> {
  if (isLocal) return checkKey(config);
  return key === undefined
    ? {
        status: 'fail',
        message: 'GRAVIXLAYER_API_KEY is not set.',
        wayOut: 'Set it to a key of that server.',
      }
    : { status: 'ok', message: 'GRAVIXLAYER_API_KEY is set. The requests below show whether it is right.' };
}

function checkAgentModel({ modelName: name, served, model, installed }: AgentSubject): CheckFinding {
  const wayOut = 'docs/guides/agents.md lists models that agents can work with.';
  if (served !== undefined && model === undefined) {
    return {
      status: 'fail',
      message: `The server has no model ${name}.`,
      wayOut: 'Choose one with --model.',
    };
  }
  if (served === undefined && installed === undefined) {
    return {
      status: 'fail',
      message: `The model ${name} is not installed.`,
      wayOut: `\`gravix pull ${name}\` installs it. ${wayOut}`,
    };
  }
  if (model?.capabilities.chat === false || installed?.facts.isEmbedding === true) {
    return { status: 'fail', message: `${name} writes no text.`, wayOut };
  }
  return name === defaultModelName
    ? {
        status: 'warn',
        message: `${name} is a model to try the server with, too small for an agent.`,
        wayOut,
      }
    : { status: 'ok', message: `${name} is ${model === undefined ? 'installed' : 'served'}.` };
}

/** Small models call tools better in the format that they were trained with. */
function checkTemplate({ model, installed }: AgentSubject): CheckFinding {
  if (model?.capabilities.tools === false) {
    return {
      status: 'fail',
      message: "The model can't call tools.",
      wayOut: 'Choose another model with --model.',
    };
  }
  const template = installed?.facts.chatTemplate;
  if (installed === undefined) {
    return { status: 'ok', message: 'The model calls tools. Its template is on another server.' };
  }
  return template !== undefined && /\btools\b/.test(template)
    ? { status: 'ok', message: 'The template of the model has tool calls.' }
    : {
        status: 'warn',
        message: 'The template of the model has no tool calls, so it was hardly trained for them.',
        wayOut: 'Gravix shows it tools in a general form. For agents, choose another model.',
      };
}

function checkSlots({ config }: AgentSubject): CheckFinding {
  return config.slots === 1
    ? {
        status: 'warn',
        message:
          'The settings have 1 slot: each side request of an agent pushes the conversation out of the cache.',
        wayOut: 'Use --slots 2 if the memory allows.',
      }
    : {
        status: 'ok',
        message: `The settings have ${config.slots} slots: as many requests run at once, each with its conversation in the cache.`,
      };
}
