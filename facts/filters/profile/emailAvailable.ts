import type { EmailAvailableFilter } from '../../../domain/audience/kinds/profile/emailAvailable.js';
import { reachedBy } from '../reached.js';
import type { RowSql } from '../setForm.js';

export function emailAvailableToSql({ emailAvailable }: EmailAvailableFilter): RowSql {
  return { row: `${emailAvailable ? '' : 'not '}${reachedBy('email')}` };
}
