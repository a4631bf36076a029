import { compileCampaign } from '../../domain/campaign/compile.js';
import type { CampaignDefinition } from '../../domain/campaign/definition/definition.js';
import { secretsOf } from '../../domain/campaign/secretsOf.js';
import type { Problem } from '../../domain/errors.js';
import { nearestName } from '../../domain/schema/nearestName.js';
import type { SecretCipher } from '../../domain/secret/secretCipher.js';
import type { Queryable } from '../../storage/pool.js';
import { listSecretNames, loadSecrets } from '../../storage/queries/secrets/secrets.js';

/**
 * What keeps the secrets that a definition names from being sent: one problem for each place, none where all can be read. A
 * draft may name a secret that is set later; whatever is launched may not, as its messages would all be held.
 */
export async function secretProblems(
  db: Queryable,
  cipher: SecretCipher | null,
  definition: CampaignDefinition,
): Promise<readonly Problem[]> {
  const used = secretsOf(compileCampaign(definition).variants);
  if (used.length === 0) return [];
  if (cipher === null) {
    const allowed = 'the setting RAPPEL_SECRET_KEYS, the same for the API and the workers';
    return used.map(({ path, name }) => ({
      path,
      message: `names secret '${name}', and secrets cannot be read here: RAPPEL_SECRET_KEYS is not set`,
      allowed,
    }));
  }
  const stored = new Map((await loadSecrets(db, [...new Set(used.map(({ name }) => name))])).map((s) => [s.name, s]));
  const isMissing = used.some(({ name }) => !stored.has(name));
  const known = isMissing ? await listSecretNames(db) : [];
  return used.flatMap(({ path, name }): readonly Problem[] => {
    const secret = stored.get(name);
    if (secret === undefined) return [missing(path, name, known)];
    if (cipher.open(name, secret).kind === 'opened') return [];
    const message = `names secret '${name}', which no key of RAPPEL_SECRET_KEYS opens: it was encrypted with '${secret.keyId}'`;
    return [{ path, message, allowed: `that key in the setting, or PUT /v1/secrets/${name} with the value` }];
  });
}

function missing(path: string, name: string, known: readonly string[]): Problem {
  const nearest = nearestName(name, known);
  const hint = nearest === null ? '' : `; did you mean '${nearest}'?`;
  return {
    path,
    message: `names secret '${name}', which does not exist${hint}`,
    allowed: `a secret that is set: PUT /v1/secrets/${name} sets this one`,
  };
}
