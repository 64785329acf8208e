/** The HTTP contract of /chat: one conversation, its token, and where the token is kept. */
const STORE = "afterall.session";
const TIMEOUT_MS = 20000;

/** status 0: nothing came back (no connection, or too slow). `message` is the server's own text, if it sent one. */
export class ApiError extends Error {
  constructor(status, code = "", message = "") {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** The same request may well work later. */
  get temporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Session {
  #base;
  #token = null;

  constructor(base) {
    this.#base = base;
    this.#token = readStored();
  }

  get open() {
    return this.#token !== null;
  }

  async start(options) {
    const reply = await this.#json("POST", "session", options);
    this.#token = reply.token;
    return reply.messages ?? [];
  }

  /** Goes on with the conversation that gave out this code; this session is then its own no more. */
  async resume(code) {
    const reply = await this.#json("POST", "session", { resume: code });
    this.forget();
    this.#token = reply.token;
  }

  code() {
    return this.#json("POST", "resume-code", {});
  }

  /** {messages, state}: both sides, and where the conversation stands. */
  history() {
    return this.#json("GET", "history");
  }

  send(message) {
    return this.#json("POST", "message", message);
  }

  rate(feedback) {
    return this.#fetch("POST", "feedback", feedback);
  }

  async erase() {
    if (this.open) await this.#fetch("DELETE", "session");
    this.forget();
  }

  /** A file of the visit summary, or all data of the conversation. A link that was used or is too old is asked for again by token. */
  async file(url, format) {
    const address = new URL(url, this.#base);
    try {
      return await (await this.#fetch("GET", address)).blob();
    } catch (error) {
      if (address.pathname.endsWith("/export") || ![401, 403, 404, 410].includes(error.status)) throw error;
      return (await this.#fetch("GET", `summary?format=${encodeURIComponent(format)}`)).blob();
    }
  }

  /** Whether an address is one of our own files. */
  isOwnFile(url) {
    const { origin, pathname } = new URL(url, this.#base);
    return origin === this.#base.origin && ["summary", "export"].some((name) => pathname === new URL(name, this.#base).pathname);
  }

  /** Whether this conversation is kept after a reload. */
  get remembered() {
    return this.open && readStored() === this.#token;
  }

  /** Only after the person agreed: the conversation outlives a reload of this tab. */
  remember() {
    try {
      sessionStorage.setItem(STORE, this.#token);
    } catch {
      // Storage is switched off: the token stays in memory.
    }
  }

  /** The token is no longer to be kept, but the conversation goes on. */
  unremember() {
    try {
      sessionStorage.removeItem(STORE);
    } catch {
      // Nothing was stored.
    }
  }

  forget() {
    this.#token = null;
    this.unremember();
  }

  async #json(method, path, body) {
    const response = await this.#fetch(method, path, body);
    try {
      return await response.json();
    } catch {
      throw new ApiError(0);
    }
  }

  async #fetch(method, path, body) {
    const headers = {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(new URL(path, this.#base), {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new ApiError(0);
    }
    if (response.ok) return response;
    const { error } = await response.json().catch(() => ({}));
    throw new ApiError(response.status, error?.code, error?.message);
  }
}

function readStored() {
  try {
    return sessionStorage.getItem(STORE);
  } catch {
    return null;
  }
}
