import type { EventKind } from '../../../domain/event/kinds.js';
import type { TriggerSnapshot } from '../../../domain/event/matcher.js';
import type { JsonObject } from '../../../domain/json.js';

/** The columns of a pairing that hold its trigger. */
export interface TriggerColumns {
  readonly trigger_kind: EventKind;
  readonly trigger_name: string;
  readonly trigger_time: number;
  readonly trigger_seq: number;
  readonly trigger_properties: JsonObject;
  readonly trigger_whole_second: boolean;
}

export function triggerOf(row: TriggerColumns): TriggerSnapshot {
  return {
    kind: row.trigger_kind,
    name: row.trigger_name,
    time: row.trigger_time,
    seq: row.trigger_seq,
    properties: row.trigger_properties,
    isWholeSecond: row.trigger_whole_second,
  };
}
