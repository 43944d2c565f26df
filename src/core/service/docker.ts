import * as l10n from '@vscode/l10n';

/** The name of the file, which needs no quotation marks in any shell. */
export const composeFileName = 'jimeng-api.compose.yaml';

/** The port of a service in Docker on this machine, as the configured address names it. */
export function portOf(url: string): number {
  const { port } = URL.canParse(url) ? new URL(url) : { port: '' };
  return port === '' ? 5100 : Number(port);
}

/** The line that starts the stock service. Its port is open on this machine only (seed-skill, Security Notes). */
export function stockLine(port: number): string {
  return `docker run -d --name jimeng-api --restart unless-stopped -p 127.0.0.1:${port}:5100 ghcr.io/iptag/jimeng-api:latest`;
}

/** The line that starts what `composeFile` describes, in its folder. */
export const composeLine = `docker compose -p jimeng-api -f ${composeFileName} up -d`;

/**
 * The task service with Redis. It is built from its git repository, because its own compose file names the stock image
 * (service-contract); and it starts only when Redis answers, because otherwise it keeps its tasks in memory for good.
 */
export function composeFile(port: number): string {
  const comments = l10n.t(
    `jimeng-api with tasks that survive a restart. Unofficial: https://github.com/DerekZhang90/jimeng-api
Start (the first time it is built, which takes minutes):
  {0}
Stop; the tasks are kept:
  {1}
Update:
  {2}
The port is open on this machine only. From another one:
  {3}`,
    composeLine,
    composeLine.replace('up -d', 'down'),
    composeLine.replace('up -d', 'up -d --build'),
    `ssh -L ${port}:127.0.0.1:${port} HOST`,
  );
  return `${comments.replace(/^/gm, '# ')}

services:
  jimeng-api:
    build: https://github.com/DerekZhang90/jimeng-api.git
    image: jimeng-api-tasks
    restart: unless-stopped
    ports:
      - "127.0.0.1:${port}:5100"
    environment:
      REDIS_URL: redis://redis:6379
      TASK_EXPIRE_HOURS: "3" # ${l10n.t('how long finished tasks and their links are kept')}
    extra_hosts:
      - "host.docker.internal:host-gateway" # ${l10n.t('for webhook calls to the editor')}
    depends_on:
      redis:
        condition: service_healthy

  redis: # ${l10n.t('has no published port: only the service can reach it')}
    image: redis:7-alpine
    restart: unless-stopped
    command: redis-server --appendonly yes
    volumes:
      - redis:/data
    healthcheck:
      test: ["CMD", "redis-cli", "ping"]
      interval: 5s
      timeout: 3s
      retries: 10

volumes:
  redis:
`;
}
