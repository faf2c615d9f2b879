import os
import json
from openai import OpenAI
client = OpenAI(
    api_key=os.environ.get("GRAVIXLAYER_API_KEY"),
    base_url="https://api.gravixlayer.com/v1/inference"
)
completion = client.chat.completions.create(
    model="llama3.1:8b-instruct-fp16",
    messages=[
        {"role": "user", "content": "Hello!"}
    ]
)
print(json.dumps(completion.model_dump(), indent=2))
