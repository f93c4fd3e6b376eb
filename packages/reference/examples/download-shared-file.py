from os import environ as env

import requests

with requests.get(env["SHARE_URL"], stream=True, timeout=30) as answer:
    answer.raise_for_status()
    print(answer.status_code, answer.headers["Content-Disposition"])
    with open("shared.txt", "wb") as copy:
        for piece in answer.iter_content(1024 * 1024):
            copy.write(piece)
