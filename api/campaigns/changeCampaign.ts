import { countFilters, type Filter, MAX_FILTERS } from '../../domain/audience/filter.js';
import { type SegmentFilters, withSegments } from '../../domain/audience/segmentsOf.js';
import { endedProblem } from '../../domain/campaign/checks/definitionWarnings.js';
import { compileCampaign } from '../../domain/campaign/compile.js';
import type { CampaignDefinition } from '../../domain/campaign/definition/definition.js';
import { storedForm } from '../../domain/campaign/definition/parseDefinition.js';
import { type LifecycleAction, transition } from '../../domain/campaign/lifecycle.js';
import { referencesOf } from '../../domain/campaign/references.js';
import { RappelError } from '../../domain/errors.js';
import { canonicalJson } from '../../domain/json.js';
import type { TransactionClient } from '../../storage/pool.js';
import { findCampaign } from '../../storage/queries/campaigns/findCampaign.js';
import { findMissingReferences } from '../../storage/queries/campaigns/findMissingReferences.js';
import { insertCampaign } from '../../storage/queries/campaigns/insertCampaign.js';
import { insertCampaignVersion } from '../../storage/queries/campaigns/insertCampaignVersion.js';
import { lockCampaign } from '../../storage/queries/campaigns/lockCampaign.js';
import { setCampaignState } from '../../storage/queries/campaigns/setCampaignState.js';
import { setCampaignVersion } from '../../storage/queries/campaigns/setCampaignVersion.js';
import type { StoredCampaign } from '../../storage/queries/campaigns/storedCampaign.js';
import { countDroppedByEnd, funnelsOf } from '../../storage/queries/counts/campaignCounts.js';
import { insertAuditRow } from '../../storage/queries/operations/insertAuditRow.js';
import { requestHoldReview } from '../../storage/queries/pairings/holdReviews.js';
import { loadSegmentFilters, setCampaignSegments } from '../../storage/queries/segments/segmentFilters.js';
import { holdSegments } from '../../storage/queries/segments/writeSegment.js';
import { withTransaction } from '../../storage/withTransaction.js';
import type { ApiDeps } from '../deps.js';
import { secretProblems } from './secretProblems.js';

/**
 * The changes of campaigns (LC-01…LC-04, RE-10). Each is one transaction with its audit row and a new revision, by
 * which every process learns of it before it matches its next event.
 */
export interface Change {
  readonly apiKeyId: number;
  readonly action: string;
}

export async function createCampaign(
  deps: ApiDeps,
  { apiKeyId, action }: Change,
  definition: CampaignDefinition,
): Promise<StoredCampaign> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    await holdSegments(tx);
    const id = await insertCampaign(tx, definition, now);
    if (id === null) throw await taken(tx, definition.key);
    await insertCampaignVersion(tx, { campaignId: id, version: 1, ...storedForm(definition) }, now);
    await lookSegmentsUp(tx, id, definition);
    return finish(tx, { secrets: deps.secrets, at: now, apiKeyId, action, key: definition.key, before: null });
  });
}

/** H2: whoever would replace a live campaign must be told what it is, and ask for that by a request of its own. */
async function taken(tx: TransactionClient, key: string): Promise<RappelError> {
  const existing = await findCampaign(tx, key);
  if (existing === null) return noCampaign(key);
  const path = `/v1/campaigns/${key}`;
  const waiting = (await funnelsOf(tx, [existing])).get(existing.id)?.waiting ?? 0;
  return new RappelError(
    'conflict',
    `There is a campaign '${key}' already: ${existing.state}, version ${existing.version}, ${waiting} wait. ` +
      `See what an edit would change (PUT ${path}?preview=true), update it (PUT ${path}), or choose another key.`,
  );
}

/** AB-15: waiting people feel the new version when they fall due. An equal definition changes nothing. */
export async function updateCampaign(
  deps: ApiDeps,
  { apiKeyId, action }: Change,
  definition: CampaignDefinition,
): Promise<StoredCampaign> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    await holdSegments(tx);
    const before = await lockedCampaign(tx, definition.key);
    if (before.state === 'archived')
      throw new RappelError('conflict', 'An archived campaign is final; duplicate it instead.');
    const next = storedForm(definition);
    if (next.definitionHash === before.definition_hash) return before;
    const version = before.version + 1;
    await insertCampaignVersion(tx, { campaignId: before.id, version, ...next }, now);
    await setCampaignVersion(tx, { id: before.id, version, name: definition.name }, now);
    await lookSegmentsUp(tx, before.id, definition);
    if (before.state === 'active' && haveHoursChanged(before.definition, definition)) {
      await requestHoldReview(tx, before.id);
    }
    return finish(tx, { secrets: deps.secrets, at: now, apiKeyId, action, key: definition.key, before });
  });
}

/** What a hold depends on. */
export function haveHoursChanged(before: CampaignDefinition, after: CampaignDefinition): boolean {
  const hours = ({ window, quietHours, duration }: CampaignDefinition) =>
    canonicalJson({ ...before, window, quietHours, duration });
  return hours(before) !== hours(after);
}

/** What the segments stand for that its audience names, kept with the campaign: every change of them changes it. */
async function lookSegmentsUp(tx: TransactionClient, id: number, definition: CampaignDefinition): Promise<void> {
  const { segments: keys } = referencesOf(definition);
  const segments = await loadSegmentFilters(tx, keys);
  if (definition.audience !== undefined)
    requireFewFilters(`Campaign '${definition.key}'`, definition.audience, segments);
  await setCampaignSegments(tx, { id, keys, segments, tags: definition.tags ?? [] });
}

export function requireFewFilters(what: string, audience: Filter, segments: SegmentFilters): void {
  const count = countFilters(withSegments(audience, segments));
  if (count <= MAX_FILTERS) return;
  throw new RappelError(
    'conflict',
    `${what} would have ${count} filters, with those of the segments that it names. Allowed: at most ${MAX_FILTERS}.`,
  );
}

export async function changeState(
  deps: ApiDeps,
  key: string,
  { apiKeyId, action }: StateChange,
): Promise<ChangedState> {
  const now = await deps.clock();
  return withTransaction(deps.pool, async (tx) => {
    await holdSegments(tx);
    return await changeStateIn(tx, deps, key, { apiKeyId, action, now });
  });
}

export interface StateChange {
  readonly apiKeyId: number;
  readonly action: LifecycleAction;
}

/** With segments held. Stop and archive begin a new generation: whoever waits in an older one counts as cancelled (LC-04). */
export async function changeStateIn(
  tx: TransactionClient,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  key: string,
  { apiKeyId, action, now }: StateChange & { readonly now: number },
): Promise<ChangedState> {
  const before = await lockedCampaign(tx, key);
  const next = transition(before.state, action);
  if (!next.ok) throw notAllowed(before, action, next.allowed);
  const isBeginning = next.to === 'active';
  if (isBeginning) requireTimeLeft(before, now);
  if (isBeginning) await lookSegmentsUp(tx, before.id, before.definition);
  const dropped = isBeginning ? 0 : await countDroppedByEnd(tx, before);
  await setCampaignState(
    tx,
    {
      id: before.id,
      state: next.to,
      generation: isBeginning ? before.generation : before.generation + 1,
      activeSince: isBeginning ? now : before.active_since,
    },
    now,
  );
  const finishing = { secrets, at: now, apiKeyId, action: `campaign.${action}`, key, before };
  return { campaign: await finish(tx, finishing), dropped };
}

export interface ChangedState {
  readonly campaign: StoredCampaign;
  /** How many people who waited get nothing now. */
  readonly dropped: number;
}

/** AB-40: one whose duration is over would wait for triggers that can lead to nothing. */
function requireTimeLeft({ key, definition }: StoredCampaign, now: number): void {
  const ended = endedProblem(compileCampaign(definition), now);
  if (ended === null) return;
  throw new RappelError(
    'conflict',
    `Campaign '${key}' cannot begin: its ${ended.path} ${ended.message}. Allowed: ${ended.allowed}.`,
  );
}

/** CC-03: a draft will do, but what does not exist at all can set nothing off. */
async function requireReferences(tx: TransactionClient, { key, definition }: StoredCampaign): Promise<void> {
  const [missing] = await findMissingReferences(tx, referencesOf(definition));
  if (missing === undefined) return;
  const { kind, key: wanted } = missing;
  throw new RappelError(
    'conflict',
    `Campaign '${key}' refers to ${kind} '${wanted}', which does not exist${kind === 'segment' ? ' or is archived' : ''}: create it first.`,
  );
}

/** A message whose secret cannot be read is held: of a campaign that names such a one each would be. */
async function requireSecrets(
  tx: TransactionClient,
  { secrets }: Finish,
  { key, definition }: StoredCampaign,
): Promise<void> {
  const problems = await secretProblems(tx, secrets, definition);
  const [first] = problems;
  if (first === undefined) return;
  throw new RappelError('conflict', `Campaign '${key}' ${first.message}. Allowed: ${first.allowed}.`, problems);
}

export function noCampaign(key: string): RappelError {
  return new RappelError('not_found', `There is no campaign '${key}'.`);
}

async function lockedCampaign(tx: TransactionClient, key: string): Promise<StoredCampaign> {
  const campaign = (await lockCampaign(tx, key)) ? await findCampaign(tx, key) : null;
  if (campaign === null) throw noCampaign(key);
  return campaign;
}

export function notAllowed(before: StoredCampaign, action: string, allowed: readonly string[]): RappelError {
  const instead = allowed.length === 0 ? 'nothing more can be done with it' : `allowed are: ${allowed.join(', ')}`;
  return new RappelError('conflict', `Campaign '${before.key}' is ${before.state} and cannot ${action}; ${instead}.`);
}

interface Finish {
  readonly secrets: ApiDeps['secrets'];
  readonly at: number;
  readonly apiKeyId: number;
  readonly action: string;
  readonly key: string;
  readonly before: StoredCampaign | null;
}

async function finish(tx: TransactionClient, finishing: Finish): Promise<StoredCampaign> {
  const { at, apiKeyId, action, key, before } = finishing;
  const after = await findCampaign(tx, key);
  if (after === null) throw new Error('a campaign vanished within its own transaction');
  await insertAuditRow(tx, {
    at,
    apiKeyId,
    action,
    subject: `campaign/${key}`,
    before: before === null ? null : auditView(before),
    after: auditView(after),
  });
  // After the change of the campaign, and so of the revision, for which whoever deletes a location or a secret waits too.
  if (after.state === 'active') {
    await requireReferences(tx, after);
    await requireSecrets(tx, finishing, after);
  }
  return after;
}

/** The definition itself is in `campaign_versions`, which is never changed. */
function auditView({ state, version, generation, definition_hash }: StoredCampaign) {
  return { state, version, generation, definitionHash: definition_hash };
}
