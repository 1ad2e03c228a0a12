/** How everything that runs in the background begins and ends. */

export interface Service {
  start(): Promise<void>
  /** Ends when nothing of it runs any more; safe to call twice. */
  stop(): Promise<void>
}
