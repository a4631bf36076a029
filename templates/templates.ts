import type { JsonObject } from '../domain/json.js';
import type { Profile } from '../domain/profile/profile.js';
import type { StorableObject, StorableText } from '../domain/schema/storableText.js';

/** What Liquid may read. `eventProperties` are the trigger's own (LQ-01). */
export interface TemplateScope {
  readonly profile: Profile;
  readonly eventProperties: JsonObject;
  readonly campaign: { readonly id: number; readonly name: string };
  /** Whose template it is, one for each text that an operator may change: the threads are shared by it. */
  readonly source: string;
  /** Whose data it is rendered with, by our own id. */
  readonly userId: number;
}

export type RenderResult =
  | { readonly kind: 'rendered'; readonly content: StorableObject }
  /** LQ-02: `{% abort_message('reason') %}`. */
  | { readonly kind: 'aborted'; readonly reason: StorableText }
  /** The template throws, loops or exceeds its limits: the pairing parks. */
  | { readonly kind: 'failed'; readonly detail: StorableText };

export interface Doubt {
  readonly path: string;
  readonly message: string;
  readonly allowed: string;
}

/**
 * The Liquid port: renders every string of a message's content under one budget. An e-mail that has HTML and no text is
 * given one. All of it happens in threads of its own, so that no template takes the time of others.
 */
export interface Templates {
  render(content: JsonObject, scope: TemplateScope): Promise<RenderResult>;
  /** Syntax problems of the content's templates, with the path of the text; empty when all parse. */
  check(content: JsonObject): Promise<readonly { readonly path: string; readonly message: string }[]>;
  /** Variables that nothing provides, as far as that can be known: they would be empty for everybody. */
  doubts(content: JsonObject): Promise<readonly Doubt[]>;
  /** How many templates are not tried for now, as five people in a row broke their time. */
  resting(): number;
  close(): Promise<void>;
}
