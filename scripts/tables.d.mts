export function staleFiles(): Promise<{ path: string; text: string; wanted: string }[]>;
