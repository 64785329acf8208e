/**
 * The person's messages on their way: one in flight, later ones wait in order. A message whose fate is unknown stays
 * first in line under its id, so that sending it again can never count twice.
 */
export class Outbox {
  #items = [];
  #running = false;
  #deliver;
  #on;

  /** deliver(item): promise of the reply. on: {busy(bool), reply(item, reply), failed(item, error): keep?}. */
  constructor(deliver, on) {
    this.#deliver = deliver;
    this.#on = on;
  }

  add(item) {
    this.#items.push(item);
    this.run();
  }

  /** Empties the line and gives back what was in it. */
  take() {
    return this.#items.splice(0);
  }

  async run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#items.length) {
      const item = this.#items[0];
      this.#on.busy(true);
      let reply = null;
      let error = null;
      try {
        reply = await this.#deliver(item);
      } catch (problem) {
        error = problem;
      }
      if (this.#items[0] !== item) continue; // taken back meanwhile
      if (error && this.#on.failed(item, error)) break;
      if (this.#items[0] === item) this.#items.shift();
      if (!error) this.#on.reply(item, reply);
    }
    this.#running = false;
    this.#on.busy(false);
  }
}
