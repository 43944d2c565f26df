import assert from 'node:assert/strict';
import { bytesText, timeText } from '../../../src/gallery/model/units.ts';
import {
  clamp,
  fit,
  fitScale,
  fullFactor,
  pan,
  positionOf,
  zoomAt,
} from '../../../src/gallery/model/zoom.ts';

const picture = { width: 2_000, height: 1_000 };
const stage = { width: 500, height: 500 };
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

suite('zoom', () => {
  test('the whole picture fits, and a small one is not blown up', () => {
    assert.equal(fitScale(picture, stage), 0.25);
    assert.equal(fitScale({ width: 100, height: 100 }, stage), 1);
    assert.deepEqual(positionOf(fit, picture, stage), { left: 0, top: 125, scale: 0.25 });
  });
  test('100 %', () =>
    near(positionOf({ ...fit, factor: fullFactor(picture, stage) }, picture, stage).scale, 1));
  test('what is under the pointer stays there', () => {
    const point = { x: 120, y: -30 };
    const under = (zoom: typeof fit) => {
      const { left, scale } = positionOf(zoom, picture, stage);
      return (stage.width / 2 + point.x - left) / scale;
    };
    const once = zoomAt(fit, 3, point, picture, stage);
    near(under(once), under(fit));
    near(under(zoomAt(once, 1.7, point, picture, stage)), under(fit));
  });
  test('it ends at fit and at 1,600 %', () => {
    assert.deepEqual(zoomAt(fit, 0.1, { x: 50, y: 50 }, picture, stage), fit);
    near(positionOf(zoomAt(fit, 1e9, { x: 0, y: 0 }, picture, stage), picture, stage).scale, 16);
  });
  test('the picture follows the pointer, and does not leave the stage', () => {
    const zoomed = clamp({ factor: 4, x: 0.5, y: 0.5 }, picture, stage);
    near(
      positionOf(pan(zoomed, { x: 40, y: 10 }, picture, stage), picture, stage).left,
      positionOf(zoomed, picture, stage).left + 40,
    );
    near(positionOf(pan(zoomed, { x: 9e9, y: 0 }, picture, stage), picture, stage).left, 0);
    assert.deepEqual(pan(fit, { x: 50, y: 50 }, picture, stage), fit);
  });
});

suite('units', () => {
  test('bytes', () =>
    assert.deepEqual(
      [0, 999, 1_500, 12_345_678].map(bytes => bytesText(bytes, 'en')),
      ['0 bytes', '999 bytes', '1.5 kB', '12 MB'],
    ));
  test('time', () => {
    const now = Date.UTC(2026, 5, 15, 12);
    const at = (ago: number) => timeText(now - ago, now, 'en');
    assert.equal(at(5 * 60_000), '5 min. ago');
    assert.equal(at(3 * 3_600_000), '3 hr. ago');
    assert.equal(at(2 * 86_400_000), '2 days ago');
    assert.equal(at(59_000), undefined);
    assert.equal(at(-5_000), undefined);
    assert.match(at(30 * 86_400_000) ?? '', /May 16, 2026/);
  });
});
