from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

answer = api.get(f"{url}/api-keys", timeout=30)
answer.raise_for_status()
for key in answer.json()["keys"]:
    print(key["id"], key["key_name"], key["scopes"])
