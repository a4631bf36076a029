import { armFailpoint, failpoint } from './failpoints.js';

let kill: jest.SpyInstance;
beforeEach(() => {
  kill = jest.spyOn(process, 'kill').mockReturnValue(true);
});
afterEach(() => {
  armFailpoint(null);
  kill.mockRestore();
});

test('passes by where nothing is armed', () => {
  failpoint('claimed');
  expect(kill).not.toHaveBeenCalled();
});

test('kills the process at the n-th pass of its own line, as nothing can be caught', () => {
  armFailpoint('claimed:2');
  failpoint('settled');
  failpoint('claimed');
  expect(kill).not.toHaveBeenCalled();
  failpoint('claimed');
  expect(kill).toHaveBeenCalledWith(process.pid, 'SIGKILL');
});

test('a line that does not exist is refused, with those that do', () => {
  expect(() => armFailpoint('nowhere:1')).toThrow(/CRASH_AT must be .* not 'nowhere:1': before_ack, /);
  expect(() => armFailpoint('claimed')).toThrow(/CRASH_AT must be/);
});
