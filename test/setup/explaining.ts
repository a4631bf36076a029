// The explanations of a workspace in Paris, and the instants in them.
import { DEFAULT_WORKSPACE } from '../../domain/workspace.js';
import { DAY, HOUR, type Recording, startRecording } from './recording.js';

export interface Explaining extends Recording {
  explain(campaign: string, user: string): Promise<ExplainAnswer>;
  /** As the sentences show an instant, so many ms from now; made without the code that makes theirs. */
  at(offsetMs?: number, zone?: string): string;
  nameOf(campaign: string): Promise<string>;
  /** To the next day, 09:00 UTC: far enough from what other tests of the file left. */
  nextDay(): void;
}

interface ExplainAnswer {
  readonly status: string;
  readonly reason: string | null;
  readonly sentence: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly history: readonly (Omit<ExplainAnswer, 'history' | 'ifTriggeredNow'> & {
    readonly kind: string;
    readonly occurrenceKey: string | null;
    readonly messages: readonly unknown[];
  })[];
  readonly ifTriggeredNow: { readonly enters: boolean; readonly sentence: string } | null;
}

function shown(at: number, zone: string): string {
  const local = clockOf(at, zone);
  if (zone === 'UTC') return `${local} (UTC)`;
  const utc = clockOf(at, 'UTC');
  const isSameDay = local.slice(0, 10) === utc.slice(0, 10);
  return `${local} (${zone}; ${isSameDay ? utc.slice(11) : utc} UTC)`;
}

/** "2026-12-01 11:00", with seconds where there are any. */
function clockOf(at: number, timeZone: string): string {
  const timeStyle = at % 60_000 === 0 ? 'short' : 'medium';
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle }).format(new Date(at));
}

let serial = 0;

/** The name of an event that no other test uses. */
export function someEvent(): string {
  serial += 1;
  return `event-${serial}`;
}

export async function startExplaining(): Promise<Explaining> {
  const r = await startRecording({ workspace: { ...DEFAULT_WORKSPACE, timeZone: 'Europe/Paris' } });
  const { clock } = r.api;
  const nextDay = () => {
    clock.now = Math.floor(clock.now / DAY) * DAY + DAY + 9 * HOUR;
  };
  nextDay();
  return {
    ...r,
    nextDay,
    explain: async (campaign, user) => {
      const { status, body, text } = await r.send('get', `/v1/explain?campaign=${campaign}&user=${user}`);
      if (status !== 200) throw new Error(`explain answered ${status}: ${text}`);
      return body as ExplainAnswer;
    },
    at: (offsetMs = 0, zone = 'Europe/Paris') => shown(clock.now + offsetMs, zone),
    nameOf: async (campaign) => (await r.send('get', `/v1/campaigns/${campaign}`)).body.name as string,
  };
}
