// OpenAI's own library for JavaScript against a gateway.
import OpenAI from 'openai';
import { run } from './run.mjs';

const model = 'meta-llama/Llama-3.2-1B-Instruct';
const messages = [{ role: 'user', content: 'Hello!' }];
const parameters = { type: 'object', properties: { text: { type: 'string' } } };
const tools = [{ type: 'function', function: { name: 'look_up', parameters } }];

function client({ url, headers }) {
  return new OpenAI({ baseURL: `${url}v1`, apiKey: 'unused', defaultHeaders: headers });
}

function keep(seen, piece) {
  if (piece) {
    seen.pieces.push(piece);
  }
}

await run({
  async chat(context) {
    const answer = await client(context).chat.completions.create({ model, messages });
    context.seen.pieces.push(answer.choices[0].message.content);
    context.seen.answeredBy = answer.id;
    context.seen.finished = true;
  },

  async engineInBody(context) {
    const answer = await client(context).chat.completions.create({ model, messages, owned_by: 'sglang' });
    context.seen.answeredBy = answer.id;
  },

  async chatStream(context) {
    const { seen } = context;
    const options = { stream: true, stream_options: { include_usage: true } };
    const stream = await client(context).chat.completions.create({ model, messages, ...options });
    for await (const chunk of stream) {
      keep(seen, chunk.choices[0]?.delta?.content);
      seen.usage = chunk.usage?.completion_tokens ?? seen.usage;
    }
    seen.finished = true;
  },

  async tool(context) {
    const answer = await client(context).chat.completions.create({ model, messages, tools, tool_choice: 'required' });
    const [call] = answer.choices[0].message.tool_calls;
    context.seen.tool = call.function.name;
    context.seen.pieces.push(JSON.parse(call.function.arguments).text);
  },

  async toolStream(context) {
    const stream = client(context).chat.completions.stream({ model, messages, tools, tool_choice: 'required' });
    const answer = await stream.finalChatCompletion();
    const [call] = answer.choices[0].message.tool_calls;
    context.seen.tool = call.function.name;
    context.seen.pieces.push(JSON.parse(call.function.arguments).text);
  },

  async response(context) {
    const answer = await client(context).responses.create({ model, input: 'Hello!' });
    context.seen.pieces.push(answer.output_text);
    context.seen.finished = true;
  },

  async responseStream(context) {
    const { seen } = context;
    const stream = await client(context).responses.create({ model, input: 'Hello!', stream: true });
    for await (const event of stream) {
      seen.events.push(event.sequence_number);
      keep(seen, event.type === 'response.output_text.delta' && event.delta);
      seen.finished ||= event.type === 'response.completed';
    }
  },

  async embeddings(context) {
    const answer = await client(context).embeddings.create({ model, input: ['a', 'bb'] });
    context.seen.pieces.push(...answer.data.map((one) => one.embedding.length));
  },

  async models(context) {
    const openai = client(context);
    for await (const one of openai.models.list()) {
      keep(context.seen, `${one.id} on ${one.owned_by}`);
    }
    context.seen.shown = (await openai.models.retrieve(model)).id;
  },

  async transcription(context) {
    const file = new File([new Uint8Array(100_000)], 'speech.wav');
    const answer = await client(context).audio.transcriptions.create({ model, file });
    context.seen.pieces.push(answer.text);
  },

  unknownModel: (context) => client(context).chat.completions.create({ model: 'no/such-model', messages }),

  unknownPath: (context) => client(context).fineTuning.jobs.list(),

  wrongType: (context) => client(context).chat.completions.create({ model: 7, messages }),
});
