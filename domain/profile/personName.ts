/** How a person is named to operators: never by an address, as answers and pages are copied into tickets. */

export interface NamedPerson {
  readonly id: number;
  readonly externalId: string | null;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
}

/** The external id; without one the first alias as `label:name`; without any "Person 42", by Rappel's own id. */
export function personName({ id, externalId, aliases }: NamedPerson): string {
  if (externalId !== null) return externalId;
  const [alias] = aliases;
  return alias === undefined ? `Person ${id}` : `${alias.label}:${alias.name}`;
}
