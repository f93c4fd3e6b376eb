from os import environ as env

import requests

headers = {
    "Origin": "https://app.example.com",
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "content-range",
}
answer = requests.options(env["UPLOAD_URL"], headers=headers, timeout=30)
answer.raise_for_status()
print(answer.headers["Access-Control-Allow-Methods"])
