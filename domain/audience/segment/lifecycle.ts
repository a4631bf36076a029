// Which changes of state a segment allows (SG-06). What archiving does to whoever refers to it, `archiveSegment` tells.
export const SEGMENT_STATES = ['active', 'archived'] as const;
export type SegmentState = (typeof SEGMENT_STATES)[number];

export const SEGMENT_ACTIONS = ['archive', 'restore'] as const;
export type SegmentAction = (typeof SEGMENT_ACTIONS)[number];

const FROM: Readonly<Record<SegmentAction, SegmentState>> = { archive: 'active', restore: 'archived' };

export function segmentActions(state: SegmentState): readonly SegmentAction[] {
  return SEGMENT_ACTIONS.filter((action) => FROM[action] === state);
}
