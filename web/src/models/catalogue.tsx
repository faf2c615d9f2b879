import './models.css';
import { useQuery } from '@tanstack/react-query';
import { ChevronRight, SearchX } from 'lucide-react';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import type { CatalogueFamily } from '../api/model-wire.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { Table } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { useSearchFields } from '../ui/use-search-fields.ts';
import { catalogueColumns } from './catalogue-columns.tsx';
import { CatalogueFilters } from './catalogue-filters.tsx';
import { catalogueQuery } from './model-queries.ts';
import { PullForm } from './pull-form.tsx';
import {
  type CatalogueFilter,
  type CatalogueOrder,
  filterCatalogue,
  sortCatalogue,
} from './sort-catalogue.ts';

/** As many families are unfolded when the filter has found no more. */
const openFamiliesMax = 3;

/** What can be pulled: by name, or from the catalogue. */
export function Catalogue() {
  // The page /models leads to here with the name of a model.
  const { search } = useSearchFields();
  const { data: families, error } = useQuery(catalogueQuery);
  const [filter, setFilter] = useState<CatalogueFilter>({ text: '', capability: 'any', onlyFitting: false });
  const [order, setOrder] = useState<CatalogueOrder>('family');
  const found = filterCatalogue(families ?? [], filter);
  return (
    <div className="list">
      <PullForm suggestion={search.get('name') ?? undefined} />
      <CatalogueFilters filter={filter} order={order} onFilter={setFilter} onOrder={setOrder} />
      {families === undefined && error !== null && <Notice kind="error">{toErrorText(error)}</Notice>}
      {families === undefined && error === null && <TableSkeleton label="Loading the catalogue" rows={8} />}
      {families !== undefined && found.length === 0 && (
        <EmptyState icon={<SearchX aria-hidden="true" />} title="No model of the catalogue fits">
          Search for fewer words, or pull a model of Hugging Face or Ollama by its name.
        </EmptyState>
      )}
      {found.length > 0 &&
        (order === 'family' ? (
          <div className="families">
            {found.map((family) => (
              <Family key={family.name} family={family} isOpenAtFirst={found.length <= openFamiliesMax} />
            ))}
          </div>
        ) : (
          <Table
            label="Models that can be pulled"
            columns={catalogueColumns}
            rows={sortCatalogue(found, order)}
            toKey={({ id }) => id}
          />
        ))}
    </div>
  );
}

interface FamilyProps {
  readonly family: CatalogueFamily;
  readonly isOpenAtFirst: boolean;
}

function Family({ family: { name, description, models }, isOpenAtFirst }: FamilyProps) {
  const [chosen, setChosen] = useState<boolean>();
  const isOpen = chosen ?? isOpenAtFirst;
  return (
    <details
      className="family"
      open={isOpen}
      onToggle={({ currentTarget: { open } }) => open !== isOpen && setChosen(open)}
    >
      <summary>
        <ChevronRight aria-hidden="true" />
        <h2>{name}</h2>
        <span className="muted">{description}</span>
        <span className="family-sizes">
          {listSizes(models.map((model) => model.parameter_size)).join(', ')}
        </span>
      </summary>
      {isOpen && (
        <Table label={`Models of ${name}`} columns={catalogueColumns} rows={models} toKey={({ id }) => id} />
      )}
    </details>
  );
}

function listSizes(sizes: readonly string[]): readonly string[] {
  return [...new Set(sizes)];
}
