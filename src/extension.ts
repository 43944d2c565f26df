export function activate(): void { /* placeholder until the editor part is wired */ }
