export function readManifest(): { publisher: string; name: string; version: string };
