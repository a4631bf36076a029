/** Collects the values of a statement while its text is built; every one is cast. */
export class SqlParameters {
  readonly values: unknown[] = [];

  constructor(private readonly first: number) {}

  /** The placeholder to write in the text. */
  add(value: unknown, type: 'text' | 'text[]' | 'bigint' | 'numeric' | 'jsonb' | 'jsonb[]' | 'timestamptz'): string {
    this.values.push(value);
    return `$${this.first + this.values.length - 1}::${type}`;
  }
}
