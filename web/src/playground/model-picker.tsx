import type { Model } from '../api/wire.ts';
import { listCapabilities } from '../models/list-capabilities.ts';
import { Select } from '../ui/select.tsx';

export interface ModelPickerProps {
  readonly label: string;
  readonly models: readonly Model[];
  readonly value: string;
  readonly onChange: (model: string) => void;
}

export function ModelPicker({ label, models, value, onChange }: ModelPickerProps) {
  const options = models.map((model) => ({
    value: model.id,
    label: model.id,
    note: listCapabilities(model).join(' · '),
  }));
  return (
    <Select label={label} value={value === '' ? undefined : value} options={options} onChange={onChange} />
  );
}
