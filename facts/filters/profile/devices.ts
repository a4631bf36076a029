/** What filters over devices and push tokens are in SQL: conditions on a person's own row. */
import { type AppVersionFilter, versionComparisons } from '../../../domain/audience/kinds/profile/appVersion.js';
import type { DeviceCountFilter } from '../../../domain/audience/kinds/profile/deviceCount.js';
import type { ForegroundPushFilter } from '../../../domain/audience/kinds/profile/foregroundPush.js';
import { numberComparisons } from '../../../domain/audience/numberOperators.js';
import { VERSION_PATTERN } from '../../../domain/device/appVersion.js';
import { DEVICES } from '../../../domain/device/devices.js';
import { PUSH_TOKENS } from '../../../domain/device/pushTokens.js';
import type { RowSql } from '../setForm.js';
import type { SqlContext } from '../sqlContext.js';
import { SIGNS } from '../tallies.js';
import { itemsOf } from '../valueTests.js';

const OF_DEVICES = itemsOf(`u.attributes -> '${DEVICES}'`);
const OF_TOKENS = itemsOf(`u.attributes -> '${PUSH_TOKENS}'`);

export function deviceCountToSql({ deviceCount }: DeviceCountFilter, { parameters }: SqlContext): RowSql {
  const count = `(select count(*) from ${OF_DEVICES} as d(device) where jsonb_typeof(d.device) = 'object')`;
  const tests = numberComparisons(deviceCount).map(
    ({ op, operand }) => `${count} ${SIGNS[op]} ${parameters.add(operand, 'bigint')}`,
  );
  return { row: `(${tests.join(' and ')})` };
}

/** `latestVersion` and `readVersion`. */
export function appVersionToSql(filter: AppVersionFilter, { parameters }: SqlContext): RowSql {
  const { app } = filter.appVersion;
  const ofApp = app === undefined ? '' : ` and d.device -> 'app' = ${parameters.add(JSON.stringify(app), 'jsonb')}`;
  const latest = `(
    select d.device ->> 'app_version' from ${OF_DEVICES} with ordinality as d(device, place)
    where jsonb_typeof(d.device -> 'app_version') = 'string'${ofApp}
    order by d.place desc limit 1
  )`;
  const numbers = `substring(${latest} from '${VERSION_PATTERN}')`;
  const version = `string_to_array(regexp_replace(${numbers}, '([.]0+)+$', ''), '.')::bigint[]`;
  const tests = versionComparisons(filter).map(({ op, operand, takesNone }) => {
    const passes = `coalesce(${version} ${SIGNS[op]} ${parameters.add(operand, 'bigint[]')}, false)`;
    return takesNone ? `(${latest} is null or ${passes})` : passes;
  });
  return { row: `(${tests.join(' and ')})` };
}

/** `hasForegroundToken`. */
export function foregroundPushToSql({ foregroundPush, app }: ForegroundPushFilter, { parameters }: SqlContext): RowSql {
  const tests = [
    `jsonb_typeof(t.token -> 'token') = 'string'`,
    ...(app === undefined ? [] : [`t.token -> 'app_id' = ${parameters.add(JSON.stringify(app), 'jsonb')}`]),
    `not exists (
      select from ${OF_DEVICES} as d(device)
      where d.device -> 'device_id' = t.token -> 'device_id' and d.device -> 'push_enabled' = 'false'
    )`,
  ];
  // A token of another shape may make a test null: it is none.
  const hasToken = `exists (select from ${OF_TOKENS} as t(token) where ${tests.join(' and ')})`;
  const isEnabled = app === undefined ? `(${hasToken} and u.push_subscription <> 'unsubscribed')` : hasToken;
  return { row: `${foregroundPush ? '' : 'not '}${isEnabled}` };
}
