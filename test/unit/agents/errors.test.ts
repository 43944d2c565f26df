import assert from 'node:assert/strict';
import { errorOf } from '../../../src/agents/errors.ts';
import { resultOf } from '../../../src/agents/results.ts';
import type { FailureKind } from '../../../src/core/service/failures/table.ts';
import type { Task } from '../../../src/core/queue/task.ts';
import { head } from '../queue/samples.ts';

const host = {
  nextStep: (what: string) => `Do the ${what}.`,
  pauseReason: () => Promise.resolve(undefined),
  isWorkedOn: () => Promise.resolve(true),
};

suite('failures in words for a model', () => {
  const table: [kind: FailureKind, tryAgain: string][] = [
    ['connectionLost', 'no'],
    ['gatewayTrouble', 'no'],
    ['timedOut', 'no'],
    ['unreadable', 'no'],
    ['windowClosed', 'no'],
    ['taskNotFound', 'no'],
    ['riskControl', 'no'],
    ['generationFailed', 'no'],
    ['videoFailed', 'no'],
    ['requestFailed', 'no'],
    ['internal', 'no'],
    ['unexpected', 'no'],
    ['outcomeUnknown', 'no'],
    ['resultInHistory', 'no'],
    ['nothingReturned', 'no'],
    ['taskStuck', 'no'],
    ['siteGaveUp', 'no'],
    ['limiterFull', 'later'],
    ['siteUnreachable', 'after_person'],
    ['rateLimited', 'later'],
    ['refusedHere', 'after_change'],
    ['contentRefused', 'after_change'],
    ['inputDamaged', 'after_change'],
    ['unsupportedModel', 'after_change'],
    ['sessionExpired', 'after_person'],
    ['noCredits', 'after_person'],
    ['serviceDown', 'after_person'],
    ['diskFull', 'after_person'],
  ];
  for (const [kind, expected] of table) {
    test(`${kind}: ${expected}`, () => {
      const { try_again: tryAgain, message, next } = errorOf({ kind, detail: 'x' }, host);
      assert.equal(tryAgain, expected);
      assert.ok(message !== '' && next !== '');
      if (expected === 'no')
        assert.doesNotMatch(
          `${message} ${next}`,
          /\b(retry|try again|run it|generate it again)\b/i,
        );
    });
  }

  const tasks: [what: string, task: Task, message: RegExp][] = [
    ['uncertain', { ...head('t'), state: { status: 'uncertain' } }, /may have been charged/],
    ['no longer watched', { ...head('t'), state: { status: 'detached' } }, /Do not send it again/],
    [
      'lost',
      { ...head('t'), state: { status: 'lost', serviceTaskId: 's' } },
      /no longer knows this task/,
    ],
    [
      'partial',
      {
        ...head('t'),
        state: {
          status: 'partial',
          results: [{ url: 'https://example.com/1?signature=secret' }],
          files: [],
          missing: [{ index: 0, failure: { kind: 'downloadFailed' } }],
        },
      },
      /nothing could be saved.*jimeng_fetch_pictures/,
    ],
  ];
  test('what the check warns of is in the answer, however the task is', async () => {
    const request = { kind: 'image', prompt: 'a cat', resolution: '4k' } as const;
    for (const state of [
      { status: 'running' },
      { status: 'completed', files: [] },
    ] satisfies Task['state'][])
      assert.deepEqual((await resultOf({ ...head('t'), request, state }, host)).warnings, [
        '4k costs more credits than 2k.',
      ]);
    const { resolution, ...plain } = request;
    const result = await resultOf(
      { ...head(resolution), request: plain, state: { status: 'running' } },
      host,
    );
    assert.equal(result.warnings, undefined);
  });

  for (const [what, task, message] of tasks) {
    test(`a task that is ${what}`, async () => {
      const result = await resultOf(task, host);
      assert.match(result.message, message);
      assert.ok(!JSON.stringify(result).includes('signature'), 'links are not shown');
    });
  }
});
