import type { Filter } from '../../audience/filter.js';
import type { Messages } from '../../channel/index.js';
import type { Problem } from '../../errors.js';
import type { ExceptionSpec, TriggerSpec } from './eventSpec.js';
import type { DelaySpec, DurationSpec, QuietHoursSpec, WindowSpec } from './timingSpec.js';

export interface VariantDefinition {
  readonly key: string;
  readonly share: number;
  readonly messages: Messages;
}

/** The canonical form, as stored. Parsing it again yields itself. */
export interface CampaignDefinition {
  readonly schemaVersion: 1;
  readonly key: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Absent: none. */
  readonly tags?: readonly string[] | undefined;
  readonly audience?: Filter | undefined;
  readonly entry: {
    readonly event: {
      readonly trigger: TriggerSpec;
      readonly delay?: DelaySpec | undefined;
      readonly exceptions?: readonly ExceptionSpec[] | undefined;
    };
  };
  readonly duration?: DurationSpec | undefined;
  readonly window?: WindowSpec | undefined;
  readonly quietHours?: QuietHoursSpec | undefined;
  readonly recheckAudience: boolean;
  readonly reEligibility: 'never' | { readonly after: string };
  readonly variants: readonly VariantDefinition[];
}

/** `line`: of the YAML or JSON text the definition came from, counted from 1. */
export interface DefinitionProblem extends Problem {
  readonly line?: number;
}
