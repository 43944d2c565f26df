import * as l10n from '@vscode/l10n';

/** What `jimeng --help` prints. */
export function help(): string {
  return l10n.t(`jimeng: pictures from Jimeng (Dreamina) through a jimeng-api service of your own

  jimeng text "prompt"       generate pictures, saved as PNG in pic/ of the project
      --model NAME           jimeng-4.0 unless given
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
      "-" as the prompt reads it from the standard input

  jimeng image "prompt" --images a.jpg https://…
                             pictures from up to ten others; options as for text

  jimeng tasks               the service's tasks, other people's too
      --status S --type T --limit N --json
  jimeng task ID             how a task stands
      --wait                 until it is done
      --save                 save its pictures, in pic/ or --output-dir
      --json
  jimeng cancel ID           a task that still waits at the service; costs nothing

  jimeng doctor              what stands between a prompt and a picture; generates nothing
      --claim                claim the daily credits too
      --json

  jimeng serve               the demo service: draws its pictures itself, spends nothing
      --port N --host ADDRESS --max-concurrent N --stock

  jimeng --version
`);
}
