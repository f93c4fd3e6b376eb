from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
headers = {
    "X-API-Key": env["WAYBILL_API_KEY"],
    "Upload-Complete": "?1",
    "Content-Type": "text/plain",
    "Content-Disposition": 'inline; filename="hello.txt"',
}

with open("hello.txt", "rb") as body:
    answer = requests.put(
        f"{url}/files/resumable", headers=headers, data=body, timeout=300
    )
answer.raise_for_status()
print(answer.json()["id"])
