export interface Place {
  userData: string;
  extensions: string;
}
export interface Server {
  url: string;
  port: number;
  stop: () => Promise<void>;
}
export function startCodeServer(
  options: Place & { locale?: string; development?: boolean },
): Promise<Server>;
export function registerExtension(
  extensions: string,
  manifest: { publisher: string; name: string; version: string },
  folder: string,
): Promise<void>;
export function installVsix(vsix: string, place: Place): Promise<void>;
export function windowUrl(
  server: Server,
  options: ({ folder: string } | { workspace: string }) & { extension?: string; tests?: string },
): string;
export function freePort(): Promise<number>;
