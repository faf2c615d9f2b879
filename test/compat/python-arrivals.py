# Streams one answer and prints when each chunk arrived, in seconds since the request.
import json
import os
import sys
import time

from openai import OpenAI

client = OpenAI(api_key=os.environ.get("GRAVIXLAYER_API_KEY"), base_url=sys.argv[1])
began = time.monotonic()
stream = client.chat.completions.create(
    model=sys.argv[2],
    messages=[{"role": "user", "content": "Tell me a very long story about the sea."}],
    max_tokens=150,
    temperature=0,
    stream=True,
)
arrivals = [time.monotonic() - began for chunk in stream if chunk.choices and chunk.choices[0].delta.content]
print(json.dumps(arrivals))
