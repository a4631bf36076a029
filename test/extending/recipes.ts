/** What the recipes of docs/extending.md do, with a dummy of each kind. */

/** Text that goes in before the only place where `at` stands. */
type Insertion = readonly [at: string, inserted: string];

export interface Recipe {
  /** Its heading in the document. */
  readonly name: string;
  /** By existing file. */
  readonly edits: Readonly<Record<string, readonly Insertion[]>>;
  /** The edited file without which there is no such kind at all, so that nothing is left to notice. */
  readonly heart?: string;
  readonly adds: Readonly<Record<string, string>>;
  /** Of the edited files those that the compiler does not miss, each with the test that does. */
  readonly guards?: Readonly<Record<string, string>>;
}

const MIGRATION = 'storage/migrations/000041-000060/000099_dummy.sql';

const FILTER_IMPORTS = `
  import { z } from 'zod';
  import { fields } from '../../schema/fields.js';
  import type { FilterKind } from '../filterKind.js';
`;

const TRIGGER: Recipe = {
  name: 'A trigger over a kind of event that exists',
  heart: 'domain/campaign/definition/eventSpec.ts',
  edits: {
    'domain/campaign/definition/eventSpec.ts': [
      [
        "written('emailAdded',",
        "written('didX', fields({ didX: text(9) }), ({ didX }) => ({ kind: 'custom', name: didX, where: [] })),",
      ],
    ],
  },
  adds: {},
};

const EVENT: Recipe = {
  name: 'A kind of event',
  heart: 'domain/event/kinds.ts',
  edits: {
    'domain/event/kinds.ts': [
      [
        "received: ofCampaign('receipt of'",
        `refund: {
          ofCampaign: false,
          namespace: 'track',
          counts: null,
          noun: (name) => name ?? 'any refund',
          did: () => null,
          never: () => null,
        },`,
      ],
    ],
  },
  adds: { [MIGRATION]: "alter table events add check (kind <> '');" },
};

const FILTER: Recipe = {
  name: 'A filter over facts that exist',
  edits: {
    'domain/audience/filter.ts': [
      ['import { type SessionCountFilter', "import { type RefundsFilter, refundsKind } from './kinds/refunds.js';\n"],
      ['| SessionCountFilter', '| RefundsFilter '],
      ['bind(sessionCountKind)', 'bind(refundsKind), '],
    ],
    'facts/kinds.ts': [
      ['import { countedSessions }', "import { countedRefunds } from '../domain/audience/kinds/refunds.js';\n"],
      [
        "if ('firstUsed' in filter)",
        "if ('refunds' in filter) return countToSql(countedRefunds(), filter.refunds, context);\n",
      ],
    ],
  },
  adds: {
    'domain/audience/kinds/refunds.ts': `
      ${FILTER_IMPORTS}
      import { type Counted, needOf, tallyOf } from '../counted.js';
      import { countOperatorShape, describeNumberOperators, passesNumberOperators } from '../numberOperators.js';
      const schema = fields({ refunds: fields(countOperatorShape) });
      export type RefundsFilter = z.infer<typeof schema>;
      export const countedRefunds = (): Counted => ({ eventKind: 'custom', name: 'refund' });
      export const refundsKind: FilterKind<'refunds', RefundsFilter> = {
        tag: 'refunds',
        schema,
        needs: () => [needOf(countedRefunds())],
        evaluate: ({ refunds }, facts, askedAt) => {
          const value = tallyOf(countedRefunds(), facts, askedAt).count;
          return { pass: passesNumberOperators(refunds, value), value };
        },
        describe: ({ refunds }) => describeNumberOperators(refunds),
      };`,
  },
};

const FACT: Recipe = {
  name: 'A filter over a new fact',
  edits: {
    'domain/facts/userFacts.ts': [
      ['import { addToTotals', "import type { Score, ScoreNeed } from './score.js';\n"],
      ['readonly recent: RecentDays;', 'readonly score: Score | null;\n'],
      ['matching: new Map(), received: new Map() };', 'score: null, '],
      ['| ReceivedNeed;', '| ScoreNeed '],
      ['recent: takeFromRecent', 'score: facts.score,\n'],
    ],
    'domain/facts/neededEvents.ts': [["case 'received':", "case 'score':\n"]],
    'domain/audience/filter.ts': [
      ['import { type SessionCountFilter', "import { type ScoreFilter, scoreKind } from './kinds/score.js';\n"],
      ['| SessionCountFilter', '| ScoreFilter '],
      ['bind(sessionCountKind)', 'bind(scoreKind), '],
    ],
    'facts/kinds.ts': [
      ['import { countToSql }', "import { scoreToSql } from './filters/score.js';\n"],
      ['import { type TotalFact', "import { type ScoreFact, scoreOf, scoreSource } from './sources/score.js';\n"],
      ['| StoredFact', '| ScoreFact '],
      ['storedSource,\n  totalsSource', 'scoreSource,\n'],
      ['recent: recentDaysOf(', "score: scoreOf(rowsOf(rows, 'score')), "],
      ["if ('firstUsed' in filter)", "if ('score' in filter) return scoreToSql(filter, context);\n"],
    ],
    'simulation/pastPeople.ts': [['totals: takeFromTotals(totalsOf(row)', 'score: null, ']],
  },
  adds: {
    'domain/facts/score.ts': `
      export interface Score { readonly value: number }
      export interface ScoreNeed { readonly kind: 'score' }`,
    'domain/audience/kinds/score.ts': `
      ${FILTER_IMPORTS}
      const schema = fields({ score: z.number() });
      export type ScoreFilter = z.infer<typeof schema>;
      export const scoreKind: FilterKind<'score', ScoreFilter> = {
        tag: 'score',
        schema,
        needs: () => [{ kind: 'score' }],
        evaluate: ({ score }, facts) => ({ pass: facts.score?.value === score, value: facts.score?.value ?? null }),
        describe: ({ score }) => \`score \${score}\`,
      };`,
    'facts/sources/score.ts': `
      import type { Score } from '../../domain/facts/score.js';
      import { needsOfKind } from '../../domain/facts/userFacts.js';
      import type { AudienceAsked } from './audience.js';
      import { type FactSource, NO_PAGE } from './factSource.js';
      export interface ScoreFact { readonly fact: 'score'; readonly body: Score }
      export const scoreSource: FactSource<AudienceAsked> = {
        kind: 'score',
        sql({ audience }, parameters) {
          if (audience === undefined || needsOfKind(audience.needs, 'score').length === 0) return null;
          const ids = parameters.add(audience.userIds, 'bigint[]');
          return \`select 'score' as fact, id as user_id, '{"value":1}'::jsonb as body, \${NO_PAGE} from unnest(\${ids}) as id\`;
        },
      };
      export const scoreOf = (facts: readonly ScoreFact[]): Score | null => facts[0]?.body ?? null;`,
    'facts/filters/score.ts': `
      import type { ScoreFilter } from '../../domain/audience/kinds/score.js';
      import type { RowSql } from './setForm.js';
      import type { SqlContext } from './sqlContext.js';
      export const scoreToSql = ({ score }: ScoreFilter, { parameters }: SqlContext): RowSql =>
        ({ row: \`1 = \${parameters.add(score, 'numeric')}\` });`,
  },
};

const CHANNEL: Recipe = {
  name: 'A channel',
  edits: {
    'domain/channel/index.ts': [
      ['import { webhook }', "import { pager } from './pager.js';\n"],
      ["'webhook'] as const", "'pager', "],
      ['webhook };', 'pager, '],
      ['webhook: webhook.content.optional() }', 'pager: pager.content.optional(), '],
      ['webhook.entry]', 'pager.entry, '],
    ],
    'composition/channels.ts': [
      ['import { parseAllowedHosts }', "import { createPagerChannel } from '../channels/pager/pagerChannel.js';\n"],
      ['webhook:\n      webhook.signingSecrets', 'pager: createPagerChannel(),\n'],
      ['webhook: (content) => webhookFindings', 'pager: () => ({ problems: [], warnings: [] }),\n'],
    ],
  },
  adds: {
    'domain/channel/pager.ts': `
      import { z } from 'zod';
      import { fields, text } from '../schema/fields.js';
      import type { ChannelRules } from './channelRules.js';
      const shape = { text: text(100) };
      export const pager = {
        content: fields(shape),
        entry: fields({ channel: z.literal('pager'), ...shape }),
        reach: null,
        titleOf: () => null,
        secretsIn: () => [],
      } satisfies ChannelRules;`,
    'channels/pager/pagerChannel.ts': `
      import { createUnconfiguredChannel } from '../unconfiguredChannel.js';
      export const createPagerChannel = () => createUnconfiguredChannel('pager', 'PAGER_URL');`,
  },
};

const GATE: Recipe = {
  name: 'A gate, and a reason',
  heart: 'domain/decision/entry.ts',
  edits: {
    'domain/decision/entry.ts': [
      ['import {\n  audienceGate', "import { moonGate } from './gates/moon.js';\n"],
      ['waitingGate(campaign, waiting);\n  if', 'moonGate(trigger.time) ??\n'],
    ],
    'domain/decision/reasons.ts': [["'too_many_waiting',", "'full_moon',\n"]],
    'domain/explain/sentences.ts': [
      ["case 'too_many_waiting':", "case 'full_moon':\n      return `${did}, at full moon.`;\n"],
    ],
  },
  adds: {
    'domain/decision/gates/moon.ts': `
      import type { Stopped } from './gates.js';
      export const moonGate = (at: number): Stopped | null => (at < 0 ? { reason: 'full_moon', evidence: {} } : null);`,
  },
};

const FIELD: Recipe = {
  name: 'A field of the profile',
  heart: 'domain/profile/standardFields.ts',
  guards: { 'api/schemas/users.ts': 'api/schemas/users.test.ts' },
  edits: {
    'domain/profile/standardFields.ts': [
      ['readonly emailSubscription: SubscriptionState;', 'readonly nickname: string | null;\n'],
      ["emailSubscription: 'subscribed',", 'nickname: null,\n'],
      [
        "emailSubscription: field('emailSubscription'",
        "nickname: field('nickname', { name: 'nickname', stored: text }),\n",
      ],
    ],
    'api/schemas/users.ts': [['randomBucket: z.int()', 'nickname: z.string().nullable(),\n']],
  },
  adds: { [MIGRATION]: 'alter table users add column nickname text;' },
};

const CONSEQUENCE: Recipe = {
  name: 'A consequence of an event',
  edits: {
    'domain/decision/effects.ts': [
      ['export type Effect = Enter', "export interface Greet { readonly kind: 'greet'; readonly userId: number }\n"],
      ['| Cause;', '| Greet '],
    ],
    'stream/writeDecisions.ts': [
      ['async reject({ tx', "async greet({ effects }) {\n    return effectsOf(effects, 'greet').length > 1;\n  },\n"],
    ],
  },
  adds: {},
};

const TOLD: Recipe = {
  name: 'A thing that Temporal is told',
  edits: {
    'storage/queries/outbox/ask.ts': [["| 'wake';", "| 'sing' "]],
    'outbox/effects/pairing.ts': [["case 'rescheduled':\n", "case 'sing':\n        return;\n"]],
  },
  adds: { [MIGRATION]: 'alter table outbox drop constraint outbox_kind_check;' },
};

export const RECIPES: readonly Recipe[] = [TRIGGER, EVENT, FILTER, FACT, CHANNEL, GATE, FIELD, CONSEQUENCE, TOLD];
