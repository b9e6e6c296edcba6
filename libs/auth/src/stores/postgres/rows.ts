/** What a row of the database is here: Postgres has null where the records of the ports have undefined. */
export type RecordOf<Row> = {
  [Name in keyof Row]: null extends Row[Name] ? Exclude<Row[Name], null> | undefined : Row[Name];
};

type RowOf<Fields> = {
  [Name in keyof Fields]: undefined extends Fields[Name]
    ? Exclude<Fields[Name], undefined> | null
    : Fields[Name];
};

/** A record made of a row. */
export function recordOf<Row extends object>(row: Row): RecordOf<Row> {
  const entries = Object.entries(row).map(([name, value]) => [name, value ?? undefined]);
  return Object.fromEntries(entries) as RecordOf<Row>;
}

/** A row, or a part of one, made of a record. What is named with undefined is emptied. */
export function rowOf<Fields extends object>(fields: Fields): RowOf<Fields> {
  const entries = Object.entries(fields).map(([name, value]) => [name, value ?? null]);
  return Object.fromEntries(entries) as RowOf<Fields>;
}

/** Postgres has no text with a zero byte in it: what is looked up by one cannot be there. */
export function canBeThere(text: string): boolean {
  return !text.includes('\0');
}
