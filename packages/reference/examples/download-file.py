from os import environ as env

import requests

with requests.get(env["DOWNLOAD_URL"], stream=True, timeout=30) as answer:
    answer.raise_for_status()
    with open("copy.txt", "wb") as copy:
        for piece in answer.iter_content(1024 * 1024):
            copy.write(piece)

part = {"Range": "bytes=0-4"}
first = requests.get(env["DOWNLOAD_URL"], headers=part, timeout=30)
first.raise_for_status()
print(first.text)
