import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '../ui/button.tsx';
import { TextInput } from '../ui/field.tsx';
import { Fieldset } from '../ui/fieldset.tsx';
import type { MetadataPair } from './policy-draft.ts';

export interface MetadataFieldsProps {
  readonly pairs: readonly MetadataPair[];
  readonly error: string | undefined;
  readonly onChange: (pairs: readonly MetadataPair[]) => void;
}

/** Pairs that an object has at most. */
const pairsMax = 16;

export function MetadataFields({ pairs, error, onChange }: MetadataFieldsProps) {
  const change = (id: number, part: Partial<MetadataPair>) =>
    onChange(pairs.map((pair) => (pair.id === id ? { ...pair, ...part } : pair)));
  const add = () => {
    const id = Math.max(-1, ...pairs.map((pair) => pair.id)) + 1;
    onChange([...pairs, { id, key: '', value: '' }]);
  };
  return (
    <Fieldset
      title="Metadata"
      help="Pairs of your own, such as an owner. You can search for them."
      error={error}
    >
      {pairs.map((pair, index) => (
        <div key={pair.id} className="pair">
          <TextInput
            aria-label={`Key ${index + 1}`}
            placeholder="Key"
            value={pair.key}
            onChange={(event) => change(pair.id, { key: event.target.value })}
          />
          <TextInput
            aria-label={`Value ${index + 1}`}
            placeholder="Value"
            value={pair.value}
            onChange={(event) => change(pair.id, { value: event.target.value })}
          />
          <IconButton
            label={`Remove pair ${index + 1}`}
            icon={<X aria-hidden="true" />}
            onClick={() => onChange(pairs.filter(({ id }) => id !== pair.id))}
          />
        </div>
      ))}
      {pairs.length < pairsMax && (
        <div>
          <Button size="s" icon={<Plus aria-hidden="true" />} onClick={add}>
            Add a pair
          </Button>
        </div>
      )}
    </Fieldset>
  );
}
