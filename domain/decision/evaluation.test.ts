import { EvaluationError, evaluating } from './evaluation.js';

test('rules that work give their result', () => {
  expect(evaluating(() => 42)).toBe(42);
});

test('whatever rules throw is told apart from the failing of a database, with its cause', () => {
  const cause = new TypeError('no such kind');
  const thrown = (rules: () => never): unknown => {
    try {
      return evaluating(rules);
    } catch (error) {
      return error;
    }
  };
  const error = thrown(() => {
    throw cause;
  });
  expect(error).toBeInstanceOf(EvaluationError);
  expect(error).toMatchObject({ name: 'EvaluationError', code: 'rules_failed', message: 'no such kind', cause });
});
