from os import environ as env

import requests

# 499 is the answer to an upload that is cancelled.
answer = requests.delete(env["UPLOAD_URL"], timeout=30)
print(answer.status_code)
