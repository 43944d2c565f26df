import * as l10n from '@vscode/l10n';
import { optionsHelp } from '../generation/options.ts';

/** What `jimeng --help` prints: a text for each command. */
export function help(): string {
  const texts = [
    l10n.t(
      `jimeng: pictures and videos from Jimeng (Dreamina) through a jimeng-api service of your own`,
    ),
    [
      l10n.t('  jimeng text "prompt"       generate pictures, saved as PNG in pic/ of the project'),
      optionsHelp('image'),
      l10n.t(`      --allow-unknown-model  send a model that is newer than this version
      --output-dir FOLDER    instead of pic/
      --async                leave the task with the service, print its id and end
      --async --wait         leave it with the service, follow it and save
      --dry-run              show the request and what will come of it; nothing is sent
      --json                 one object on stdout
      --session-id ID        better in JIMENG_SESSION_ID, where other users cannot see it
      --api-url URL          or JIMENG_API_URL; http://localhost:5100 unless given
      --allow-http           send the session ID unencrypted to another machine
      "-" as the prompt reads it from the standard input`),
    ].join('\n'),
    l10n.t(`  jimeng image "prompt" --images a.jpg https://…
                             pictures from up to ten others; options as for text`),
    [
      l10n.t(`  jimeng video "prompt" [--images first.png last.png]
                             a video, saved as MP4: from words, from a first frame, or from a first and a last`),
      optionsHelp('video'),
      `${' '.repeat(29)}${l10n.t('and the other options of text')}`,
    ].join('\n'),
    l10n.t(`  jimeng tasks               the service's tasks, other people's too
      --status S --type T --limit N --json
  jimeng task ID             how a task stands
      --wait                 until it is done
      --save                 save what is missing of its pictures, in its folder or --output-dir
      --json
  jimeng cancel ID           a task that still waits at the service; costs nothing`),
    l10n.t(`  jimeng show FILE           how a picture was made, by what stands in it; needs no session ID and no service
      --json
                             JIMENG_METADATA=noPrompt leaves the prompt out of pictures that are saved`),
    l10n.t(`  jimeng doctor              what stands between a prompt and a picture; generates nothing
      --claim                claim the daily credits too
      --json`),
    l10n.t(`  jimeng serve               the demo service: draws its pictures itself, spends nothing
      --port N --host ADDRESS --max-concurrent N --stock`),
    l10n.t(`  jimeng scaffold client|webhook --lang ts|js|python
                             code that puts Jimeng's tasks into another project
      --output FILE          a new file instead of the standard output`),
    l10n.t(`  jimeng skill               a SKILL.md for agents, in .claude/skills/jimeng of the project
      --output FOLDER --force  elsewhere ("-" prints it); replace another one`),
    l10n.t(`  jimeng mcp                 tools for Claude Code, Cursor and other agents, over MCP on stdin and stdout
      --api-url URL --allow-http
                             JIMENG_SESSION_ID, JIMENG_API_URL and JIMENG_DAILY_LIMIT (50 generations a day)
                             come from the environment`),
    l10n.t(`  jimeng --version
                             JIMENG_DEBUG=1 in the environment adds to a failure where it came from`),
  ];
  return `${texts.join('\n\n')}\n`;
}
