from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

with open("hello.txt", "rb") as body:
    parts = {"file": ("hello.txt", body, "text/plain")}
    answer = api.post(f"{url}/files/upload", files=parts, timeout=30)
answer.raise_for_status()
print(answer.json()["id"])
