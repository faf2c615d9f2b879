import './select.css';
import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  /** Beside the label in the list. */
  readonly note?: ReactNode;
}

export interface SelectProps {
  /** For screen readers, unless a label names `id`. */
  readonly label?: string;
  readonly id?: string;
  readonly value: string | undefined;
  readonly options: readonly SelectOption[];
  readonly isDisabled?: boolean;
  readonly onChange: (value: string) => void;
}

export function Select(props: SelectProps) {
  const { label, id, value, options, isDisabled = false, onChange } = props;
  return (
    <Base.Root<string>
      value={value ?? null}
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      disabled={isDisabled}
      onValueChange={(next) => next !== null && onChange(next)}
    >
      <Base.Trigger id={id} aria-label={label} className={'select'}>
        <Base.Value className="select-value">
          {(chosen: string | null) => toLabel(options, chosen) ?? 'Choose…'}
        </Base.Value>
        <Base.Icon className="select-icon">
          <ChevronsUpDown aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="select-layer" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="select-list">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="select-item">
                <Base.ItemIndicator className="select-check" keepMounted>
                  <Check aria-hidden="true" />
                </Base.ItemIndicator>
                <Base.ItemText className="select-text">{option.label}</Base.ItemText>
                {option.note !== undefined && <span className="select-note">{option.note}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function toLabel(options: readonly SelectOption[], value: string | null): string | undefined {
  return options.find((option) => option.value === value)?.label ?? value ?? undefined;
}
