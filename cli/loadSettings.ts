import { parseMailbox } from '../channels/email/emailAddress.js';
import { type Config, type Env, loadConfig } from '../config/config.js';
import { parseCrashAt } from '../telemetry/failpoints.js';

/** The settings of the environment, also those judged by the rules of the parts that use them. Throws a `ConfigError`. */
export function loadSettings(env?: Env): Config {
  return loadConfig(env, {
    EMAIL_FROM: (value) => parseMailbox(value) !== null,
    CRASH_AT: (value) => parseCrashAt(value) !== null,
  });
}
