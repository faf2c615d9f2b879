import { Button } from '../ui/button.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { checkTools } from './check-settings.ts';

export interface ToolsFieldProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

const sampleTools = `[
  {
    "type": "function",
    "function": {
      "name": "get_weather",
      "description": "The weather in a city now.",
      "parameters": {
        "type": "object",
        "properties": { "city": { "type": "string" } },
        "required": ["city"]
      }
    }
  }
]`;

export function ToolsField({ text, onChange }: ToolsFieldProps) {
  return (
    <>
      <Field
        label="Functions that the model may call"
        help="A list in JSON. You see each call, and answer it in place of the tool."
        error={checkTools(text)}
      >
        {(parts) => (
          <TextArea
            {...parts}
            className="settings-code"
            rows={text === '' ? 3 : 12}
            spellCheck={false}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {text.trim() === '' && (
        <Button size="s" onClick={() => onChange(sampleTools)}>
          Insert a sample
        </Button>
      )}
    </>
  );
}
