/** A table that becomes a list of cards on a phone; the roles keep it a table for screen readers there too. */
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Right-aligned figures. */
  readonly isNumeric?: boolean;
}

interface DataTableProps<Row> {
  /** What the rows are; read out, not seen. */
  readonly caption: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** In place of the table when there is no row. */
  readonly empty: ReactNode;
}

export const DataTable = <Row,>({ caption, columns, rows, keyOf, empty }: DataTableProps<Row>) =>
  rows.length === 0 ? (
    empty
  ) : (
    <Table className="data-table" role="table" highlightOnHover>
      <caption className="unseen">{caption}</caption>
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          {columns.map(({ header, isNumeric }) => (
            <Table.Th key={header} scope="col" role="columnheader" className={align(isNumeric)}>
              {header}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)} role="row">
            {columns.map(({ header, cell, isNumeric }, at) =>
              at === 0 ? (
                <Table.Th key={header} scope="row" role="rowheader" data-label={header}>
                  <div>{cell(row)}</div>
                </Table.Th>
              ) : (
                <Table.Td key={header} role="cell" data-label={header} className={align(isNumeric)}>
                  <div>{cell(row)}</div>
                </Table.Td>
              ),
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );

const align = (isNumeric: boolean | undefined): string | undefined =>
  isNumeric === true ? 'numeric' : undefined;
