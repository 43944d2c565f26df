/** How often something is repeated that is random or depends on the moment: a few times in `npm test`, often in `npm run soak`. */
export function rounds(few: number, many: number): number {
  return process.env.JIMENG_SOAK === '1' ? many : few;
}
