// The names and properties that a process knows of the catalogue: it is not added to without bounds, and of what is known
// nothing is asked.
import {
  type CatalogueKind,
  type CatalogueName,
  isNamable,
  isShowable,
  MOST_NAMES,
  MOST_PROPERTIES,
  MOST_PROPERTIES_IN_ALL,
  type Sample,
  type ValueType,
} from '../../domain/event/catalogue.js';
import type { Pool } from '../../storage/pool.js';
import { readCatalogue } from '../../storage/queries/catalogue/catalogue.js';
import { ValueWatch } from './valueWatch.js';

const KINDS_OF_NAMES = 3;
/** Processes may each have added the last ones. */
const MOST_READ = 2 * (KINDS_OF_NAMES * MOST_NAMES + MOST_PROPERTIES_IN_ALL);
/** Properties of which values are watched. */
const MOST_WATCHED = 1_000;
const MOST_CANDIDATES = 5_000;

/** What was seen since it was told last. */
export interface Tally {
  readonly types: Set<ValueType>;
  readonly samples: Sample[];
  count: number;
  firstAt: number;
  lastAt: number;
}

export interface Entry {
  readonly row: CatalogueName;
  /** Null: no value of it is shown. */
  readonly watch: ValueWatch | null;
  /** Whether the database has it, and with values of which types. */
  isTold: boolean;
  readonly toldTypes: Set<ValueType>;
  tally: Tally | null;
}

/** By kind and name, then by property: a name is looked up in each event, and a key made of its parts would cost more. */
type Known = Map<string, Map<string, Entry>>;

export class Entries {
  readonly #pool: Pool;
  #entries: Readonly<Record<CatalogueKind, Known>> = noEntries();
  /** How many names a kind has, or properties a name. */
  #counts = new Map<string, number>();
  #properties = 0;
  #watched = 0;
  /** Products that one person has bought so far. */
  readonly #candidates = new Map<string, number>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Reads what there is: all that other processes have told, without what was forgotten. */
  async load(): Promise<void> {
    const rows = await readCatalogue(this.#pool, MOST_READ);
    const before = this.#entries;
    this.#entries = noEntries();
    this.#counts = new Map();
    this.#properties = 0;
    this.#watched = 0;
    for (const { types, ...row } of rows) {
      const entry = this.#keep(row, before[row.kind].get(row.name)?.get(row.property));
      entry.isTold = true;
      for (const type of types) entry.toldTypes.add(type);
    }
    for (const entry of Object.values(before).flatMap(everyEntry)) {
      if (entry.tally !== null && this.known(entry.row) === undefined) this.#keep(entry.row, entry);
    }
  }

  /** What is known by that name. */
  known({ kind, name, property }: CatalogueName): Entry | undefined {
    return this.#entries[kind].get(name)?.get(property);
  }

  /** The entry of a name that was not known, as somebody shows it; null: it is not kept, or not yet. */
  admit({ kind, name, property }: CatalogueName, userId: number): Entry | null {
    const row = { kind, name, property };
    if (!this.#hasRoom(row) || !isNamable(row)) return null;
    if (kind === 'product' && property === '' && !this.#isBoughtByTwo(name, userId)) return null;
    return this.#keep(row);
  }

  #hasRoom(row: CatalogueName): boolean {
    const count = this.#counts.get(groupOf(row)) ?? 0;
    if (row.property === '') return count < MOST_NAMES;
    if (count >= MOST_PROPERTIES || this.#properties >= MOST_PROPERTIES_IN_ALL) return false;
    // Of an event that is not kept itself they would be of no use.
    return row.kind === 'product' || this.known({ ...row, property: '' }) !== undefined;
  }

  /** What one person alone has bought may be an order or a seat, and tell of them. */
  #isBoughtByTwo(product: string, userId: number): boolean {
    const first = this.#candidates.get(product);
    if (first !== undefined && first !== userId) {
      this.#candidates.delete(product);
      return true;
    }
    if (first === undefined) {
      const [oldest] = this.#candidates.keys();
      if (this.#candidates.size >= MOST_CANDIDATES && oldest !== undefined) this.#candidates.delete(oldest);
      this.#candidates.set(product, userId);
    }
    return false;
  }

  #keep(row: CatalogueName, before?: Entry): Entry {
    const isWatched = this.#watched < MOST_WATCHED && hasValues(row) && isShowable(row);
    const entry: Entry = before ?? {
      row,
      watch: isWatched ? new ValueWatch() : null,
      isTold: false,
      toldTypes: new Set(),
      tally: null,
    };
    const known = this.#entries[row.kind];
    const ofName = known.get(row.name) ?? new Map<string, Entry>();
    known.set(row.name, ofName.set(row.property, entry));
    const group = groupOf(row);
    this.#counts.set(group, (this.#counts.get(group) ?? 0) + 1);
    if (row.property !== '') this.#properties += 1;
    if (entry.watch !== null) this.#watched += 1;
    return entry;
  }
}

function hasValues({ kind, property }: CatalogueName): boolean {
  return kind === 'attribute' || property !== '';
}

function noEntries(): Readonly<Record<CatalogueKind, Known>> {
  return { event: new Map(), product: new Map(), attribute: new Map() };
}

function everyEntry(known: Known): readonly Entry[] {
  return [...known.values()].flatMap((ofName) => [...ofName.values()]);
}

/** No name holds a U+0000: none could be stored. */
function groupOf({ kind, name, property }: CatalogueName): string {
  return property === '' ? kind : `${kind}\u0000${name}`;
}
