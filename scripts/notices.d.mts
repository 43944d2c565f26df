export function notices(files: readonly string[], root: string): Promise<string>;
