import * as l10n from '@vscode/l10n';

/** What `jimeng --help` prints: a text for each command. */
export function help(): string {
  const texts = [
    l10n.t(
      `jimeng: pictures and videos from Jimeng (Dreamina) through a jimeng-api service of your own`,
    ),
    l10n.t(`  jimeng text "prompt"       generate pictures, saved as PNG in pic/ of the project
      --model NAME           jimeng-4.0 unless given
      --allow-unknown-model  send a model that is newer than this version
      --ratio W:H            1:1 unless given; 4:3 3:4 16:9 9:16 3:2 2:3 21:9
      --resolution SIZE      2k unless given; 1k 4k
      --intelligent-ratio    let the service choose the ratio by words in the prompt
      --negative-prompt TEXT what should not be in the picture
      --sample-strength N    0 to 1
      --output-dir FOLDER    instead of pic/
      --async                leave the task with the service, print its id and end
      --async --wait         leave it with the service, follow it and save
      --callback-url URL     a backend of yours that the service calls when the task is done
      --dry-run              show the request and what will come of it; nothing is sent
      --json                 one object on stdout
      --session-id ID        better in JIMENG_SESSION_ID, where other users cannot see it
      --api-url URL          or JIMENG_API_URL; http://localhost:5100 unless given
      --allow-http           send the session ID unencrypted to another machine
      "-" as the prompt reads it from the standard input`),
    l10n.t(`  jimeng image "prompt" --images a.jpg https://…
                             pictures from up to ten others; options as for text`),
    l10n.t(`  jimeng video "prompt" [--images first.png last.png]
                             a video, saved as MP4: from words, from a first frame, or from a first and a last
      --model NAME           jimeng-video-3.5-pro unless given
      --ratio W:H            1:1 4:3 3:4 16:9 9:16 21:9; a frame's own ratio counts
      --resolution SIZE      720p 1080p, with jimeng-video-3.0 and 3.0-fast
      --duration SECONDS     what the model makes
      --omni-reference       --images are pictures and videos that the prompt names: @image_file_1 @video_file_1;
                             up to 9 in all, without tasks at the service up to 9 and 3
                             and the other options of text`),
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
