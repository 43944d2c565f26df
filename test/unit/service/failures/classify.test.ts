import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { classify, classifyHttp } from '../../../../src/core/service/failures/classify.ts';
import {
  describe,
  JimengError,
  mayHaveBeenCharged,
  textOf,
} from '../../../../src/core/service/failures/failures.ts';
import { asSent, Failure } from '../../../../src/core/service/failures/table.ts';

suite('failures', () => {
  for (const [message, code, kind] of [
    ['[服务异常]', -1, 'internal'],
    ['任务不存在', -1000, 'taskNotFound'],
    ['任务无法取消，当前状态: processing', -1000, 'notCancellable'],
    ['[请求有误]: 请检查API文档', -1000, 'routeNotFound'],
    ['不支持模型: nanobanana', -1000, 'unsupportedModel'],
    ['不支持参数 size', -1000, 'badParameter'],
    ['Params headers.authorization invalid', -1001, 'sessionMissing'],
    ['最多支持10张输入图片', -1000, 'tooManyPictures'],
    ['Params body.ratio invalid', -2000, 'badParameter'],
    ['[请求失败]', -2001, 'requestFailed'],
    ['[请求失败]: shark not pass 错误码: 1019', -2001, 'riskControl'],
    ['触发风控', -2001, 'riskControl'],
    ['频率限制', -2001, 'rateLimited'],
    ['请求超时', -2001, 'siteUnreachable'],
    ['[请求超时]: 即梦API请求超时，请稍后重试', -2001, 'siteUnreachable'],
    ['read ECONNRESET', -1000, 'siteUnreachable'],
    ['connect ECONNREFUSED 203.0.113.1:443', -1000, 'siteUnreachable'],
    ['timeout of 45000ms exceeded', -1000, 'siteUnreachable'],
    ['Request failed with status code 403', -1000, 'siteUnreachable'],
    ['[网络错误]: 无法连接到即梦服务器，请检查网络连接', -2001, 'siteUnreachable'],
    ['[服务器错误]: 即梦服务器暂时不可用 (502)', -2001, 'siteUnreachable'],
    ['imageUrls is not defined', -1000, 'internal'],
    ['', -1000, 'internal'],
    ['[SessionRateLimiter] wait timeout for 0123***cdef (60000ms)', -1000, 'limiterFull'],
    [
      '[SessionRateLimiter] session queue overflow for 0123***cdef (limit=100)',
      undefined,
      'limiterFull',
    ],
    ['[请求频率限制]: 请求过于频繁，请稍后重试', -2001, 'rateLimited'],
    ['[请求失败]: permission denied (错误码: 3018)', -2001, 'serviceOutdated'],
    ['EACCES: permission denied, open /tmp/x', -1000, 'internal'],
    ['[请求失败]: invalid parameter (错误码: 1000)', -2001, 'unfitParameter'],
    ['invalid parameter', -2009, 'unfitParameter'],
    ['[参数错误]: invalid parameter 错误码: 4002', -2000, 'badParameter'],
    ['check login error', -2009, 'sessionExpired'],
    ['[请求失败]: shark not pass reject (错误码: -6)', -2001, 'riskControl'],
    ['图片上传失败: 图片内容检测未通过，该图片可能包含违规内容', -2007, 'contentRefused'],
    ['图像生成失败，状态码: 30，错误码: 1017', -2007, 'siteGaveUp'],
    ['[请求失败]: what (错误码: 777)', -2001, 'siteRefused'],
    ['[请求失败]: what (错误码: 777)', undefined, 'siteRefused'],
    ['图像生成失败，状态码: 30，错误码: 98765', undefined, 'generationFailed'],
    ['视频生成失败，状态码: 30', undefined, 'videoFailed'],
    ['记录不存在', -2007, 'resultInHistory'],
    ['记录ID不存在', -2007, 'resultInHistory'],
    ['图像生成失败: item_list有 4 个项目，但无法提取任何图片URL', -2007, 'resultInHistory'],
    ['未能获取视频URL，请稍后查看', -2007, 'resultInHistory'],
    ['生成超时且无结果，状态码: 20，历史ID: 123456', -2007, 'resultInHistory'],
    ['图片上传失败: Request failed with status code 404', -2007, 'remoteFile'],
    ['图片上传失败: getaddrinfo ENOTFOUND example.invalid', -2007, 'remoteFile'],
    ['首帧图片上传失败: 下载图片失败: 404', -2001, 'remoteFile'],
    ['image_file_1 URL图片处理失败: Request failed with status code 404', -2001, 'remoteFile'],
    ['首帧图片上传失败: 申请上传权限失败: 403 - x', -2001, 'uploadFailed'],
    ['[请求失败]: 获取上传凭证失败', -2001, 'uploadFailed'],
    ['国际版不支持模型 "jimeng-3.1"。支持的模型: jimeng-4.5', -1000, 'unsupportedModel'],
    ['国内站不支持nanobanana模型,请使用jimeng系列模型', -1000, 'unsupportedModel'],
    ['在 "2k" 分辨率下，不支持的比例 "5:1"。支持的比例: 1:1', -1000, 'badParameter'],
    ['该模型仅支持 5、10 秒时长，当前值: 7', -1000, 'badParameter'],
    ['全能模式最多上传3个视频', -1000, 'tooManyPictures'],
    ['全能模式图片+视频总数不超过12个', -1000, 'tooManyPictures'],
    ['最多只能上传2个图片文件', -1000, 'tooManyPictures'],
    [
      '任务 5f 当前状态为 processing，无法取消。仅 pending/queued 状态可取消。',
      -1000,
      'notCancellable',
    ],
    ['任务不存在: 5f', -1000, 'taskNotFound'],
    [
      '[请求有误]: 请检查API文档确认正确的请求路径，当前请求为 GET -> /x 请纠正',
      -1000,
      'routeNotFound',
    ],
    [
      '积分不足且无法自动收取。请访问即梦官网手动收取首次积分，或检查账户状态。',
      -2008,
      'noCredits',
    ],
    ['[登录失效]', -2002, 'sessionExpired'],
    ['远程文件URL非法', -2003, 'remoteFile'],
    ['远程文件超出大小', -2004, 'remoteFile'],
    ['[内容违规]', -2006, 'contentRefused'],
    ['图像生成失败', -2007, 'generationFailed'],
    ['生成失败 错误码: 5001', -2007, 'benefitMissing'],
    ['视频生成失败', -2008, 'videoFailed'],
    ['积分不足', -2009, 'noCredits'],
    ['错误码: 1015', undefined, 'sessionExpired'],
    ['failCode: 34010105', undefined, 'sessionExpired'],
    ['错误码: -4 shark check reject', undefined, 'riskControl'],
    ['错误码：4013', undefined, 'modelRefused'],
    ['视频 疑似存在异常行为', -2008, 'modelRefused'],
    ['错误码: 4010', undefined, 'faceCheck'],
    ['错误码: 4001', undefined, 'contentRefused'],
    ['failCode 2038', undefined, 'contentRefused'],
    ['错误码: 2047', undefined, 'contentRefused'],
    ['错误码: 1017', undefined, 'siteGaveUp'],
    ['错误码: 2003', undefined, 'contentRefused'],
    ['risk not pass', undefined, 'contentRefused'],
    ['错误码: 4002', undefined, 'badParameter'],
    ['错误码: 5000', undefined, 'noCredits'],
    ['"fail_code":"1006"', undefined, 'noCredits'],
    ['credit prededuct failed', undefined, 'benefitMissing'],
    ['错误码: 5002', undefined, 'videoFailed'],
    ['check login error', undefined, 'sessionExpired'],
  ] as const)
    test(`"${message}" ${code ?? 'without a code'} is ${kind}`, () =>
      assert.equal(classify(message, code).kind, kind));

  test('an unknown number is kept and shown', () => {
    const failure = classify('生成失败，错误码: 98765', -2007);
    assert.equal(failure.upstream, '98765');
    assert.match(textOf(failure), /98765/);
  });

  test('never a bare number: an empty message still makes a sentence', () => {
    assert.match(textOf(classify('', -2007)), /^The generation failed: -2007\. \w/);
  });

  test('a message cannot drive a terminal', () => {
    assert.equal(classify('a\u001b[2Jb\u009bc\r\nd', -1).detail, 'a [2Jb c d');
  });

  for (const [status, kind] of [
    [401, 'requestRefused'],
    [403, 'requestRefused'],
    [404, 'notTheService'],
    [413, 'bodyTooLarge'],
    [429, 'rateLimited'],
    [502, 'noAnswer'],
    [503, 'noAnswer'],
    [504, 'noAnswer'],
    [301, 'notTheService'],
  ] as const)
    test(`HTTP ${status} is ${kind}`, () => assert.equal(classifyHttp(status).kind, kind));

  for (const [status, kind] of [
    [401, 'requestRefused'],
    [404, 'notTheService'],
    [413, 'bodyTooLarge'],
    [429, 'rateLimited'],
    [502, 'gatewayTrouble'],
    [301, 'outcomeUnknown'],
    [408, 'outcomeUnknown'],
    [409, 'outcomeUnknown'],
    [425, 'outcomeUnknown'],
    [499, 'outcomeUnknown'],
  ] as const)
    test(`HTTP ${status} after a generation was sent is ${kind}`, () =>
      assert.equal(classifyHttp(status, '', true).kind, kind));

  test('every kind that another becomes once it was sent is in the table, and says what may be gone', () => {
    for (const kind of ['internal', 'unreadable', 'requestFailed', 'siteUnreachable'] as const) {
      const failure = asSent({ kind });
      assert.ok(mayHaveBeenCharged(failure));
      assert.match(describe(failure).advice, /may have been charged/);
      assert.ok(!mayHaveBeenCharged({ kind }));
      assert.doesNotMatch(textOf({ kind }), /charged/);
    }
  });

  test('a kind of a later version is read as an internal one', () => {
    for (const kind of ['ofTheFuture', 'toString', 'internal'])
      assert.deepEqual(z.parse(Failure, { kind, detail: 'x' }), { kind: 'internal', detail: 'x' });
  });

  test('the compiler refuses a kind that is not in the table', () => {
    // @ts-expect-error misspelled
    assert.throws(() => describe({ kind: 'sesionExpired' }));
    // @ts-expect-error misspelled
    assert.ok(new JimengError({ kind: 'sesionExpired' }));
  });
});
