import assert from 'node:assert/strict';
import { check } from '../../../../src/core/request/check.ts';
import type { Region } from '../../../../src/core/request/models.ts';
import type { ImageRequest } from '../../../../src/core/request/schema.ts';
import { byUpstreamNumber, classify } from '../../../../src/core/service/failures/classify.ts';
import { describe, textOf } from '../../../../src/core/service/failures/failures.ts';

/** The table of the site's numbers, row by row: number or words, final or not, and what the next step is about. Source: service-contract, Errors. */
const numbers = [
  [['1015', '34010105', 'check login error'], 'final', /new session ID/, 'updateSessionId'],
  [
    ['1019', '-4', '-6', 'shark not pass', 'shark check reject'],
    'later',
    /not retried automatically/,
    'openSite',
  ],
  [['4013', '疑似存在异常行为'], 'final', /another model/, 'chooseModel'],
  [['4010'], 'final', /on the site/, 'openSite'],
  [
    ['4001', '2038', '2047', '2003', 'risk not pass', '图片内容检测未通过'],
    'final',
    /prompt or the picture/,
    'editPrompt',
  ],
  [['1017'], 'later', /once more.*exit IP address.*the prompt/, 'runAgain'],
  [['3018', 'permission denied'], 'final', /Update the service/, 'startService'],
  [['1000', 'invalid parameter'], 'final', /another duration or model/, 'chooseModel'],
  [['4002'], 'final', /Change the request/, 'editPrompt'],
  [
    ['5000', '1006', 'credits not enough'],
    'final',
    /Claim the daily credits, or buy some on the site. 4k costs more/,
    'claimCredits',
  ],
  [
    ['5001', 'credit prededuct failed'],
    'later',
    /another model or a shorter video, or run it again later/,
    'chooseModel',
  ],
  [['5002'], 'later', /once more by hand/, 'runAgain'],
] as const;

/** The service's own codes. Source: service-contract, Errors. */
const codes = [
  [-1, '', /report/, 'copyReport'],
  [-1000, '任务不存在', /REDIS_URL/, 'openSite'],
  [-1000, '任务无法取消，当前状态: processing', /^The credits are spent\.$/, undefined],
  [-1000, 'read ECONNRESET', /service's network/, 'diagnose'],
  [-1000, 'imageUrls is not defined', /report/, 'copyReport'],
  [
    -1000,
    '[SessionRateLimiter] wait timeout for ab***yz (60000ms)',
    /Wait until other tasks are done/,
    'runAgain',
  ],
  [-1000, '请检查API文档', /Update the service/, 'setAddress'],
  [-1000, '不支持的参数: size', /Change the request/, 'editPrompt'],
  [-1000, '最多支持10张输入图片', /fewer/, 'editPrompt'],
  [-1000, '不支持模型: nanobanana', /another model/, 'chooseModel'],
  [-1001, '', /Change the request/, 'editPrompt'],
  [-2000, 'Params body.ratio invalid', /Change the request/, 'editPrompt'],
  [-2001, '', /again later/, 'runAgain'],
  [-2001, '风控拦截', /more slowly/, 'openSite'],
  [-2001, '请求频率限制', /Wait a minute/, 'runAgain'],
  [-2001, '请求超时', /service's network/, 'diagnose'],
  [-2001, '[请求失败]: what (错误码: 777)', /again later/, 'runAgain'],
  [-2001, '[请求失败]: 获取上传凭证失败', /Nothing was generated/, 'runAgain'],
  [-2007, '图片上传失败: 下载图片失败: 404', /Check the address/, 'editPrompt'],
  [-2007, '记录不存在', /account's history.*cost credits again/, 'openSite'],
  [-2002, '', /new session ID/, 'updateSessionId'],
  [-2003, '', /Check the address/, 'editPrompt'],
  [-2004, '', /Check the address/, 'editPrompt'],
  [-2006, '', /prompt or the picture/, 'editPrompt'],
  [-2007, '', /Run it again/, 'runAgain'],
  [-2008, '', /once more by hand/, 'runAgain'],
  [-2009, '', /Claim the daily credits/, 'claimCredits'],
] as const;

/** Entries of the seed's troubleshooting list: as the service says them, or as the kind that is told. Source: seed-skill, Troubleshooting. */
const troubles = [
  [
    'Session ID required',
    classify('Session ID required'),
    /us-, hk-, jp- or sg-/,
    'updateSessionId',
  ],
  [
    'Invalid session or authentication failed',
    classify('Invalid session or authentication failed'),
    /new session ID/,
    'updateSessionId',
  ],
  ['Error downloading image: network', { kind: 'downloadFailed' }, /Check the network/, 'showLog'],
  [
    'Error downloading image: folder',
    { kind: 'folderNotWritable' },
    /allow writing/,
    'chooseFolder',
  ],
  [
    'Error downloading image: expired',
    { kind: 'linkExpired' },
    /history on the site.*generate it again/,
    'runAgain',
  ],
  [
    'Model not supported',
    classify('Model not supported'),
    /nanobanana is on the international sites only, jimeng-3\.1 on the Chinese/,
    'chooseModel',
  ],
  [
    'Task stuck in queued/processing',
    { kind: 'taskSlow' },
    /TASK_MAX_CONCURRENT.*queue_stats/,
    'diagnose',
  ],
  ['Task not found after service restart', classify('任务不存在', -1000), /REDIS_URL/, 'openSite'],
  [
    'Webhook callback not received',
    { kind: 'webhookMissed' },
    /host\.docker\.internal/,
    'webhookSettings',
  ],
] as const;

suite('dictionary of failures', () => {
  for (const [spellings, final, step, action] of numbers) {
    for (const said of spellings) {
      test(`the site's ${said}`, () => {
        const message = /^-?\d+$/.test(said)
          ? `图像生成失败，状态码: 30，错误码: ${said}`
          : `[请求失败]: ${said}`;
        const description = describe(classify(message));
        assert.deepEqual(
          [description.final, description.action, description.report],
          [final === 'final', action, false],
        );
        assert.match(description.advice, step);
      });
    }
  }

  test('no number beside these is taken for known', () => {
    assert.deepEqual(
      Object.keys(byUpstreamNumber).sort(),
      numbers.flatMap(([spellings]) => spellings.filter(said => /^-?\d+$/.test(said))).sort(),
    );
  });

  for (const [code, message, step, action] of codes) {
    test(`the service's ${code} ${message}`, () => {
      const failure = classify(message, code);
      assert.match(describe(failure).advice, step);
      assert.equal(describe(failure).action, action);
      assert.match(textOf(failure), /^\p{Lu}.*\.$/u, 'a sentence');
    });
  }

  for (const [entry, failure, step, action] of troubles) {
    test(`the seed's "${entry}"`, () => {
      assert.match(describe(failure).advice, step);
      assert.equal(describe(failure).action, action);
    });
  }

  const warnings = (request: Omit<ImageRequest, 'kind' | 'prompt'>, region: Region) => {
    const checked = check({ kind: 'image', prompt: 'a cat', ...request }, region, {
      unknownModels: 'pass',
    });
    return checked.ok
      ? checked.warnings.map(({ kind, message }) => `${kind} ${message}`).join()
      : '';
  };
  // Nothing fails here: the service does something else than was asked for, which is said before it is sent.
  test('the seed\'s "nanobanana resolution mismatch"', () => {
    assert.match(
      warnings({ model: 'nanobanana', ratio: '16:9' }, 'us'),
      /forcedSize.*1024×1024.*jimeng-4\.0/,
    );
    assert.match(warnings({ model: 'nanobanana' }, 'jp'), /forcedSize.*1k.*jimeng-4\.0/);
  });
  test('the seed\'s "intelligent_ratio not working"', () => {
    assert.match(
      warnings({ model: 'jimeng-3.0', intelligentRatio: true }, 'cn'),
      /intelligentRatioIgnored.*jimeng-4\.5, jimeng-4\.1, jimeng-4\.0/,
    );
  });

  test('an unknown number is shown, and asks for a report', () => {
    const failure = classify('图像生成失败，错误码: 98765', -2007);
    assert.match(textOf(failure), /错误码: 98765\. Run it again.*98765.*a report helps/);
    assert.deepEqual([describe(failure).report, describe(failure).action], [true, 'runAgain']);
    assert.equal(describe(classify('what is this', -9999)).report, true);
  });
});
