import { Field, TextArea } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { checkSchema } from './check-settings.ts';
import type { AnswerForm, ConversationSettings } from './conversation.ts';

export interface AnswerFormFieldsProps {
  readonly settings: ConversationSettings;
  readonly onChange: (part: Partial<ConversationSettings>) => void;
}

const forms: readonly { readonly value: AnswerForm; readonly label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'json_object', label: 'Any JSON object' },
  { value: 'json_schema', label: 'JSON that matches a schema' },
];

const sampleSchema = `{
  "type": "object",
  "properties": {
    "city": { "type": "string" },
    "people": { "type": "integer", "minimum": 0 }
  },
  "required": ["city", "people"]
}`;

export function AnswerFormFields({ settings: { form, schemaText }, onChange }: AnswerFormFieldsProps) {
  const choose = (value: string) => {
    const chosen = forms.find((one) => one.value === value)?.value ?? 'text';
    const needsSample = chosen === 'json_schema' && schemaText.trim() === '';
    onChange({ form: chosen, ...(needsSample ? { schemaText: sampleSchema } : {}) });
  };
  return (
    <>
      <Select label="Form of the answer" value={form} options={forms} onChange={choose} />
      {form === 'json_schema' && (
        <Field label="JSON Schema" error={checkSchema(schemaText)}>
          {(parts) => (
            <TextArea
              {...parts}
              className="settings-code"
              rows={10}
              spellCheck={false}
              value={schemaText}
              onChange={(event) => onChange({ schemaText: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}
