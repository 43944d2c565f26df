import * as vscode from 'vscode';

/** A small outline in the shape of a ratio such as `16:9`, in a grey visible on light and dark. */
export function shapeOf(ratio: string): vscode.Uri {
  const [width = 1, height = 1] = ratio.split(':').map(Number);
  const scale = 13 / Math.max(width, height);
  const [w, h] = [width * scale, height * scale];
  const rectangle = `<rect x="${(16 - w) / 2}" y="${(16 - h) / 2}" width="${w}" height="${h}" rx="1" fill="none" stroke="#8a8a8a" stroke-width="1.5"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${rectangle}</svg>`;
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}
