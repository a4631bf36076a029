/** Each target of the outbox by what carries out its rows. */
import type { OutboxTarget } from '../../storage/queries/outbox/ask.js';
import type { PairingSubject } from '../../storage/queries/outbox/pairingSubject.js';
import type { Effects } from './contract.js';
import { pairingEffects } from './pairing.js';

export const EFFECTS: { readonly [T in OutboxTarget]: Effects<PairingSubject> } = { pairing: pairingEffects };
