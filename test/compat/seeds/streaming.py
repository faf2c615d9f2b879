import os
from openai import OpenAI

client = OpenAI(
    base_url="https://api.gravixlayer.com/v1/inference",
    api_key=os.environ.get("GRAVIXLAYER_API_KEY"),
)

stream = client.chat.completions.create(
    model="llama3.1:8b-instruct-fp16",
    messages=[{"role": "user", "content": "Write a short poem about the ocean."}],
    stream=True,
)

for chunk in stream:
    if chunk.choices and len(chunk.choices) > 0 and chunk.choices[0].delta.content:
        print(chunk.choices[0].delta.content, end="", flush=True)

print() # For a final newline
