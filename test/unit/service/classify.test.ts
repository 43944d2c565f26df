import assert from 'node:assert/strict';
import { classify, classifyHttp } from '../../../src/core/service/classify.ts';
import { describe, textOf } from '../../../src/core/service/failures.ts';

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
    ['请求超时', -2001, 'timedOut'],
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
    ['错误码: 1017', undefined, 'contentRefused'],
    ['错误码: 2003', undefined, 'contentRefused'],
    ['risk not pass', undefined, 'contentRefused'],
    ['错误码: 4002', undefined, 'badParameter'],
    ['错误码: 5000', undefined, 'noCredits'],
    ['"fail_code":"1006"', undefined, 'noCredits'],
    ['credit prededuct failed', undefined, 'benefitMissing'],
    ['错误码: 5002', undefined, 'videoFailed'],
    ['check login error', undefined, 'sessionExpired'],
  ] as const) {
    test(`"${message}" ${code ?? 'without a code'} is ${kind}`, () => assert.equal(classify(message, code).kind, kind));
  }

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

  for (const [status, kind] of [[401, 'requestRefused'], [403, 'requestRefused'], [404, 'notTheService'], [413, 'bodyTooLarge'], [429, 'rateLimited'], [502, 'gatewayTrouble'], [503, 'gatewayTrouble'], [504, 'gatewayTrouble'], [301, 'notTheService']] as const) {
    test(`HTTP ${status} is ${kind}`, () => assert.equal(classifyHttp(status).kind, kind));
  }

  test('a kind of a later version is described all the same', () => {
    assert.match(describe({ kind: 'ofTheFuture', detail: 'x' }).sentence, /x/);
    assert.match(describe({ kind: 'toString', detail: 'x' }).sentence, /x/);
  });
});
