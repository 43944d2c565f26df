import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { parseSessionId } from '../../../src/core/session/session.ts';

const id = '0123456789abcdef0123456789abcdef';

suite('session ID', () => {
  const parse = (text: string) => {
    const parsed = parseSessionId(text);
    assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
    return parsed.session;
  };

  for (const [what, text, region, sent] of [
    ['bare', id, 'cn', id],
    ['with white space around it', `  ${id}\n`, 'cn', id],
    ['in quotation marks', `"${id}"`, 'cn', id],
    ['after Bearer', `Bearer us-${id}`, 'us', `us-${id}`],
    ['of the US site', `us-${id}`, 'us', `us-${id}`],
    ['with a prefix in capitals', `HK-${id}`, 'hk', `hk-${id}`],
    ['of Japan', `jp-${id}`, 'jp', `jp-${id}`],
    ['of Singapore', `sg-${id}`, 'sg', `sg-${id}`],
    [
      'with a bound proxy',
      `http://me:pw@10.0.0.1:8080@us-${id}`,
      'us',
      `http://me:pw@10.0.0.1:8080@us-${id}`,
    ],
    ['with a SOCKS proxy', `socks5://10.0.0.1:1080@${id}`, 'cn', `socks5://10.0.0.1:1080@${id}`],
    ['in a Cookie header', `Cookie: a=b; sessionid=${id}; sid_tt=x`, 'cn', id],
    ["in cookies without the header's name", `a=b; sessionid=${id}`, 'cn', id],
    ['as one cookie', `sessionid=${id}`, 'cn', id],
    ['in its second cookie', `a=b; sessionid_ss=${id}`, 'cn', id],
  ] as const) {
    test(what, () => {
      const session = parse(text);
      assert.equal(session.region, region);
      assert.equal(session.reveal(), sent);
    });
  }

  for (const [what, text] of [
    ['nothing', '  '],
    ['a short one', 'abc'],
    ['white space inside', 'abcd efgh ijkl'],
    ['several', `${id},us-${id}`],
    ['several, full-width comma', `${id}，${id}`],
    ['a web address', 'https://jimeng.jianying.com/'],
    ['cookies without it', 'Cookie: a=b; c=d'],
    ['something else before @', `me@${id}`],
    ['Chinese', '我的会话标识我的会话标识'],
    ['a page', 'x'.repeat(600)],
  ] as const) {
    test(`refused, with a reason that does not repeat it: ${what}`, () => {
      const parsed = parseSessionId(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.reason, /\.$/);
      assert.ok(text.trim() === '' || text === 'abc' || !parsed.reason.includes(text));
    });
  }

  test('is never shown by accident', () => {
    const session = parse(`socks5://me:secretpw@h:1@us-${id}`);
    for (const shown of [
      String(session),
      JSON.stringify({ session }),
      inspect(session),
      inspect({ session }, { showHidden: true }),
      JSON.stringify(Object.entries(session)),
      session.masked,
    ])
      assert.ok(!shown.includes(id) && !shown.includes('secretpw'), shown);

    assert.equal(session.masked, 'us-••••cdef');
  });

  test('a short one shows nothing of itself', () => assert.equal(parse('12345678').masked, '••••'));

  test('is taken out of a text, plain and URL-encoded', () => {
    const session = parse('us-ab%2Bcd+ef/gh==');
    const redacted = session.redact(
      `Bearer us-ab%2Bcd+ef/gh==, ${encodeURIComponent('us-ab%2Bcd+ef/gh==')}`,
    );
    assert.equal(redacted, 'Bearer us-••••, us-••••');
  });

  test('says whether its region was given', () => {
    for (const [text, given] of [
      [id, false],
      [`us-${id}`, true],
      [`Cookie: sessionid=${id}`, false],
      [`Cookie: sessionid=jp-${id}`, true],
    ] as const) {
      const parsed = parseSessionId(text);
      assert.ok(parsed.ok);
      assert.equal(parsed.regionGiven, given, text);
    }
  });

  test('gets the region that the person names', () =>
    assert.equal(parse(id).withRegion('jp').reveal(), `jp-${id}`));
});
