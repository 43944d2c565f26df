import * as vscode from 'vscode';
import { trustedCertificates } from '../../core/service/certificates.ts';
import { proxiesOf, type Network, type NetworkSettings } from '../../core/service/proxy.ts';
import type { Disposables } from './disposables.ts';

/** How calls leave this window. A changed setting applies from the next call on. */
export function followNetwork(owned: Disposables): Network {
  let settings: NetworkSettings | undefined;
  owned.add(
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('http')) settings = undefined;
    }),
  );
  return () => (settings ??= read());
}

/** VS Code's own settings, supplemented by the extension host's environment. */
function read(): NetworkSettings {
  const environment = proxiesOf(process.env);
  const proxy = own('proxy');
  const noProxy = own('noProxy');
  return {
    ...(own('proxySupport') !== 'off' && {
      proxy: typeof proxy === 'string' && proxy.trim() !== '' ? { http: proxy } : environment.proxy,
      noProxy: Array.isArray(noProxy) && noProxy.length > 0 ? noProxy.join() : environment.noProxy,
    }),
    proxyStrictSSL: own('proxyStrictSSL') !== false,
    ...(own('systemCertificates') !== false && { certificates: trustedCertificates }),
  };
}

/** Only the person's own value counts: a workspace may not decide which proxy sees the session ID. */
function own(key: string): unknown {
  const value = vscode.workspace.getConfiguration('http').inspect<unknown>(key);
  return value?.globalValue ?? value?.defaultValue;
}
