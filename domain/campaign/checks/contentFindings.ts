import type { ChannelName } from '../../channel/index.js';
import type { Problem } from '../../errors.js';
import type { JsonObject } from '../../json.js';

/** Paths are those within the message's content. */
export interface ContentFindings {
  /** What can never be sent. */
  readonly problems: readonly Problem[];
  /** What can hardly be meant, or depends on a setting. */
  readonly warnings: readonly Problem[];
}

/** The rules of the channels, which the domain must not know, over one un-rendered message. */
export type CheckContent = (channel: ChannelName, content: JsonObject) => ContentFindings;
