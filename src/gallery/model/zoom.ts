/** The visible part of a picture, relative to its size, so that two of different sizes can be zoomed together. */
export interface Zoom {
  /** 1: the whole picture, as large as fits, but not larger than its pixels. */
  factor: number;
  /** The point in the middle, from 0 to 1 of the picture's width and height. */
  x: number;
  y: number;
}

export interface Extent {
  width: number;
  height: number;
}

export const fit: Zoom = { factor: 1, x: 0.5, y: 0.5 };

/** At most this many screen pixels per picture pixel. */
const MAX_SCALE = 16;

/** CSS pixels per picture pixel when the whole picture is visible. */
export function fitScale(picture: Extent, stage: Extent): number {
  return Math.min(1, stage.width / picture.width, stage.height / picture.height);
}

/** The factor at which a picture pixel is a CSS pixel. */
export function fullFactor(picture: Extent, stage: Extent): number {
  return 1 / fitScale(picture, stage);
}

/** Keeps a zoom within its limits, and the picture on the stage. */
export function clamp(zoom: Zoom, picture: Extent, stage: Extent): Zoom {
  const factor = Math.min(
    Math.max(1, zoom.factor),
    Math.max(1, MAX_SCALE * fullFactor(picture, stage)),
  );
  const scale = factor * fitScale(picture, stage);
  const within = (centre: number, length: number, room: number) => {
    const half = room / 2 / (length * scale);
    return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, centre));
  };
  return {
    factor,
    x: within(zoom.x, picture.width, stage.width),
    y: within(zoom.y, picture.height, stage.height),
  };
}

/** Zooms so that the point under the pointer stays there. @param point in CSS pixels from the middle of the stage */
export function zoomAt(
  zoom: Zoom,
  by: number,
  point: { x: number; y: number },
  picture: Extent,
  stage: Extent,
): Zoom {
  const before = zoom.factor * fitScale(picture, stage);
  const next = clamp({ ...zoom, factor: zoom.factor * by }, picture, stage);
  const after = next.factor * fitScale(picture, stage);
  const keep = (centre: number, offset: number, length: number) =>
    centre + offset / (length * before) - offset / (length * after);
  return clamp(
    {
      factor: next.factor,
      x: keep(zoom.x, point.x, picture.width),
      y: keep(zoom.y, point.y, picture.height),
    },
    picture,
    stage,
  );
}

/** Moves the picture on the stage. @param by in CSS pixels */
export function pan(
  zoom: Zoom,
  by: { x: number; y: number },
  picture: Extent,
  stage: Extent,
): Zoom {
  const scale = zoom.factor * fitScale(picture, stage);
  return clamp(
    {
      ...zoom,
      x: zoom.x - by.x / (picture.width * scale),
      y: zoom.y - by.y / (picture.height * scale),
    },
    picture,
    stage,
  );
}

/** The picture's position on the stage, in CSS pixels. */
export function positionOf(
  zoom: Zoom,
  picture: Extent,
  stage: Extent,
): { left: number; top: number; scale: number } {
  const scale = zoom.factor * fitScale(picture, stage);
  return {
    left: stage.width / 2 - zoom.x * picture.width * scale,
    top: stage.height / 2 - zoom.y * picture.height * scale,
    scale,
  };
}
