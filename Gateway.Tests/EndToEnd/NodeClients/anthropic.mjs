// Anthropic's own library for JavaScript against a gateway.
import Anthropic from '@anthropic-ai/sdk';
import { run } from './run.mjs';

const model = 'meta-llama/Llama-3.2-1B-Instruct';
const messages = [{ role: 'user', content: 'Hello!' }];
const request = { model, messages, max_tokens: 1000 };
const tools = [{ name: 'look_up', input_schema: { type: 'object', properties: { text: { type: 'string' } } } }];

function client({ url, headers }) {
  return new Anthropic({ baseURL: url, apiKey: 'unused', defaultHeaders: headers });
}

await run({
  async message(context) {
    const answer = await client(context).messages.create(request);
    context.seen.pieces.push(answer.content[0].text);
    context.seen.answeredBy = answer.id;
    context.seen.finished = true;
  },

  async messageStream(context) {
    const { seen } = context;
    for await (const event of await client(context).messages.create({ ...request, stream: true })) {
      seen.events.push(event.type);
      if (event.type === 'content_block_delta') {
        seen.pieces.push(event.delta.text);
      }
      seen.finished ||= event.type === 'message_stop';
    }
  },

  // The library's accumulator: it judges for itself whether a message is whole.
  async finalMessage(context) {
    const { seen } = context;
    const stream = client(context).messages.stream(request);
    stream.on('text', (text) => seen.pieces.push(text));
    const answer = await stream.finalMessage();
    seen.usage = answer.usage.output_tokens;
    seen.finished = true;
  },

  async toolStream(context) {
    const stream = client(context).messages.stream({ ...request, tools, tool_choice: { type: 'any' } });
    const answer = await stream.finalMessage();
    context.seen.tool = answer.content[0].name;
    context.seen.pieces.push(answer.content[0].input.text);
  },

  async countTokens(context) {
    context.seen.usage = (await client(context).messages.countTokens({ model, messages })).input_tokens;
  },

  unknownModel: (context) => client(context).messages.create({ ...request, model: 'no/such-model' }),

  wrongType: (context) => client(context).messages.create({ ...request, model: 7 }),
});
