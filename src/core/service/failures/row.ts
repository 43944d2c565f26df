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

/** One thing that can go wrong, with a column for each question that is asked of a failure. A column left out means no. */
export interface FailureRow {
  /**
   * What happened and what to do next.
   * @param said the service's own words, for a sentence that would say too little without them
   */
  words: (said: string) => [sentence: string, advice: string];
  /** The same request would fail again: something has to change first. */
  final: boolean;
  /** The button that is offered beside the words. */
  action?: Action;
  /** No connection was established: nothing was sent. */
  unsent?: true;
  /**
   * Of a generation that ended so. `maybe`: its outcome is unknown, and it must not be sent again before a person has checked
   * the account. `spent`: it was made and charged. Without it nothing was charged, or the site refunds it.
   */
  charge?: 'maybe' | 'spent';
  /** The kind of the same answer once a generation was sent: it refuses nothing then, and whether it was charged is unknown. */
  afterSending?: 'outcomeUnknown';
  /**
   * What the answer to a poll of a task says about the task. `nothing`: the service is away for now, and is asked again.
   * `unclear`: it is asked a few more times before the answer counts. `gone`: the service does not have it. Without it the
   * task has failed.
   */
  aboutTask?: 'nothing' | 'unclear' | 'gone';
  /** Tasks of the same session wait. */
  pausesSession?: {
    /** Until the session ID is another one, or for a while that doubles each time; the times are in `pauses.ts`. */
    lasts: 'untilChanged' | 'forAWhile';
    /** Why they wait, in a few words. */
    short: () => string;
  };
  /** Many tasks fail for the same reason: it is reported once for all of them. */
  stopsMany?: true;
  /** Whose fault it is. `caller`: what was named here cannot be sent, and nothing was; a command exits as for a wrong option. */
  fault?: 'caller';
  /** The bytes that arrived are kept as they came: they are paid for, and another program may read them. */
  keepBytes?: true;
  /** When an agent may call again; without it never. */
  again?: 'after_change' | 'after_person' | 'later';
  /** What the person has to do, where it differs between the editor and an MCP server; elsewhere the advice says it. */
  nextStep?: 'session' | 'service';
}
