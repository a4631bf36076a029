type SqlType = 'text' | 'bigint' | 'numeric' | 'jsonb' | 'timestamptz';

/** Collects the values of a statement while its text is built; every one is cast. */
export class SqlParameters {
  readonly values: unknown[] = [];

  constructor(private readonly first = 1) {}

  /** The placeholder to write in the text. */
  add(value: unknown, type: SqlType | `${SqlType}[]`): string {
    this.values.push(value);
    return `$${this.first + this.values.length - 1}::${type}`;
  }
}
