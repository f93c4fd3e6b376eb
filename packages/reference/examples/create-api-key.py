from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

fields = {"key_name": "Nightly archive", "scopes": ["files:read"]}
answer = api.post(f"{url}/api-keys", json=fields, timeout=30)
answer.raise_for_status()
created = answer.json()
print(created["id"], created["key"])
