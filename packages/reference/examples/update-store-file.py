from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

fields = {
    "attributes": {"year": 2026, "draft": False},
}
answer = api.patch(f"{url}/vector-stores/{env['VECTOR_STORE_ID']}/files/{env['FILE_ID']}", json=fields, timeout=30)
answer.raise_for_status()
print(answer.json()["data"]["attributes"])
