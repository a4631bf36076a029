import { type SegmentAction, segmentActions } from '../../domain/audience/segment/lifecycle.js';
import type { SegmentDefinition } from '../../domain/audience/segment/segment.js';
import { RappelError } from '../../domain/errors.js';
import type { Queryable, TransactionClient } from '../../storage/pool.js';
import { insertAuditRow } from '../../storage/queries/operations/insertAuditRow.js';
import {
  loadSegmentFilters,
  replaceSegmentFilters,
  segmentsNaming,
} from '../../storage/queries/segments/segmentFilters.js';
import { findSegment, type StoredSegment } from '../../storage/queries/segments/storedSegment.js';
import {
  insertSegment,
  lockSegments,
  setSegmentStates,
  updateSegment,
} from '../../storage/queries/segments/writeSegment.js';
import { withTransaction } from '../../storage/withTransaction.js';
import { changeStateIn } from '../campaigns/changeCampaign.js';
import type { ApiDeps } from '../deps.js';
import { checked, naming } from './segmentRules.js';

/**
 * The changes of segments (SG-05, SG-06). Each is one transaction, one at a time, with its audit row; the campaigns that name
 * the segment change with it, so that every process decides its next event by the segment as it is.
 */
const MOST_NAMING = 100;

export interface SegmentChange {
  readonly apiKeyId: number;
  readonly action: string;
}

export async function createSegment(
  deps: ApiDeps,
  change: SegmentChange,
  definition: SegmentDefinition,
): Promise<StoredSegment> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    await lockSegments(tx);
    const written = await checked(tx, definition);
    if (!(await insertSegment(tx, written, now))) throw await taken(tx, definition.key);
    await tellCampaigns(tx, definition.key);
    return await finish(tx, { ...change, now, key: definition.key, before: null });
  });
}

async function taken(tx: TransactionClient, key: string): Promise<RappelError> {
  const existing = await findSegment(tx, key);
  const what = existing === null ? '' : `: ${existing.state}, version ${existing.version}`;
  const path = `/v1/segments/${key}`;
  return new RappelError(
    'conflict',
    `There is a segment '${key}' already${what}. See what an edit would change (PUT ${path}?preview=true), ` +
      `update it (PUT ${path}), or choose another key.`,
  );
}

/** An equal definition changes nothing. */
export async function editSegment(
  deps: ApiDeps,
  change: SegmentChange,
  definition: SegmentDefinition,
): Promise<StoredSegment> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    await lockSegments(tx);
    const before = await requireSegment(tx, definition.key);
    requireActive(before);
    const written = await checked(tx, definition);
    if (written.definitionHash === before.definition_hash) return before;
    await updateSegment(tx, written, now);
    await tellCampaigns(tx, definition.key);
    return await finish(tx, { ...change, now, key: definition.key, before });
  });
}

export function requireActive({ key, state }: StoredSegment): void {
  if (state === 'active') return;
  const path = `/v1/segments/${key}`;
  throw new RappelError('conflict', `Segment '${key}' is archived: restore it first (POST ${path}/restore).`);
}

/** What the segment stands for now, and what it names, to each campaign that names it or a segment that does. */
async function tellCampaigns(tx: TransactionClient, key: string): Promise<void> {
  const keys = [key, ...(await segmentsNaming(tx, [key]))];
  await replaceSegmentFilters(tx, { keys, filters: await loadSegmentFilters(tx, [key]) });
}

export interface SegmentEnded {
  readonly segment: StoredSegment;
  /** Keys of what was archived with it. */
  readonly segments: readonly string[];
  readonly campaigns: readonly { readonly key: string; readonly dropped: number }[];
}

/** SG-06: what refers to the segment is archived with it, campaigns for good. */
export async function changeSegmentState(
  deps: ApiDeps,
  key: string,
  { apiKeyId, action }: { readonly apiKeyId: number; readonly action: SegmentAction },
): Promise<SegmentEnded> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    await lockSegments(tx);
    const before = await requireSegment(tx, key);
    requireAction(before, action);
    const change = { apiKeyId, action: `segment.${action}`, now };
    if (action === 'restore') {
      await setSegmentStates(tx, { keys: [key], state: 'active' }, now);
      await checked(tx, before.definition);
      return { segment: await finish(tx, { ...change, key, before }), segments: [], campaigns: [] };
    }
    const { segments, campaigns } = await naming(tx, key);
    requireFewNaming(key, campaigns.length);
    const ended = [];
    for (const campaign of campaigns) {
      const { dropped } = await changeStateIn(tx, deps, campaign.key, { apiKeyId, action: 'archive', now });
      ended.push({ key: campaign.key, dropped });
    }
    for (const other of segments) {
      const stored = await requireSegment(tx, other);
      await setSegmentStates(tx, { keys: [other], state: 'archived' }, now);
      await finish(tx, { ...change, key: other, before: stored });
    }
    await setSegmentStates(tx, { keys: [key], state: 'archived' }, now);
    return { segment: await finish(tx, { ...change, key, before }), segments, campaigns: ended };
  });
}

/** In one transaction all or none is archived: of many, each would wait for the others. */
export function requireFewNaming(key: string, count: number): void {
  if (count <= MOST_NAMING) return;
  throw new RappelError(
    'conflict',
    `Segment '${key}' is named by ${count} campaigns, which would be archived with it. Allowed: at most ${MOST_NAMING}: ` +
      'archive others of them first, or let them name another segment.',
  );
}

export function requireAction(segment: StoredSegment, action: SegmentAction): void {
  const allowed = segmentActions(segment.state);
  if (allowed.includes(action)) return;
  throw new RappelError(
    'conflict',
    `Segment '${segment.key}' is ${segment.state} and cannot ${action}; allowed are: ${allowed.join(', ')}.`,
  );
}

export async function requireSegment(db: Queryable, key: string): Promise<StoredSegment> {
  const segment = await findSegment(db, key);
  if (segment === null) throw new RappelError('not_found', `There is no segment '${key}'.`);
  return segment;
}

interface Finish extends SegmentChange {
  readonly now: number;
  readonly key: string;
  readonly before: StoredSegment | null;
}

async function finish(tx: TransactionClient, { apiKeyId, action, now, key, before }: Finish): Promise<StoredSegment> {
  const after = await requireSegment(tx, key);
  await insertAuditRow(tx, {
    at: now,
    apiKeyId,
    action,
    subject: `segment/${key}`,
    before: before === null ? null : auditView(before),
    after: auditView(after),
  });
  return after;
}

/** The definition itself is in `segment_versions`, which is never changed. */
function auditView({ state, version, definition_hash }: StoredSegment) {
  return { state, version, definitionHash: definition_hash };
}
