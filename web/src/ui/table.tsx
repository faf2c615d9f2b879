import './table.css';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface TableColumn<Row> {
  readonly id: string;
  readonly title: string;
  readonly isNumber?: boolean;
  readonly render: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  /** For screen readers. */
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly toKey: (row: Row) => string;
  /** In place of rows. */
  readonly empty?: ReactNode;
}

/** The first column names the row. On a phone each row is a card. */
export function Table<Row>({ label, columns, rows, toKey, empty }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return empty;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls with the keyboard, too, which needs the focus
    <section className="table-frame" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {columns.map(({ id, title, isNumber }) => (
              <th key={id} scope="col" className={classNames(isNumber && 'table-number')}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={toKey(row)}>
              {columns.map(({ id, title, isNumber, render }, index) => {
                const className = classNames(isNumber && 'table-number');
                if (index === 0) {
                  return (
                    <th key={id} scope="row" className={className}>
                      {render(row)}
                    </th>
                  );
                }
                return (
                  <td key={id} data-label={title} className={className}>
                    {render(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
