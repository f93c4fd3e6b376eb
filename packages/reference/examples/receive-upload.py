from os import environ as env

import requests

upload_url = env["UPLOAD_URL"]
size = 16

# What is there already? No Range header: nothing yet.
ask = {"Content-Range": "bytes */*"}
state = requests.put(upload_url, headers=ask, timeout=30)
stored = state.headers.get("Range")
offset = int(stored.split("-")[1]) + 1 if stored else 0

with open("hello.txt", "rb") as body:
    body.seek(offset)
    headers = {"Content-Range": f"bytes {offset}-{size - 1}/{size}"}
    answer = requests.put(
        upload_url, headers=headers, data=body, timeout=300
    )
answer.raise_for_status()
print(answer.json()["name"], answer.json()["size"])
