import { RappelError } from './errors.js';

describe('an error that is raised on purpose', () => {
  it('carries its code, its problems and its cause', () => {
    const cause = new Error('refused');
    const problems = [{ path: 'name', message: 'is missing' }];
    const error = new RappelError('invalid_request', 'The request is wrong.', problems, { cause });
    expect(error).toMatchObject({ name: 'RappelError', code: 'invalid_request', message: 'The request is wrong.' });
    expect(error).toMatchObject({ problems, cause });
    expect(new RappelError('not_found', 'There is none.').problems).toEqual([]);
  });
});
