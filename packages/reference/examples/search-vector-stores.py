from os import environ as env

import requests

url = f"{env['WAYBILL_URL']}/v1/organizations/{env['WAYBILL_ORGANIZATION']}"
api = requests.Session()
api.headers["X-API-Key"] = env["WAYBILL_API_KEY"]

fields = {
    "vector_store_ids": [env["VECTOR_STORE_ID"]],
    "query": "hello",
}
answer = api.post(f"{url}/vector-stores/search", json=fields, timeout=30)
answer.raise_for_status()
for result in answer.json()["data"]["results"]:
    print(result["score"], result["vector_store_id"], result["text"])
