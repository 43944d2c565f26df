import * as vscode from 'vscode';
import type { Region } from '../../core/request/models.ts';

/** Where a person logs in and finds the session ID. */
export const siteUrls: Record<Region, string> = {
  cn: 'https://jimeng.jianying.com',
  us: 'https://dreamina.capcut.com',
  hk: 'https://dreamina.capcut.com',
  jp: 'https://dreamina.capcut.com',
  sg: 'https://dreamina.capcut.com',
};

export function regionName(region: Region): string {
  switch (region) {
    case 'cn':
      return vscode.l10n.t('China');
    case 'us':
      return vscode.l10n.t('United States');
    case 'hk':
      return vscode.l10n.t('Hong Kong');
    case 'jp':
      return vscode.l10n.t('Japan');
    case 'sg':
      return vscode.l10n.t('Singapore');
  }
}

/** A site's display name: its address, and the region for the four international ones. */
export function siteName(region: Region): string {
  return vscode.l10n.t('{0} ({1})', new URL(siteUrls[region]).hostname, regionName(region));
}
