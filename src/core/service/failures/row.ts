/** What a button beside a failure or a finding does; each place that shows one knows which it can offer. */
export type Action =
  | 'updateSessionId'
  | 'claimCredits'
  | 'editPrompt'
  | 'lowerResolution'
  | 'startService'
  | 'setAddress'
  | 'setProxy'
  | 'openSite'
  | 'chooseModel'
  | 'chooseFolder'
  | 'openFolder'
  | 'webhookSettings'
  | 'stopDemo'
  | 'runAgain'
  | 'diagnose'
  | 'showLog'
  | 'copyReport';

/** One thing that can go wrong: cause, next step, a button for it, and what follows for the credits and for whoever may go on. */
export interface FailureRow {
  /** @param said the service's own words, for a sentence that would say too little without them */
  words: (said: string) => [sentence: string, advice: string];
  /** The same request would fail again: something has to change first. */
  final: boolean;
  action?: Action;
  /** The connection never stood: the service has seen nothing. */
  unsent?: true;
  /**
   * Of a generation that ended so. `maybe`: what became of it is not known, and it must not be sent again without a look into
   * the account. `spent`: it was made and charged. Without it nothing was charged, or the site gives it back.
   */
  charge?: 'maybe' | 'spent';
  /** The kind that the same answer is once a generation was sent: it refuses nothing then, and leaves in doubt what was charged. */
  afterSending?: string;
  /** It says nothing about a task that was asked for: the service is away for now, and is asked again. */
  passing?: true;
  /** When an agent may call again; without it never. */
  again?: 'after_change' | 'after_person' | 'later';
}
