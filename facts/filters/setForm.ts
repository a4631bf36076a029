/**
 * Audiences as sets: what a filter is in SQL, and how `all`, `any` and `not` join what is below them. A member set is read
 * once for everybody, not once a person, so that PostgreSQL joins it by hash. Of a page of candidates every filter is a
 * condition on a row instead: what the first filters leave of them is few, and each is found by an index.
 */
import type { SqlContext } from './sqlContext.js';

/** A condition on `users u` that is never null. */
export interface RowSql {
  readonly row: string;
}

/** A select of `user_id`: who passes or, with `complement`, who does not. It names nobody twice where `isUnique`. */
export interface MembersSql {
  readonly members: string;
  readonly complement: boolean;
  readonly isUnique: boolean;
}

export type FilterSql = RowSql | MembersSql;
type Candidates = Pick<SqlContext, 'candidates'>;

/** A select of `user_id`, nobody twice. */
export function idsOf(sql: FilterSql, among: Candidates): string {
  if ('row' in sql) return peopleWhere([sql.row], among).members;
  if (sql.complement) return peopleWhere([isOutside(sql, 'u.id')], among).members;
  return sql.isUnique ? sql.members : `select distinct m.user_id from (${sql.members}) m`;
}

/** A set that was made for one person `u`, as a condition on that person. */
export function rowOf(sql: FilterSql): RowSql {
  if ('row' in sql) return sql;
  return { row: `${sql.complement ? 'not ' : ''}exists (${sql.members})` };
}

export function notSql(sql: FilterSql): FilterSql {
  return 'row' in sql ? { row: `not ${sql.row}` } : { ...sql, complement: !sql.complement };
}

export function allSql(parts: readonly FilterSql[], among: Candidates): FilterSql {
  const { rows, inside, outside } = sorted(parts);
  if (inside.length + outside.length === 0) return { row: `(${rows.join(' and ')})` };
  if (rows.length === 0 && inside.length === 0) return { ...union(outside), complement: true };
  const [first, ...others] = inside;
  if (rows.length > 0 || first === undefined) {
    const tests = [
      ...rows,
      ...inside.map((set) => isInside(set, 'u.id')),
      ...outside.map((set) => isOutside(set, 'u.id')),
    ];
    return peopleWhere(tests, among);
  }
  return membersWhere(first, { others, outside });
}

export function anySql(parts: readonly FilterSql[], among: Candidates): FilterSql {
  const { rows, inside: sets, outside } = sorted(parts);
  if (sets.length + outside.length === 0) return { row: `(${rows.join(' or ')})` };
  const inside = rows.length === 0 ? sets : [...sets, peopleWhere([`(${rows.join(' or ')})`], among)];
  const [first, ...others] = outside;
  if (first === undefined) return union(inside);
  // Not a or b is all but who is in a and not in b.
  return { ...membersWhere(first, { others, outside: inside }), complement: true };
}

function sorted(parts: readonly FilterSql[]) {
  const rows: string[] = [];
  const inside: MembersSql[] = [];
  const outside: MembersSql[] = [];
  for (const part of parts) {
    if ('row' in part) rows.push(part.row);
    else if (part.complement) outside.push(part);
    else inside.push(part);
  }
  return { rows, inside, outside };
}

function peopleWhere(tests: readonly string[], among: Candidates): MembersSql {
  const conditions = [...(among.candidates === null ? [] : [`u.id = any(${among.candidates})`]), ...tests];
  return {
    members: `select u.id as user_id from users u where ${conditions.join(' and ')}`,
    complement: false,
    isUnique: true,
  };
}

/** Who is in `first` and all the `others`, and in none of `outside`. */
function membersWhere(
  first: MembersSql,
  { others, outside }: { readonly others: readonly MembersSql[]; readonly outside: readonly MembersSql[] },
): MembersSql {
  const tests = [
    ...others.map((set) => isInside(set, 'a.user_id')),
    ...outside.map((set) => isOutside(set, 'a.user_id')),
  ];
  if (tests.length === 0) return { ...first, complement: false };
  return {
    members: `select a.user_id from (${first.members}) a where ${tests.join(' and ')}`,
    complement: false,
    isUnique: first.isUnique,
  };
}

function union(sets: readonly MembersSql[]): MembersSql {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  const members = sets.map((set) => `(${set.members})`).join(' union all ');
  return { members, complement: false, isUnique: false };
}

function isInside({ members }: MembersSql, id: string): string {
  return `exists (select from (${members}) m where m.user_id = ${id})`;
}

function isOutside(set: MembersSql, id: string): string {
  return `not ${isInside(set, id)}`;
}
