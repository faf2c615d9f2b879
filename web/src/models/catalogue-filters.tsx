import { Checkbox } from '../ui/checkbox.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { Select } from '../ui/select.tsx';
import type { CatalogueFilter, CatalogueOrder } from './sort-catalogue.ts';

export interface CatalogueFiltersProps {
  readonly filter: CatalogueFilter;
  readonly order: CatalogueOrder;
  readonly onFilter: (filter: CatalogueFilter) => void;
  readonly onOrder: (order: CatalogueOrder) => void;
}

const capabilities = [
  { value: 'any', label: 'Any capability' },
  { value: 'chat', label: 'Chat' },
  { value: 'tools', label: 'Tools' },
  { value: 'reasoning', label: 'Reasoning' },
  { value: 'embeddings', label: 'Embeddings' },
];

const orders: readonly { readonly value: CatalogueOrder; readonly label: string }[] = [
  { value: 'family', label: 'By family' },
  { value: 'smallest', label: 'Smallest first' },
  { value: 'largest', label: 'Largest first' },
  { value: 'name', label: 'By name' },
];

export function CatalogueFilters({ filter, order, onFilter, onOrder }: CatalogueFiltersProps) {
  return (
    <search className="filters" aria-label="Models that can be pulled">
      <SearchInput
        label="Search the catalogue"
        placeholder="Search by name, size, licence…"
        value={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
      />
      <Select
        label="Capability"
        value={filter.capability}
        options={capabilities}
        onChange={(capability) => onFilter({ ...filter, capability })}
      />
      <Select
        label="Order"
        value={order}
        options={orders}
        onChange={(next) => onOrder(next as CatalogueOrder)}
      />
      <Checkbox
        label="Only what fits this machine"
        isChecked={filter.onlyFitting}
        onChange={(onlyFitting) => onFilter({ ...filter, onlyFitting })}
      />
    </search>
  );
}
