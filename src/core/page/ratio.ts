import { ratios, type Ratio } from '../request/models.ts';

/** How far a ratio may be off and still be worth offering: 15 %. */
const MAX_RATIO_DISTANCE = Math.log(1.15);

/** The catalogue's ratio that is closest to a picture's size in a page, if one is close; `exact`: practically equal. */
export function ratioFor({
  width,
  height,
}: {
  width: number;
  height: number;
}): { ratio: Ratio; exact: boolean } | undefined {
  const distance = (ratio: Ratio) => {
    const [w = 1, h = 1] = ratio.split(':').map(Number);
    return Math.abs(Math.log(width / height / (w / h)));
  };
  const [nearest] = [...ratios].sort((a, b) => distance(a) - distance(b));
  if (!nearest || !(distance(nearest) <= MAX_RATIO_DISTANCE)) return undefined;
  return { ratio: nearest, exact: distance(nearest) < 0.02 };
}
