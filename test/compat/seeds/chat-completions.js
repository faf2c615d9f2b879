import OpenAI from "openai";
const openai = new OpenAI({
  apiKey: process.env.GRAVIXLAYER_API_KEY,
  baseURL: "https://api.gravixlayer.com/v1/inference"
});
async function ChatCompletion() {
  const completion = await openai.chat.completions.create({
    messages: [{ role: "user", content: "Hello" }],
    model: "llama3.1:8b-instruct-fp16",
  });
  console.log(JSON.stringify(completion, null, 2));
}
ChatCompletion();
