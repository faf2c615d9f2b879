import './settings-panel.css';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Model } from '../api/wire.ts';
import { Badge } from '../ui/badge.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { AnswerFormFields } from './answer-form-fields.tsx';
import type { Conversation, ConversationSettings } from './conversation.ts';
import { changeOpenConversation } from './open-conversation.ts';
import { ParameterField } from './parameter-field.tsx';
import { parametersQuery } from './parameters-query.ts';
import { ToolsField } from './tools-field.tsx';

export interface SettingsPanelProps {
  readonly conversation: Conversation;
  readonly models: readonly Model[];
}

export function SettingsPanel({ conversation, models }: SettingsPanelProps) {
  const { settings, lanes } = conversation;
  const { data: parameters } = useQuery(parametersQuery);
  const change = (part: Partial<ConversationSettings>) =>
    changeOpenConversation((current) => ({ ...current, settings: { ...current.settings, ...part } }));
  const first = models.find(({ id }) => id === lanes[0]?.model);
  const shown = parameters?.filter(
    ({ name }) => first === undefined || first.supported_parameters.includes(name),
  );
  const setCount = Object.keys(settings.parameters).length;
  return (
    <div className="settings">
      <Field label="System prompt" help={toSystemHelp(first)}>
        {(parts) => (
          <TextArea
            {...parts}
            rows={4}
            placeholder="You answer in one short sentence."
            value={settings.system}
            onChange={(event) => change({ system: event.target.value })}
          />
        )}
      </Field>
      <Section title="Sampling" note={setCount === 0 ? undefined : `${setCount} set`}>
        <label className="settings-check">
          <input
            type="checkbox"
            checked={settings.hasLogprobs}
            disabled={first?.capabilities.logprobs === false}
            onChange={(event) => change({ hasLogprobs: event.target.checked })}
          />
          Probabilities of the tokens
        </label>
        {shown === undefined ? (
          <Skeleton lines={6} label="Loading the parameters" />
        ) : (
          shown.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              modelDefault={first?.default_parameters[parameter.name]}
              value={settings.parameters[parameter.name]}
              onChange={(value) =>
                change({ parameters: withParameter(settings.parameters, parameter.name, value) })
              }
            />
          ))
        )}
      </Section>
      <Section title="Form of the answer" note={settings.form === 'text' ? undefined : 'JSON'}>
        <AnswerFormFields settings={settings} onChange={change} />
      </Section>
      <Section title="Tools" note={settings.toolsText.trim() === '' ? undefined : 'defined'}>
        <ToolsField text={settings.toolsText} onChange={(toolsText) => change({ toolsText })} />
      </Section>
    </div>
  );
}

function Section({
  title,
  note,
  children,
}: {
  title: string;
  note: string | undefined;
  children: ReactNode;
}) {
  return (
    <details className="settings-section">
      <summary>
        {title}
        {note !== undefined && <Badge tone="accent">{note}</Badge>}
      </summary>
      <div className="settings-fields">{children}</div>
    </details>
  );
}

function toSystemHelp(model: Model | undefined): string | undefined {
  const text = model?.default_system_message;
  return text === null || text === undefined ? undefined : `Empty: the model's own, “${text.slice(0, 120)}”`;
}

function withParameter(parameters: ConversationSettings['parameters'], name: string, value: unknown) {
  const { [name]: _before, ...others } = parameters;
  return value === undefined ? others : { ...others, [name]: value };
}
