/**
 * The only writer of the stream. Recording is deciding: in the caller's transaction it locks the people, applies
 * their attributes, then folds each event in order (exceptions, triggers with audience, counters) and writes events,
 * pairings, cancellations, rejections, counters and outbox rows. Nothing is left to decide after the commit.
 */

import { effectsOf } from '../domain/decision/effects.js';
import type { Reason } from '../domain/decision/reasons.js';
import type { StreamEvent } from '../domain/event/streamEvent.js';
import { withStatesSince } from '../domain/profile/subscriptionSince.js';
import type { TransactionClient } from '../storage/pool.js';
import { type Drawn, readRevision } from '../storage/queries/events/readRevision.js';
import {
  forgetAddressChanges,
  insertAddressChanges,
  setAddressStates,
} from '../storage/queries/people/addressStates.js';
import { type LockedUser, lockUsers } from '../storage/queries/people/lockUsers.js';
import type { WithCommit } from '../storage/withTransaction.js';
import { type Decisions, decideAll } from './decideAll.js';
import { requireUnmerged } from './identity/lockPersonOf.js';
import type { Incoming, Refused, Warning } from './incoming.js';
import { followZones } from './people/followZones.js';
import {
  concernsAddress,
  type LockedSharers,
  lockAddresses,
  lockWithSharers,
  movesAddressState,
} from './people/lockSharers.js';
import { addLocationEntries, applyProfileChanges } from './people/profileChanges.js';
import { type ProfileUpdate } from './people/profileUpdate.js';
import { type KnownUsers, lockKnownUsers, type ResolvedUsers, resolveUsers } from './people/resolveUsers.js';
import { type Accepted, refuseConversionsOfNonRecipients } from './refuseConversionsOfNonRecipients.js';
import type { StreamDeps } from './streamDeps.js';
import { toStream } from './toStream.js';
import { type AcceptedEvent, withoutRepeats } from './withoutRepeats.js';
import { writeDecisions, writeImported } from './writeDecisions.js';

export interface RecordResult {
  readonly errors: readonly Refused[];
  /** About people who do not exist, or no longer, and whom the item may not create (UT-03). */
  readonly skipped: readonly Incoming[];
  /** Recorded before, under the same `event_id` (UT-13). */
  readonly repeated: readonly Incoming[];
  readonly warnings: readonly Warning[];
  /** Whether a state followed an address to another person. */
  readonly isSpread: boolean;
  /** Whether something waits in the outbox: wake its drain after the commit. */
  readonly outboxWritten: boolean;
  readonly rejections: readonly Reason[];
  /** What was stored, for who gathers names. */
  readonly events: readonly StreamEvent[];
  /** What exceptions ended, by the campaign's key and the person's internal id; no pairing: it was born cancelled (AB-38). */
  readonly cancelled: readonly {
    readonly campaign: string;
    readonly userId: number;
    readonly pairingId: number | null;
  }[];
}

/** Records items in the order given, attributes before events: a request has its purchases after its other events (EV-08). */
export async function recordEvents(
  tx: TransactionClient,
  stream: StreamDeps,
  incoming: readonly Incoming[],
  now: number,
): Promise<RecordResult> {
  return await lockAndRecord(tx, stream, { incoming, now, importedFrom: null });
}

/**
 * Records items as history: profiles, states of addresses, counters and repeats as `recordEvents` keeps them, events
 * received when they happened, and no campaign hears any of it (docs/decisions/running/imports.md). What waits for people
 * follows a new time zone of theirs. There is a partition for every month from `importedFrom` on that events are of.
 */
export async function recordImported(
  tx: TransactionClient,
  stream: StreamDeps,
  imported: { readonly incoming: readonly Incoming[]; readonly now: number; readonly importedFrom: number },
): Promise<RecordResult> {
  // Before anybody is created: what is rolled back to read the campaigns again would cost them an id.
  stream.campaigns.at((await readRevision(tx, 0)).revision);
  return await lockAndRecord(tx, stream, imported);
}

async function lockAndRecord(
  tx: TransactionClient,
  stream: StreamDeps,
  { incoming, now, importedFrom }: Pick<Recording, 'incoming' | 'now' | 'importedFrom'>,
): Promise<RecordResult> {
  const setsAddressState = incoming.some((item) => item.kind === 'attributes' && item.changes.some(concernsAddress));
  if (setsAddressState) await lockAddresses(tx, incoming);
  const users = await resolveUsers(tx, incoming, now);
  const named = [...new Set(incoming.flatMap((item) => users.idOf(item.identity) ?? []))];
  const { locked, addresses } = setsAddressState
    ? await lockWithSharers(tx, named, incoming)
    : { locked: await lockUsers(tx, named), addresses: null };
  const ids = new Set(locked.map(({ id }) => id));
  await requireUnmerged(
    tx,
    named.filter((id) => !ids.has(id)),
  );
  const opened = { drawn: null, withCommit: null };
  return await recordOfLocked(tx, stream, { incoming, users, ids, locked, addresses, now, importedFrom, ...opened });
}

/** What `openKnown` has locked and drawn; null: somebody is not known yet. */
interface Opened {
  readonly known: KnownUsers | null;
  readonly drawn: Drawn;
}

/** Locks people who exist, all named by external id, and draws what their events need, in one wait for the server. */
export async function openKnown(
  tx: TransactionClient,
  { incoming, externalIds }: { readonly incoming: readonly Incoming[]; readonly externalIds: readonly string[] },
): Promise<Opened> {
  const changes = incoming.filter(({ kind }) => kind === 'attributes').length;
  const withProfiles = changes > 0;
  // Of a person's changes becomes one event at most.
  const most = incoming.length - changes + Math.min(changes, externalIds.length);
  // In this order: the numbers are drawn, and the revision is read, under the lock.
  const [known, drawn] = await Promise.all([lockKnownUsers(tx, { externalIds, withProfiles }), readRevision(tx, most)]);
  return { known, drawn };
}

/** `recordEvents` of what `openKnown` opened; null, and nothing done, if that does not do: see there, and SU-07. */
export async function recordOpened(
  tx: TransactionClient,
  stream: StreamDeps,
  { incoming, now, opened: { known, drawn }, withCommit }: OpenedRecording,
): Promise<RecordResult | null> {
  if (known === null || changesSharers(incoming, known)) {
    // The transaction that comes creates people: the campaigns are read again before it, if they are to be.
    stream.campaigns.at(drawn.revision);
    return null;
  }
  const recording = { incoming, ...known, addresses: null, now, drawn, importedFrom: null, withCommit };
  return await recordOfLocked(tx, stream, recording);
}

interface OpenedRecording {
  readonly incoming: readonly Incoming[];
  readonly now: number;
  readonly opened: Opened;
  readonly withCommit: WithCommit;
}

function changesSharers(incoming: readonly Incoming[], { users, locked }: KnownUsers): boolean {
  if (locked.length === 0) return false;
  const people = new Map(locked.map((user) => [user.id, user]));
  return incoming.some((item) => {
    const user = item.kind === 'attributes' ? people.get(users.idOf(item.identity) ?? 0) : undefined;
    return item.kind === 'attributes' && user !== undefined && movesAddressState(user, item.changes);
  });
}

interface Recording extends Omit<KnownUsers, 'locked'>, LockedSharers {
  readonly incoming: readonly Incoming[];
  readonly now: number;
  /** Null: not drawn yet. */
  readonly drawn: Drawn | null;
  readonly importedFrom: number | null;
  /** Null: the events are waited for where they are written. */
  readonly withCommit: WithCommit | null;
}

async function recordOfLocked(
  tx: TransactionClient,
  stream: StreamDeps,
  { incoming, users, ids, locked, addresses, now, drawn, importedFrom, withCommit }: Recording,
): Promise<RecordResult> {
  const known = splitUnknown(incoming, users, ids);
  const { counted: accepted, errors } = await refuseConversionsOfNonRecipients(tx, known.accepted);
  const profileChanges = await applyProfileChanges(accepted, { locked, created: users.created, addresses });
  const { updates: applied, warnings, isSpread, addressChanges } = profileChanges;
  const { happened, repeated } = await withoutRepeats(tx, accepted, now);

  const { revision, seqs } = drawn ?? (await readRevision(tx, happened.length + applied.length));
  const { created } = users;
  const recorded = { locked, created, happened, applied, revision, seqs, now, importedFrom, withCommit };
  const { decisions, outboxWritten } = await decideAndWrite(tx, stream, recorded);
  // Addresses last: nobody waits for one of them but who holds the people.
  await setAddressStates(tx, addressChanges.states);
  await insertAddressChanges(tx, addressChanges.left);
  await forgetAddressChanges(tx, addressChanges.followed);
  return {
    errors: [...errors, ...profileChanges.errors],
    skipped: known.skipped,
    repeated,
    warnings,
    isSpread,
    outboxWritten,
    events: decisions.events,
    rejections: effectsOf(decisions.effects, 'reject').map(({ reason }) => reason),
    cancelled: effectsOf(decisions.effects, 'cancel').map(({ campaign, pairing, by }) => ({
      campaign: campaign.key,
      userId: by.userId,
      pairingId: pairing.id,
    })),
  };
}

interface Happened {
  readonly locked: readonly LockedUser[];
  readonly created: ReadonlySet<number>;
  readonly happened: readonly AcceptedEvent[];
  readonly applied: readonly ProfileUpdate[];
  readonly revision: number;
  readonly seqs: readonly number[];
  readonly now: number;
  readonly importedFrom: number | null;
  readonly withCommit: WithCommit | null;
}

async function decideAndWrite(
  tx: TransactionClient,
  stream: StreamDeps,
  { locked, created, happened, applied, revision, seqs, now, importedFrom, withCommit }: Happened,
): Promise<{ readonly decisions: Pick<Decisions, 'effects' | 'events'>; readonly outboxWritten: boolean }> {
  const index = stream.campaigns.at(revision);
  const { workspace } = stream;
  const dated = applied.map((update) => withStatesSince(update, now));
  if (importedFrom !== null) {
    const events = toStream(happened, dated, { seqs, now, importedFrom });
    await writeImported(tx, events, dated, now);
    const outboxWritten = await followZones(tx, { updates: dated, created, index, workspace, now });
    return { decisions: { effects: [], events }, outboxWritten };
  }
  const updates = addLocationEntries(dated, index.circles);
  const events = toStream(happened, updates, { seqs, now, importedFrom });
  const profiles = new Map(locked.map((user) => [user.id, user.profile]));
  for (const update of updates) profiles.set(update.userId, update.profile);
  const decisions = await decideAll(tx, { workspace, index, profiles, events, now });
  // Cancellations first: what they end does not move.
  const outboxWritten = await writeDecisions(tx, decisions, { updates, now, withCommit });
  const anyoneMoved = await followZones(tx, { updates, created, index, workspace, now });
  return { decisions, outboxWritten: outboxWritten || anyoneMoved };
}

/** Changes of profiles that come of no request, of people the caller has locked. */
export async function recordUpdates(
  tx: TransactionClient,
  stream: StreamDeps,
  { locked, updates, now }: { locked: readonly LockedUser[]; updates: readonly ProfileUpdate[]; now: number },
): Promise<void> {
  const { revision, seqs } = await readRevision(tx, updates.length);
  const happened = { locked, created: new Set<number>(), happened: [], applied: updates, revision, seqs, now };
  await decideAndWrite(tx, stream, { ...happened, importedFrom: null, withCommit: null });
}

/** Unknown are also those deleted before their lock was ours. */
function splitUnknown(
  incoming: readonly Incoming[],
  users: ResolvedUsers,
  ids: ReadonlySet<number>,
): { readonly accepted: readonly Accepted[]; readonly skipped: readonly Incoming[] } {
  const accepted: Accepted[] = [];
  const skipped: Incoming[] = [];
  for (const item of incoming) {
    const userId = users.idOf(item.identity);
    if (userId === undefined || !ids.has(userId)) skipped.push(item);
    else accepted.push({ userId, item });
  }
  return { accepted, skipped };
}
