/** What a button beside a failure or a finding does; each place that shows one knows which it can offer. */
export type Action =
  | 'updateSessionId' | 'claimCredits' | 'editPrompt' | 'lowerResolution' | 'startService' | 'setAddress' | 'setProxy' | 'openSite'
  | 'chooseModel' | 'chooseFolder' | 'openFolder' | 'webhookSettings' | 'stopDemo' | 'runAgain' | 'diagnose' | 'showLog' | 'copyReport';

/** One thing that can go wrong: cause, next step, and a button for it. */
export interface Row {
  /** @param said the service's own words, for a sentence that would say too little without them */
  words: (said: string) => [sentence: string, advice: string];
  /** The same request would fail again: something has to change first. */
  final: boolean;
  action?: Action;
}
