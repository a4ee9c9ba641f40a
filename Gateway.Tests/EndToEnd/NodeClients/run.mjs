// The libraries wait for a second or more before they try again: how often they do is looked at, not how long it takes. Shorter waits are
// Node's own, and longer ones time limits.
const wait = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay, ...rest) => wait(callback, delay > 600 && delay < 60_000 ? 0 : delay, ...rest);

// Says when the first one comes.
class Pieces extends Array {
  push(...pieces) {
    if (this.length === 0) {
      console.log('begun');
    }
    return super.push(...pieces);
  }
}

// Runs one scenario and prints, as one JSON object, what the client library made of it.
// usage: node <script>.mjs SCENARIO GATEWAY_URL REQUEST_HEADERS_AS_JSON
export async function run(scenarios) {
  const [name, url, headers] = process.argv.slice(2);

  // What had come before an error counts too: it is kept here while it comes.
  const seen = { pieces: new Pieces(), events: [], finished: false };
  try {
    await scenarios[name]({ url, headers: JSON.parse(headers), seen });
  } catch (error) {
    seen.error = {
      // The library's class, so that its catch blocks are what is tested; all of its base classes count.
      classes: classesOf(error),
      status: error.status ?? null,
      code: error.code ?? null,
      type: error.type ?? null,
      message: error.message,
      body: error.error ?? null,
      requestId: error.requestID ?? null,
    };
  }
  console.log(JSON.stringify(seen));
}

function classesOf(error) {
  const classes = [];
  for (let one = Object.getPrototypeOf(error); one !== null; one = Object.getPrototypeOf(one)) {
    classes.push(one.constructor.name);
  }
  return classes;
}
